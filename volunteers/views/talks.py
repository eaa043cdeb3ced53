from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Worker
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from volunteers import talks
from volunteers.forms.care import TalkForm
from volunteers.models import Talk, Volunteer, VolunteerGroup


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def talk_create(request, pk):
    return _note(request, Volunteer, pk, "talk_create", "volunteers:volunteer_detail")


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def group_talk_create(request, pk):
    return _note(request, VolunteerGroup, pk, "group_talk_create", "volunteers:group_detail")


def _note(request, model, pk, name, page):
    party = get_object_or_404(model.objects.reachable(request.scope, today()), pk=pk)
    initial = {"day": today(), "worker": None}
    if request.method == "GET":
        initial["worker"] = _who(request, party)
    kinds = Talk.Kind.choices
    if model is Volunteer:
        kinds = [one for one in kinds if one[0] != Talk.Kind.GROUP]
    form = TalkForm(request.POST or None, scope=request.scope, kinds=kinds, initial=initial)
    if form.is_valid():
        try:
            talks.note(party, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The talk was noted."))
            return redirect(page, party.pk)
    return render(
        request,
        f"volunteers/{name}.html",
        {"party": party, "form": form, "page": page, "kinds": kinds},
    )


def _who(request, party) -> Worker | None:
    """Who notes it, if they are a worker; else the contact person, if one may note for them."""
    own = Worker.objects.within(request.scope).active().filter(user=request.user).first()
    if own:
        return own
    contact = party.contacts.holding(today()).select_related("worker").first()
    if contact and request.scope.covers(contact.worker.agency_id):
        return contact.worker
    return None


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def talk_delete(request, pk):
    found = Talk.objects.deletable(request.scope, today())
    talk = get_object_or_404(found.select_related("volunteer", "group", "worker__agency"), pk=pk)
    party = talk.volunteer or talk.group
    page = "volunteers:volunteer_detail" if talk.volunteer else "volunteers:group_detail"
    if request.method == "POST":
        talks.delete(talk, by=request.user)
        messages.success(request, _("The talk was deleted."))
        return redirect(page, party.pk)
    return render(
        request, "volunteers/talk_delete.html", {"talk": talk, "party": party, "page": page}
    )
