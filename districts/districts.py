"""Changing a district by hand; many at once come from a file (districts/imports.py)."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination import editing
from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from districts.models import District, PostalCode

FIELDS = (
    "name",
    "parent",
    "population",
    "population_year",
    "area_km2",
    "postal_codes",
    "ends_on",
)


@transaction.atomic
def change(
    district: District,
    *,
    name: str,
    population: int | None,
    population_year: int | None,
    area_km2: Decimal | None,
    postal_codes: list[str],
    ends_on: date | None,
    parent: District | None = None,
    seen: str | None = None,
    by: User,
) -> District:
    """Change what is known about a district. ``postal_codes`` are codes of five digits.

    ``seen`` is what the page showed (coordination/editing.py): if somebody else has saved since,
    nothing is changed.
    """
    District.objects.select_for_update(no_key=True).without_shapes().get(pk=district.pk)
    district = District.objects.without_shapes().get(pk=district.pk)
    editing.refuse_if_changed(district, seen, FIELDS)
    if parent is not None and parent.level != District.Level.BOROUGH:
        raise ValidationError({"parent": _("A quarter lies in a borough.")})
    refuse_half_a_figure(population, population_year)
    if ends_on and district.starts_on and ends_on < district.starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})

    before = values(district, *FIELDS)
    had_ended = district.ends_on is not None
    district.name, district.parent = name, parent
    district.population, district.population_year = population, population_year
    district.area_km2, district.ends_on = area_km2, ends_on
    district.full_clean(exclude=["geometry", "outline"])
    district.save(update_fields=[name for name in FIELDS if name != "postal_codes"])
    district.postal_codes.set(
        [PostalCode.objects.get_or_create(code=code)[0] for code in postal_codes]
    )
    after = values(district, *FIELDS)
    if before != after:
        record(
            Verb.ENDED if ends_on and not had_ended else Verb.CHANGED,
            district,
            by=by,
            district_id=district.pk,
            before=before,
            after=after,
        )
    return district


def refuse_half_a_figure(population: int | None, year: int | None) -> None:
    """A population figure and its year come together."""
    if population is not None and year is None:
        raise ValidationError({"population_year": _("A population figure needs its year.")})
    if population is None and year is not None:
        raise ValidationError({"population": _("A year alone is no population figure.")})
