from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from coordination import editing
from coordination.audit.models import Entry
from districts import districts
from districts.models import District
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def eicken():
    return make.district("41061", name="Eicken", parent=make.borough(name="Nord"))


def change(district, **fields):
    return districts.change(
        district,
        **{
            "name": district.name,
            "parent": district.parent,
            "population": None,
            "population_year": None,
            "area_km2": None,
            "postal_codes": ["41061"],
            "ends_on": None,
            "by": make.user("coordination"),
            **fields,
        },
    )


def test_a_change_is_saved_and_logged_with_before_and_after(eicken):
    change(eicken, name="Oicken", area_km2=Decimal("2.97"), postal_codes=["41061", "41063"])
    eicken.refresh_from_db()
    assert (eicken.name, eicken.area_km2) == ("Oicken", Decimal("2.97"))
    entry = Entry.objects.about(eicken).get()
    assert entry.verb == "changed"
    assert entry.before == {"name": "Eicken", "area_km2": None, "postal_codes": ["41061"]}
    assert entry.after["postal_codes"] == ["41061", "41063"]


def test_ending_a_district_is_logged_as_such(eicken):
    change(eicken, ends_on=date(2017, 12, 31))
    assert Entry.objects.about(eicken).get().verb == "ended"


def test_what_changes_nothing_is_not_logged(eicken):
    change(eicken)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"population": 12}, "population_year"),
        ({"population_year": 2020}, "population"),
        ({"area_km2": Decimal("0")}, "area_km2"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(eicken, fields, field):
    with pytest.raises(ValidationError) as refused:
        change(eicken, **fields)
    assert field in refused.value.message_dict
    assert not Entry.objects.exists()


def test_a_quarter_lies_in_a_borough_only(eicken):
    with pytest.raises(ValidationError) as refused:
        change(eicken, parent=make.district())
    assert "parent" in refused.value.message_dict


def test_a_district_does_not_end_before_it_begins(eicken):
    District.objects.update(starts_on=date(2017, 1, 1))
    with pytest.raises(ValidationError) as refused:
        change(eicken, ends_on=date(2016, 12, 31))
    assert "ends_on" in refused.value.message_dict


def test_an_ended_key_is_not_opened_beside_its_successor(eicken):
    District.objects.filter(pk=eicken.pk).update(ends_on=date(2016, 12, 31))
    make.district(key=eicken.key)
    with pytest.raises(ValidationError, match="mit diesem Schlüssel"):
        change(eicken, ends_on=None)


def test_what_was_seen_is_compared_once_more_under_the_lock(eicken):
    seen = editing.fingerprint(eicken, districts.FIELDS)
    change(eicken, name="Oicken", seen=seen)
    with pytest.raises(ValidationError, match="Name – Oicken"):
        change(eicken, name="Aicken", seen=seen)
    eicken.refresh_from_db()
    assert eicken.name == "Oicken"
