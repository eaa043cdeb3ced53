from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.budget import allocations, lines, years
from coordination.budget.models import BudgetLine, Funding, SocialShare, StateAllocation
from tests import make
from tests.agencies.test_assignments import in_parallel
from tests.agencies.test_occupancies import refusal

pytestmark = pytest.mark.django_db
MARCH = date(2016, 3, 1)


def set_share(percent="3.83", starts_on=date(2016, 1, 1)):
    return allocations.set_share(
        percent=Decimal(percent),
        legal_basis="§ 4 FlüAG",
        starts_on=starts_on,
        by=make.user("coordination"),
    )


def create(**fields):
    wanted = {
        "reference": "50.1",
        "legal_basis": "§ 4 FlüAG",
        "issued_on": date(2016, 2, 1),
        "amount": Decimal("10000000.00"),
    }
    return allocations.create(
        **{**wanted, "year": make.year(), "by": make.user("coordination"), **fields}
    )


def distribute(allocation, amount=1_000, **fields):
    fields = {"line": fields.pop("line", None) or make.line(), "booked_on": MARCH, **fields}
    return allocations.distribute(
        allocation, amount=Decimal(amount), **{"by": make.user("coordination"), **fields}
    )


def left(allocation):
    return StateAllocation.objects.with_sums().get(pk=allocation.pk).undistributed


def test_a_share_ends_the_one_before_and_notices_keep_theirs():
    first = set_share("3.50", date(2015, 1, 1))
    notice = create(issued_on=date(2015, 12, 1))
    second = set_share()
    first.refresh_from_db()
    notice.refresh_from_db()
    assert (first.ends_on, second.ends_on) == (date(2015, 12, 31), None)
    assert (notice.share, notice.earmarked) == (first, 350_000)
    assert create(reference="50.2").earmarked == 383_000
    assert Entry.objects.filter(verb="ended").count() == 1


@pytest.mark.parametrize("day", [date(2016, 1, 1), date(2015, 6, 1)])
def test_a_share_never_begins_before_the_last_one(day):
    set_share()
    assert "Ab 01.01.2016 gilt bereits ein Anteil" in refusal(set_share, "4", day)["starts_on"][0]
    assert SocialShare.objects.get().ends_on is None


@pytest.mark.parametrize("percent", ["0", "100.01", "-1", "3.835"])
def test_what_no_share_can_be_is_refused(percent):
    assert "percent" in refusal(set_share, percent)


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_enter_one_share():
    assert in_parallel([set_share] * 20).count(True) == 1
    assert SocialShare.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "earmarked"),
    [("100.00", "3.83"), ("100.13", "3.83"), ("100.14", "3.84"), ("0.01", "0")],
)
def test_the_earmarked_part_is_rounded_to_the_cent(amount, earmarked):
    set_share()
    assert create(amount=Decimal(amount)).earmarked == Decimal(earmarked)


def test_without_instalments_the_land_pays_in_four_parts_that_sum_exactly():
    set_share()
    parts = create(amount=Decimal("1000.01")).instalments.all()
    assert [part.due_on.month for part in parts] == [3, 6, 9, 12]
    assert [part.amount for part in parts] == [250, Decimal("250.01"), 250, 250]


@pytest.mark.parametrize(
    ("rows", "field", "says"),
    [
        (
            [(MARCH, 100)],
            "part_1",
            "zusammen 100,00\N{NO-BREAK SPACE}€ statt 1.000,00\N{NO-BREAK SPACE}€",
        ),
        ([(MARCH, 500), (MARCH, 500)], "due_on_2", "Am 01.03.2016 ist bereits eine andere Rate"),
        ([(MARCH, 500), (date(2017, 1, 2), 500)], "due_on_2", "nicht im Haushaltsjahr 2016"),
        ([(MARCH, 1_500), (date(2016, 6, 1), -500)], "part_2", "mindestens 0,01"),
    ],
)
def test_what_no_instalments_can_be_is_refused(rows, field, says):
    set_share()
    rows = [(day, Decimal(amount)) for day, amount in rows]
    found = refusal(create, amount=Decimal(1_000), instalments=rows)
    assert says in found[field][0]
    assert not StateAllocation.objects.exists()


