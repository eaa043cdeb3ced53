"""Entering a file of expenses: look through it first, then enter all of it or nothing.

``keep`` stores the file, ``planned`` says what it would enter, ``confirm`` enters just that.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2s, sha256

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.budget import expenses, years
from coordination.budget.expense_files import MOST_BYTES, NAMES, Content, Line, read
from coordination.budget.models import Agreement, AgreementShare, Expense, ExpenseUpload
from coordination.money import ZERO, euro
from coordination.periods import show_day
from coordination.tables import Mistake, refuse_size, shown
from coordination.text import fold

BATCH = 500


@dataclass(frozen=True)
class PlannedExpense:
    """A line and the share it belongs to; ``is_repeated`` if an equal one is there already."""

    line: Line
    share: AgreementShare
    is_repeated: bool


@dataclass
class Plan:
    entries: list[PlannedExpense] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((entry.line.amount for entry in self.entries), ZERO)

    @property
    def repeated(self) -> int:
        return sum(entry.is_repeated for entry in self.entries)

    @property
    def sums(self) -> list[tuple[AgreementShare, int, Decimal]]:
        """Each share with the number and the sum of its expenses, in order of years."""
        found = {}
        for entry in self.entries:
            share, count, amount = found.get(entry.share.pk, (entry.share, 0, ZERO))
            found[share.pk] = (share, count + 1, amount + entry.line.amount)
        return sorted(found.values(), key=lambda row: (row[0].year.year, row[0].cost_kind))

    @property
    def fingerprint(self) -> str:
        """The same as long as confirming the plan would do the same."""
        effects = [(entry.line, entry.share.pk, entry.is_repeated) for entry in self.entries]
        text = repr((effects, self.mistakes))
        return blake2s(text.encode(), digest_size=16).hexdigest()


def keep(agreement: Agreement, *, file: File, by: User) -> ExpenseUpload:
    """Store a file that can be read until its uploader has looked through it.

    The same file again leads to the same upload, and is refused once it has been entered.
    """
    refuse_size(file.size, MOST_BYTES)
    file.seek(0)
    content = file.read()
    digest = sha256(content).hexdigest()
    _refuse_entered(agreement, digest)
    read(content)
    ExpenseUpload.objects.expired().delete()
    name = "".join(letter for letter in file.name or "" if letter.isprintable())[-200:]
    upload = ExpenseUpload.objects.kept().filter(agreement=agreement, user=by, sha256=digest)
    return upload.first() or ExpenseUpload.objects.create(
        agreement=agreement, user=by, name=name or "–", sha256=digest, content=content
    )


def _refuse_entered(agreement: Agreement, digest: str) -> None:
    entered = agreement.expense_uploads.filter(sha256=digest, applied_at__isnull=False)
    if earlier := entered.select_related("user").first():
        raise ValidationError(
            _(
                "This very file was entered on %(moment)s by %(person)s (%(count)s expenses). "
                "Upload a file that has only what is new."
            )
            % {
                "moment": timezone.localtime(earlier.applied_at).strftime("%d.%m.%Y %H:%M"),
                "person": earlier.user,
                "count": earlier.expenses.count(),
            }
        )


def planned(upload: ExpenseUpload) -> Plan:
    """What a kept file would enter now, and what stands against it."""
    return _plan(upload.agreement, read(bytes(upload.content)))


def _plan(agreement: Agreement, content: Content) -> Plan:
    shares = expenses.shares_of(agreement)
    plan = Plan(mistakes=list(content.mistakes), unread=content.unread)
    there = _there(agreement, content.lines)
    for line in content.lines:
        try:
            share = expenses.share_for(
                line.booked_on, line.cost_kind, agreement=agreement, shares=shares
            )
            expenses.check_amount(line.amount, share)
        except ValidationError as error:
            found = {
                "booked_on": shown(line.booked_on),
                "cost_kind": line.kind,
                "amount": euro(line.amount),
            }
            plan.mistakes += _mistakes(line.number, found, error)
            continue
        key = _key(share.pk, line)
        plan.entries.append(PlannedExpense(line, share, there[key] > 0))
        there[key] += 1
    for number, day in content.days:
        try:
            expenses.check_day(day, agreement)
        except ValidationError as error:
            plan.mistakes += _mistakes(number, {"booked_on": shown(day)}, error)
    columns = list(NAMES.values())
    plan.mistakes.sort(key=lambda mistake: (mistake.number, columns.index(mistake.column)))
    return plan


def _mistakes(number: int, found: dict, error: ValidationError) -> list[Mistake]:
    return [
        Mistake(number, NAMES[name], found[name], " ".join(texts))
        for name, texts in error.message_dict.items()
    ]


def _key(share_id: int, line) -> tuple:
    return share_id, line.booked_on, fold(line.payee), line.amount


def _there(agreement: Agreement, lines: list[Line]) -> Counter:
    """How many equal expenses are entered already; the lines of the file itself are added."""
    if not lines:
        return Counter()
    days = [line.booked_on for line in lines]
    stored = Expense.objects.standing().filter(
        share__agreement=agreement, booked_on__range=(min(days), max(days))
    )
    return Counter(stored.order_by().values_list("share", "booked_on", "payee_key", "amount"))


@transaction.atomic
def confirm(upload: ExpenseUpload, *, expected: str, repeated_too: bool, by: User) -> Plan | None:
    """Enter all lines of a kept file if they are what was shown; None if that is done already.

    Raises a ValidationError if one line is wrong, or if there are equal ones already and
    ``repeated_too`` does not say that they are meant.
    """
    if not upload.content:
        return None
    content = read(bytes(upload.content))
    concerned = {entry.share.year_id for entry in _plan(upload.agreement, content).entries}
    years.lock(*concerned)
    ExpenseUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    upload = ExpenseUpload.objects.select_related("agreement__agency").get(pk=upload.pk)
    if upload.applied_at:
        return None
    _refuse_entered(upload.agreement, upload.sha256)
    plan = _plan(upload.agreement, content)
    _check(plan, expected, repeated_too)
    Expense.objects.bulk_create(
        [
            Expense(
                share=entry.share,
                booked_on=entry.line.booked_on,
                payee=entry.line.payee,
                amount=entry.line.amount,
                upload=upload,
                by=by,
            )
            for entry in plan.entries
        ],
        batch_size=BATCH,
    )
    upload.applied_at, upload.content = timezone.now(), b""
    upload.save(update_fields=["applied_at", "content"])
    _log(plan, upload, by)
    return plan


def _check(plan: Plan, expected: str, repeated_too: bool) -> None:
    if plan.mistakes:
        raise ValidationError(_("Nothing was entered: the file has lines that cannot be entered."))
    if plan.fingerprint != expected:
        raise ValidationError(
            _("Nothing was entered: something has changed meanwhile. Look through the file again.")
        )
    if plan.repeated and not repeated_too:
        raise ValidationError(
            _("Nothing was entered: please tick that the repeated lines are further expenses.")
        )


def _log(plan: Plan, upload: ExpenseUpload, by: User) -> None:
    # One entry for the file, and no payees: the log outlives what it describes.
    days = [entry.line.booked_on for entry in plan.entries]
    record(
        Verb.IMPORTED,
        upload.agreement,
        by=by,
        agency_id=upload.agreement.agency_id,
        after={
            "file": upload.name,
            "declared": plan.total,
            "expenses": len(plan.entries),
            "period": f"{show_day(min(days))}–{show_day(max(days))}",
            "shares": [
                f"{share.year} {share.get_cost_kind_display()}: {euro(amount)}"
                for share, _count, amount in plan.sums
            ],
        },
    )
