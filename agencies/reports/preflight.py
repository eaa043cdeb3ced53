"""What to look at before a report is handed in: gaps in the log, text that says otherwise.

Hints, not hurdles: leave and sickness are normal, and a text may mean something else than the
log counts. Only a name in braces that is no figure must be mended.
"""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.activity.models import Activity, ReportingPeriod
from agencies.models import Assignment, Occupancy
from agencies.reports.contradictions import Contradiction, contradictions
from agencies.reports.figures import Figures, Links
from agencies.reports.narratives import Block
from coordination import holidays
from coordination.as_of import today
from coordination.periods import ONE_DAY, show_day

MOST_STRETCHES = 12
MOST_CONTRADICTIONS = 20
Days = tuple[date, date]


@dataclass(frozen=True)
class Part:
    """One of the things a finding names, and where to mend it."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Finding:
    """Something to look at; ``is_hurdle``: the report is not taken as it is."""

    text: str
    parts: list[Part] = field(default_factory=list)
    more: int = 0  # how many parts are not named
    link: Part | None = None
    is_hurdle: bool = False


def findings(period: ReportingPeriod, blocks: list[Block], figures: Figures) -> list[Finding]:
    """Everything there is to look at, hurdles first, in two queries."""
    found = in_text(period, blocks, figures) + _about_emptiness(period, blocks, figures)
    if figures.has_entries:  # otherwise each day and each district would be one more finding
        by_worker, days, insisted = _log(period)
        found += _without_entries(period, by_worker, figures)
        found += _days(period, days)
        found += _notes(period, insisted)
    return sorted(found, key=lambda finding: not finding.is_hurdle)


def in_text(period: ReportingPeriod, blocks: list[Block], figures: Figures) -> list[Finding]:
    """What stands in the text and is no figure, or another than the log has. Asks no database."""
    found = []
    for block in blocks:
        address = f"{reverse('reports:narrative_edit', args=[period.pk])}#id_{block.name}"
        for name, similar in {piece.text: piece.similar for piece in block.unknown}.items():
            text = _("%(name)s in “%(block)s” is no figure of the log.")
            if similar:
                text = _("%(name)s in “%(block)s” is no figure of the log. Perhaps: %(similar)s")
            said = {
                "name": name,
                "block": block.label,
                "similar": ", ".join(f"{{{each}}}" for each in similar),
            }
            mend = Part(_("Change the text"), address)
            found.append(Finding(text % said, link=mend, is_hurdle=True))
        for each in contradictions(block.pieces, figures)[:MOST_CONTRADICTIONS]:
            found.append(_contradiction(each, block, address))
    return found


def _contradiction(each: Contradiction, block: Block, address: str) -> Finding:
    text = _(
        "“%(typed)s” stands in “%(block)s”, the log has %(value)s (%(label)s). "
        "With %(name)s the text says what the log says."
    ) % {
        "typed": each.typed,
        "block": block.label,
        "value": each.figure.shown,
        "label": each.figure.label,
        "name": each.figure.placeholder,
    }
    ways = [Part(_("Change the text"), address), Part(_("Entries behind it"), each.figure.address)]
    return Finding(text, parts=ways)


def _about_emptiness(period, blocks, figures) -> list[Finding]:
    has_text = any(block.pieces for block in blocks)
    write = Part(_("Write the text"), reverse("reports:narrative_edit", args=[period.pk]))
    if not figures.has_entries and not has_text:
        text = _(
            "The log has no activity in this period, and the report has no text. "
            "If nothing was done, hand in a nil report; if something was, enter it first."
        )
        return [Finding(text, link=Part(_("Enter an activity"), _entry()))]
    if not figures.has_entries:
        text = _("The log has no activity in this period, but the report has a text.")
        return [Finding(text, link=Part(_("Enter an activity"), _entry()))]
    if not has_text:
        return [Finding(_("The report has no text, only figures."), link=write)]
    return []


def _log(period: ReportingPeriod) -> tuple[set[int], set[date], int]:
    """Who has entries, which days have, and how many notes were saved in spite of the warning."""
    rows = (
        Activity.objects.filter(agency=period.agency_id)
        .between(period.starts_on, period.ends_on)
        .order_by()
        .values_list("worker", "day")
        .annotate(insisted=Count("pk", filter=Q(is_note_insisted=True)))
    )
    workers, days, insisted = set(), set(), 0
    for worker, day, notes in rows:
        workers.add(worker)
        days.add(day)
        insisted += notes
    return workers, days, insisted


def _without_entries(period, workers: set[int], figures: Figures) -> list[Finding]:
    """Districts the agency leads and workers who hold its positions, as far as nobody logged."""
    led, held = _led_and_held(period)
    link, found = Links(period), []
    districts = [
        Part(name, _entry(stadtteil=pk)) for pk, name in led.items() if pk not in figures.districts
    ]
    if districts:
        text = ngettext(
            "You lead %(count)s district in this period that has no activity:",
            "You lead %(count)s districts in this period that have no activity:",
            len(districts),
        )
        found.append(Finding(text % {"count": len(districts)}, parts=districts))
    silent = [Part(name, link.to(fachkraft=pk)) for pk, name in held.items() if pk not in workers]
    if silent:
        text = ngettext(
            "%(count)s person holds a position in this period and has no activity:",
            "%(count)s persons hold a position in this period and have no activity:",
            len(silent),
        )
        found.append(Finding(text % {"count": len(silent)}, parts=silent))
    return found


def _led_and_held(period: ReportingPeriod) -> tuple[dict[int, str], dict[int, str]]:
    """Names of the districts the agency's positions lead and of the workers who hold them."""
    during = (period.starts_on, period.ends_on)
    rows = [
        links.overlapping(*during)
        .filter(position__agency=period.agency_id)
        .order_by()
        .values_list(Value(what), name, pk)
        for what, links, name, pk in (
            ("led", Assignment.objects.leads(), "district__name", "district"),
            ("held", Occupancy.objects.all(), "worker__name", "worker"),
        )
    ]
    found = {"led": {}, "held": {}}
    for what, name, pk in sorted(rows[0].union(rows[1])):
        found[what][pk] = name
    return found["led"], found["held"]


