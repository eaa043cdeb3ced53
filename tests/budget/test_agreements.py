from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from coordination.audit.models import Entry
from coordination.budget import agreements
from coordination.budget.agreements import Part, days_by_year, propose
from coordination.budget.models import Agreement, BudgetYear
from coordination.money import CENT, MOST
from tests import make

TERM = {"starts_on": date(2016, 4, 1), "ends_on": date(2018, 3, 31)}
FIRST_DAYS = st.dates(date(2000, 1, 1), date(2180, 12, 31))
AMOUNTS = st.decimals(CENT, MOST, places=2)


@given(FIRST_DAYS, st.integers(0, 3_285), AMOUNTS)
def test_a_split_is_exact_to_the_cent_and_fair_to_the_day(starts_on, days, amount):
    ends_on = starts_on + timedelta(days=days)
    parts = propose("positions", starts_on, ends_on, amount)
    assert sum(part.amount for part in parts) == amount
    assert [part.year for part in parts] == list(range(starts_on.year, ends_on.year + 1))
    for part, of_year in zip(parts, days_by_year(starts_on, ends_on).values(), strict=True):
        assert abs(part.amount - amount * of_year / (days + 1)) <= CENT


def test_nine_and_twelve_and_three_months():
    parts = propose("freelancers", **TERM, amount=Decimal("123800.00"))
    assert parts == [
        Part(2016, "fees", Decimal("46636.99")),
        Part(2017, "fees", Decimal("61900.00")),
        Part(2018, "fees", Decimal("15263.01")),
    ]


def create(**fields):
    agency = fields.pop("agency", None) or make.agency()
    return agreements.create(
        **{
            "agency": agency,
            "reference": "V-1",
            "kind": "positions",
            "subject": "Quartiersarbeit",
            "amount": Decimal("24000.00"),
            "by": None,
            **TERM,
            **fields,
        }
    )


def refused(field, act, *args, **fields):
    with pytest.raises(ValidationError) as error:
        act(*args, **fields)
    if field is None:
        return " ".join(error.value.messages)
    return " ".join(error.value.message_dict[field])


pytestmark = pytest.mark.django_db


def test_an_agreement_brings_its_years_and_its_split():
    agreement = create()
    assert [year.year for year in BudgetYear.objects.all()] == [2018, 2017, 2016]
    assert sum(share.amount for share in agreement.shares.all()) == agreement.amount
    entry = Entry.objects.get(target_model="budget.agreement")
    assert entry.agency_id == agreement.agency_id
    assert len(entry.after["shares"]) == 3


def test_a_split_that_does_not_sum_is_refused_with_the_difference():
    short = [Part(2016, "staff", Decimal("23999.99"))]
    assert "es fehlen 0,01\xa0€" in refused("amount", create, parts=short)
    much = [Part(2016, "staff", Decimal("24000.50"))]
    assert "das sind 0,50\xa0€ zu viel" in refused("amount", create, parts=much)
    assert "es fehlen 24.000,00" in refused("amount", create, parts=[])
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([(2016, "staff", 12_000), (2016, "staff", 12_000)], "kommt mit derselben Kostenart"),
        ([(2016, "staff", 25_000), (2017, "staff", -1_000)], "mindestens 0,00"),
        ([(2015, "staff", 24_000)], "2015 liegt außerhalb"),
    ],
)
def test_a_wrong_part_is_refused(parts, said):
    parts = [Part(year, kind, Decimal(amount)) for year, kind, amount in parts]
    assert said in refused(None, create, parts=parts)


def test_two_kinds_of_cost_may_share_a_year():
    parts = [
        Part(2016, "staff", Decimal("20000.00")),
        Part(2016, "material", Decimal("4000.00")),
    ]
    assert create(parts=parts).shares.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_on": date(2016, 3, 31)}, "ends_on"),
        ({"ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"starts_on": date(1999, 12, 31), "ends_on": date(2000, 1, 1)}, "starts_on"),
        ({"starts_on": date(2199, 12, 31), "ends_on": date(2200, 1, 1)}, "ends_on"),
        ({"amount": Decimal("0.00"), "parts": []}, "amount"),
        ({"reference": ""}, "reference"),
    ],
)
def test_what_cannot_be_agreed_is_refused_at_its_field(fields, field):
    assert refused(field, create, **fields)


def test_a_closed_year_takes_no_new_agreement():
    year = make.year(2017)
    year.closed_at = "2018-02-01T00:00:00Z"
    year.save()
    assert "2017 ist abgeschlossen" in refused(None, create)
    assert not Agreement.objects.exists()


