"""Who helps unpaid as of the day, and how long questions at the ask-back desk waited."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q

from agencies.models import Agency
from coordination.council.summary.content import AGENCY, CITY, key, place
from coordination.council.summary.figures import Frame, Ground, Part
from coordination.disclosure import THRESHOLD, Bound, Relation
from volunteers.desk import times as desk
from volunteers.models import Volunteer, VolunteerGroup


def collect(frame: Frame, ground: Ground) -> Part:
    part = _asked(frame)
    if Volunteer.objects.exists():
        part.add(recorded(frame.as_of, ground.agencies))
    return part


def recorded(day: date, agencies: Iterable[Agency]) -> Part:
    """Volunteers and groups on the day, by the agency that looks after them, and of all."""
    part, agencies = Part(), list(agencies)
    alone = Count("pk", filter=Q(pk__in=Volunteer.objects.without_contact(day).values("pk")))
    helping, alone = _by_agency(Volunteer.objects.on(day), Count("pk"), alone)
    (groups,) = _by_agency(VolunteerGroup.objects.on(day), Count("pk"))
    for measure, found in (("ehrenamtliche", helping), ("ohne_ansprechperson", alone)):
        _protect(part, measure, found, agencies)
    for row in agencies:
        where = place(AGENCY, row.pk)
        part.bounds.append(Bound(key("ohne_ansprechperson", where), key("ehrenamtliche", where)))
        part.figures[key("initiativen", where)] = groups[row.pk]
    part.figures[key("initiativen")] = groups.total()
    return part


def _asked(frame: Frame) -> Part:
    """Questions confirmed in the period; where there is none, the report says nothing of it."""
    part = Part()
    times, open_ones = desk.answer_times(*frame.span), desk.unanswered(*frame.span)
    if not times.count + open_ones:
        return part
    part.counts |= {
        key("fragen"): times.count + open_ones,
        key("fragen_beantwortet"): times.count,
        key("fragen_offen"): open_ones,
    }
    parts = (key("fragen_beantwortet"), key("fragen_offen"))
    part.relations.append(Relation(key("fragen"), parts))
    if times.median is not None:
        # Who reads times knows that there are three answers, also where their number is hidden.
        enough = key("antwortzeiten")
        part.unsaid[enough] = times.count // THRESHOLD
        part.bounds.append(Bound(enough, key("fragen_beantwortet"), factor=THRESHOLD))
        part.figures |= {
            key("antwort_median"): _hours(times.median),
            key("antwort_p90"): _hours(times.p90),
        }
    return part


def _hours(waited: timedelta) -> Decimal:
    hours = Decimal(waited // timedelta(seconds=1)) / 3600
    return hours.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _by_agency(rows, *counts: Count) -> list[Counter]:
    named = {f"number_{place}": count for place, count in enumerate(counts)}
    found = list(rows.order_by().values("agency").annotate(**named))
    return [Counter({row["agency"]: row[name] for row in found}) for name in named]


def _protect(part: Part, measure: str, found: Counter, agencies: list[Agency]) -> None:
    cells = {key(measure, place(AGENCY, row.pk)): found[row.pk] for row in agencies}
    part.counts |= cells | {key(measure, CITY): found.total()}
    part.relations.append(Relation(key(measure, CITY), tuple(cells)))
