from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination import exports, paging
from coordination.access.models import User
from coordination.access.permissions import Perm, require
from coordination.people import invitations
from coordination.people.filters import InvitationFilter
from coordination.people.forms import InvitationForm, NewAccountForm, ReasonForm, carried_out
from coordination.people.models import Invitation

COLUMNS = [
    (gettext_lazy("E-mail address"), lambda invitation: invitation.email),
    (gettext_lazy("Name"), lambda invitation: invitation.name),
    (gettext_lazy("Role"), lambda invitation: invitation.role),
    (gettext_lazy("Invited on"), lambda invitation: invitation.created_at),
    (gettext_lazy("Valid until"), lambda invitation: invitation.expires_at),
    (gettext_lazy("Invited by"), lambda invitation: invitation.invited_by),
]


def send(request, invitation, token):
    """Mail the link, and say how that went."""
    link = request.build_absolute_uri(reverse("people:invitation_accept", args=[token]))
    if invitations.deliver(invitation, link=link):
        messages.success(
            request, _("The invitation was sent to %(email)s.") % {"email": invitation.email}
        )
    else:
        messages.error(
            request,
            _(
                "The invitation was saved, but the e-mail to %(email)s could not be sent. "
                "Please send it again later."
            )
            % {"email": invitation.email},
        )


@require_safe
@require(Perm.VIEW_ACCOUNTS)
def invitation_list(request):
    rows = Invitation.objects.within(request.scope).open().select_related("agency", "invited_by")
    found = InvitationFilter(request.GET or None, rows, scope=request.scope)
    note = " · ".join(filter(None, [_("Open invitations"), exports.in_words(found)]))
    file = exports.download(request, "einladungen", COLUMNS, found.qs, note=note)
    if file:
        return file
    page = paging.page(request, found.qs)
    managed = request.actor.scope(Perm.MANAGE_MEMBERS)
    for invitation in page.rows:
        invitation.is_managed = managed.covers(invitation.agency_id)
    return render(request, "people/invitation_list.html", {"filter": found, "page": page})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_MEMBERS)
def invitation_create(request):
    form = InvitationForm(request.POST or None, scope=request.scope)
    if form.is_valid():
        try:
            made = invitations.invite(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            send(request, *made)
            return redirect("people:invitation_list")
    return render(request, "people/invitation_create.html", {"form": form})


@require_POST
@require(Perm.MANAGE_MEMBERS)
def invitation_resend(request, pk):
    invitation = get_object_or_404(Invitation.objects.within(request.scope), pk=pk)
    try:
        made = invitations.resend(invitation, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        send(request, *made)
    return redirect("people:invitation_list")


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_MEMBERS)
def invitation_revoke(request, pk):
    rows = Invitation.objects.within(request.scope).select_related("agency")
    invitation = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if carried_out(form, partial(invitations.revoke, invitation, by=request.user)):
        messages.success(request, _("The invitation was revoked; its link opens nothing now."))
        return redirect("people:invitation_list")
    context = {"invitation": invitation, "form": form}
    return render(request, "people/invitation_revoke.html", context)


@login_not_required
@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request, token):
    """Anybody with the link gets here. Looking changes nothing, only the button accepts."""
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "people/invitation_invalid.html", status=404)
    by = request.user if request.user.is_authenticated else None
    context = {"invitation": invitation, "is_for_other": by and by.email != invitation.email}
    context["has_account"] = not by and User.objects.filter(email=invitation.email).exists()
    if context["is_for_other"] or context["has_account"]:
        return render(request, "people/invitation_accept.html", {**context, "form": None})
    data = request.POST if request.method == "POST" else None
    form = forms.Form(data) if by else NewAccountForm(data, initial={"name": invitation.name})
    if form.is_valid():
        try:
            user = invitations.accept(token, **form.cleaned_data, by=by)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if user is None:  # somebody was faster with the same link
                return render(request, "people/invitation_invalid.html", status=404)
            if by:
                messages.success(request, _("The invitation was accepted."))
                return redirect("overview:start")
            messages.success(request, _("Your account is ready. Please sign in."))
            return redirect("account_login")
    return render(request, "people/invitation_accept.html", {**context, "form": form})
