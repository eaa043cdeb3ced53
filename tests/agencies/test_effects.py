from datetime import date
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from agencies import assignments, effects
from agencies.coverage import Gap
from agencies.models import Assignment
from coordination.audit.models import Entry
from tests import make

MIDDLE = date(2016, 12, 1)
END = date(2018, 3, 31)


def test_the_preview_shows_load_and_gaps_and_saves_nothing(db):
    occupancy, eicken = make.occupancy(), make.district()
    position = occupancy.position
    act = partial(
        assignments.assign,
        position,
        district=eicken,
        role="lead",
        share=30,
        starts_on=MIDDLE,
        by=None,
    )
    effect = effects.preview(act, districts=[eicken], positions=[position])
    (load,) = effect.loads
    assert (load.starts_on, load.ends_on, load.before, load.after) == (MIDDLE, END, 0, 30)
    assert str(load.hours) == "11.7"
    (change,) = effect.gaps
    assert (change.starts_on, change.ends_on) == (MIDDLE, END)
    assert (change.closed, change.opened) == ((Gap.NO_LEAD,), ())
    assert not Assignment.objects.exists()
    assert not Entry.objects.exists()


def test_the_preview_refuses_what_saving_refuses(db):
    position, eicken = make.position(), make.district()
    act = partial(
        assignments.assign, position, district=eicken, role="lead", share=101, starts_on=MIDDLE,
        by=None,
    )  # fmt: skip
    with pytest.raises(ValidationError):
        effects.preview(act, districts=[eicken], positions=[position])


def test_ending_opens_a_gap_from_the_day_after(db):
    row = make.assignment(position=make.occupancy().position, share=40)
    act = partial(assignments.end, row, ends_on=MIDDLE, reason="x", by=None)
    effect = effects.preview(act, districts=[row.district], positions=[row.position])
    (change,) = effect.gaps
    assert (change.starts_on, change.opened) == (date(2016, 12, 2), (Gap.NO_LEAD,))
    assert [(load.before, load.after) for load in effect.loads] == [(40, 0)]


def test_an_overlap_is_announced(db):
    eicken = make.district("41061", "41063")
    make.assignment("41061", "41063", district=eicken, position=make.occupancy().position)
    position = make.occupancy().position
    act = partial(
        assignments.assign,
        position,
        district=eicken,
        role="lead",
        share=5,
        starts_on=MIDDLE,
        division="postal_codes",
        postal_codes=["41063"],
        by=None,
    )
    effect = effects.preview(act, districts=[eicken], positions=[position])
    assert [change.opened for change in effect.gaps] == [(Gap.OVERLAP,)]
