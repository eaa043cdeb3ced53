"""What a reader must know of the figures: what is provisional, missing or cut differently."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.activity import spans
from agencies.activity.models import ReportingPeriod
from coordination.audit.models import Entry
from coordination.council.summary.content import BOROUGH, QUARTER, Content, key, place
from coordination.council.summary.figures import Frame, Ground, Part, bounded, line, listed
from coordination.council.summary.figures.places import days, label
from coordination.periods import ONE_DAY, show_day
from districts.models import District

MOST = 10  # notes of a kind
CHECKED = [ReportingPeriod.State.ACCEPTED, ReportingPeriod.State.LOCKED]


def collect(frame: Frame, ground: Ground) -> Part:
    notes = [
        *_reports(frame),
        *_borders(frame, ground),
        *_moved(frame, ground),
        *_residents(frame, ground),
        *_freelancers(ground),
    ]
    return Part(lists={"notes": notes})


def remark(content: Content, frame: Frame) -> dict[str, list[dict]]:
    if content.number(key("taetigkeiten")) != 0:  # hidden or some
        return {}
    return {"notes": [line(_("Activities"), _("There are no entries in this period."))]}


def _reports(frame: Frame) -> list[dict]:
    """Figures of which not every agency's report is accepted may still change."""
    found = ReportingPeriod.objects.filter(
        starts_on__lte=frame.ends_on, ends_on__gte=frame.starts_on
    )
    found = found.order_by("agency__short_name", "starts_on", "pk").values_list(
        "agency__short_name", "state"
    )
    found = list(found)
    waited = [agency for agency, state in found if state not in CHECKED]
    if not found:
        text = _("No agency reports on this period, so nobody has checked its activities.")
    elif waited:
        text = _(
            "%(accepted)d of %(all)d reports of the agencies on this period are accepted. Until "
            "all are, its activities are provisional. Missing: %(agencies)s."
        ) % {
            "accepted": len(found) - len(waited),
            "all": len(found),
            "agencies": ", ".join(dict.fromkeys(waited)),
        }
    else:
        return []
    return [line(_("Provisional"), text)]


def _borders(frame: Frame, ground: Ground) -> list[dict]:
    """Districts that began or ended while the report counts, and what followed them."""
    first, last = days(frame)
    begun = {
        (row.key, row.starts_on): row
        for row in ground.quarters
        if row.starts_on and first < row.starts_on <= last
    }
    found = []
    for row in ground.quarters:
        if not row.ends_on or not first <= row.ends_on < last:
            continue
        words = {"district": row.name, "day": show_day(row.ends_on)}
        text = _("%(district)s existed until %(day)s.") % words
        after = begun.pop((row.key, row.ends_on + ONE_DAY), None)
        if after and after.parent_id != row.parent_id:
            words = {"district": after.name, "borough": after.parent.name if after.parent else "–"}
            text += " " + _("Since then %(district)s belongs to %(borough)s.") % words
        elif after:
            text += " " + _("%(district)s takes its place.") % {"district": after.name}
        rows = [row, after] if after else [row]
        places = [place(QUARTER, row.pk) for row in rows]
        found.append(line(_("Districts"), text, row.ends_on, places=places))
    together = {}
    for row in begun.values():
        together.setdefault(row.starts_on, []).append(row)
    for day, rows in together.items():
        words = {"districts": listed(row.name for row in rows), "day": show_day(day)}
        text = _("New since %(day)s, so there is nothing to compare with: %(districts)s") % words
        places = [place(QUARTER, row.pk) for row in rows]
        found.append(line(_("Districts"), text, day, places=places))
    return bounded(found, MOST)


def _moved(frame: Frame, ground: Ground) -> list[dict]:
    """Districts whose borough was changed in the register since the report's first day.

    Their entries of earlier days count where they lie now.
    """
    first = spans.before(frame.span)[0]
    rows = Entry.objects.filter(
        target_model=District._meta.label_lower, at__date__gte=first, before__has_key="parent"
    )
    quarters = {row.pk: row for row in ground.quarters}
    found = {}
    for pk, before in rows.order_by("at", "pk").values_list("target_id", "before"):
        if pk in quarters:
            found.setdefault(pk, before["parent"])
    lines = []
    for pk, former in found.items():
        row = quarters[pk]
        now = row.parent.name if row.parent else None
        if former == now:
            continue
        text = _(
            "%(district)s lies in %(borough)s now, not in %(former)s. All its figures count "
            "there, those of earlier days, too."
        )
        text %= {"district": label(row), "borough": now or "–", "former": former or "–"}
        places = [place(QUARTER, pk), place(BOROUGH, row.parent_id)]
        lines.append(line(_("Changed borough"), text, places=places))
    return bounded(lines, MOST)


def _residents(frame: Frame, ground: Ground) -> list[dict]:
    """Why there is no figure per 1,000 residents."""
    there = [row for row in ground.quarters if row.is_on(frame.ends_on)]
    unknown = [row for row in there if row.population is None]
    found = []
    if unknown:
        text = ngettext(
            "The residents of %(districts)s are not known, so there is no figure per 1,000 "
            "residents of it, of its borough and of the city.",
            "The residents of %(districts)s are not known, so there is no figure per 1,000 "
            "residents of them, of their boroughs and of the city.",
            len(unknown),
        ) % {"districts": listed(row.name for row in unknown)}
        places = [place(QUARTER, row.pk) for row in unknown]
        found.append(line(_("Residents"), text, places=places))
    years = sorted({row.population_year for row in there if row.population_year})
    if len(years) > 1:
        text = _(
            "The residents of the districts are of different years (%(years)s). They are not "
            "added up: boroughs with several years, and the city, have no figure per 1,000."
        )
        found.append(line(_("Residents"), text % {"years": ", ".join(map(str, years))}))
    return found


def _freelancers(ground: Ground) -> list[dict]:
    """Where figures per FTE are of more people than the positions."""
    names = listed(row.short_name for row in ground.agencies if row.has_freelancers)
    if not names:
        return []
    text = _(
        "%(agencies)s: freelancers work there, too. They hold no position, so what they do counts "
        "in the figures per FTE, and they do not."
    )
    return [line(_("Figures per FTE"), text % {"agencies": names})]
