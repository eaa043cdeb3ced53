from functools import partial

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.council import bodies
from coordination.council.forms.bodies import (
    CommitteeEditForm,
    CommitteeForm,
    GroupEditForm,
    GroupForm,
)
from coordination.council.models import Committee, Group
from coordination.council.views.acts import act
from coordination.exports import download

NAME = (gettext_lazy("Name"), lambda row: row.name)
DAYS = [
    (gettext_lazy("From"), lambda row: row.starts_on),
    (gettext_lazy("Until"), lambda row: row.ends_on),
]
GROUP_COLUMNS = [NAME, (gettext_lazy("Short name"), lambda row: row.short_name), *DAYS]
COMMITTEE_COLUMNS = [
    NAME,
    (gettext_lazy("The council itself"), lambda row: _("yes") if row.is_council else _("no")),
    *DAYS,
]


@require_safe
@require(Perm.VIEW_COUNCIL)
def group_list(request):
    rows = Group.objects.within(request.scope)
    note = _("Parliamentary groups")
    if answer := download(request, "fraktionen", GROUP_COLUMNS, rows, note=note):
        return answer
    return render(request, "council/group_list.html", {"rows": _of_the_day(rows, request)})


@require_safe
@require(Perm.VIEW_COUNCIL)
def committee_list(request):
    rows = Committee.objects.within(request.scope)
    if answer := download(request, "gremien", COMMITTEE_COLUMNS, rows, note=_("Committees")):
        return answer
    return render(request, "council/committee_list.html", {"rows": _of_the_day(rows, request)})


def _of_the_day(rows, request):
    """(row, whether it exists on the day)"""
    return [(row, row.is_on(request.as_of)) for row in rows]


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def group_create(request):
    form = GroupForm(request.POST or None)
    done = _("The parliamentary group was entered.")
    return _act(request, form, partial(bodies.create, Group), "group_create", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def group_edit(request, pk):
    group = get_object_or_404(Group.objects.within(request.scope), pk=pk)
    name, form = str(group), GroupEditForm(request.POST or None, instance=group)
    done = _("The parliamentary group was saved.")
    return _act(request, form, partial(bodies.change, group), "group_edit", done, name=name)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def committee_create(request):
    form = CommitteeForm(request.POST or None)
    done = _("The committee was entered.")
    return _act(request, form, partial(bodies.create, Committee), "committee_create", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def committee_edit(request, pk):
    committee = get_object_or_404(Committee.objects.within(request.scope), pk=pk)
    name, form = str(committee), CommitteeEditForm(request.POST or None, instance=committee)
    done = _("The committee was saved.")
    return _act(request, form, partial(bodies.change, committee), "committee_edit", done, name=name)


def _act(request, form, operation, template, done, **context):
    listing = f"council:{template.split('_')[0]}_list"
    return act(
        request,
        form,
        operation,
        template=template,
        context=context,
        done=done,
        address=lambda _row: reverse(listing) + request.as_of_query,
    )
