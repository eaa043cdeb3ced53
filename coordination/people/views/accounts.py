from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.actors import actor_for
from agencies.models import Membership
from coordination import exports, paging
from coordination.access.models import CityRole
from coordination.access.permissions import Perm, require
from coordination.people import accounts
from coordination.people.filters import AccountFilter
from coordination.people.forms import (
    AccountForm,
    LeavingForm,
    MembershipForm,
    MembershipRoleForm,
    ReasonForm,
    RoleForm,
    carried_out,
)
from coordination.people.models import Account, Invitation


def typed(request):
    """The posted fields. An empty POST is one too: a confirmation needs no field."""
    return request.POST if request.method == "POST" else None


def after_losing_a_place(request, account_pk):
    """Back to the account, unless the person has just taken away their own right to see it."""
    actor = actor_for(request.user)
    if Account.objects.within(actor.scope(Perm.VIEW_ACCOUNTS)).filter(pk=account_pk).exists():
        return redirect("people:account_detail", account_pk)
    return redirect("people:account_list" if actor.may(Perm.VIEW_ACCOUNTS) else "overview:start")


def reachable(scope):
    """The accounts within the scope, with what every page says about them."""
    return Account.objects.within(scope).with_second_factor().with_places(scope)


def roles_in_words(account) -> str:
    places = [f"{place.get_role_display()} {place.agency}" for place in account.places]
    return ", ".join([*(role.get_role_display() for role in account.city_roles), *places])


def columns(scope):
    own = [
        (_("Name"), lambda account: account.name),
        (_("E-mail address"), lambda account: account.email),
        (_("Roles"), roles_in_words),
        (_("Active"), lambda account: account.is_active),
    ]
    # When somebody works is none of an employer's business here; the city answers for access.
    city = [
        (_("Second factor"), lambda account: account.has_second_factor),
        (_("Last sign-in"), lambda account: account.last_login),
    ]
    return own + city if scope.citywide else own


@require_safe
@require(Perm.VIEW_ACCOUNTS)
def account_list(request):
    found = AccountFilter(request.GET or None, reachable(request.scope), scope=request.scope)
    note = " · ".join(filter(None, [_("Accounts"), exports.in_words(found)]))
    file = exports.download(request, "konten", columns(request.scope), found.qs, note=note)
    if file:
        return file
    context = {"filter": found, "page": paging.page(request, found.qs), "scope": request.scope}
    return render(request, "people/account_list.html", context)


@require_safe
@require(Perm.VIEW_ACCOUNTS)
def account_detail(request, pk):
    account = get_object_or_404(reachable(request.scope), pk=pk)
    managed = request.actor.scope(Perm.MANAGE_MEMBERS)
    for place in account.places:
        place.is_managed = managed.covers(place.agency_id)
    open_invitations = Invitation.objects.within(request.scope).open().filter(email=account.email)
    context = {
        "account": account,
        "invitations": open_invitations.select_related("agency"),
        "scope": request.scope,
    }
    return render(request, "people/account_detail.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACCOUNTS)
def account_edit(request, pk):
    account = get_object_or_404(Account.objects.within(request.scope), pk=pk)
    context = {"account": account, "title": str(account)}  # the form writes into the account
    form = AccountForm(typed(request), instance=account)
    if carried_out(form, partial(accounts.rename, account, by=request.user)):
        messages.success(request, _("The name was changed."))
        return redirect("people:account_detail", pk)
    return render(request, "people/account_edit.html", {**context, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACCOUNTS)
def account_deactivate(request, pk):
    account = get_object_or_404(Account.objects.within(request.scope), pk=pk)
    form = LeavingForm(typed(request))
    if carried_out(form, partial(accounts.deactivate, account, by=request.user)):
        messages.success(request, _("The account was deactivated and signed out everywhere."))
        return redirect("people:account_detail", pk)
    return render(request, "people/account_deactivate.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACCOUNTS)
def account_activate(request, pk):
    account = get_object_or_404(Account.objects.within(request.scope), pk=pk)
    form = ReasonForm(typed(request))
    if carried_out(form, partial(accounts.activate, account, by=request.user)):
        messages.success(request, _("The account is active again."))
        return redirect("people:account_detail", pk)
    return render(request, "people/account_activate.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACCOUNTS)
def role_grant(request, pk):
    account = get_object_or_404(Account.objects.within(request.scope), pk=pk)
    form = RoleForm(typed(request))
    if carried_out(form, partial(accounts.grant_role, account, by=request.user)):
        messages.success(request, _("The role was given. It holds from the next click on."))
        return redirect("people:account_detail", pk)
    return render(request, "people/role_grant.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACCOUNTS)
def role_revoke(request, pk):
    role = get_object_or_404(CityRole.objects.select_related("user"), pk=pk)
    form = ReasonForm(typed(request))
    if carried_out(form, partial(accounts.revoke_role, role, by=request.user)):
        messages.success(request, _("The role was taken away."))
        return after_losing_a_place(request, role.user_id)
    return render(request, "people/role_revoke.html", {"role": role, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACCOUNTS)
def membership_grant(request, pk):
    account = get_object_or_404(Account.objects.within(request.scope), pk=pk)
    form = MembershipForm(typed(request))
    if carried_out(form, partial(accounts.grant_membership, account, by=request.user)):
        messages.success(request, _("The account now acts for the agency."))
        return redirect("people:account_detail", pk)
    return render(request, "people/membership_grant.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_MEMBERS)
def membership_change(request, pk):
    memberships = Membership.objects.within(request.scope).select_related("user", "agency")
    membership = get_object_or_404(memberships, pk=pk)
    form = MembershipRoleForm(typed(request), instance=membership)
    if carried_out(form, partial(accounts.change_membership, membership, by=request.user)):
        messages.success(request, _("The role in the agency was changed."))
        return after_losing_a_place(request, membership.user_id)
    context = {"membership": membership, "form": form}
    return render(request, "people/membership_change.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_MEMBERS)
def membership_revoke(request, pk):
    memberships = Membership.objects.within(request.scope).select_related("user", "agency")
    membership = get_object_or_404(memberships, pk=pk)
    form = LeavingForm(typed(request))
    if carried_out(form, partial(accounts.revoke_membership, membership, by=request.user)):
        messages.success(request, _("The account no longer acts for the agency."))
        return after_losing_a_place(request, membership.user_id)
    context = {"membership": membership, "form": form}
    return render(request, "people/membership_revoke.html", context)
