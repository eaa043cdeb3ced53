from collections.abc import Iterator
from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require
from coordination.audit import wording
from coordination.audit.filters import EntryFilter
from coordination.audit.models import Entry
from coordination.exports import MOST_ROWS, download, in_words
from coordination.paging import page


@dataclass
class Line:
    """An entry in words."""

    entry: Entry
    verb: str
    kind: str
    changes: list[wording.Change]
    agency: str
    district: str
    address: str

    @property
    def person(self) -> str:
        return str(self.entry.by) if self.entry.by else _("System")

    @property
    def target(self) -> str:
        """What ``?objekt=`` takes."""
        return f"{self.entry.target_model}:{self.entry.target_id}"

    @property
    def before(self) -> str:
        return "\n".join(
            f"{change.label}: {change.before}"
            for change in self.changes
            if change.before is not None
        )

    @property
    def after(self) -> str:
        return "\n".join(
            f"{change.label}: {change.after}" for change in self.changes if change.after is not None
        )


COLUMNS = [
    (gettext_lazy("When"), lambda line: line.entry.at),
    (gettext_lazy("Who"), lambda line: line.person),
    (gettext_lazy("Action"), lambda line: line.verb),
    (gettext_lazy("Kind of object"), lambda line: line.kind),
    (gettext_lazy("Object"), lambda line: line.entry.target_label),
    (gettext_lazy("Agency"), lambda line: line.agency),
    (gettext_lazy("District"), lambda line: line.district),
    (gettext_lazy("Before"), lambda line: line.before),
    (gettext_lazy("After"), lambda line: line.after),
    (gettext_lazy("Reason"), lambda line: line.entry.reason),
]


@require_safe
@require(Perm.VIEW_LOG)
def entry_list(request):
    accounts = request.actor.scope(Perm.VIEW_ACCOUNTS)
    money = request.actor.scope(Perm.VIEW_FUNDING)
    rows = Entry.objects.within(request.scope).without_accounts_outside(accounts)
    rows = rows.without_money_outside(money)
    found = EntryFilter(request.GET, rows.select_related("by"), scope=request.scope)
    lines = Lines(request, found)
    note = f"{_('Change log')} · {in_words(found)}"
    if answer := download(
        request, "protokoll", COLUMNS, lines.of(found.qs[: MOST_ROWS + 1]), note=note
    ):
        return answer
    paged = page(request, found.qs)
    return render(
        request,
        "audit/entry_list.html",
        {
            "filter": found,
            "page": paged,
            "lines": list(lines.of(paged.rows)),
            "only": request.GET.get("objekt", "") if "objekt" not in found.errors else "",
        },
    )


class Lines:
    """Turns entries into lines; names of agencies and districts come from the filter's choices."""

    def __init__(self, request, found):
        self.agencies = self._names(found, "verband")
        self.districts = self._names(found, "stadtteil")
        self.wording = wording.Wording()
        self.addresses = wording.Addresses(request.actor)

    def _names(self, found, name) -> dict[int, str]:
        return {row.pk: str(row) for row in found.form.fields[name].queryset}

    def of(self, entries) -> Iterator[Line]:
        """Lazy: a page that is no export must not read the whole log."""
        for entry in entries:
            yield self._line(entry)

    def _line(self, entry) -> Line:
        return Line(
            entry=entry,
            verb=self.wording.verbs.get(entry.verb, entry.verb),
            kind=self.wording.kind(entry),
            changes=self.wording.changes(entry),
            agency=self.agencies.get(entry.agency_id, ""),
            district=self.districts.get(entry.district_id, ""),
            address=self.addresses.of(entry),
        )