def test_an_extension_follows_an_earlier_agreement_of_the_same_agency():
    earlier = make.agreement(parts={2015: 1_000})
    agency = earlier.agency
    foreign = make.agreement(parts={2014: 1_000})
    later = make.agreement(parts={2016: 1_000}, agency=agency)
    assert "desselben Verbands" in refused(
        "predecessor", create, agency=agency, predecessor=foreign
    )
    assert "bis 31.12.2016" in refused("predecessor", create, agency=agency, predecessor=later)
    extension = create(agency=agency, predecessor=earlier)
    assert earlier.successor == extension
    again = {"agency": agency, "reference": "V-2", "predecessor": earlier}
    assert "schon verlängert, durch V-1" in refused("predecessor", create, **again)


def test_positions_are_the_agencys_own_and_funded():
    position = make.position()
    assert "gehört nicht zu" in refused("positions", create, positions=[position])
    own = {"agency": position.agency, "positions": [position]}
    assert "Stellen finanziert" in refused("positions", create, kind="material", **own)
    assert list(create(**own).positions.all()) == [position]


@pytest.fixture
def bound():
    """2016 bound with 18,000 of 24,000 euros, 2017 free with 8,000."""
    agreement = make.agreement(parts={2016: 24_000, 2017: 8_000})
    make.commitment(18_000, share=agreement.shares.first())
    return agreement


def resplit(agreement, amount, *parts, **fields):
    parts = [Part(year, kind, Decimal(part)) for year, kind, part in parts]
    fields = {"reason": "Neu verhandelt", "by": None, **fields}
    return agreements.resplit(agreement, amount=Decimal(amount), parts=parts, **fields)


def shares(agreement):
    return [(row.year.year, row.cost_kind, row.amount) for row in agreement.shares.all()]


def test_a_new_split_goes_down_to_what_is_committed_and_not_below(bound):
    resplit(bound, 26_000, (2016, "staff", 18_000), (2017, "staff", 8_000))
    assert shares(bound) == [(2016, "staff", 18_000), (2017, "staff", 8_000)]
    below = ("25999.99", (2016, "staff", "17999.99"), (2017, "staff", 8_000))
    assert "18.000,00\xa0€ gebunden" in refused(None, resplit, bound, *below)
    bound.refresh_from_db()
    assert bound.amount == 26_000


def test_a_new_split_may_move_money_to_another_kind_and_drop_a_year(bound):
    resplit(bound, 24_000, (2016, "staff", 20_000), (2016, "material", 4_000))
    assert shares(bound) == [(2016, "material", 4_000), (2016, "staff", 20_000)]
    entry = Entry.objects.get(target_model="budget.agreement")
    assert (entry.reason, len(entry.before["shares"])) == ("Neu verhandelt", 2)


def test_what_was_spent_keeps_its_share(bound):
    make.expense(share=bound.shares.last())
    resplit(bound, 24_000, (2016, "staff", 24_000))
    assert shares(bound)[-1] == (2017, "staff", 0)


def test_a_new_split_leaves_closed_years_alone(bound):
    BudgetYear.objects.filter(year=2016).update(closed_at="2017-02-01T00:00:00Z")
    resplit(bound, 33_000, (2016, "staff", 24_000), (2017, "staff", 9_000))
    assert shares(bound)[-1] == (2017, "staff", 9_000)
    less = (32_000, (2016, "staff", 23_000), (2017, "staff", 9_000))
    assert "2016 ist abgeschlossen" in refused(None, resplit, bound, *less)


def test_a_split_that_somebody_else_changed_is_not_overwritten_unseen(bound):
    seen = agreements.stand(bound)
    resplit(bound, 33_000, (2016, "staff", 24_000), (2017, "staff", 9_000), seen=seen)
    mine = (34_000, (2016, "staff", 24_000), (2017, "staff", 10_000))
    said = refused(None, resplit, bound, *mine, seen=seen)
    assert "jetzt 33.000,00" in said
    assert "2017 Personalkosten: 9.000,00" in said
    resplit(bound, *mine, seen=agreements.stand(bound))


def test_the_same_split_again_changes_and_logs_nothing(bound):
    resplit(bound, 32_000, (2016, "staff", 24_000), (2017, "staff", 8_000))
    assert not Entry.objects.filter(target_model="budget.agreement").exists()


def test_the_sums_of_a_year_are_part_of_the_sums(bound):
    first = bound.shares.first()
    make.payout("requested", commitment=first.commitment, amount=2_000)
    make.payout("paid", commitment=first.commitment, amount=3_000)
    make.expense(700, share=first)
    make.expense(900, share=bound.shares.last())

    def sums(year=None):
        row = Agreement.objects.with_sums(year).get()
        return [row.agreed, row.committed, row.requested, row.paid, row.declared]

    assert sums() == [32_000, 18_000, 2_000, 3_000, 1_600]
    assert sums(2016) == [24_000, 18_000, 2_000, 3_000, 700]
    assert sums(2017) == [8_000, 0, 0, 0, 900]
