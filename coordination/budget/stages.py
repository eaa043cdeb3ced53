"""How far a payout is, as people read it: a word for each side, the stages, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.access.models import User
from coordination.access.permissions import Perm
from coordination.audit.models import Entry
from coordination.budget.models import Agreement, Payment, Payout
from coordination.periods import show_day

Status = Payout.Status
KINDS = {
    Status.PLANNED: "info",
    Status.REQUESTED: "warning",
    Status.CONTENT_CHECKED: "warning",
    Status.GRANTED: "warning",
    Status.PAID: "success",
    Status.REVERSED: "danger",
    Status.CANCELLED: "info",
}
# What comes next, whose it is, and its page.
NEXT = {
    Status.PLANNED: (Perm.REQUEST_PAYOUTS, "payout_request", gettext_lazy("Request payout")),
    Status.REQUESTED: (
        Perm.CHECK_PAYOUTS,
        "payout_check_content",
        gettext_lazy("Check the content"),
    ),
    Status.CONTENT_CHECKED: (
        Perm.CHECK_PAYOUTS,
        "payout_check_calculation",
        gettext_lazy("Check the calculation"),
    ),
    Status.GRANTED: (Perm.CHECK_PAYOUTS, "payout_pay", gettext_lazy("Book the payment")),
}


@dataclass(frozen=True)
class Row:
    """A payout as one side reads it."""

    payout: Payout
    side: str
    day: date

    @property
    def word(self):
        return self.payout.word(self.side)

    @property
    def kind(self):
        return KINDS[self.payout.status]

    @property
    def agreement(self) -> Agreement:
        return self.payout.commitment.share.agreement

    @property
    def is_overdue(self) -> bool:
        return self.payout.status in NEXT and self.payout.due_on < self.day

    @property
    def act(self):
        """The page of what comes next and its name; only for whom it is."""
        perm, page_name, label = NEXT[self.payout.status]
        return reverse(f"budget:{page_name}", args=[self.payout.pk]), label

    @property
    def amount(self):
        """What it is about now."""
        return self.payout.granted or self.payout.requested or self.payout.planned


@dataclass(frozen=True)
class Step:
    """A stage of a payout: what, who and when; ``state`` is done, current or open."""

    label: str
    state: str
    who: User | None = None
    when: str = ""


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%d.%m.%Y %H:%M") if at else ""


def steps(payout: Payout, payments: list[Payment], entries: dict) -> list[Step]:
    planned = entries.get(Entry.Verb.CREATED)
    payment = next((row for row in payments if row.reverses_id is None), None)
    reversal = next((row for row in payments if row.reverses_id), None)
    done = [
        (
            pgettext("payout", "planned"),
            True,
            planned and planned.by,
            moment(planned and planned.at),
        ),
        (
            pgettext("payout", "requested"),
            payout.requested_at,
            payout.requested_by,
            moment(payout.requested_at),
        ),
        (
            _("content check"),
            payout.content_checked_at,
            payout.content_checked_by,
            moment(payout.content_checked_at),
        ),
        (
            _("calculation check"),
            payout.calculation_checked_at,
            payout.calculation_checked_by,
            moment(payout.calculation_checked_at),
        ),
        (
            _("paid"),
            payment,
            payment and payment.by,
            show_day(payment.booked_on) if payment else "",
        ),
    ]
    if payout.status == Status.CANCELLED:
        entry = entries.get(Entry.Verb.CANCELLED)
        done[1:] = [
            (pgettext("payout", "cancelled"), True, entry and entry.by, moment(entry and entry.at))
        ]
    if reversal:
        done.append(
            (pgettext("payout", "reversed"), True, reversal.by, show_day(reversal.booked_on))
        )
    current = next((label for label, is_done, _who, _when in done if not is_done), None)
    return [
        Step(label, "done" if is_done else "current" if label == current else "open", who, when)
        for label, is_done, who, when in done
    ]
