"""The city, its districts and the agencies a report speaks of, as they are called now."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from agencies.activity import spans
from agencies.activity.models import MonthlySum
from agencies.coverage import board_on
from agencies.models import Agency, Position, Worker
from agencies.offers.models import Offer
from coordination.budget.models import AgreementShare
from coordination.council.summary.content import AGENCY, BOROUGH, CITY, QUARTER, place
from coordination.council.summary.figures import EVERYTHING, Frame, Ground, Part
from coordination.periods import show_day
from districts.models import District
from volunteers.models import Volunteer


def ground(frame: Frame) -> Ground:
    """Quarters and agencies that exist on a day the report speaks of, and all it counts in."""
    first, last = days(frame)
    months = {"month__gte": first.replace(day=1), "month__lte": last}
    counted = MonthlySum.objects.filter(**months).order_by()
    exists = (Q(starts_on=None) | Q(starts_on__lte=last)) & (
        Q(ends_on=None) | Q(ends_on__gte=first)
    )
    quarters = District.objects.quarters().filter(
        exists
        | Q(pk__in=counted.values("district"))
        | Q(pk__in=Offer.objects.overlapping(*frame.span).order_by().values("district"))
    )
    quarters = quarters.defer("geometry", "parent__geometry", "parent__outline")
    agencies = Agency.objects.filter(
        Q(is_active=True)
        | Q(pk__in=counted.values("agency"))
        | Q(pk__in=Volunteer.objects.on(frame.as_of).order_by().values("agency"))
        | Q(pk__in=Position.objects.overlapping(first, last).order_by().values("agency"))
        | Q(
            pk__in=AgreementShare.objects.filter(year__year=frame.as_of.year)
            .order_by()
            .values("agreement__agency")
        )
    )
    freelancers = Worker.objects.filter(agency=OuterRef("pk"), kind=Worker.Kind.FREELANCE)
    agencies = agencies.annotate(has_freelancers=Exists(freelancers))
    return Ground(
        list(quarters.select_related("parent").order_by("parent__key", "key", "pk")),
        list(agencies.order_by("short_name", "pk")),
        board_on(frame.as_of, EVERYTHING),
    )


def days(frame: Frame) -> spans.Span:
    """The first and the last day of everything a report speaks of."""
    before = spans.before(frame.span)[0]
    return min(before, frame.as_of), max(frame.ends_on, frame.as_of)


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    there = [row for row in ground.quarters if row.is_on(frame.ends_on)]
    part.places[CITY] = {"label": settings.PORTAL_CITY or "Gesamte Stadt", **_residents(there)}
    for parent, rows in ground.boroughs.items():
        borough = place(BOROUGH, parent)
        part.places[borough] = {
            "label": rows[0].parent.name if parent else "Ohne Stadtbezirk",
            "key": rows[0].parent.key if parent else "",
            **_residents(row for row in there if row.parent_id == parent),
        }
        for row in rows:
            part.places[place(QUARTER, row.pk)] = {
                "label": label(row),
                "key": row.key,
                "borough": borough,
                "residents": row.population,
                "residents_in": row.population_year,
                "outline": row.outline,
                "is_schematic": row.is_schematic,
            }
    for row in ground.agencies:
        part.places[place(AGENCY, row.pk)] = {"label": row.short_name, "name": row.name}
    return part


def _residents(rows: Iterable[District]) -> dict:
    """The residents of all these quarters, if all are known and of the same year."""
    rows = list(rows)
    years = {row.population_year for row in rows}
    if len(years) != 1 or None in years:
        return {"residents": None, "residents_in": None}
    return {"residents": sum(row.population for row in rows), "residents_in": years.pop()}


def label(row: District) -> str:
    """A quarter that no longer exists says so: its successor may have the same name."""
    return f"{row.name} (bis {show_day(row.ends_on)})" if row.ends_on else row.name
