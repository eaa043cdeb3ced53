"""Volunteers at activities, and freelancers by agency."""

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from agencies.activity import summaries
from agencies.activity.models import Activity
from agencies.lists.models import TargetGroup
from agencies.models import Agency, Worker
from coordination import disclosure
from coordination.as_of import today
from coordination.council.summary.content import AGENCY, GROUP, key, place
from coordination.council.summary.figures import EVERYTHING
from coordination.council.summary.figures.volunteers import recorded
from coordination.council.summary.forms_questions import SpanForm
from coordination.council.summary.patterns.grid import (
    TOTAL,
    Answered,
    Grid,
    Heading,
    Line,
    crossed,
    name,
)
from coordination.council.summary.patterns.pattern import Pattern
from coordination.council.summary.patterns.places import Ground, hidden_in_reports
from coordination.disclosure import Relation
from coordination.periods import show_day

RECORDED, VOLUNTEERS, FREELANCERS = "eingetragen", "ehrenamtliche", "honorarkraefte"
PEOPLE = ("gemeldet", "taetig")  # columns that count freelancers
WORK = ("eintraege", "minuten")  # columns that are hidden where those who did it are


def answer(parameters, always) -> Answered:
    span = parameters["von"], parameters["bis"]
    in_reports = hidden_in_reports(span, {"helfende": VOLUNTEERS, "ehrenamtliche": RECORDED})
    known = {*always, *in_reports}
    agencies = list(Agency.objects.order_by("short_name", "pk"))
    volunteers, hidden = _volunteers(span, known)
    freelancers, more = _freelancers(span, known, agencies)
    hidden |= more
    hints = []
    if span[1] >= today():
        text = _("The period ends on %(day)s and is not over yet: entries will be added.")
        hints.append(text % {"day": show_day(span[1])})
    looked_after, few = _recorded(span, known, agencies)
    return Answered([looked_after, volunteers, freelancers], hints, hidden | few)


def _recorded(span, known, agencies) -> tuple[Grid, frozenset[str]]:
    """Of the whole city only. By agency the council report has them: protected is all of that."""
    part = recorded(span[1], agencies)
    people, groups = key("ehrenamtliche"), key("initiativen")
    cell = name(RECORDED, TOTAL, "ehrenamtliche")
    is_known = not known.isdisjoint({cell, name(RECORDED, TOTAL, TOTAL)})
    always = [people] if is_known and part.counts[people] else []
    found = disclosure.hidden(part.counts, part.relations, part.bounds, always=always)
    hidden = frozenset([cell] if people in found else [])
    values = [part.counts[people], part.figures[groups]]
    headings = [
        Heading("ehrenamtliche", _("Volunteers")),
        Heading("initiativen", pgettext("volunteers", "Groups")),
    ]
    lines = [Line(TOTAL, _("Whole city"), values, is_total=True)] if any(values) else []
    title = _("Volunteers recorded on %(day)s") % {"day": show_day(span[1])}
    return Grid(RECORDED, title, _("Place"), headings, lines, hidden), hidden


def _volunteers(span, known) -> tuple[Grid, frozenset[str]]:
    helper = TargetGroup.Background.HELPER
    found = summaries.people(
        EVERYTHING, *span, "target_group", "district", target_group__background=helper
    )
    groups = TargetGroup.objects.filter(background=helper)
    counted = {group for group, _district in found}
    groups = (groups.overlapping(*span) | groups.filter(pk__in=counted)).in_order()
    labels = {place(GROUP, row.pk): row.name for row in groups}
    ground = Ground(span, {district for _group, district in found})
    counts = {(place(GROUP, group), where): number for (group, where), number in found.items()}
    title, headings = _("People who helped at activities"), ground.by_borough()
    columns = [heading.key for heading in headings]
    if not labels or len(columns) == 1:
        return Grid(VOLUNTEERS, title, _("Target group"), headings, []), frozenset()
    sums = {TOTAL: columns[:-1]}
    values, relations = crossed(VOLUNTEERS, ground.folded(counts), labels, sums)
    hidden = disclosure.hidden(values, relations, always=[one for one in values if one in known])
    lines = [
        Line(row, label, [values[name(VOLUNTEERS, row, one)] for one in columns], row == TOTAL)
        for row, label in {**labels, TOTAL: _("together")}.items()
    ]
    return Grid(VOLUNTEERS, title, _("Target group"), headings, lines, hidden), hidden


