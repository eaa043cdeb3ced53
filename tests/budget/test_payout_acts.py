"""The pages that act on a payout: what they ask, what they refuse and how, what then happens."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.budget.models import Payment, Payout
from tests import make
from tests.people.desks import at_once

pytestmark = pytest.mark.django_db
WRONG_AMOUNTS = {
    "0,005": "Ein Betrag hat ganze Cent",
    "-1": "mindestens 0,01",
    "0": "mindestens 0,01",
    "1e9": "ist kein Betrag",
    "1000000000": "höchstens 999.999.999,99",
    "1.234,5.6": "ist kein Betrag",
    "1,234.56": "ist kein Betrag",
    "12.34.567,00": "ist kein Betrag",
    "viel": "ist kein Betrag",
}


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


@pytest.fixture
def city(client):
    client.person = make.user("coordination", name="Anna Amt")
    client.force_login(client.person)
    return client


@pytest.fixture
def lead(client):
    membership = make.membership("lead")
    client.person, client.agency = membership.user, membership.agency
    client.force_login(client.person)
    return client


def url(act, row):
    return reverse(f"budget:payout_{act}", args=[row.pk])


def planned_of(agency, committed=24_000, amount=3_000):
    share = make.agreement(24_000, agency=agency).shares.get()
    return make.payout(commitment=make.commitment(committed, share=share), amount=amount)


def told(response):
    return [str(message) for message in response.context["messages"]]


def errors(response):
    return response.context["form"].errors


# --- requesting -----------------------------------------------------------------------------------


def test_a_lead_requests_the_amount_the_form_proposes(lead):
    payout = planned_of(lead.agency)
    text = lead.get(url("request", payout)).text
    assert 'value="3.000,00"' in text
    assert "24.000,00\xa0€ gebunden" in text
    response = lead.post(
        url("request", payout), {"amount": "3.000,00", "note": "Quartal 1"}, follow=True
    )
    assert told(response) == ["Der Abschlag ist abgerufen. Die Stadt prüft jetzt."]
    fresh = Payout.objects.get()
    assert (fresh.requested, fresh.request_note, fresh.requested_by) == (
        3_000,
        "Quartal 1",
        lead.person,
    )


def test_the_proposal_is_limited_to_what_can_be_drawn(lead):
    payout = planned_of(lead.agency, committed=1_000)
    text = lead.get(url("request", payout)).text
    assert 'value="1.000,00"' in text
    assert "Abrufbar ist weniger als geplant" in text


@pytest.mark.parametrize(("typed", "message"), WRONG_AMOUNTS.items())
def test_a_wrong_amount_is_told_at_the_field_and_kept(lead, typed, message):
    payout = planned_of(lead.agency)
    response = lead.post(url("request", payout), {"amount": typed, "note": "Mein Text"})
    assert message in errors(response)["amount"][0]
    assert f'value="{typed}"' in response.text
    assert "Mein Text" in response.text
    assert Payout.objects.get().status == "planned"


def test_more_than_drawable_is_refused_with_what_is_left(lead):
    payout = planned_of(lead.agency, committed=1_000)
    response = lead.post(url("request", payout), {"amount": "1.000,01"})
    assert errors(response)["amount"] == ["Nur noch 1.000,00\xa0€ sind abrufbar."]
    assert 'value="1.000,01"' in response.text
    assert Payout.objects.get().requested is None


def test_more_than_planned_is_refused(lead):
    payout = planned_of(lead.agency)
    response = lead.post(url("request", payout), {"amount": "3000,01"})
    assert "Geplant sind nur 3.000,00" in errors(response)["amount"][0]


def test_the_payout_of_another_agency_does_not_exist(lead):
    payout = make.payout()
    assert lead.get(url("request", payout)).status_code == 404
    assert lead.post(url("request", payout), {"amount": "1"}).status_code == 404


# --- checking -------------------------------------------------------------------------------------


def test_the_content_check_grants_all_unless_said_otherwise(city):
    payout = make.payout("requested")
    assert 'value="6.000,00"' in city.get(url("check_content", payout)).text
    response = city.post(url("check_content", payout), {"granted": "6.000,00"}, follow=True)
    assert told(response) == [
        "Sachlich geprüft. Die rechnerische Prüfung macht eine andere Person."
    ]
    assert Payout.objects.get().content_checked_by == city.person


@pytest.mark.parametrize(("typed", "message"), WRONG_AMOUNTS.items())
@pytest.mark.parametrize(
    ("status", "act"), [("requested", "check_content"), ("content_checked", "check_calculation")]
)
def test_a_wrong_amount_is_not_granted(city, status, act, typed, message):
    payout = make.payout(status)
    response = city.post(url(act, payout), {"granted": typed, "reason": "Mein Text"})
    assert message in errors(response)["granted"][0]
    assert f'value="{typed}"' in response.text
    assert Payout.objects.get().status == status


def test_less_needs_a_reason_and_more_is_refused(city):
    payout = make.payout("requested")
    response = city.post(url("check_content", payout), {"granted": "5.000"})
    assert errors(response)["reason"] == ["Bitte begründen Sie, warum nicht alles bewilligt wird."]
    assert 'value="5.000"' in response.text
    response = city.post(url("check_content", payout), {"granted": "6.000,01", "reason": "x"})
    assert errors(response)["granted"] == ["Abgerufen sind nur 6.000,00\xa0€."]
    city.post(url("check_content", payout), {"granted": "5.000", "reason": "Beleg fehlt"})
    assert Payout.objects.get().grant_reason == "Beleg fehlt"


def test_the_second_person_types_the_amount_anew(city):
    payout = make.payout("content_checked", amount=Decimal("1234.56"))
    form = city.get(url("check_calculation", payout)).text.split("<form")[-1]
    assert "1.234,56" not in form
    response = city.post(url("check_calculation", payout), {"granted": "1.234,65"})
    assert "einen anderen Betrag" in errors(response)["granted"][0]
    city.post(url("check_calculation", payout), {"granted": "1.234,56"})
    assert Payout.objects.get().status == "granted"


@pytest.mark.parametrize(
    ("status", "role", "act"),
    [
        ("requested", "requested_by", "check_content"),
        ("content_checked", "requested_by", "check_calculation"),
        ("content_checked", "content_checked_by", "check_calculation"),
    ],
)
def test_nobody_makes_two_of_the_steps(city, status, role, act):
    payout = make.payout(status, **{role: city.person})
    response = city.get(url(act, payout), follow=True)
    assert "macht eine andere Person" in told(response)[0]
    response = city.post(url(act, payout), {"granted": "6.000,00"})
    assert "macht eine andere Person" in errors(response)["__all__"][0]
    assert 'value="6.000,00"' in response.text
    assert Payout.objects.get().status == status


def test_sending_back_needs_a_reason(city):
    payout = make.payout("granted")
    response = city.post(url("send_back", payout), {"reason": "  "})
    assert "reason" in errors(response)
    assert Payout.objects.get().status == "granted"
    response = city.post(url("send_back", payout), {"reason": "Bitte neu"}, follow=True)
    assert told(response) == ["Der Abruf ist an den Verband zurückgegeben."]
    assert Payout.objects.get().status == "planned"


# --- paying and cancelling ------------------------------------------------------------------------


def test_the_payment_is_booked_with_day_and_reference(city):
    payout = make.payout("granted")
    text = city.get(url("pay", payout)).text
    assert 'value="2016-12-01"' in text
    assert "Keine Bankdaten" in text
    typed = {"booked_on": "15.11.2016", "cash_reference": "HÜL-0001"}
    response = city.post(url("pay", payout), typed, follow=True)
    assert told(response) == ["Die Auszahlung von 6.000,00\xa0€ ist gebucht."]
    payment = Payment.objects.get()
    assert (payment.amount, payment.booked_on, payment.by) == (
        6_000,
        date(2016, 11, 15),
        city.person,
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("31.12.2015", "liegt nicht im Haushaltsjahr 2016"),
        ("01.01.2017", "liegt nicht im Haushaltsjahr 2016"),
        ("02.12.2016", "Dieser Tag liegt in der Zukunft."),
        ("31.02.2016", "ist kein Datum"),
        ("morgen", "ist kein Datum"),
        ("", "Dieses Feld"),
    ],
)
def test_a_wrong_day_is_told_at_the_field_and_nothing_is_paid(city, typed, message):
    payout = make.payout("granted")
    response = city.post(url("pay", payout), {"booked_on": typed, "cash_reference": "HÜL-0001"})
    assert message in errors(response)["booked_on"][0]
    assert 'value="HÜL-0001"' in response.text
    assert not Payment.objects.exists()


@pytest.mark.parametrize("typed", ["", " ", "x" * 61, "DE89 3704 0044 0532 0130 00"])
def test_a_wrong_reference_is_told_at_the_field(city, typed):
    payout = make.payout("granted")
    response = city.post(url("pay", payout), {"booked_on": "01.06.2016", "cash_reference": typed})
    assert "cash_reference" in errors(response)
    assert not Payment.objects.exists()


def test_for_a_past_year_its_last_day_is_proposed(city, settings):
    settings.PORTAL_DAY = date(2017, 2, 1)
    assert 'value="2016-12-31"' in city.get(url("pay", make.payout("granted"))).text


def test_cancelling_needs_a_reason(city):
    payout = make.payout()
    assert "reason" in errors(city.post(url("cancel", payout), {"reason": ""}))
    response = city.post(url("cancel", payout), {"reason": "entfällt"}, follow=True)
    assert told(response) == ["Der Abschlag ist aufgehoben. Sein Betrag kann neu geplant werden."]
    assert Payout.objects.get().status == "cancelled"


# --- too late, twice, closed ----------------------------------------------------------------------

FORMS = [
    ("planned", "request", {"amount": "6000"}),
    ("requested", "check_content", {"granted": "6000"}),
    ("content_checked", "check_calculation", {"granted": "6000"}),
    ("requested", "send_back", {"reason": "Bitte neu"}),
    ("granted", "pay", {"booked_on": "01.06.2016", "cash_reference": "K1"}),
    ("planned", "cancel", {"reason": "entfällt"}),
]


@pytest.mark.parametrize(("status", "act", "typed"), FORMS)
def test_the_second_click_says_that_it_is_done(city, status, act, typed):
    payout = make.payout(status)
    city.post(url(act, payout), typed)
    response = city.post(url(act, payout), typed, follow=True)
    assert response.status_code == 200
    assert "Das haben Sie schon erledigt" in told(response)[-1]
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(("status", "act", "typed"), FORMS)
def test_who_comes_too_late_reads_who_was_faster_and_keeps_the_text(city, status, act, typed):
    payout = make.payout(status)
    other = type(city)()
    other.force_login(make.user("coordination", name="Bert Buch"))
    other.post(url(act, payout), typed)
    response = city.post(url(act, payout), typed)
    assert "Bert Buch war schneller" in errors(response)["__all__"][0]
    assert [*typed.values()][-1] in response.text
    assert Entry.objects.count() == 1
    response = city.get(url(act, payout), follow=True)
    assert "Diese Auszahlung ist inzwischen" in told(response)[-1]


@pytest.mark.parametrize(("status", "act", "typed"), FORMS)
def test_a_closed_year_takes_nothing(city, status, act, typed):
    payout = make.payout(status)
    payout.commitment.line.year.closed_at = timezone.now()
    payout.commitment.line.year.save()
    response = city.post(url(act, payout), typed)
    assert "Das Haushaltsjahr 2016 ist abgeschlossen." in errors(response)["__all__"][0]
    assert Payout.objects.get().status == status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "act", "typed"), FORMS)
def test_the_same_form_twenty_times_at_once_counts_once(client, status, act, typed):
    payout, person = make.payout(status), make.user("coordination")
    client.force_login(person)
    desks = [type(client)() for _ in range(20)]
    for desk in desks:
        desk.cookies = client.cookies.copy()
    send = [lambda desk=desk: desk.post(url(act, payout), typed).status_code for desk in desks]
    assert set(at_once(send)) == {302}
    assert Entry.objects.count() == 1
    assert Payment.objects.count() == (act == "pay")
