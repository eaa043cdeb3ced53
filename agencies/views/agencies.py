from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies import agencies
from agencies.filters import AgencyFilter
from agencies.forms import AgencyContactForm, AgencyEditForm, AgencyForm
from agencies.models import Agency, Assignment, Occupancy, Worker
from agencies.vacancies import row_on, with_occupancies
from coordination.access.permissions import Perm, require
from coordination.exports import download, in_words
from coordination.paging import page

COLUMNS = [
    (gettext_lazy("Short name"), lambda agency: agency.short_name),
    (gettext_lazy("Name"), lambda agency: agency.name),
    (gettext_lazy("Kind"), lambda agency: agency.get_kind_display()),
    (gettext_lazy("Street and number"), lambda agency: agency.street),
    (gettext_lazy("Postal code"), lambda agency: agency.postal_code),
    (gettext_lazy("Town"), lambda agency: agency.town),
    (gettext_lazy("Phone"), lambda agency: agency.phone),
    (gettext_lazy("E-mail"), lambda agency: agency.email),
    (gettext_lazy("Office hours"), lambda agency: agency.office_hours),
    (gettext_lazy("Active"), lambda agency: agency.is_active),
]


@dataclass
class Contact:
    """A worker who covers districts on a day, and which; without a worker: vacant positions."""

    worker: Worker | None
    assignments: list[Assignment] = field(default_factory=list)


@require_safe
@require(Perm.VIEW_DIRECTORY)
def agency_list(request):
    found = AgencyFilter(request.GET, Agency.objects.all())
    note = f"{_('Agencies')} · {in_words(found)}"
    if answer := download(request, "verbaende", COLUMNS, found.qs, note=note):
        return answer
    return render(
        request, "agencies/agency_list.html", {"filter": found, "page": page(request, found.qs)}
    )


@require_safe
@require(Perm.VIEW_DIRECTORY)
def agency_detail(request, pk):
    agency = get_object_or_404(Agency, pk=pk)
    sees_staffing = request.actor.scope(Perm.VIEW_STAFFING).covers(agency.pk)
    positions = []
    if sees_staffing:
        rows = with_occupancies(agency.positions.select_related("agency"))
        positions = [row_on(position, request.as_of) for position in rows]
    return render(
        request,
        "agencies/agency_detail.html",
        {
            "agency": agency,
            "contacts": _contacts(agency, request.as_of),
            "positions": positions,
            "sees_staffing": sees_staffing,
            "sees_money": request.actor.scope(Perm.VIEW_FUNDING).covers(agency.pk),
            "sees_log": request.actor.scope(Perm.VIEW_LOG).covers(agency.pk),
            "may_edit": request.actor.scope(Perm.CHANGE_CONTACT).covers(agency.pk),
            "may_add_workers": request.actor.scope(Perm.MANAGE_WORKERS).covers(agency.pk),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_AGENCIES)
def agency_create(request):
    form = AgencyForm(request.POST or None)
    if form.is_valid():
        try:
            agency = agencies.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(agency)s was created.") % {"agency": agency})
            return redirect("agencies:agency_detail", agency.pk)
    return render(request, "agencies/agency_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.CHANGE_CONTACT)
def agency_edit(request, pk):
    agency = get_object_or_404(Agency.objects.within(request.scope), pk=pk)
    has_all = request.actor.scope(Perm.MANAGE_AGENCIES).covers(agency.pk)
    form_class = AgencyEditForm if has_all else AgencyContactForm
    form = form_class(request.POST or None, instance=agency)
    name = str(agency)
    if form.is_valid():
        try:
            agency = agencies.change(agency, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": agency})
            return redirect(
                reverse("agencies:agency_detail", args=[agency.pk]) + request.as_of_query
            )
    return render(
        request,
        "agencies/agency_edit.html",
        {"agency": agency, "name": name, "form": form, "has_all": has_all},
    )


def _contacts(agency, day) -> list[Contact]:
    """Whom to ask in this agency on the day, and for which district; in three queries."""
    held = {}
    for row in Occupancy.objects.on(day).filter(position__agency=agency).select_related("worker"):
        held.setdefault(row.position_id, []).append(row.worker)
    found = {}
    assignments = Assignment.objects.on(day).filter(position__agency=agency).with_names()
    for assignment in assignments.order_by("role", "district__name", "pk"):
        for worker in held.get(assignment.position_id, [None]):
            contact = found.setdefault(worker and worker.pk, Contact(worker))
            # The role sorts deputies first; a reader looks for the lead.
            if assignment.role == Assignment.Role.LEAD:
                contact.assignments.insert(_leads(contact), assignment)
            else:
                contact.assignments.append(assignment)
    return sorted(found.values(), key=lambda contact: (contact.worker is None, str(contact.worker)))


def _leads(contact) -> int:
    return sum(row.role == Assignment.Role.LEAD for row in contact.assignments)
