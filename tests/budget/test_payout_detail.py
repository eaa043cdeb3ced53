from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.budget import commitments, payouts
from tests import make

pytestmark = pytest.mark.django_db


def address(payout):
    return reverse("budget:payout_detail", args=[payout.pk])


def page_of(act, payout):
    return reverse(f"budget:{act}", args=[payout.pk])


@pytest.fixture
def city(client):
    client.person = make.user("coordination", name="Anna Amt")
    client.force_login(client.person)
    return client


@pytest.fixture
def lead(client):
    membership = make.membership("lead", user=make.user(name="Lena Leitung"))
    client.person, client.agency = membership.user, membership.agency
    client.force_login(client.person)
    return client


def commitment_of(agency, amount=24_000):
    return make.commitment(amount, share=make.agreement(24_000, agency=agency).shares.get())


def states(response):
    return [step.state for step in response.context["steps"]]


@pytest.mark.parametrize(
    ("status", "act"),
    [
        ("requested", "payout_check_content"),
        ("content_checked", "payout_check_calculation"),
        ("granted", "payout_pay"),
    ],
)
def test_the_one_next_act_is_offered(city, status, act):
    payout = make.payout(status)
    text = city.get(address(payout)).text
    assert text.count("kern-btn--primary") == 1
    assert page_of(act, payout) in text
    assert page_of("payout_send_back", payout) in text


@pytest.mark.parametrize(
    ("status", "role", "message"),
    [
        ("requested", "requested_by", "Die sachliche Prüfung macht eine andere Person."),
        ("content_checked", "requested_by", "Die rechnerische Prüfung macht eine andere Person."),
        (
            "content_checked",
            "content_checked_by",
            "Sie haben sachlich geprüft. Die rechnerische Prüfung macht eine andere Person.",
        ),
    ],
)
def test_who_had_a_hand_in_it_reads_that_another_person_checks(city, status, role, message):
    payout = make.payout(status, **{role: city.person})
    response = city.get(address(payout))
    assert message in response.text
    assert "kern-btn--primary" not in response.text
    for act in ("payout_check_content", "payout_check_calculation"):
        assert page_of(act, payout) not in response.text


def test_a_lead_requests_and_then_waits(lead):
    payout = make.payout(commitment=commitment_of(lead.agency))
    text = lead.get(address(payout)).text
    assert page_of("payout_request", payout) in text
    assert "kern-btn--primary" in text
    payouts.request(payout, amount=payout.planned, by=lead.person)
    text = lead.get(address(payout)).text
    assert "eingereicht" in text
    assert "Die Stadt bearbeitet den Abruf. Sie müssen jetzt nichts tun." in text
    assert "Sie haben diesen Abschlag abgerufen" not in text
    assert "kern-btn--" not in text.split("<main")[1]


def test_audit_sees_everything_and_does_nothing(client):
    client.force_login(make.user("audit"))
    for status in ("planned", "requested", "content_checked", "granted", "paid"):
        main = client.get(address(make.payout(status))).text.split("<main")[1]
        assert "kern-btn" not in main
        assert "rueckbuchen" not in main


def test_the_stages_say_who_and_when(city):
    payout = make.payout("paid", requested_by=make.user(name="Lena Leitung"))
    response = city.get(address(payout))
    assert states(response) == ["done"] * 5
    assert "Lena Leitung" in response.text
    assert timezone.localtime(payout.requested_at).strftime("%d.%m.%Y %H:%M") in response.text
    assert [
        states(city.get(address(make.payout(status)))) for status in ("planned", "granted")
    ] == [
        ["done", "current", "open", "open", "open"],
        ["done", "done", "done", "done", "current"],
    ]
    assert states(city.get(address(make.payout("reversed")))) == ["done"] * 6
    assert states(city.get(address(make.payout("cancelled")))) == ["done"] * 2


def test_the_agency_reads_why_it_was_sent_back_or_cut_or_cancelled(lead):
    commitment, by = commitment_of(lead.agency), make.user("coordination", name="Bert Buch")
    back = make.payout("requested", commitment=commitment, amount=100)
    payouts.send_back(back, reason="Bitte ohne Fahrtkosten", by=by)
    assert "von Bert Buch: Bitte ohne Fahrtkosten" in lead.get(address(back)).text
    cut = make.payout("content_checked", commitment=commitment, grant_reason="Beleg 7 fehlt")
    assert "Beleg 7 fehlt" in lead.get(address(cut)).text
    gone = make.payout(commitment=commitment)
    payouts.cancel(gone, reason="Stelle unbesetzt", by=by)
    assert "von Bert Buch: Stelle unbesetzt" in lead.get(address(gone)).text


def test_the_newest_reason_counts(lead):
    payout = make.payout("requested", commitment=commitment_of(lead.agency), amount=100)
    by = make.user("coordination")
    payouts.send_back(payout, reason="Erster Grund", by=by)
    payouts.request(payout, amount=Decimal("100"), by=lead.person)
    payouts.send_back(payout, reason="Zweiter Grund", by=by)
    text = lead.get(address(payout)).text
    assert "Zweiter Grund" in text
    assert "Erster Grund" not in text


def test_a_commitment_lowered_meanwhile_is_said(lead):
    commitment = commitment_of(lead.agency, 6_000)
    payout, by = make.payout(commitment=commitment), make.user("coordination")
    day = date(2016, 6, 1)
    commitments.change(commitment, amount=Decimal("-5999"), booked_on=day, reason="x", by=by)
    text = lead.get(address(payout)).text
    assert "Davon sind nur 1,00\xa0€ abrufbar" in text
    assert page_of("payout_request", payout) in text
    commitments.change(commitment, amount=Decimal("-1"), booked_on=day, reason="x", by=by)
    text = lead.get(address(payout)).text
    assert "Zurzeit ist nichts abrufbar" in text
    assert page_of("payout_request", payout) not in text


def test_a_closed_year_offers_nothing(city):
    payout = make.payout("paid")
    assert "rueckbuchen" in city.get(address(payout)).text
    payout.commitment.line.year.closed_at = timezone.now()
    payout.commitment.line.year.save()
    text = city.get(address(payout)).text
    assert "rueckbuchen" not in text
    assert "Das Haushaltsjahr ist abgeschlossen" in text


def test_every_step_of_the_money_trail_is_a_link(city):
    payout = make.payout("reversed")
    agreement = payout.commitment.share.agreement
    position = make.position(agency=agreement.agency)
    agreement.positions.add(position)
    text = city.get(address(payout)).text
    for name, row in [
        ("agencies:agency_detail", agreement.agency),
        ("agencies:position_detail", position),
        ("budget:agreement_detail", agreement),
        ("budget:commitment_detail", payout.commitment),
        ("budget:line_detail", payout.commitment.line),
    ]:
        assert reverse(name, args=[row.pk]) in text
    assert "−6.000,00\xa0€" in text
    assert "Storno: Rücküberweisung" in text


def test_it_costs_the_same_with_many_positions(city, django_assert_max_num_queries):
    payout = make.payout("reversed")
    agreement = payout.commitment.share.agreement
    for _ in range(20):
        agreement.positions.add(make.position(agency=agreement.agency))
    with django_assert_max_num_queries(12):
        city.get(address(payout))
