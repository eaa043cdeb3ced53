"""The districts and agencies a report speaks of, as they are called now."""

from django.db.models import Q

from agencies.activity import spans
from agencies.activity.models import MonthlySum
from agencies.models import Agency
from coordination.council.summary.content import AGENCY, BOROUGH, QUARTER, place
from coordination.council.summary.figures import Frame, Ground, Part
from coordination.periods import show_day
from districts.models import District


def ground(frame: Frame) -> Ground:
    """Quarters that exist on a day the report speaks of, and all in which something was done."""
    first = spans.before(frame.span)[0]
    last = max(frame.ends_on, frame.as_of)
    counted = MonthlySum.objects.filter(month__gte=first.replace(day=1), month__lte=frame.ends_on)
    exists = (Q(starts_on=None) | Q(starts_on__lte=last)) & (
        Q(ends_on=None) | Q(ends_on__gte=first)
    )
    quarters = District.objects.quarters().filter(
        exists | Q(pk__in=counted.order_by().values("district"))
    )
    quarters = quarters.defer("geometry").select_related("parent").defer("parent__outline")
    agencies = Agency.objects.filter(
        Q(is_active=True) | Q(pk__in=counted.order_by().values("agency"))
    )
    return Ground(
        list(quarters.order_by("parent__key", "key", "pk")), list(agencies.order_by("short_name"))
    )


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    for parent, rows in ground.boroughs.items():
        borough = place(BOROUGH, parent)
        label = rows[0].parent.name if parent else "Ohne Stadtbezirk"
        part.places[borough] = {"label": label}
        for row in rows:
            part.places[place(QUARTER, row.pk)] = {
                "label": _label(row),
                "borough": borough,
                "residents": row.population,
                "residents_in": row.population_year,
                "outline": row.outline,
                "is_schematic": row.is_schematic,
            }
    for row in ground.agencies:
        part.places[place(AGENCY, row.pk)] = {"label": row.short_name, "name": row.name}
    return part


def _label(row: District) -> str:
    """A quarter that no longer exists says so: its successor may have the same name."""
    return f"{row.name} (bis {show_day(row.ends_on)})" if row.ends_on else row.name