def test_a_notice_needs_a_share_an_amount_a_reference_of_its_own_and_an_open_year():
    assert "Am 01.02.2016 gilt kein Anteil" in refusal(create)["issued_on"][0]
    set_share()
    create()
    assert "reference" in refusal(create)
    assert "Betrag" in str(refusal(create, reference="50.2", amount=Decimal(0)))
    closed = make.year(2015, closed_at=timezone.now())
    assert "abgeschlossen" in str(refusal(create, reference="50.2", year=closed))


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_enter_one_notice():
    set_share()
    year = make.year()
    assert in_parallel([lambda: create(year=year)] * 20).count(True) == 1
    assert StateAllocation.objects.count() == 1


def test_earmarked_money_is_distributed_and_logged():
    notice = make.allocation(1_000_000)
    distribute(notice, 8_300)
    assert left(notice) == 30_000
    assert Entry.objects.get().after["distributed"] == "8300"


@pytest.mark.parametrize(
    ("amount", "says"),
    [("38300.01", "nur noch 38.300,00"), (0, "mindestens 0,01"), (-1, "mindestens 0,01")],
)
def test_no_more_than_the_rest_of_the_earmarked_money_is_distributed(amount, says):
    notice = make.allocation(1_000_000)
    assert says in refusal(distribute, notice, amount)["amount"][0]
    assert not Funding.objects.exists()


def test_no_more_is_distributed_to_a_line_than_it_has():
    notice, line = make.allocation(1_000_000), make.line(1_000)
    distribute(notice, 600, line=line)
    assert "nur noch 400,00" in refusal(distribute, notice, "400.01", line=line)["amount"][0]


def test_money_stays_in_its_year_and_in_an_open_one():
    notice = make.allocation(1_000_000)
    assert "line" in refusal(distribute, notice, line=make.line(year=make.year(2017)))
    assert "booked_on" in refusal(distribute, notice, booked_on=date(2017, 1, 1))
    line = make.line()
    notice.year.closed_at = timezone.now()
    notice.year.save()
    assert "abgeschlossen" in str(refusal(distribute, notice, line=line))


def test_a_distribution_is_reversed_once():
    funding = make.funding(1_000)
    allocations.reverse(
        funding, reason="Falsche Stelle", booked_on=MARCH, by=make.user("coordination")
    )
    assert left(funding.allocation) == 38_300
    again = refusal(
        allocations.reverse, funding, reason="x", booked_on=MARCH, by=make.user("coordination")
    )
    assert "bereits storniert" in str(again)
    back = Funding.objects.get(reverses=funding)
    assert "bereits storniert" in str(
        refusal(
            allocations.reverse, back, reason="x", booked_on=MARCH, by=make.user("coordination")
        )
    )


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_distribute_once():
    notice, line = make.allocation(1_000_000), make.line()
    seen = notice.fundings.all().mark()
    acts = [lambda: distribute(notice, line=line, seen=seen)] * 20
    assert in_parallel(acts).count(True) == 1
    assert left(notice) == 37_300


def test_a_distribution_is_not_reversed_before_it_was_made():
    funding = make.funding(booked_on=date(2016, 6, 30))
    with pytest.raises(ValidationError) as error:
        allocations.reverse(
            funding, reason="Irrtum", booked_on=date(2016, 6, 29), by=make.user("coordination")
        )
    assert "30.06.2016" in error.value.message_dict["booked_on"][0]


def test_what_was_carried_over_is_not_funded_a_second_time():
    """It was funded in the year it came from."""
    by = make.user("coordination")
    old = make.line(1_000, year=make.year(2016))
    make.funding(1_000, line=old, allocation=make.allocation(100_000, year=old.year))
    years.close(old.year, carry_over={old.pk: Decimal("1000.00")}, by=by)
    new = BudgetLine.objects.get(year__year=2017)
    notice = make.allocation(100_000, year=new.year)
    with pytest.raises(ValidationError) as error:
        allocations.distribute(
            notice, line=new, amount=Decimal("0.01"), booked_on=date(2017, 3, 1), by=by
        )
    assert "0,00" in error.value.message_dict["amount"][0]
    # Of what it gives away, the line gives that first.
    other = make.line(500, year=new.year)
    lines.supplement(
        new, amount=Decimal("300"), booked_on=date(2017, 3, 1), reason="Nachtrag", by=by
    )
    lines.move(
        new, to=other, amount=Decimal("1000"), booked_on=date(2017, 3, 2), reason="Bedarf", by=by
    )
    allocations.distribute(
        notice, line=new, amount=Decimal("300"), booked_on=date(2017, 3, 3), by=by
    )
    assert BudgetLine.objects.with_funding().get(pk=new.pk).unfunded == 0
