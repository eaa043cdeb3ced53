"""Contacts: entries and the people they count, by kind and by borough or quarter.

Whatever is asked of some days, the whole table of kinds and quarters with all sums is protected,
once; each answer shows its part. So several answers tell no more than the table as a whole.
"""

from collections import Counter
from collections.abc import Collection

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity.models import Activity
from agencies.lists.models import Kind
from coordination import disclosure
from coordination.as_of import today
from coordination.council.summary.content import QUARTER, place
from coordination.council.summary.forms_questions import ContactsForm
from coordination.council.summary.patterns.grid import (
    TOTAL,
    Answered,
    Grid,
    Line,
    crossed,
    name,
)
from coordination.council.summary.patterns.pattern import Pattern
from coordination.council.summary.patterns.places import Ground, hidden_in_reports
from coordination.disclosure import Relation
from coordination.periods import show_day

KIND = "art"
ENTRIES, PEOPLE = "eintraege", "teilnehmende"
IN_REPORTS = {"taetigkeiten": ENTRIES, "teilnehmende": PEOPLE}


def answer(parameters, always) -> Answered:
    span = starts_on, ends_on = parameters["von"], parameters["bis"]
    borough = int(parameters["bezirk"] or 0)
    entries, people, used, quarters = _counted(starts_on, ends_on)
    ground = Ground(span, quarters)
    headings = ground.by_quarter(borough) if borough else ground.by_borough()
    titles = {ENTRIES: _("Entries"), PEOPLE: _("Participants")}
    kinds = Kind.objects.overlapping(starts_on, ends_on) | Kind.objects.filter(pk__in=used)
    kinds = {place(KIND, row.pk): row.name for row in kinds.in_order()}
    tables = {
        slug: crossed(slug, _named(found), kinds, ground.sums)
        for slug, found in ((ENTRIES, entries), (PEOPLE, people))
    }
    columns = [heading.key for heading in headings]
    if not columns or not tables[ENTRIES][0].get(name(ENTRIES, TOTAL, columns[-1])):
        empty = [Grid(slug, titles[slug], _("Kind of activity"), [], []) for slug in titles]
        return Answered(empty, _hints(ends_on))
    hidden = protected(tables, {*always, *hidden_in_reports(span, IN_REPORTS)})
    grids = [
        Grid(
            slug,
            titles[slug],
            _("Kind of activity"),
            headings,
            _lines(slug, values, kinds, columns),
            hidden,
        )
        for slug, (values, _relations) in tables.items()
    ]
    every = {one: value for values, _relations in tables.values() for one, value in values.items()}
    return Answered(grids, _hints(ends_on), hidden, {one: every[one] for one in hidden})


def _named(counts) -> dict[tuple[str, str], int]:
    return {(kind, place(QUARTER, pk)): number for (kind, pk), number in counts.items()}


def _counted(starts_on, ends_on):
    """Entries and participants by kind and quarter: one query over the entries of the period."""
    rows = (
        Activity.objects.between(starts_on, ends_on)
        .order_by()
        .values("kind", "district")
        .annotate(entries=Count("pk"), people=Sum(F("refugees") + F("others")))
    )
    entries, people, kinds, quarters = Counter(), Counter(), set(), set()
    for kind, quarter, number, reached in rows.values_list("kind", "district", "entries", "people"):
        where = place(KIND, kind), quarter
        entries[where], people[where] = number, int(reached)
        kinds.add(kind)
        quarters.add(quarter)
    return entries, people, kinds, quarters


def protected(tables, known: Collection[str]) -> frozenset[str]:
    """The cells to hide. Entries and participants of a cell are hidden together.

    Only where nobody came, that is shown: it says nothing of anybody.
    """
    hidden = {one for values, _relations in tables.values() for one in values if one in known}
    while True:
        before = len(hidden)
        for slug, other in ((PEOPLE, ENTRIES), (ENTRIES, PEOPLE)):
            values, relations = tables[slug]
            twins = {one.replace(other, slug, 1) for one in hidden if one.startswith(f"{other}.")}
            if slug == PEOPLE:
                twins = {one for one in twins if values[one]}
            own = {one for one in hidden if one.startswith(f"{slug}.")}
            hidden |= disclosure.hidden(*_counting(values, relations, own), always=own | twins)
        if len(hidden) == before:
            return frozenset(hidden)


def _counting(values, relations: list[Relation], hidden: Collection[str]):
    """The table without its noughts: they are shown, and there may be many of them.

    Unless something hidden is nought by now, for only other noughts can keep that company.
    """
    if not all(values[one] for one in hidden):
        return values, relations
    left = {one: value for one, value in values.items() if value}
    kept = [
        Relation(one.total, tuple(part for part in one.parts if part in left))
        for one in relations
        if one.total in left
    ]
    return left, kept


def _lines(slug, values, kinds, columns) -> list[Line]:
    return [
        Line(row, label, [values[name(slug, row, column)] for column in columns], row == TOTAL)
        for row, label in {**kinds, TOTAL: _("together")}.items()
    ]


def _hints(ends_on) -> list[str]:
    if ends_on < today():
        return []
    text = _("The period ends on %(day)s and is not over yet: entries will be added.")
    return [text % {"day": show_day(ends_on)}]


PATTERN = Pattern(
    slug="kontakte",
    title=gettext_lazy("Contacts by kind and district"),
    about=gettext_lazy(
        "How often which kind of activity took place and how many people it reached, by borough "
        "or by the quarters of one borough."
    ),
    method=(
        gettext_lazy(
            "Entries: all activities that the agencies entered with a date in the period, each by "
            "its kind and the quarter it took place in, whether their report is accepted or not."
        ),
        gettext_lazy(
            "Participants: the people these entries count, with and without refugee background. "
            "Volunteers and professionals are not among them. Nobody is registered by name, so who "
            "came twice is counted twice."
        ),
        gettext_lazy(
            "Small counts are protected: 1 and 2 are hidden, and so is what would give them away. "
            "Entries and participants of a cell are hidden together; only 0 participants stay "
            "shown. Totals were computed before."
        ),
        gettext_lazy(
            "All answers about the same days are parts of one table, all kinds by all quarters "
            "with the totals of the boroughs and the city. It is protected as a whole, so that "
            "several answers tell no more than one."
        ),
    ),
    form=ContactsForm,
    answer=answer,
    is_protected=True,
)
