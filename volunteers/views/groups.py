from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.responsibility import coordination
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.paging import page
from coordination.periods import show_day
from volunteers import groups, histories, listings, search
from volunteers.care import care_of
from volunteers.filters import GroupFilter
from volunteers.forms.groups import (
    GroupEditForm,
    GroupEndForm,
    GroupForm,
    MemberEndForm,
    MemberForm,
)
from volunteers.models import GroupMember, Volunteer, VolunteerGroup
from volunteers.views.volunteers import address, asking, export, may_care, query_of, rows_of

SHOWN_MEMBERS = 200
SHOWN_FOUND = 20


def _listed(request) -> GroupFilter:
    rows = VolunteerGroup.objects.reachable(request.scope, today()).with_names()
    return GroupFilter(request.GET, rows, scope=request.scope, day=request.as_of)


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def group_list(request):
    found = _listed(request)
    paged = page(request, found.qs.with_member_count(request.as_of))
    return render(
        request,
        "volunteers/group_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": rows_of(paged.rows, request.as_of),
            "query": query_of(request),
        },
    )


@require_POST
@require(Perm.EXPORT_VOLUNTEERS)
def group_export(request):
    found = _listed(request)
    return export(
        request, "gruppen", listings.OF_GROUPS_TABLE, found, _("Groups of volunteers")
    ) or redirect("volunteers:group_list")


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def group_detail(request, pk):
    day = request.as_of
    group = get_object_or_404(
        VolunteerGroup.objects.reachable(request.scope, today()).with_names(), pk=pk
    )
    members = list(
        group.memberships.select_related("volunteer__agency").order_by(
            "volunteer__name_key", "starts_on", "pk"
        )[: SHOWN_MEMBERS + 1]
    )
    mine = Volunteer.objects.reachable(request.scope, today()).filter(
        pk__in=[row.volunteer_id for row in members]
    )
    reached = set(mine.order_by().values_list("pk", flat=True))
    manages = request.actor.scope(Perm.MANAGE_VOLUNTEERS)
    care = care_of(group, day, manages=manages)
    may_edit = manages.covers(group.agency_id)
    lines = [
        {
            "row": row,
            # Of a member whom another agency looks after, the group's agency knows the name.
            "is_open": row.volunteer_id in reached,
            "has_ended": row.ends_on is not None and row.ends_on < day,
        }
        for row in members[:SHOWN_MEMBERS]
    ]
    return render(
        request,
        "volunteers/group_detail.html",
        {
            "group": group,
            "has_ended": group.has_ended(day),
            "members": [line for line in lines if not line["has_ended"]],
            "former": [line for line in lines if line["has_ended"]],
            "hides_members": len(members) > SHOWN_MEMBERS,
            "care": care,
            "may_manage": may_edit or may_care(care, manages),
            "history": histories.of(group, request.actor.scope(Perm.VIEW_LOG)),
            "may_edit": may_edit,
            "may_end": may_edit and not group.has_ended(today()),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def group_create(request):
    form = GroupForm(request.POST or None, scope=request.scope, may_ask=asking(request))
    if form.is_valid():
        try:
            group = groups.create(**form.operands, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The group was entered."))
            return redirect(address(request, group))
    return render(
        request,
        "volunteers/group_create.html",
        {"form": form, "likeness": form.likeness, "whom": coordination()},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def group_edit(request, pk):
    group = _own(request, pk)
    name = group.name
    form = GroupEditForm(request.POST or None, instance=group, scope=request.scope)
    if form.is_valid():
        try:
            group = groups.change(group, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(address(request, group, Perm.VIEW_VOLUNTEERS))
    context = {"group": group, "name": name, "form": form}
    return render(request, "volunteers/group_edit.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def group_end(request, pk):
    group = _own(request, pk)
    last = group.ends_on
    form = GroupEndForm(request.POST or None, instance=group)
    if form.is_valid():
        try:
            group = groups.end(group, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The last day is %(day)s. Memberships and contact person end with it.")
            messages.success(request, text % {"day": show_day(group.ends_on)})
            return redirect(address(request, group))
    context = {"group": group, "last": last, "form": form}
    return render(request, "volunteers/group_end.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def member_create(request, pk):
    """Look for the volunteer by name, choose one of those found."""
    group = _own(request, pk)
    wanted = request.GET.get("suche", "")[:100]
    rows = Volunteer.objects.reachable(request.scope, today()).with_names()
    helping = rows.filter(pk__in=rows.order_by().overlapping(today(), None).values("pk"))
    found = search.named(helping, wanted) if wanted.strip() else helping
    shown = [row.pk for row in found[: SHOWN_FOUND + 1]]
    choices = rows.filter(pk__in=[*shown[:SHOWN_FOUND], *_chosen(request)])
    form = MemberForm(request.POST or None, found=choices)
    if form.is_valid():
        try:
            groups.join(group, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The membership was entered."))
            return redirect(address(request, group))
    return render(
        request,
        "volunteers/member_create.html",
        {
            "group": group,
            "form": form,
            "wanted": wanted,
            "found": len(shown[:SHOWN_FOUND]),
            "hides": len(shown) > SHOWN_FOUND,
        },
    )


def _chosen(request) -> list[int]:
    """Whom the sent form names, so that they stay a choice whatever was looked for."""
    typed = request.POST.get("volunteer", "")
    return [int(typed)] if typed.isascii() and typed.isdecimal() and len(typed) < 19 else []


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def member_end(request, pk):
    member = get_object_or_404(
        GroupMember.objects.within(request.scope).select_related(
            "group__agency", "volunteer__agency"
        ),
        pk=pk,
    )
    last = member.ends_on
    form = MemberEndForm(request.POST or None, instance=member)
    sees_group = request.scope.covers(member.group.agency_id)
    shown = member.group if sees_group else member.volunteer
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("ends_on", "reason")}
        try:
            member = groups.leave(member, **fields, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The membership ends on %(day)s.")
            messages.success(request, text % {"day": show_day(member.ends_on)})
            return redirect(address(request, shown))
    context = {"member": member, "last": last, "form": form, "back": address(request, shown)}
    return render(request, "volunteers/member_end.html", context)


def _own(request, pk) -> VolunteerGroup:
    return get_object_or_404(
        VolunteerGroup.objects.within(request.scope).select_related("agency"), pk=pk
    )
