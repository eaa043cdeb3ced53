from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.budget import commitments, payouts
from coordination.budget.models import Commitment, Payment, Payout
from tests import make
from tests.people.desks import REFUSED, at_once

pytestmark = pytest.mark.django_db
PAID_ON = date(2016, 6, 1)
IBAN = "DE89 3704 0044 0532 0130 00"


def refusal(act, *args, **fields):
    with pytest.raises(ValidationError) as caught:
        act(*args, **fields)
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


@pytest.fixture
def three():
    """Three different people, all of the coordination."""
    return [make.user("coordination", name=name) for name in ("Anna", "Bert", "Cora")]


def euros(text):
    return Decimal(text)


# --- planning -------------------------------------------------------------------------------------


def test_the_proposal_is_all_that_is_not_planned_yet_over_the_quarters():
    commitment = make.commitment(10_000)
    make.payout(commitment=commitment, amount=1_000)
    proposed = payouts.propose(commitment)
    assert [day for day, _ in proposed] == [date(2016, month, 15) for month in (2, 5, 8, 11)]
    assert sum(amount for _, amount in proposed) == 9_000


def test_the_proposal_does_not_plan_the_past():
    commitment = make.commitment(10_000)
    proposed = payouts.propose(commitment, day=date(2016, 9, 1))
    assert proposed == [(date(2016, 11, 15), euros(10_000))]
    assert payouts.propose(commitment, day=date(2016, 12, 30))[0][0] == date(2016, 12, 30)
    assert len(payouts.propose(commitment, day=date(2030, 1, 1))) == 4


def test_a_few_cents_make_no_empty_instalments():
    proposed = payouts.propose(make.commitment(euros("0.02")))
    assert sum(amount for _, amount in proposed) == euros("0.02")
    assert all(amount > 0 for _, amount in proposed)


def test_nothing_is_proposed_where_nothing_is_left():
    commitment = make.commitment(6_000)
    make.payout(commitment=commitment)
    assert payouts.propose(commitment) == []


def test_instalments_never_exceed_the_commitment():
    commitment = make.commitment(6_000)
    make.payout(commitment=commitment, amount=5_000)
    rows = [(PAID_ON, euros("600.00")), (PAID_ON, euros("400.01"))]
    assert refusal(payouts.plan, commitment, instalments=rows, by=None) == [
        "Die Abschläge ergeben 1.000,01\xa0€; noch nicht geplant sind nur 1.000,00\xa0€."
    ]
    assert Payout.objects.count() == 1


def test_an_instalment_is_due_within_the_year():
    rows = [(PAID_ON, euros("1")), (date(2017, 1, 1), euros("1"))]
    said = refusal(payouts.plan, make.commitment(), instalments=rows, by=None)
    assert said == {"due_on_2": ["Der 01.01.2017 liegt nicht im Haushaltsjahr 2016."]}
    assert not Payout.objects.exists()


def test_a_plan_needs_an_instalment():
    assert refusal(payouts.plan, make.commitment(), instalments=[], by=None)


def test_who_planned_from_an_old_page_reads_what_is_left():
    commitment, rows = make.commitment(6_000), [(PAID_ON, euros("1000"))]
    payouts.plan(commitment, instalments=rows, seen=euros("6000"), by=None)
    assert refusal(payouts.plan, commitment, instalments=rows, seen=euros("6000"), by=None) == [
        "Der Plan hat sich inzwischen geändert: Noch nicht geplant sind 5.000,00\xa0€."
    ]
    assert Payout.objects.count() == 1


def test_what_was_reversed_not_granted_or_cancelled_can_be_planned_anew(three):
    commitment = make.commitment(6_000)
    one, two, three_ = payouts.plan(commitment, instalments=[(PAID_ON, euros("2000"))] * 3, by=None)
    assert payouts.unplanned(commitment) == 0
    lead = make.user()
    payouts.request(one, amount=euros("2000"), by=lead)
    payouts.check_content(one, granted=euros("1500"), reason="Beleg fehlt", by=three[0])
    assert payouts.unplanned(commitment) == 500
    payouts.check_calculation(one, granted=euros("1500"), by=three[1])
    payment = payouts.pay(one, booked_on=PAID_ON, cash_reference="K1", by=three[0])
    assert payouts.unplanned(commitment) == 500
    payouts.reverse(payment, booked_on=PAID_ON, reason="zurückgekommen", by=three[0])
    assert payouts.unplanned(commitment) == 2_000
    payouts.cancel(two, reason="entfällt", by=three[0])
    assert payouts.unplanned(commitment) == 4_000
    payouts.plan(commitment, instalments=payouts.propose(commitment), by=None)
    assert payouts.unplanned(commitment) == 0
    assert three_.status == "planned"


# --- requesting -----------------------------------------------------------------------------------


