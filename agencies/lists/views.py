from dataclasses import dataclass
from itertools import chain

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.lists import forms, terms
from agencies.lists.filters import TermFilter
from agencies.lists.models import TargetGroup, Term
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.periods import show_day

# Only when asked for: with 100,000 entries a year it takes longer than a page should.
COUNTED = "zaehlung"
STEP = 10  # between two places in a list
HEADINGS = {
    "arten": gettext_lazy("Kinds of activity"),
    "formen": gettext_lazy("Formats"),
    "zielgruppen": gettext_lazy("Target groups"),
    "themen": gettext_lazy("Topics"),
}


@dataclass(frozen=True)
class Line:
    """A term as a list shows it; ``used`` are the entries of the year, if they were counted."""

    term: Term
    is_valid: bool
    validity: str
    counts_as: str
    used: int | None


@dataclass(frozen=True)
class Part:
    name: str  # in addresses
    heading: str
    lines: list[Line]
    has_background: bool


@require_safe
@require(Perm.VIEW_ACTIVITY)
def term_list(request):
    """All four lists, with the definitions everybody counts by."""
    day = request.as_of
    found = {
        name: TermFilter(request.GET, model.objects.in_order(), day=day)
        for name, model in terms.LISTS.items()
    }
    parts = [_part(name, filtered.qs, request) for name, filtered in found.items()]
    first = found["arten"]
    columns = [
        (_("List"), lambda line: HEADINGS[_name_of(line.term)]),
        (_("Place"), lambda line: line.term.order),
        (_("Name"), lambda line: line.term.name),
        (_("Definition"), lambda line: line.term.definition),
        (_("Counts as"), lambda line: line.counts_as),
        (_("Can be chosen from"), lambda line: line.term.starts_on),
        (_("Can be chosen until"), lambda line: line.term.ends_on),
    ]
    if COUNTED in request.GET:
        columns.append((_("Entries %(year)d") % {"year": day.year}, lambda line: line.used))
    note = f"{_('Central lists')} · {in_words(first)}"
    lines = chain.from_iterable(part.lines for part in parts)
    if answer := download(request, "listen", columns, lines, note=note):
        return answer
    return render(
        request,
        "lists/term_list.html",
        {
            "filter": first,
            "parts": parts,
            "count": sum(len(part.lines) for part in parts),
            "is_counted": COUNTED in request.GET,
        },
    )


def _part(name, rows, request) -> Part:
    model, day = terms.LISTS[name], request.as_of
    is_counted = COUNTED in request.GET
    used = terms.usage(model, day.year, request.scope) if is_counted else {}
    lines = [
        Line(
            term=term,
            is_valid=term.is_on(day),
            validity=_validity(term),
            counts_as=term.get_background_display() if model is TargetGroup else "",
            used=used.get(term.pk, 0) if is_counted else None,
        )
        for term in rows
    ]
    return Part(name, HEADINGS[name], lines, model is TargetGroup)


def _validity(term: Term) -> str:
    days = {"first": show_day(term.starts_on), "last": show_day(term.ends_on)}
    return (_("%(first)s to %(last)s") if term.ends_on else _("since %(first)s")) % days


def _name_of(term: Term) -> str:
    return next(name for name, model in terms.LISTS.items() if isinstance(term, model))


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_LISTS)
def term_create(request, name):
    model = _model(name)
    last = model.objects.aggregate(last=Max("order"))["last"] or 0
    initial = {"order": min(last + STEP, 9_999), "starts_on": today()}
    form = forms.NEW[model](request.POST or None, initial=initial)
    if form.is_valid():
        try:
            term = terms.create(model, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was created.") % {"row": term})
            return redirect(_address(request, name))
    return render(
        request,
        "lists/term_create.html",
        {"form": form, "heading": HEADINGS[name], "back": _address(request, name)},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_LISTS)
def term_edit(request, name, pk):
    model = _model(name)
    term = get_object_or_404(model, pk=pk)
    title = str(term)
    form = forms.OLD[model](request.POST or None, instance=term)
    if form.is_valid():
        try:
            term = terms.change(term, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": term})
            return redirect(_address(request, name))
    return render(
        request,
        "lists/term_edit.html",
        {
            "form": form,
            "title": title,
            "heading": HEADINGS[name],
            "back": _address(request, name),
        },
    )


def _model(name: str) -> type[Term]:
    if name not in terms.LISTS:
        raise Http404
    return terms.LISTS[name]


def _address(request, name: str) -> str:
    return f"{reverse('lists:term_list')}{request.as_of_query}#{name}"
