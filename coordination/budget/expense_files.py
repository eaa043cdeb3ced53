"""Reading a file of expenses, XLSX or CSV, into lines that are fit to be entered.

Every line is read, so that all that is wrong can be said at once: where, what stands there, what
to do. Whether the agreement has money for a line is not known here.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from coordination import tables
from coordination.budget.models import CostKind, Expense
from coordination.forms import DayField
from coordination.money import MoneyFormField
from coordination.requests import is_malformed
from coordination.tables import Mistake, shown, whole
from coordination.text import BANK_DATA, fold, holds_iban

MOST_BYTES = 5_000_000
MOST_LINES = 5_000
MOST_MISTAKES = 500
# What a column may be called. The first name is the one we tell people; the others are what
# our own exports and the English portal say.
COLUMNS = {
    "booked_on": ("Datum", "Date"),
    "payee": ("Empfänger", "Empfänger oder Zweck", "Empfänger/Zweck", "Zweck", "Payee"),
    "cost_kind": ("Kostenart", "Kind of cost"),
    "amount": ("Betrag", "Betrag in €", "Betrag (€)", "Betrag in EUR", "Amount"),
}
NAMES = {name: names[0] for name, names in COLUMNS.items()}
COST_KINDS = {
    CostKind.STAFF: ("Personalkosten", "Personal", "Gehalt", "Staff costs"),
    CostKind.FEES: ("Honorare", "Honorar", "Honorarkosten", "Fees", "Fees of freelancers"),
    CostKind.MATERIAL: ("Sachkosten", "Sachmittel", "Sachkosten und Material", "Material costs"),
}
AMOUNT = MoneyFormField()
LONGEST_PAYEE = Expense._meta.get_field("payee").max_length


@dataclass(frozen=True)
class Line:
    """An expense as the file has it; ``number`` is its line there."""

    number: int
    booked_on: date
    payee: str
    cost_kind: str
    amount: Decimal

    @property
    def kind(self) -> str:
        return COST_KINDS[CostKind(self.cost_kind)][0]


@dataclass
class Content:
    lines: list[Line] = field(default_factory=list)
    days: list[tuple[int, date]] = field(default_factory=list)  # of lines that have mistakes
    mistakes: list[Mistake] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # columns nobody asked for


def read(content: bytes) -> Content:
    """What the file says; a ValidationError if it cannot be read as a table of expenses."""
    tables.refuse_size(len(content), MOST_BYTES)
    rows = tables.read(content, COLUMNS)
    places, unread = tables.headings(rows, COLUMNS)
    found = Content(unread=unread)
    for count, (number, cells) in enumerate(rows, 1):
        if count > MOST_LINES:
            raise ValidationError(
                _("The file has more than %(most)d expenses. Please split it into several files.")
                % {"most": MOST_LINES}
            )
        if len(found.mistakes) >= MOST_MISTAKES:  # enough to see that the file is another one
            break
        _read_line(number, {name: tables.cell(cells, at) for name, at in places.items()}, found)
    if not found.lines and not found.mistakes:
        raise ValidationError(_("Below the headings the file has no expenses."))
    return found


def _read_line(number: int, cells: dict, found: Content) -> None:
    values = {}
    for name, parse in PARSERS.items():
        try:
            if cells[name] in (None, ""):
                raise ValidationError(_("The cell is empty. Please fill it in."))
            values[name] = parse(cells[name])
        except ValidationError as error:
            text = " ".join(error.messages)
            found.mistakes.append(Mistake(number, NAMES[name], shown(cells[name]), text))
    if len(values) == len(PARSERS):
        found.lines.append(Line(number, **values))
    elif "booked_on" in values:
        found.days.append((number, values["booked_on"]))


def _payee(value) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValidationError(_("Please write a text here."))
    text = " ".join(str(whole(value)).split())
    if is_malformed(text) or not text.isprintable():
        raise ValidationError(_("The text has characters that cannot be read."))
    if holds_iban(text):
        raise ValidationError(BANK_DATA)
    if len(text) > LONGEST_PAYEE:
        raise ValidationError(
            _("The text is longer than %(most)d characters.") % {"most": LONGEST_PAYEE}
        )
    return text


def _cost_kind(value) -> str:
    typed = fold(str(value))
    for kind, names in COST_KINDS.items():
        if typed in (fold(name) for name in (*names, kind.value, str(kind.label))):
            return kind.value
    kinds = ", ".join(names[0] for names in COST_KINDS.values())
    raise ValidationError(_("Please write one of: %(kinds)s.") % {"kinds": kinds})


def _amount(value) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        # As many digits as Excel itself has; behind them a sum has crumbs such as 0.30000000000004.
        value = Decimal(f"{value:.15g}" if isinstance(value, float) else value)
        if not value.is_finite():
            value = str(value)
    return AMOUNT.clean(value if isinstance(value, Decimal) else str(value))


PARSERS = {
    "booked_on": DayField().clean,
    "payee": _payee,
    "cost_kind": _cost_kind,
    "amount": _amount,
}


def template(kinds: list[str]) -> bytes:
    """An empty workbook to fill in, for an agreement with these kinds of cost."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Ausgaben")
    bold = book.add_format({"bold": True, "bottom": 1})
    looks = {
        "booked_on": book.add_format({"num_format": "dd.mm.yyyy"}),
        "amount": book.add_format({"num_format": "#,##0.00"}),
    }
    widths = {"booked_on": 12, "payee": 50, "cost_kind": 20, "amount": 14}
    for place, (name, heading) in enumerate(NAMES.items()):
        sheet.set_column(place, place, widths[name], looks.get(name))
        sheet.write_string(0, place, heading, bold)
    sheet.freeze_panes(1, 0)
    names = [COST_KINDS[CostKind(kind)][0] for kind in kinds]
    place = list(NAMES).index("cost_kind")
    if names:
        sheet.data_validation(1, place, MOST_LINES, place, {"validate": "list", "source": names})
    hints = book.add_worksheet("Hinweise")
    hints.set_column(0, 0, 90)
    for row, text in enumerate(
        [
            _("One line for each expense, on the first sheet. Leave the headings as they are."),
            _("Never write the name of a person who is advised."),
            _("Kinds of cost of this agreement: %(kinds)s") % {"kinds": ", ".join(names) or "–"},
            _("At most %(most)d expenses in a file.") % {"most": MOST_LINES},
        ]
    ):
        hints.write_string(row, 0, text)
    book.close()
    return file.getvalue()