def test_an_agency_requests_as_planned_or_less():
    payout, lead = make.payout(amount=3_000), make.user()
    assert refusal(payouts.request, payout, amount=euros("3000.01"), by=lead) == {
        "amount": [
            "Geplant sind nur 3.000,00\xa0€. Für mehr plant die Stadt einen weiteren Abschlag."
        ]
    }
    payout = payouts.request(payout, amount=euros("2999.99"), by=lead)
    assert (payout.status, payout.requested, payout.requested_by) == (
        "requested",
        euros("2999.99"),
        lead,
    )


def test_a_commitment_lowered_after_the_planning_limits_the_request():
    commitment = make.commitment(6_000)
    payout = make.payout(commitment=commitment, amount=6_000)
    commitments.change(
        commitment, amount=euros("-5000"), booked_on=PAID_ON, reason="weniger", by=make.user()
    )
    assert refusal(payouts.request, payout, amount=euros("6000"), by=make.user()) == {
        "amount": ["Nur noch 1.000,00\xa0€ sind abrufbar."]
    }
    payouts.request(payout, amount=euros("1000"), by=make.user())
    assert payouts.propose(commitment) == []


def test_what_is_requested_cannot_be_lowered_away():
    payout = make.payout("requested", commitment=make.commitment(6_000), amount=4_000)
    said = refusal(
        commitments.change,
        payout.commitment,
        amount=euros("-2000.01"),
        booked_on=PAID_ON,
        reason="weniger",
        by=make.user(),
    )
    assert "2.000,00" in said["amount"][0]


# --- four eyes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("requester", "content", "calculation"), [*product(range(3), repeat=3)])
def test_request_and_both_checks_are_by_three_people(three, requester, content, calculation):
    payout = make.payout()
    payouts.request(payout, amount=payout.planned, by=three[requester])
    if content == requester:
        said = refusal(payouts.check_content, payout, granted=payout.planned, by=three[content])
        assert "Die sachliche Prüfung macht eine andere Person." in said[0]
        return
    payouts.check_content(payout, granted=payout.planned, by=three[content])
    act = payouts.check_calculation
    if calculation in (requester, content):
        said = refusal(act, payout, granted=payout.planned, by=three[calculation])
        assert "Die rechnerische Prüfung macht eine andere Person." in said[0]
        assert Payout.objects.get().status == "content_checked"
    else:
        act(payout, granted=payout.planned, by=three[calculation])
        assert Payout.objects.get().status == "granted"


