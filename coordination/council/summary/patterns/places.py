"""Boroughs and quarters as columns, and what released reports hid of them for the same days."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from agencies.activity import spans
from coordination.council.summary.content import BOROUGH, CITY, QUARTER, place
from coordination.council.summary.models import Release
from coordination.council.summary.patterns.grid import TOTAL, Heading, name
from districts.models import District


class Ground:
    """The quarters that exist in a period or that something was counted in, by borough."""

    def __init__(self, span: spans.Span, counted: set[int]):
        first, last = span
        rows = District.objects.quarters().select_related("parent")
        rows = rows.defer("geometry", "outline", "parent__geometry", "parent__outline")
        self.boroughs: dict[int | None, list[District]] = {}
        for row in rows.order_by("parent__key", "key", "pk"):
            exists = (row.starts_on or last) <= last and (row.ends_on or first) >= first
            if exists or row.pk in counted:
                self.boroughs.setdefault(row.parent_id, []).append(row)

    def folded(self, counts: Mapping[tuple[str, int], int]) -> Counter:
        """Counts by row and quarter (its number) as counts by row and borough."""
        borough = {
            row.pk: place(BOROUGH, parent)
            for parent, quarters in self.boroughs.items()
            for row in quarters
        }
        found = Counter()
        for (row, quarter), number in counts.items():
            found[row, borough[quarter]] += number
        return found

    @property
    def sums(self) -> dict[str, list[str]]:
        """Which columns are the sum of which: quarters of a borough, boroughs of the city."""
        found = {
            place(BOROUGH, parent): [place(QUARTER, row.pk) for row in quarters]
            for parent, quarters in self.boroughs.items()
        }
        return {**found, TOTAL: list(found)}

    def by_borough(self) -> list[Heading]:
        found = [
            Heading(place(BOROUGH, pk), rows[0].parent.name if pk else _("in no borough"))
            for pk, rows in self.boroughs.items()
        ]
        return [*found, Heading(TOTAL, _("together"))]

    def by_quarter(self, borough: int) -> list[Heading]:
        rows = self.boroughs.get(borough, [])
        found = [Heading(place(QUARTER, row.pk), row.name) for row in rows]
        return [*found, Heading(place(BOROUGH, borough), _("together"))] if found else []


def hidden_in_reports(span: tuple[date, date], slugs: Mapping[str, str]) -> set[str]:
    """The sums over all rows that a released report hid for the very same days.

    ``slugs`` says which measure of a report is which table of the answer.
    """
    later = spans.after(span)
    rows = Release.objects.filter(
        Q(starts_on=span[0], ends_on=span[1]) | Q(starts_on=later[0], ends_on=later[1])
    )
    found = set()
    names = rows.values_list("starts_on", KeyTransform("hidden", "content"))
    for starts_on, hidden in names:
        ago = 0 if starts_on == span[0] else 1
        for measure, slug in slugs.items():
            for one in hidden or []:
                if not one.startswith(f"{measure}."):
                    continue
                where, _sign, number = one.removeprefix(f"{measure}.").partition("@")
                if int(number or 0) == ago:
                    found.add(name(slug, TOTAL, TOTAL if where == CITY else where))
    return found
