from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.responsibility import coordination
from coordination import limits
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page
from coordination.periods import show_day
from volunteers import duplicates, histories, listings, volunteers
from volunteers.care import care_of
from volunteers.filters import VolunteerFilter
from volunteers.forms.volunteers import (
    DuplicateForm,
    EndForm,
    VolunteerEditForm,
    VolunteerForm,
)
from volunteers.models import Volunteer, VolunteerGroup
from volunteers.papers import of as papers_of

SHOWN_MEMBERSHIPS = 100


def _listed(request) -> VolunteerFilter:
    rows = Volunteer.objects.reachable(request.scope, today()).with_names()
    return VolunteerFilter(request.GET, rows, scope=request.scope, day=request.as_of)


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def volunteer_list(request):
    found = _listed(request)
    paged = page(request, found.qs)
    return render(
        request,
        "volunteers/volunteer_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": rows_of(paged.rows, request.as_of),
            "query": query_of(request),
        },
    )


def rows_of(parties: list, day) -> list[dict]:
    """Formatted once, here: a template would look up every name again."""
    return [
        {
            "party": row,
            "districts": ", ".join(sorted(one.name for one in row.districts.all())),
            "interests": ", ".join(one.name for one in row.interests.all()),
            "has_ended": row.has_ended(day),
            "is_coming": row.starts_on > day,
        }
        for row in parties
    ]


def query_of(request) -> str:
    """The list's own query for its files: without the page it is on."""
    query = request.GET.copy()
    for name in ("nach", "vor", "format"):
        query.pop(name, None)
    return query.urlencode()


@require_POST
@require(Perm.EXPORT_VOLUNTEERS)
def volunteer_export(request):
    """By POST, because taking a file of people is written into the change log."""
    found = _listed(request)
    return export(
        request, "ehrenamtliche", listings.OF_VOLUNTEERS_TABLE, found, _("Volunteers")
    ) or redirect("volunteers:volunteer_list")


def export(request, name, columns, found, title):
    kind = request.GET.get("format")
    if kind not in ("xlsx", "csv"):
        return None
    rows = listings.take(found.qs, file=kind.upper(), by=request.user)
    return download(request, name, columns, rows, note=f"{title} · {in_words(found)}")


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def volunteer_detail(request, pk):
    day = request.as_of
    volunteer = get_object_or_404(
        Volunteer.objects.reachable(request.scope, today()).with_names(), pk=pk
    )
    memberships = list(
        volunteer.memberships.select_related("group__agency").order_by("-starts_on", "-pk")
    )
    mine = VolunteerGroup.objects.reachable(request.scope, today()).filter(
        pk__in=[row.group_id for row in memberships]
    )
    open_groups = set(mine.order_by().values_list("pk", flat=True))
    manages = request.actor.scope(Perm.MANAGE_VOLUNTEERS)
    care = care_of(volunteer, day, manages=manages)
    may_edit = manages.covers(volunteer.agency_id)
    return render(
        request,
        "volunteers/volunteer_detail.html",
        {
            "volunteer": volunteer,
            "has_ended": volunteer.has_ended(day),
            "memberships": [
                {
                    "row": row,
                    "is_open": row.group_id in open_groups,
                    "has_ended": row.ends_on is not None and row.ends_on < day,
                }
                for row in memberships[:SHOWN_MEMBERSHIPS]
            ],
            "care": care,
            "may_manage": may_edit or may_care(care, manages),
            "papers": papers_of(volunteer, day),
            "history": histories.of(volunteer, request.actor.scope(Perm.VIEW_LOG)),
            "may_edit": may_edit,
            "may_end": may_edit and not volunteer.has_ended(today()),
        },
    )


def may_care(care, scope) -> bool:
    """Whether one of the agencies' workers is the contact person: they note talks."""
    appointed = [row for row in (care.contact, care.appointed) if row]
    return any(scope.covers(row.worker.agency_id) for row in appointed)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def volunteer_create(request):
    form = VolunteerForm(request.POST or None, scope=request.scope, may_ask=asking(request))
    if form.is_valid():
        try:
            volunteer = volunteers.create(**form.operands, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The volunteer was entered."))
            return redirect(address(request, volunteer))
    return render(
        request,
        "volunteers/volunteer_create.html",
        {"form": form, "likeness": form.likeness, "whom": coordination()},
    )


def asking(request):
    """Counts how often an account asks whether another agency looks after somebody."""
    return partial(limits.admit_account, request, place="likeness")


@require_safe
@require(Perm.MANAGE_VOLUNTEERS)
def duplicate_list(request):
    """Asked by the page of a new volunteer or group while somebody types, or by hand."""
    form = DuplicateForm(request.GET or None)
    likeness = duplicates.Likeness([])
    if form.is_valid():
        model = VolunteerGroup if form.cleaned_data.pop("art") == "gruppe" else Volunteer
        likeness = duplicates.like(
            **form.cleaned_data, scope=request.scope, model=model, may_ask=asking(request)
        )
    template = "volunteers/_duplicates.html" if request.htmx else "volunteers/duplicate_list.html"
    context = {"form": form, "likeness": likeness, "whom": coordination()}
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def volunteer_edit(request, pk):
    volunteer = _own(request, pk)
    name = volunteer.name
    form = VolunteerEditForm(request.POST or None, instance=volunteer, scope=request.scope)
    if form.is_valid():
        try:
            volunteer = volunteers.change(volunteer, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(address(request, volunteer, Perm.VIEW_VOLUNTEERS))
    context = {"volunteer": volunteer, "name": name, "form": form}
    return render(request, "volunteers/volunteer_edit.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def volunteer_end(request, pk):
    volunteer = _own(request, pk)
    last = volunteer.ends_on
    form = EndForm(request.POST or None, instance=volunteer)
    if form.is_valid():
        try:
            volunteer = volunteers.end(volunteer, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The last day is %(day)s. Memberships and contact person end with it.")
            messages.success(request, text % {"day": show_day(volunteer.ends_on)})
            return redirect(address(request, volunteer))
    context = {"volunteer": volunteer, "last": last, "form": form}
    return render(request, "volunteers/volunteer_end.html", context)


def _own(request, pk) -> Volunteer:
    return get_object_or_404(
        Volunteer.objects.within(request.scope).select_related("agency"), pk=pk
    )


def address(request, party, perm=None) -> str:
    """The row's page, or the list for whoever has just handed the row to another agency."""
    page_of = "group" if isinstance(party, VolunteerGroup) else "volunteer"
    if perm and not request.actor.scope(perm).covers(party.agency_id):
        return reverse(f"volunteers:{page_of}_list") + request.as_of_query
    return reverse(f"volunteers:{page_of}_detail", args=[party.pk]) + request.as_of_query