@pytest.mark.parametrize(
    "same",
    [
        {"content_checked_by": "requested_by"},
        {"calculation_checked_by": "requested_by"},
        {"calculation_checked_by": "content_checked_by"},
        {"requested_by": "calculation_checked_by"},
    ],
)
def test_the_database_itself_refuses_the_same_person_twice(same):
    payout = make.payout("granted")
    changes = {name: getattr(payout, other) for name, other in same.items()}
    with pytest.raises(IntegrityError, match="payout_four_eyes"), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"requested_by": None},
        {"content_checked_by": None},
        {"calculation_checked_by": None},
        {"granted": None},
        {"status": "planned"},
        {"status": "requested"},
        {"granted": Decimal("6000.01")},
    ],
)
def test_the_database_refuses_a_status_nobody_earned(changes):
    payout = make.payout("granted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(**changes)


# --- granting -------------------------------------------------------------------------------------


def test_less_than_requested_needs_a_reason(three):
    payout = make.payout("requested")
    assert refusal(payouts.check_content, payout, granted=euros("5999.99"), by=three[0]) == {
        "reason": ["Bitte begründen Sie, warum nicht alles bewilligt wird."]
    }
    assert "granted" in refusal(
        payouts.check_content, payout, granted=euros("6000.01"), reason="mehr", by=three[0]
    )
    payouts.check_content(payout, granted=euros("5999.99"), reason="Beleg fehlt", by=three[0])
    assert Commitment.objects.with_sums().get().requested == euros("5999.99")


def test_the_second_person_must_come_to_the_same_amount(three):
    payout = make.payout("content_checked")
    said = refusal(payouts.check_calculation, payout, granted=euros("5999"), by=three[0])
    assert "einen anderen Betrag" in said["granted"][0]
    assert "6.000" not in said["granted"][0]


@pytest.mark.parametrize("status", ["requested", "content_checked", "granted"])
def test_what_is_sent_back_was_never_checked(three, status):
    payout = make.payout(status, request_note="eilig")
    payout = payouts.send_back(payout, reason="Bitte ohne Fahrtkosten", by=three[0])
    fresh = Payout.objects.get()
    assert fresh.status == "planned"
    for name in ("requested", "granted", "requested_by", "requested_at", "content_checked_by"):
        assert getattr(fresh, name) is None
    assert (fresh.calculation_checked_at, fresh.request_note) == (None, "")
    assert Entry.objects.about(payout).first().reason == "Bitte ohne Fahrtkosten"
    payouts.request(payout, amount=euros("5000"), by=make.user())


# --- paying, reversing, cancelling ----------------------------------------------------------------


def pay(payout, by, **fields):
    return payouts.pay(payout, **{"booked_on": PAID_ON, "cash_reference": "K1", **fields}, by=by)


def test_a_payout_is_paid_once(three):
    payout = make.payout("granted")
    pay(payout, three[0])
    assert refusal(pay, payout, three[0]) == [
        "Das haben Sie schon erledigt: Diese Auszahlung ist „ausgezahlt“."
    ]
    assert refusal(pay, payout, three[1]) == [
        "Anna war schneller: Diese Auszahlung ist inzwischen „ausgezahlt“."
    ]
    with pytest.raises(IntegrityError, match="payout_is_paid_once|payout_id"), transaction.atomic():
        make.payment(payout=payout)


def test_a_payment_is_reversed_once(three):
    payment = make.payout("paid").payments.get()
    reverse = payouts.reverse
    reversal = reverse(payment, booked_on=PAID_ON, reason="falsch", by=three[0])
    assert (reversal.amount, reversal.reverses) == (-payment.amount, payment)
    assert refusal(reverse, payment, booked_on=PAID_ON, reason="falsch", by=three[1])
    assert refusal(reverse, reversal, booked_on=PAID_ON, reason="falsch", by=three[1])
    assert Commitment.objects.with_sums().get().paid == 0
    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (date(2015, 12, 31), "Der 31.12.2015 liegt nicht im Haushaltsjahr 2016."),
        (date(2017, 1, 1), "Der 01.01.2017 liegt nicht im Haushaltsjahr 2016."),
        (date(2016, 12, 31), "Dieser Tag liegt in der Zukunft."),
    ],
)
def test_money_is_booked_within_the_year_and_not_in_the_future(three, settings, day, message):
    settings.PORTAL_DAY = date(2016, 12, 30)
    assert refusal(pay, make.payout("granted"), three[0], booked_on=day) == {"booked_on": [message]}
    payment = make.payout("paid").payments.get()
    said = refusal(payouts.reverse, payment, booked_on=day, reason="falsch", by=three[0])
    assert said == {"booked_on": [message]}


def test_a_reversal_does_not_lie_before_its_payment(three):
    payment = make.payout("paid").payments.get()
    said = refusal(
        payouts.reverse, payment, booked_on=date(2016, 5, 31), reason="falsch", by=three[0]
    )
    assert said == {"booked_on": ["Der Tag liegt vor der Auszahlung am 01.06.2016."]}


def test_only_what_is_planned_can_be_cancelled(three):
    payout = make.payout()
    payouts.cancel(payout, reason="entfällt", by=three[0])
    assert refusal(payouts.cancel, payout, reason="entfällt", by=three[0])
    assert refusal(payouts.request, payout, amount=euros("1"), by=three[1])
    for status in ("requested", "content_checked", "granted", "paid", "reversed"):
        assert refusal(payouts.cancel, make.payout(status), reason="entfällt", by=three[0])


def test_a_closed_year_refuses_every_act(three):
    commitment, by = make.commitment(), three[0]
    rows = {
        status: make.payout(status, commitment=commitment, amount=100)
        for status in ("planned", "requested", "content_checked", "granted", "paid")
    }
    payment, amount = rows["paid"].payments.get(), euros("100")
    commitment.line.year.closed_at = timezone.now()
    commitment.line.year.save()
    acts = [
        lambda: payouts.plan(commitment, instalments=[(PAID_ON, amount)], by=by),
        lambda: payouts.request(rows["planned"], amount=amount, by=by),
        lambda: payouts.check_content(rows["requested"], granted=amount, by=by),
        lambda: payouts.check_calculation(rows["content_checked"], granted=amount, by=by),
        lambda: payouts.send_back(rows["granted"], reason="x", by=by),
        lambda: pay(rows["granted"], by),
        lambda: payouts.cancel(rows["planned"], reason="x", by=by),
        lambda: payouts.reverse(payment, booked_on=PAID_ON, reason="x", by=by),
    ]
    for act in acts:
        assert "Das Haushaltsjahr 2016 ist abgeschlossen." in refusal(act)[0]
    assert Payment.objects.count() == 1


def test_bank_data_is_refused_wherever_text_is_typed(three):
    assert "cash_reference" in refusal(pay, make.payout("granted"), three[0], cash_reference=IBAN)
    lower = f"Konto {IBAN.lower().replace(' ', '')}."
    one = make.payout()
    assert "note" in refusal(payouts.request, one, amount=euros("1"), note=lower, by=three[0])
    assert "reason" in refusal(payouts.cancel, one, reason=lower, by=three[0])
    # Digits that fail the check are no account number, but a cash reference.
    pay(make.payout("granted"), three[0], cash_reference="HW 2016 0001 2345 6789 01")


