from datetime import date
from decimal import Decimal

import pytest

from coordination.audit.models import Entry
from coordination.budget import commitments
from coordination.budget.models import Commitment, CommitmentBooking
from tests import make
from tests.budget.test_agreements import refused

pytestmark = pytest.mark.django_db
MARCH = date(2016, 3, 1)


@pytest.fixture
def share():
    return make.agreement(24_000).shares.get()


def commit(share, line, amount, **fields):
    fields = {"booked_on": MARCH, "by": make.user("coordination"), **fields}
    return commitments.commit(share, line=line, amount=Decimal(amount), **fields)


def change(commitment, amount, **fields):
    fields = {"booked_on": MARCH, "reason": "Nachtrag", "by": make.user("coordination"), **fields}
    return commitments.change(commitment, amount=Decimal(amount), **fields)


def committed(commitment):
    return Commitment.objects.with_sums().get(pk=commitment.pk).committed


def test_the_last_euro_can_be_bound_and_not_a_cent_more(share):
    line = make.line(20_000)
    assert "nur noch 20.000,00\xa0€ frei" in refused("amount", commit, share, line, "20000.01")
    assert committed(commit(share, line, 20_000)) == 20_000


def test_no_more_is_bound_than_was_agreed(share):
    assert "nur noch 24.000,00" in refused("amount", commit, share, make.line(), "24000.01")


def test_a_share_is_bound_once(share):
    commit(share, make.line(), 100)
    assert "schon gebunden" in refused(None, commit, share, make.line(), 100)
    assert CommitmentBooking.objects.count() == 1


def test_a_share_is_bound_in_its_own_year(share):
    assert "des Jahres 2016" in refused("line", commit, share, make.line(year=make.year(2017)), 1)
    outside = {"booked_on": date(2017, 1, 1)}
    assert refused("booked_on", commit, share, make.line(), 1, **outside)


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_and_less_cannot_be_bound(share, amount):
    assert refused("amount", commit, share, make.line(), amount)


def test_a_closed_year_refuses_both_acts(share):
    commitment = commit(share, make.line(), 100)
    share.year.closed_at = "2017-02-01T00:00:00Z"
    share.year.save()
    assert "ist abgeschlossen" in refused(None, change, commitment, 1)
    other = make.agreement(10).shares.get()
    assert "ist abgeschlossen" in refused(None, commit, other, make.line(), 1)


def test_it_is_raised_to_the_share_and_lowered_to_what_is_under_way(share):
    commitment = commit(share, make.line(), 10_000)
    change(commitment, 14_000)
    assert "nicht gebunden" in refused("amount", change, commitment, "0.01")
    make.payout("requested", commitment=commitment, amount=3_000)
    make.payout("paid", commitment=commitment, amount=4_000)
    assert "Nur 17.000,00" in refused("amount", change, commitment, "-17000.01")
    change(commitment, -17_000)
    assert committed(commitment) == 7_000
    assert Entry.objects.filter(target_model="budget.commitment", reason="Nachtrag").count() == 2


def test_it_is_not_raised_beyond_the_line(share):
    commitment = commit(share, make.line(10_000), 9_000)
    assert "nur noch 1.000,00" in refused("amount", change, commitment, "1000.01")


def test_a_difference_of_nothing_is_no_booking(share):
    assert refused("amount", change, commit(share, make.line(), 100), 0)


def test_who_saw_an_older_state_is_told_the_new_one(share):
    commitment = commit(share, make.line(), 100)
    change(commitment, 50, seen=1)
    assert "beträgt jetzt 150,00" in refused(None, change, commitment, 50, seen=1)
    assert committed(commitment) == 150
