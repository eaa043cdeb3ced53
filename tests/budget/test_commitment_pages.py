from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.budget.models import Commitment, CommitmentBooking
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]


@pytest.fixture
def next_line(cast):
    """The line of 2017 with the code that binds the agreement in 2016."""
    code = {"product": cast.line.product, "account": cast.line.account}
    return make.line(5_000, year=cast.share.year, title="Soziale Betreuung 2017", **code)


def page(cast, name="commitment_create"):
    row = cast.share if name == "commitment_create" else cast.commitment
    return reverse(f"budget:{name}", args=[row.pk])


def test_the_page_proposes_line_amount_and_day(signed_in, cast, next_line):
    make.line(9_000, year=cast.share.year)
    answer = signed_in("coordination").get(page(cast))
    form = answer.context["form"]
    assert (form["line"].value(), form["amount"].value()) == (next_line.pk, "5.000,00")
    assert 'value="2017-' in text(answer)
    assert " – frei: 5.000,00\xa0€ – Soziale Betreuung 2017" in text(answer)
    assert "8.000,00\xa0€" in text(answer)


def test_without_a_line_the_page_says_so(signed_in, cast):
    assert "hat noch keine Haushaltsstelle" in text(signed_in("coordination").get(page(cast)))


def commit(client, cast, line, amount, **fields):
    sent = {"amount": amount, "booked_on": "02.01.2017", "reason": ""}
    return client.post(page(cast), sent | {"line": line.pk} | fields)


def test_a_share_is_bound_once_however_often_it_is_sent(signed_in, cast, next_line):
    client = signed_in("coordination")
    first = commit(client, cast, next_line, "5.000,00")
    commitment = Commitment.objects.with_sums().get(share=cast.share)
    there = reverse("budget:commitment_detail", args=[commitment.pk])
    assert (first.headers["Location"], commitment.committed) == (there, 5_000)
    again = commit(client, cast, next_line, "1,00")
    assert again.headers["Location"] == there
    assert commitment.bookings.count() == 1


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"amount": "5.000,01"}, "amount", "nur noch 5.000,00\xa0€ frei"),
        ({"amount": "0,005"}, "amount", "ganze Cent"),
        ({"amount": "-1"}, "amount", "mindestens 0,01"),
        ({"amount": "1e9"}, "amount", "kein Betrag"),
        ({"amount": "1.234,5.6"}, "amount", "kein Betrag"),
        ({"booked_on": "31.12.2016"}, "booked_on", "nicht im Haushaltsjahr 2017"),
        ({"booked_on": "30.02.2017"}, "booked_on", "kein Datum"),
        ({"line": "999999"}, "line", "gültige Auswahl"),
        ({"reason": "x" * 501}, "reason", "500"),
    ],
)
def test_what_cannot_be_bound_is_refused_at_its_field(
    signed_in, cast, next_line, fields, field, said
):
    sent = {"line": next_line.pk, "amount": "1,00", "booked_on": "02.01.2017", **fields}
    answer = signed_in("coordination").post(page(cast), sent)
    assert said in str(answer.context["form"].errors[field])
    assert answer.context["form"][field].value() == fields[field]
    assert not Commitment.objects.filter(share=cast.share).exists()


def test_a_closed_year_is_said_before_and_refused_after(signed_in, cast, next_line):
    cast.share.year.closed_at = "2018-02-01T00:00:00Z"
    cast.share.year.save()
    client = signed_in("coordination")
    assert "ist abgeschlossen" in text(client.get(page(cast)))
    answer = commit(client, cast, next_line, "1,00")
    assert "ist abgeschlossen" in str(answer.context["form"].non_field_errors())


def change(client, cast, amount, **fields):
    seen = cast.commitment.bookings.count()
    sent = {"amount": amount, "booked_on": "01.12.2016", "reason": "Anpassung", "seen": seen}
    return client.post(page(cast, "commitment_change"), sent | fields)


def test_a_commitment_is_raised_and_lowered(signed_in, cast):
    client = signed_in("coordination")
    assert change(client, cast, "6.000,00").status_code == 302
    assert change(client, cast, "-12.000,00").status_code == 302
    assert Commitment.objects.with_sums().get(pk=cast.commitment.pk).committed == 12_000


def test_the_same_difference_sent_twice_is_booked_once(signed_in, cast):
    client = signed_in("coordination")
    change(client, cast, "100,00", seen=1)
    again = change(client, cast, "100,00", seen=1)
    assert "beträgt jetzt 18.100,00" in str(again.context["form"].non_field_errors())
    assert again.context["form"]["seen"].value() == "2"
    assert cast.commitment.bookings.count() == 2


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"amount": "6.000,01"}, "amount", "nur noch 6.000,00"),
        ({"amount": "-6.000,01"}, "amount", "Nur 6.000,00"),
        ({"amount": "0"}, "amount", "anderen Betrag als 0"),
        ({"amount": "0,005"}, "amount", "ganze Cent"),
        ({"amount": "1,234.56"}, "amount", "kein Betrag"),
        ({"booked_on": "01.01.2017"}, "booked_on", "nicht im Haushaltsjahr 2016"),
        ({"reason": " "}, "reason", "erforderlich"),
    ],
)
def test_what_cannot_be_changed_is_refused_at_its_field(signed_in, cast, fields, field, said):
    answer = change(signed_in("coordination"), cast, **{"amount": "1,00", **fields})
    assert said in str(answer.context["form"].errors[field])
    assert CommitmentBooking.objects.filter(commitment=cast.commitment).count() == 1


def test_the_page_of_a_commitment_shows_its_whole_trail(signed_in, cast):
    shown = text(signed_in("coordination").get(page(cast, "commitment_detail")))
    for name, row in [
        ("agreement_detail", cast.agreement),
        ("line_detail", cast.line),
        ("payout_detail", cast.requested_payout),
        ("payout_plan", cast.commitment),
        ("commitment_change", cast.commitment),
    ]:
        assert reverse(f"budget:{name}", args=[row.pk]) in shown
    assert reverse("agencies:position_detail", args=[cast.position.pk]) in shown
    assert "sachliche Prüfung fällig" in shown or "sachlich" in shown


def test_the_agency_sees_its_own_words_and_no_city_line(signed_in, cast):
    shown = text(signed_in("lead").get(page(cast, "commitment_detail")))
    assert cast.line.code in shown
    assert cast.line.title not in shown
    assert reverse("budget:line_detail", args=[cast.line.pk]) not in shown
    assert reverse("budget:commitment_change", args=[cast.commitment.pk]) not in shown
    assert "eingereicht" in shown
    assert signed_in("other_lead").get(page(cast, "commitment_detail")).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_the_pages_cost_the_same_whatever_hangs_on_them(
    signed_in, cast, rows, next_line, django_assert_max_num_queries
):
    for _ in range(rows):
        make.payout(commitment=cast.commitment, amount=Decimal(1))
        make.line(year=cast.share.year)
        CommitmentBooking.objects.create(
            commitment=cast.commitment,
            amount=Decimal(1),
            booked_on=cast.line.year.starts_on,
            by=cast.people["coordination"],
        )
    client = signed_in("coordination")
    for name in ("commitment_detail", "commitment_create", "commitment_change"):
        with django_assert_max_num_queries(12):
            client.get(page(cast, name))
