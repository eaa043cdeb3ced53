"""Euros: what may be typed, how an amount is split, and that no cent is lost in the database."""

from decimal import Decimal

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db.models import F, Sum, Value
from hypothesis import given
from hypothesis import strategies as st

from coordination.budget.models import LineBooking, Payout
from coordination.money import (
    CENT,
    MOST,
    ZERO,
    MoneyField,
    MoneyFormField,
    euro,
    in_cents,
    split,
    summed,
)
from tests import make

cents = st.integers(-(10**11) + 1, 10**11 - 1).map(lambda number: Decimal(number).scaleb(-2))


def typed(text, **options):
    return MoneyFormField(required=False, **options).clean(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1.234,5", "1234.50"),
        ("1234,50", "1234.50"),
        ("1234.50", "1234.50"),
        ("1234.5", "1234.50"),
        ("1234", "1234.00"),
        ("0.500", "0.50"),
        ("1.234", "1234.00"),  # as Germans write it: one thousand
        ("1.234.567,89", "1234567.89"),
        ("1.234,50 €", "1234.50"),
        ("1.234,50\N{NO-BREAK SPACE}€", "1234.50"),
        ("€ 5", "5.00"),
        ("12,30 EUR", "12.30"),
        (" 1 234,50 ", "1234.50"),
        ("1\N{NARROW NO-BREAK SPACE}234,50", "1234.50"),
        ("0,01", "0.01"),
        ("5,", "5.00"),
        ("+5", "5.00"),
        ("007", "7.00"),
        ("999.999.999,99", "999999999.99"),
    ],
)
def test_what_people_type_is_read(text, amount):
    assert typed(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "1.234,5.6",
        "1,234.50",
        "12.34,50",
        "1.23.4",
        "1,2,3",
        "1..234",
        "1e9",
        "1E3",
        "1e400",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "zehn",
        "5 Euro",
        "5$",
        "--5",
        "5-",
        ",50",
        ".",
        "١٢٣",
        "１２３",
        "½",
        "9" * 41,
        "1.234,50\x00",
        "\ud800",
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValidationError, match="ist kein Betrag|höchstens|mindestens"):
        typed(text)


@pytest.mark.parametrize("text", ["0,005", "0.001", "1,239", "1.000,001"])
def test_parts_of_a_cent_are_refused(text):
    with pytest.raises(ValidationError, match="ganze Cent"):
        typed(text)


@pytest.mark.parametrize("text", ["-1", "\N{MINUS SIGN}1", "0", "0,00", "-0,01"])
def test_an_amount_is_at_least_a_cent(text):
    with pytest.raises(ValidationError, match="mindestens 0,01"):
        typed(text)


@pytest.mark.parametrize("text", ["1.000.000.000", "9" * 40])
def test_a_slip_of_the_finger_is_too_much(text):
    with pytest.raises(ValidationError, match="höchstens 999.999.999,99"):
        typed(text)


def test_differences_may_be_negative():
    assert typed("-1.234,50", allow_negative=True) == Decimal("-1234.50")
    assert typed("\N{MINUS SIGN}1", allow_negative=True) == -1


@pytest.mark.parametrize("text", ["", "  ", "€", None])
def test_nothing_typed_is_nothing(text):
    assert typed(text) is None


@given(cents)
def test_what_is_shown_can_be_typed_again(amount):
    assert typed(euro(amount), allow_negative=True) == amount


@given(st.text(max_size=45))
def test_whatever_is_typed_is_read_or_refused(text):
    try:
        amount = typed(text)
    except ValidationError:
        return
    assert amount is None or CENT <= amount <= MOST and amount == in_cents(amount)


# --- Splitting ------------------------------------------------------------------------------------

weights = st.lists(st.integers(0, 4_000), min_size=1, max_size=40).filter(sum)
amounts = st.integers(0, 10**11 - 1).map(lambda number: Decimal(number).scaleb(-2))


@given(amounts, weights)
def test_parts_sum_exactly_and_none_is_negative(amount, weights):
    parts = split(amount, weights)
    assert (len(parts), sum(parts)) == (len(weights), amount)
    assert min(parts) >= 0
    assert all(part == in_cents(part) for part in parts)


@given(amounts, weights)
def test_a_part_is_never_a_cent_off_its_weight(amount, weights):
    whole = sum(weights)
    for part, weight in zip(split(amount, weights), weights, strict=True):
        assert abs(part - amount * weight / whole) <= CENT
        assert weight or part == 0