def _days(period: ReportingPeriod, logged: set[date]) -> list[Finding]:
    found = stretches(period.starts_on, min(period.ends_on, today() - ONE_DAY), logged)
    if not found:
        return []
    weeks, count = reverse("activity:week_grid"), sum(number for _days, number in found)
    text = ngettext(
        "On %(count)s working day nobody logged anything. Leave and sickness are normal; "
        "look whether something is missing:",
        "On %(count)s working days nobody logged anything. Leave and sickness are normal; "
        "look whether something is missing:",
        count,
    )
    parts = [
        Part(in_words(days), f"{weeks}?{urlencode({'woche': days[0].isoformat()})}")
        for days, _number in found[:MOST_STRETCHES]
    ]
    return [Finding(text % {"count": count}, parts=parts, more=max(0, len(found) - len(parts)))]


def stretches(starts_on: date, ends_on: date, logged: set[date]) -> list[tuple[Days, int]]:
    """Working days not in ``logged``, and how many, those without a logged day between as one.

    A stretch begins and ends with a working day; weekends and public holidays do not part it.
    """
    found, first, last, count, day = [], None, None, 0, starts_on
    while day <= ends_on:
        if day in logged:
            if first:
                found.append(((first, last), count))
            first, count = None, 0
        elif holidays.is_working_day(day):
            first, last, count = first or day, day, count + 1
        day += ONE_DAY
    return [*found, ((first, last), count)] if first else found


def in_words(days: Days) -> str:
    """12.09.2016 · 12.–16.09.2016 · 30.09.–04.10.2016 · 28.12.2015–04.01.2016"""
    first, last = days
    if first == last:
        return show_day(first)
    if first.year != last.year:
        return f"{show_day(first)}–{show_day(last)}"
    if first.month != last.month:
        return f"{first:%d.%m.}–{show_day(last)}"
    return f"{first:%d.}–{show_day(last)}"


def _notes(period: ReportingPeriod, insisted: int) -> list[Finding]:
    if not insisted:
        return []
    text = ngettext(
        "%(count)s short note was saved although it looked like a personal case.",
        "%(count)s short notes were saved although they looked like a personal case.",
        insisted,
    )
    mend = Part(_("To the entries"), Links(period).to(notiz="trotz"))
    return [Finding(text % {"count": insisted}, link=mend)]


def _entry(**preset) -> str:
    query = f"?{urlencode(preset)}" if preset else ""
    return reverse("activity:activity_create") + query
