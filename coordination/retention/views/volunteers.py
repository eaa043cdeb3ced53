from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination import pdf
from coordination.access.permissions import Perm, require
from coordination.exports import named
from coordination.retention import erasures, holdings
from coordination.retention.forms import EraseForm, VolunteerEraseForm
from volunteers.models import Volunteer, VolunteerGroup


@require_safe
@require(Perm.MANAGE_RETENTION)
def volunteer_data(request, pk):
    """Everything kept about a volunteer, to be handed to them."""
    return render(request, "retention/volunteer_data.html", _held(request, pk))


@require_safe
@require(Perm.MANAGE_RETENTION)
def volunteer_json(request, pk):
    held = _held(request, pk)
    content = {
        "portal": request.get_host(),
        "person": str(held["volunteer"]),
        "created_at": timezone.now(),
        "data": [holding.as_json() for holding in held["holdings"]],
    }
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return named(answer, request, f"auskunft-ehrenamt-{pk}", "json")


@require_safe
@require(Perm.MANAGE_RETENTION)
def volunteer_pdf(request, pk):
    held = _held(request, pk)
    name = f"auskunft-ehrenamt-{pk}"
    return pdf.pdf(request, "retention/volunteer_pdf.html", held, name=name)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_RETENTION)
def volunteer_erase(request, pk):
    volunteer = _found(request, pk)
    form = VolunteerEraseForm(request.POST or None)
    if not volunteer.email:
        del form.fields["with_questions"]
    if form.is_valid():
        chosen = {k: v for k, v in form.cleaned_data.items() if k != "is_sure"}
        try:
            erasures.erase_volunteer(volunteer, **chosen, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was erased.") % {"row": volunteer})
            return redirect("retention:rule_list")
    held = holdings.of(volunteer)
    context = {"volunteer": volunteer, "form": form, "holdings": held}
    context["groups"] = holdings.groups_naming(volunteer)
    return render(request, "retention/volunteer_erase.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_RETENTION)
def group_erase(request, pk):
    group = get_object_or_404(VolunteerGroup.objects.within(request.scope), pk=pk)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        erasures.erase_group_contact(group, reason=reason, by=request.user)
        messages.success(request, _("The contact data of the group were erased."))
        return redirect("retention:rule_list")
    return render(request, "retention/group_erase.html", {"group": group, "form": form})


def _found(request, pk) -> Volunteer:
    return get_object_or_404(Volunteer.objects.within(request.scope), pk=pk)


def _held(request, pk) -> dict:
    volunteer = _found(request, pk)
    return {"volunteer": volunteer, "holdings": holdings.of(volunteer)}