def _freelancers(span, known, agencies) -> tuple[Grid, frozenset[str]]:
    kind = Worker.Kind.FREELANCE
    registered = Worker.objects.active().filter(kind=kind).order_by().values_list("agency")
    counts = {("gemeldet", pk): number for pk, number in registered.annotate(Count("pk"))}
    rows = Activity.objects.between(*span).filter(worker__kind=kind).order_by().values("agency")
    worked = rows.annotate(
        people=Count("worker", distinct=True), entries=Count("pk"), all_minutes=Sum("minutes")
    )
    for pk, *numbers in worked.values_list("agency", "people", "entries", "all_minutes"):
        counts |= {
            (column, pk): int(number)
            for column, number in zip(("taetig", *WORK), numbers, strict=True)
        }
    counted = {pk for _column, pk in counts}
    labels = {row.pk: row.name for row in agencies if row.pk in counted}
    values, hidden = _protected(counts, list(labels), known)
    headings = [
        Heading("gemeldet", _("Freelancers registered today")),
        Heading("taetig", _("Freelancers with entries in the period")),
        Heading("eintraege", _("Their entries")),
        Heading("minuten", _("Their hours"), "hours"),
    ]
    lines = []
    for pk, label in [*labels.items(), (TOTAL, _("together"))] if labels else []:
        row = pk if pk == TOTAL else place(AGENCY, pk)
        found = [values[name(FREELANCERS, row, heading.key)] for heading in headings]
        found[-1] = (Decimal(found[-1]) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)
        lines.append(Line(row, label, found, is_total=pk == TOTAL))
    title = _("Freelancers by agency")
    return Grid(FREELANCERS, title, _("Agency"), headings, lines, hidden), hidden


def _protected(counts, agencies, known):
    """All numbers with their sums, and what of them to hide.

    What freelancers did is hidden wherever they are, for it is what these few are paid for.
    """
    values, relations = {}, {}
    for column in (*PEOPLE, *WORK):
        names = [name(FREELANCERS, place(AGENCY, pk), column) for pk in agencies]
        whole = name(FREELANCERS, TOTAL, column)
        values |= {
            one: counts.get((column, pk), 0) for one, pk in zip(names, agencies, strict=True)
        }
        values[whole] = sum(values[one] for one in names)
        relations[column] = Relation(whole, tuple(names))
    hidden = frozenset()
    for column in (*PEOPLE, *WORK):
        own = {one for one in values if one.endswith(f".{column}")}
        always = {one for one in own if one in known}
        if column in WORK:
            twins = {one.replace(".taetig", f".{column}") for one in hidden}
            always |= {one for one in twins & own}
        found = {one: values[one] for one in sorted(own)}
        hidden |= disclosure.hidden(found, [relations[column]], always=always)
    return values, hidden


PATTERN = Pattern(
    slug="ehrenamt",
    title=gettext_lazy("Volunteers and freelancers"),
    about=gettext_lazy(
        "How many volunteers and others helped at activities, how many freelancers the agencies "
        "have, and what these did."
    ),
    method=(
        gettext_lazy(
            "People who helped: the people in target groups that count as helping, as the entries "
            "of the period name them. Who helped twice is counted twice."
        ),
        gettext_lazy(
            "Volunteers recorded: everybody whom an agency or the city looks after on the last day "
            "of the period, as far as the record is still kept: it is deleted a year after its end."
        ),
        gettext_lazy(
            "Freelancers: workers with a fee contract. Registered are those who are active in the "
            "portal when the answer is computed, for the register of workers has no dates; with "
            "entries are those who have at least one entry in the period. Hours are the minutes of "
            "these entries, in hours with one decimal."
        ),
        gettext_lazy(
            "Small counts of people are protected: 1 and 2 are hidden, and so is what would give "
            "them away. Where the number of freelancers at work is hidden, their entries and hours "
            "are hidden, too. Totals were computed before."
        ),
    ),
    form=SpanForm,
    answer=answer,
    is_protected=True,
)
