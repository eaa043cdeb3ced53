"""What the operations on volunteers and groups refuse themselves, whatever a form has let pass."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from coordination.editing import fingerprint
from tests import make
from volunteers import groups, volunteers
from volunteers.models import GroupMember, Volunteer, VolunteerGroup

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)
BOTH = pytest.mark.parametrize(
    ("operations", "builder"),
    [(volunteers, make.volunteer), (groups, make.volunteer_group)],
    ids=["volunteer", "group"],
)


@pytest.fixture(autouse=True)
def in_december(settings):
    settings.PORTAL_DAY = DAY


def refused(act, *args, **fields) -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        act(*args, **fields, by=None)
    return refusal.value


@BOTH
def test_an_end_entered_meanwhile_is_not_written_over(operations, builder):
    party = builder()
    seen = fingerprint(party, ["ends_on"])
    operations.end(party, ends_on=date(2016, 11, 30), reason="Umzug", by=None)
    late = {"ends_on": date(2016, 6, 30), "reason": "Zeit", "seen": seen}
    assert "jemand anderes" in str(refused(operations.end, party, **late))
    party.refresh_from_db()
    assert party.ends_on == date(2016, 11, 30)


@BOTH
def test_a_change_saved_meanwhile_is_not_written_over(operations, builder):
    party = builder()
    seen = fingerprint(party, operations.WATCHED)
    operations.change(party, languages="Arabisch", by=None)
    late = {"languages": "Türkisch", "seen": seen}
    assert "jemand anderes" in str(refused(operations.change, party, **late))
    party.refresh_from_db()
    assert party.languages == "Arabisch"


def test_a_membership_is_not_prolonged_into_the_next_one():
    group, volunteer = make.volunteer_group(), make.volunteer()
    pair = {"group": group, "volunteer": volunteer}
    first = make.group_member(**pair, starts_on=date(2016, 4, 1), ends_on=date(2016, 6, 30))
    make.group_member(**pair, starts_on=date(2016, 9, 1))
    error = refused(groups.leave, first, ends_on=date(2016, 9, 1))
    assert list(error.message_dict) == ["ends_on"]
    assert GroupMember.objects.get(pk=first.pk).ends_on == date(2016, 6, 30)
    assert groups.leave(first, ends_on=date(2016, 8, 31), by=None).ends_on == date(2016, 8, 31)


@BOTH
def test_nobody_is_entered_for_an_agency_that_is_closed(operations, builder):
    position = make.occupancy().position
    district = make.assignment(position=position, district=make.district()).district
    fields = {"kind": "parish"} if operations is groups else {}
    error = refused(
        operations.create,
        name="Paula Neumann",
        phone="02161 4711",
        districts=[district],
        agency=make.agency(is_active=False),
        starts_on=DAY,
        consent="written",
        consent_on=DAY,
        **fields,
    )
    assert list(error.message_dict) == ["agency"]
    assert not Volunteer.objects.exists()
    assert not VolunteerGroup.objects.exists()


@BOTH
def test_nobody_is_given_to_an_agency_that_is_closed(operations, builder):
    party = builder()
    before = party.agency
    error = refused(operations.change, party, agency=make.agency(is_active=False))
    assert list(error.message_dict) == ["agency"]
    party.refresh_from_db()
    assert party.agency == before
