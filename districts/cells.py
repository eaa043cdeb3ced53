"""What one cell of a CSV file, or one property of a GeoJSON feature, says about a district."""

import re
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coordination.as_of import EARLIEST, LATEST
from coordination.requests import is_malformed
from districts.models import District

MOST_PEOPLE = 100_000_000


def text(name: str, longest: int):
    """A parser for the text field of a district that goes by this name."""
    label = District._meta.get_field(name).verbose_name

    def parse(value) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a key that some tool made a number
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError(_("%(field)s: a text is expected") % {"field": label})
        text = " ".join(str(value).split())
        if is_malformed(text) or not text.isprintable():
            raise ValidationError(_("%(field)s: unreadable characters") % {"field": label})
        if len(text) > longest:
            raise ValidationError(
                _("%(field)s: longer than %(most)d characters") % {"field": label, "most": longest}
            )
        return text

    return parse


def postal_codes_in(value) -> list:
    """From "41061 41063", ["41061", "41063"] or the number 41061."""
    items = value if isinstance(value, list) else [value]
    codes = set()
    for item in items:
        if isinstance(item, int) and not isinstance(item, bool):
            item = f"{item:05}" if item >= 0 else str(item)  # 1067 is 01067, Dresden
        codes.update(re.split(r"[\s,;/|]+", item.strip()) if isinstance(item, str) else [str(item)])
    return postal_codes(codes - {""})


def postal_codes(codes) -> list:
    """Sorted codes of five digits each, or a ValidationError that names the first bad one."""
    for code in codes:
        if not re.fullmatch(r"[0-9]{5}", code):
            raise ValidationError(
                _("“%(code)s” is not a postal code: five digits are expected")
                % {"code": _quoted(code)}
            )
    return sorted(set(codes))


def _quoted(value) -> str:
    """What the file says, short and without what would not print."""
    return "".join(character for character in str(value)[:40] if character.isprintable())


def _number(value, name) -> Decimal:
    text = "" if isinstance(value, bool | list | dict) else "".join(str(value).split())
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(text) if len(text) < 40 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValidationError(
            _("%(field)s: “%(value)s” is not a number")
            % {"field": District._meta.get_field(name).verbose_name, "value": _quoted(value)}
        )
    return number


def population(value) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}(\.\d{3})+\s*", value):
        value = value.replace(".", "")  # 14.456, as German offices write; JSON has real numbers
    number = _number(value, "population")
    if number != number.to_integral_value() or not 0 <= number <= MOST_PEOPLE:
        raise ValidationError(
            _("population: “%(value)s” is not a whole number from 0 on") % {"value": _quoted(value)}
        )
    return int(number)


def year(value) -> int:
    number = _number(value, "population_year")
    if number != number.to_integral_value() or not EARLIEST.year <= number <= LATEST.year:
        raise ValidationError(
            _("population: “%(value)s” is not a year from %(first)d to %(last)d")
            % {"value": _quoted(value), "first": EARLIEST.year, "last": LATEST.year}
        )
    return int(number)


def area(value) -> Decimal:
    number = _number(value, "area_km2")
    if not Decimal("0.0005") <= number < 99_999:
        raise ValidationError(
            _("area: “%(value)s” is not a number of square kilometres above 0")
            % {"value": _quoted(value)}
        )
    return number.quantize(Decimal("0.001"))
