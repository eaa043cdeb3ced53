from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from coordination.council.summary.content import AGENCY, CITY, place
from coordination.disclosure import SIGN
from tests import make
from tests.summary.frames import report

pytestmark = pytest.mark.django_db
ASKED = datetime(2016, 11, 7, 9, tzinfo=timezone.get_default_timezone())


def shown(found, where=CITY):
    measures = ("ehrenamtliche", "ohne_ansprechperson", "initiativen")
    return tuple(str(found.figure(measure, where)) for measure in measures)


def helping(number, agency, *, contact=None, **fields):
    for _ in range(number):
        volunteer = make.volunteer(agency=agency, **fields)
        if contact:
            make.contact(volunteer=volunteer, worker=contact)


def answered(hours):
    at = {"at": ASKED, "first_answered_at": ASKED + timedelta(hours=hours), "waits": False}
    return make.question(**at)


def test_who_helps_on_the_day_counts_for_the_agency_that_looks_after_them():
    awo, drk = make.agency(short_name="AWO"), make.agency(short_name="DRK")
    worker = make.occupancy(position=make.position(agency=awo)).worker
    helping(5, awo, contact=worker)
    helping(4, drk)
    helping(3, drk, ends_on=make.DAY - timedelta(days=1))
    helping(3, awo, starts_on=make.DAY + timedelta(days=1))
    make.volunteer_group(agency=drk)
    found = report()
    assert shown(found, place(AGENCY, awo.pk)) == ("5", "0", "0")
    assert shown(found, place(AGENCY, drk.pk)) == ("4", "4", "1")
    assert shown(found) == ("9", "4", "1")


def test_small_counts_are_hidden_and_cannot_be_subtracted():
    agencies = [make.agency(short_name=name) for name in ("AWO", "DRK", "Caritas")]
    for number, agency in zip((2, 7, 4), agencies, strict=True):
        helping(number, agency)
    found = report()
    signs = [str(found.figure("ehrenamtliche", place(AGENCY, row.pk))) for row in agencies]
    assert signs.count(SIGN) == 2
    assert signs[0] == SIGN
    assert str(found.figure("ehrenamtliche")) == "13"


def test_where_nobody_is_recorded_nothing_is_said():
    make.agency()
    found = report()
    assert not found.figure("ehrenamtliche").text.isdigit()
    assert "ehrenamtliche" not in found.kept["measures"]
    assert "fragen" not in found.kept["measures"]


def test_answer_times_are_of_the_questions_of_the_period():
    for hours in (2, 5, 30, 100):
        answered(hours)
    for _ in range(3):
        make.question(at=ASKED)
    make.question(at=ASKED - timedelta(days=60))
    found = report()
    values = [found.figure(measure).value for measure in ("fragen", "fragen_beantwortet")]
    assert values == [7, 4]
    assert found.figure("antwort_median").value == Decimal("5.0")
    assert found.figure("antwort_p90").value == Decimal("100.0")


def test_of_two_answers_no_time_is_told():
    answered(2)
    answered(3)
    for _ in range(4):
        make.question(at=ASKED)
    found = report()
    assert str(found.figure("fragen")) == "6"
    assert str(found.figure("fragen_beantwortet")) == SIGN
    assert str(found.figure("fragen_offen")) == SIGN
    assert found.figure("antwort_median").value is None


def test_times_do_not_tell_how_few_are_unanswered():
    """Times are told from three answers on: of four questions all but one were answered then."""
    for hours in (2, 5, 30):
        answered(hours)
    make.question(at=ASKED)
    found = report()
    assert found.figure("antwort_median").value == Decimal("5.0")
    assert [str(found.figure(name)) for name in ("fragen", "fragen_offen")] == [SIGN, SIGN]
    assert "antwortzeiten" not in str(found.kept)
