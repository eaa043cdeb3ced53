"""What ends within six months after the day of the report, and what is left without lead."""

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from agencies.endings import between
from agencies.models import Assignment, Occupancy, Position
from coordination.budget.models import Agreement
from coordination.council.summary.content import QUARTER, place
from coordination.council.summary.figures import (
    EVERYTHING,
    Frame,
    Ground,
    Part,
    bounded,
    line,
    listed,
)
from coordination.council.summary.figures.turns import fte, named, turns
from coordination.money import euro
from coordination.periods import ONE_DAY, show_day

MONTHS = 6


def collect(frame: Frame, ground: Ground) -> Part:
    """The next end first."""
    part = Part()
    until = frame.as_of + relativedelta(months=MONTHS)
    found = between(frame.as_of, until, EVERYTHING)
    following = {"starts_on__gt": frame.as_of, "starts_on__lte": until + ONE_DAY}
    lines = [
        *_assignments(found.assignments, following),
        *_positions(found.positions),
        *_occupancies(found.occupancies, following),
        *_agreements(frame, until),
    ]
    if found.without_lead:
        text = _("On %(day)s without lead: %(districts)s")
        day = until + ONE_DAY
        text %= {
            "day": show_day(day),
            "districts": listed((row.name for row in found.without_lead), most=12),
        }
        places = [place(QUARTER, row.pk) for row in found.without_lead]
        lines.append(line(_("without lead"), text, day, places=places))
    lines.sort(key=lambda row: row["day"])
    part.lists["endings"] = bounded(lines)
    return part


def _assignments(ended: list[Assignment], following: dict) -> list[dict]:
    """What ends without anybody following is the news; who follows is told with it."""
    begun = Assignment.objects.standing().with_names().filter(**following) if ended else []
    found = {}
    for turn in turns(begun, ended, lambda row: (row.district_id, row.role)):
        new, old = turn.new, turn.old
        if not old or (new and (new.position_id, new.area) == (old.position_id, old.area)):
            continue
        words = {"role": old.get_role_display(), "agency": old.position.agency.short_name}
        text = _("%(role)s %(agency)s ends") % words
        if new:
            text += _("; %(agency)s follows") % {"agency": new.position.agency.short_name}
        found.setdefault((old.ends_on, text), []).append(old.district)
    return [
        line(
            Assignment._meta.verbose_name,
            f"{listed(row.name for row in districts)}: {text}",
            day,
            places=[place(QUARTER, row.pk) for row in districts],
        )
        for (day, text), districts in found.items()
    ]


def _positions(ended: list[Position]) -> list[dict]:
    text, kind = _("%(position)s: funding of %(fte)s FTE ends"), Position._meta.verbose_name
    return [
        line(kind, text % {"position": named(row), "fte": fte(row)}, row.ends_on) for row in ended
    ]


def _occupancies(ended: list[Occupancy], following: dict) -> list[dict]:
    """Only what leaves something vacant while the position goes on."""
    begun = Occupancy.objects.standing().filter(**following) if ended else []
    text, kind = _("%(fte)s FTE no longer filled"), Occupancy._meta.verbose_name
    return [
        line(kind, f"{named(turn.old.position)}: {text % {'fte': fte(turn.old)}}", turn.day)
        for turn in turns(begun, ended, lambda row: row.position_id)
        if not turn.new and turn.old.position.ends_on != turn.old.ends_on
    ]


def _agreements(frame: Frame, until) -> list[dict]:
    rows = Agreement.objects.filter(ends_on__gte=frame.as_of, ends_on__lte=until)
    found = []
    for row in rows.select_related("agency", "successor"):
        text = _("%(reference)s with %(agency)s over %(amount)s ends")
        text %= {
            "reference": row.reference,
            "agency": row.agency.short_name,
            "amount": euro(row.amount),
        }
        if hasattr(row, "successor"):
            text += _("; extended by %(reference)s") % {"reference": row.successor.reference}
        found.append(line(Agreement._meta.verbose_name, text, row.ends_on))
    return found
