from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from agencies import positions
from agencies.models import Position
from coordination.audit.models import Entry
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_assignments import in_parallel
from tests.agencies.test_occupancies import refusal

pytestmark = pytest.mark.django_db


def create(**fields):
    return positions.create(
        **{
            "agency": fields.pop("agency", None) or make.agency(),
            "title": "Quartiersarbeit Nord",
            "fte": Decimal("1.00"),
            **make.TERM,
            "by": None,
            **fields,
        }
    )


def test_a_position_is_created_and_logged_for_its_agency():
    position = create(qualification="Soziale Arbeit")
    entry = Entry.objects.get()
    assert (entry.verb, entry.agency_id) == ("created", position.agency_id)
    assert (entry.after["fte"], entry.after["ends_on"]) == ("1.00", "2018-03-31")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"fte": Decimal("0.00")}, "fte"),
        ({"fte": Decimal("1.01")}, "fte"),
        ({"ends_on": date(2016, 3, 31)}, "ends_on"),
    ],
)
def test_what_no_position_can_be_is_refused(fields, field):
    assert field in refusal(create, **fields)
    assert not Position.objects.exists()


def test_a_title_stands_in_an_agency_once():
    agency = create().agency
    found = refusal(create, agency=agency)
    assert "bereits eine Stelle mit dieser Bezeichnung" in str(found)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_creates_one_position():
    agency = make.agency()
    results = in_parallel([lambda: create(agency=agency)] * 20)
    assert results.count(True) == 1
    assert (Position.objects.count(), Entry.objects.count()) == (1, 1)


def change(position, **fields):
    return positions.change(position, by=None, **fields)


def test_what_is_in_the_way_of_a_shorter_funding_is_named():
    position = make.position()
    worker = make.worker(agency=position.agency, name="Anna Beispiel")
    make.occupancy(position=position, worker=worker, starts_on=date(2016, 5, 1))
    make.assignment(position=position, district=make.district(name="Eicken"))
    found = refusal(change, position, ends_on=date(2017, 12, 31))
    assert found == {
        "ends_on": [
            "Besetzung Anna Beispiel bis 31.03.2018 liegt außerhalb.",
            "Zuständigkeit Eicken bis 31.03.2018 liegt außerhalb.",
        ]
    }
    found = refusal(change, position, starts_on=date(2016, 4, 15))
    assert found == {"starts_on": ["Zuständigkeit Eicken ab 01.04.2016 liegt außerhalb."]}
    assert Position.objects.get().ends_on == date(2018, 3, 31)


def test_an_open_occupancy_is_in_the_way_of_an_end():
    position = make.position(ends_on=None)
    make.occupancy(position=position, ends_on=None)
    found = refusal(change, position, ends_on=date(2030, 12, 31))
    assert "ohne Ende liegt außerhalb" in found["ends_on"][0]


def test_fte_do_not_sink_below_what_is_held():
    position = make.position()
    make.occupancy(position=position, fte=Decimal("0.75"), starts_on=date(2016, 12, 1))
    assert refusal(change, position, fte=Decimal("0.50")) == {
        "fte": ["Ab 01.12.2016 sind 0,75 VZÄ besetzt."]
    }
    assert change(position, fte=Decimal("0.75")).fte == Decimal("0.75")


def test_withdrawn_rows_are_in_nobodys_way():
    position = make.position()
    moment = "2016-05-01T10:00+02:00"
    make.occupancy(position=position, withdrawn_at=moment)
    make.assignment(position=position, withdrawn_at=moment)
    assert change(position, ends_on=date(2016, 4, 1), fte=Decimal("0.10"))


def test_a_change_is_logged_with_what_differs_only():
    position = make.position(title="Alt")
    change(position, title="Neu", fte=Decimal("1.00"), reason="Umbenannt")
    entry = Entry.objects.get()
    assert (entry.before, entry.after, entry.reason) == (
        {"title": "Alt"},
        {"title": "Neu"},
        "Umbenannt",
    )


def test_saving_without_a_change_leaves_no_trace():
    position = make.position()
    change(position, title=position.title)
    assert not Entry.objects.exists()


def test_a_change_over_somebody_elses_is_refused_under_the_lock():
    position = make.position(title="Alt")
    seen = fingerprint(position, ["title"])
    change(position, title="Andere")
    with pytest.raises(ValidationError, match="Andere"):
        change(position, title="Meine", seen=seen)
