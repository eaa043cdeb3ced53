from datetime import date

from coordination.council.summary import releases
from coordination.council.summary.models import CouncilReport, Release

DAY = date(2016, 12, 1)


def test_three_reports_are_released_and_one_is_being_composed(sample_city, db):
    rows = Release.objects.order_by("number")
    assert [row.number for row in rows] == [1, 2, 3]
    assert all(row.released_at.date() > row.as_of > row.ends_on for row in rows)
    assert all(row.content["text"].startswith("Muster:") for row in rows)
    assert releases.spoiled() == []
    assert CouncilReport.objects.drafts().get().ends_on < DAY


def test_the_third_corrects_the_second(sample_city, db):
    first, second, third = Release.objects.order_by("number")
    assert first.content["lists"]["corrections"] == second.content["lists"]["corrections"] == []
    line = third.content["lists"]["corrections"][0]
    assert (line["report"], line["key"], line["day"]) == (2, "teilnehmende.stadt", "2016-10-25")
    was, now = (
        second.content["figures"]["teilnehmende.stadt"],
        third.content["figures"]["teilnehmende.stadt@1"],
    )
    assert (was - now, line["value"]) == (4, now)
