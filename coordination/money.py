"""Euros and cents: ``Decimal`` from form to page, integer cents in the database, never float.

SQLite keeps ``decimal`` columns as floating point; whole cents are exact on every database.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable, register_combinable_fields
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
# Far beyond any city's welfare budget; a larger number is a slip of the finger.
MOST = Decimal("999999999.99")
GERMAN = re.compile(r"[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d*)?")  # 0.500 is half a euro
PLAIN = re.compile(r"[+-]?\d+\.\d+")


def in_cents(amount: Decimal) -> Decimal:
    """The amount in whole cents; half a cent and more is rounded up, away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def euro(amount: Decimal | None) -> str:
    """1.234,50 € with a true minus sign; empty for None. In templates the filter ``euro``."""
    if amount is None:
        return ""
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{number_format(abs(amount), 2, force_grouping=True)}\N{NO-BREAK SPACE}€"


def whole_euros(amount: Decimal) -> str:
    """1.234 €, for scales where cents would only be noise."""
    return f"{number_format(amount, 0, force_grouping=True)}\N{NO-BREAK SPACE}€"


def split(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """The amount in parts that are to each other as the weights, and sum exactly to it.

    Each part is the difference of two rounded running sums, so no cent is lost or won.
    """
    whole, so_far, parts = sum(weights), 0, []
    done = ZERO
    for weight in weights:
        so_far += weight
        reached = in_cents(amount * so_far / whole)
        parts.append(reached - done)
        done = reached
    return parts


class MoneyFormField(forms.DecimalField):
    """Reads what people type: 1.234,50 as well as 1234.5, with or without a euro sign.

    ``allow_negative`` is for differences; everywhere else an amount is at least one cent.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("“%(typed)s” is not an amount. Please write it like 1.234,50."),
        "cents": _("An amount has whole cents, so at most two digits after the comma."),
        "min_value": _("Enter at least %(least)s."),
        "max_value": _("Enter at most %(most)s."),
    }

    def __init__(self, *, allow_negative=False, **kwargs):
        self.least = kwargs.pop("min_value", -MOST if allow_negative else CENT)
        self.most = kwargs.pop("max_value", MOST)
        super().__init__(**kwargs)

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        typed = re.sub(r"[\s€]|EUR$", "", value).replace("\N{MINUS SIGN}", "-")
        if not typed:
            return None
        if len(typed) <= 40 and typed.isascii():
            if GERMAN.fullmatch(typed):
                return Decimal(typed.replace(".", "").replace(",", "."))
            if PLAIN.fullmatch(typed):
                return Decimal(typed)
        raise ValidationError(
            self.error_messages["invalid"], code="invalid", params={"typed": value.strip()[:40]}
        )

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if value > self.most:  # first: what is far too large cannot be rounded
            params = {"most": euro(self.most)}
            raise ValidationError(self.error_messages["max_value"], code="max", params=params)
        if value >= -MOST and value != value.quantize(CENT):
            raise ValidationError(self.error_messages["cents"], code="cents")
        if value < self.least:
            params = {"least": euro(self.least)}
            raise ValidationError(self.error_messages["min_value"], code="min", params=params)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return number_format(value, 2, force_grouping=True)
        return value

    def widget_attrs(self, widget):
        return {}

    def has_changed(self, initial, data):
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


class MoneyField(models.Field):
    """Euros as ``Decimal`` with two places; the column holds cents."""

    description = "Euros"
    empty_strings_allowed = False
    default_validators = [MinValueValidator(-MOST), MaxValueValidator(MOST)]

    def get_internal_type(self):
        return "BigIntegerField"

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise TypeError("Money is never a float.")
        try:
            amount = Decimal(value)
            if amount == in_cents(amount):
                return amount
        except (ArithmeticError, ValueError):
            pass
        raise ValidationError(_("Money has whole cents."), code="invalid")

    def get_prep_value(self, value):
        value = self.to_python(super().get_prep_value(value))
        if value is None:
            return None
        cents = value * 100
        if cents != int(cents):
            raise ValueError("Money has whole cents.")
        return int(cents)

    def from_db_value(self, value, expression, connection):
        return None if value is None else Decimal(int(value)).scaleb(-2)

    def value_to_string(self, obj):
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": MoneyFormField, **kwargs})


for operator in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(MoneyField, operator, MoneyField, MoneyField)

NOTHING = Value(ZERO, output_field=MoneyField())


def total(model: str, to: str, amount: str | Combinable = "amount", **only) -> Coalesce:
    """For ``annotate``: the sum over the rows of ``model`` that belong to the outer row, else 0.

    ``model`` is its label (``"budget.Payment"``), so that a module need not import what stands
    above it; ``to`` is the path from there to the outer row, ``only`` narrows the rows. One
    subquery for each measure: sums over two joins multiply each other.
    """
    rows = apps.get_model(model)._base_manager.order_by()
    found = rows.filter(**only, **{to: OuterRef("pk")}).values(to).annotate(total=Sum(amount))
    return Coalesce(Subquery(found.values("total")), NOTHING)


def summed(rows: QuerySet, amount: str | Combinable = "amount") -> Decimal:
    """The sum of the rows, computed by the database; 0 if there are none."""
    return rows.order_by().aggregate(total=Coalesce(Sum(amount), NOTHING))["total"]


def summed_up(rows: QuerySet, names: Iterable[str]) -> dict[str, Decimal]:
    """Fields or annotations of the rows, each summed by the database; 0 if there are none.

    Django sums an aggregate that is called like the annotation it sums without that annotation.
    """
    sums = rows.order_by().aggregate(**{f"all_{name}": Sum(name) for name in names})
    return {name: sums[f"all_{name}"] or ZERO for name in names}