@given(amounts, weights)
def test_a_negative_amount_is_split_the_same_way(amount, weights):
    assert split(-amount, weights) == [-part for part in split(amount, weights)]


def test_nine_twelve_and_three_months_of_the_agreement_of_the_sample():
    assert split(Decimal("123800.00"), [275, 365, 90]) == [
        Decimal("46636.99"),
        Decimal("61900.00"),
        Decimal("15263.01"),
    ]


def test_half_a_cent_is_rounded_away_from_zero():
    assert [in_cents(Decimal(text)) for text in ("0.005", "0.0149", "-0.005")] == [
        CENT,
        CENT,
        -CENT,
    ]


# --- In the database ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["0.01", "-0.01", "1234.50", "999999999.99", "-999999999.99"])
def test_an_amount_comes_back_as_it_was(text):
    booking = make.line_booking(text)
    amount = LineBooking.objects.get(pk=booking.pk).amount
    assert (amount, type(amount)) == (Decimal(text), Decimal)
    assert str(amount) == text
    assert LineBooking.objects.values_list("amount", flat=True).get(pk=booking.pk) == Decimal(text)


@pytest.mark.django_db
def test_ten_cents_a_thousand_times_are_a_hundred_euros():
    line = make.line(planned=0)
    LineBooking.objects.bulk_create(
        LineBooking(line=line, kind="supplement", amount=Decimal("0.10"), booked_on=make.DAY)
        for _number in range(1_000)
    )
    rows = LineBooking.objects.all()
    assert rows.aggregate(total=Sum("amount"))["total"] == Decimal("100.00")
    assert summed(rows) == Decimal("100.00")
    assert summed(rows.none()) == ZERO


@pytest.mark.django_db
def test_columns_are_added_and_compared_in_the_database():
    payout = make.payout("content_checked", amount="100.10", granted=Decimal("33.37"))
    rows = Payout.objects.annotate(
        cut=F("requested") - F("granted"), both=F("requested") + F("granted")
    )
    found = rows.get()
    assert (found.cut, found.both) == (Decimal("66.73"), Decimal("133.47"))
    assert rows.filter(cut=Decimal("66.73"), both__gt=Decimal("133.46")).exists()
    assert not rows.filter(cut__lt=Decimal("66.73")).exists()
    for lookup, expected in [
        ({"granted": Decimal("33.37")}, True),
        ({"granted": 33}, False),
        ({"granted__gt": Decimal("33.36")}, True),
        ({"granted__gte": Decimal("33.38")}, False),
        ({"granted__lt": F("requested")}, True),
        ({"granted__in": [Decimal("33.37"), ZERO]}, True),
        ({"granted__range": (Decimal("33.37"), Decimal("33.37"))}, True),
        ({"granted": None}, False),
    ]:
        assert Payout.objects.filter(pk=payout.pk, **lookup).exists() == expected, lookup


@pytest.mark.django_db
def test_an_amount_added_in_the_database_has_to_say_that_it_is_money():
    more = Value(Decimal("0.20"), output_field=MoneyField())
    payout = make.payout(amount="0.10")
    Payout.objects.update(planned=F("planned") + more)
    payout.refresh_from_db()
    assert payout.planned == Decimal("0.30")
    with pytest.raises(FieldError):
        Payout.objects.annotate(wrong=F("planned") + Decimal("0.20")).values("wrong").first()


@pytest.mark.django_db
def test_money_is_never_a_float_and_has_whole_cents():
    line = make.line()
    with pytest.raises(TypeError, match="never a float"):
        LineBooking.objects.create(line=line, kind="planned", amount=0.1, booked_on=make.DAY)
    with pytest.raises(TypeError, match="never a float"):
        LineBooking.objects.filter(amount=0.1).exists()
    with pytest.raises(ValueError, match="whole cents"):
        LineBooking.objects.filter(amount=Decimal("0.001")).exists()


def test_the_column_holds_cents():
    field = MoneyField()
    assert field.get_prep_value(Decimal("12.34")) == 1234
    assert field.get_prep_value(None) is None
    assert field.from_db_value(1234, None, None) == Decimal("12.34")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1234567.5", "1.234.567,50\N{NO-BREAK SPACE}€"),
        ("0", "0,00\N{NO-BREAK SPACE}€"),
        ("-0.01", "\N{MINUS SIGN}0,01\N{NO-BREAK SPACE}€"),
    ],
)
def test_euros_are_shown_as_germans_write_them(amount, shown):
    assert euro(Decimal(amount)) == shown


def test_no_amount_is_shown_as_nothing():
    assert euro(None) == ""
