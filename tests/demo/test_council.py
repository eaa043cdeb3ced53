from datetime import date

from agencies.models import Position
from coordination.budget.models import Agreement
from coordination.council.models import Motion, Resolution, ResolutionTask

DAY = date(2016, 12, 1)


def test_the_founding_story_was_resolved(sample_city, db):
    positions = Position.objects.filter(title__startswith="Quartiersarbeit")
    assert positions.count() == 5
    for position in positions:
        assert position.resolutions.get().day == date(2016, 1, 27)
    extension = Agreement.objects.get(reference="50.2016-01")
    assert extension.predecessor.resolutions.count() == 2
    assert extension.resolutions.get().motion.number == "2015/058"
    for motion in Motion.objects.all():
        assert "Beispiel" in motion.text


def test_on_the_demos_day_there_is_something_of_everything(sample_city, db):
    assert Motion.objects.pending(DAY).count() == 2
    states = set(Motion.objects.on(DAY).values_list("state", flat=True))
    assert states == {"submitted", "scheduled", "adopted", "amended", "rejected", "withdrawn"}
    assert Resolution.objects.open_on(DAY).count() == 4
    assert ResolutionTask.objects.open_on(DAY).count() == 5
    assert ResolutionTask.objects.overdue(DAY).count() == 3
    settled = ResolutionTask.objects.on(DAY).exclude(state="open")
    assert set(settled.values_list("state", flat=True)) == {"done", "dropped"}
    assert Resolution.objects.filter(motion=None).get().paper.number == "V/2014/356"