def test_each_side_reads_its_own_word():
    assert [make.payout("requested").word(side) for side in ("city", "agency")] == [
        "sachlich zu prüfen",
        "eingereicht",
    ]


# --- several desks at once ------------------------------------------------------------------------


def acts_of(three):
    """Every act, ready to be done twenty times in the same moment: (act, how to count it)."""
    by, lead, amount = three[0], make.user(), euros("3000")
    commitment = make.commitment()
    rows = {
        status: make.payout(status, commitment=commitment, amount=3_000)
        for status in ("planned", "requested", "content_checked", "granted", "paid")
    }
    other = make.payout(commitment=commitment, amount=1_000)
    seen, payment = payouts.unplanned(commitment), rows["paid"].payments.get()
    plan = [(PAID_ON, euros("100"))]
    return {
        "plan": lambda: payouts.plan(commitment, instalments=plan, seen=seen, by=by),
        "request": lambda: payouts.request(rows["planned"], amount=amount, by=lead),
        "check_content": lambda: payouts.check_content(rows["requested"], granted=amount, by=by),
        "check_calculation": lambda: payouts.check_calculation(
            rows["content_checked"], granted=amount, by=by
        ),
        "send_back": lambda: payouts.send_back(rows["requested"], reason="x", by=by),
        "pay": lambda: pay(rows["granted"], by),
        "reverse": lambda: payouts.reverse(payment, booked_on=PAID_ON, reason="x", by=by),
        "cancel": lambda: payouts.cancel(other, reason="x", by=by),
    }


ACTS = ["plan", "request", "check_content", "check_calculation", "send_back", "pay", "reverse"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [*ACTS, "cancel"])
def test_twenty_clicks_on_a_button_are_one_act(three, name):
    act = acts_of(three)[name]
    results = at_once([act] * 20)
    assert results.count(REFUSED) == 19
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_checkers_at_once_one_checks(three):
    payout = make.payout("requested")
    results = at_once(
        [
            lambda by=by, granted=granted: payouts.check_content(
                payout, granted=granted, reason="weniger", by=by
            )
            for by in three
            for granted in (euros("6000"), euros("5000"))
        ]
    )
    assert results.count(REFUSED) == 5
    fresh = Payout.objects.get()
    winner = next(result for result in results if result != REFUSED)
    assert (fresh.granted, fresh.content_checked_by) == (winner.granted, winner.content_checked_by)


@pytest.mark.django_db(transaction=True)
def test_two_desks_cannot_plan_the_same_euro():
    commitment = make.commitment(10_000)
    rows = [(PAID_ON, euros("3000"))]
    results = at_once([lambda: payouts.plan(commitment, instalments=rows, by=None)] * 8)
    assert results.count(REFUSED) == 5
    assert payouts.unplanned(commitment) == 1_000


@pytest.mark.django_db(transaction=True)
def test_instalments_requested_at_once_never_exceed_the_commitment():
    commitment, lead = make.commitment(10_000), make.user()
    rows = [make.payout(commitment=commitment, amount=3_000) for _ in range(8)]
    results = at_once(
        [lambda row=row: payouts.request(row, amount=euros("3000"), by=lead) for row in rows]
    )
    assert results.count(REFUSED) == 5
    assert Commitment.objects.with_sums().get().drawable == 1_000


@pytest.mark.django_db(transaction=True)
def test_lowering_and_requesting_at_once_share_what_is_there():
    commitment, lead = make.commitment(6_000), make.user()
    payout = make.payout(commitment=commitment, amount=6_000)
    results = at_once(
        [
            lambda: payouts.request(payout, amount=euros("6000"), by=lead),
            lambda: commitments.change(
                commitment, amount=euros("-1"), booked_on=PAID_ON, reason="x", by=lead
            ),
        ]
    )
    assert results.count(REFUSED) == 1
    assert Commitment.objects.with_sums().get().drawable >= 0


def test_nothing_is_paid_after_the_last_day_of_payment(three):
    payout = make.payout("granted")
    year = payout.commitment.line.year
    type(year).objects.filter(pk=year.pk).update(last_payment_on=date(2016, 12, 16))
    said = refusal(
        payouts.pay, payout, booked_on=date(2016, 12, 17), cash_reference="K", by=three[0]
    )
    assert said == {"booked_on": ["Aus dem Haushalt 2016 zahlt die Kasse nur bis 16.12.2016."]}
    payouts.pay(payout, booked_on=date(2016, 12, 16), cash_reference="K", by=three[0])
