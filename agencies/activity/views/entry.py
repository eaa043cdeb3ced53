"""The quick entry, its draft, and changing an entry."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.activity import activities, drafts
from agencies.activity.forms.entry import Choices, EntryEditForm, EntryForm, restored
from agencies.activity.models import Activity
from agencies.activity.views import presets
from agencies.models import Worker
from agencies.offers.models import Offer
from coordination import as_of, privacy, typed
from coordination.access.permissions import Perm, require
from coordination.periods import show_day
from districts.models import District

SUGGEST, DISCARD = "vorschlag", "verwerfen"


@require_http_methods(["GET", "POST"])
@require(Perm.LOG_ACTIVITY)
@typed.keeps_typed
def activity_create(request):
    choices = _choices(request)
    if not choices.workers:
        return render(request, "activity/activity_create.html", _nobody(request))
    if request.method == "POST":
        form = EntryForm(request.POST, choices=choices)
        if SUGGEST in request.POST:
            form = EntryForm(initial=_suggested(request), choices=choices)
        elif form.is_valid() and (entry := _log(request, form)):
            return _next(request, entry)
        drafts.keep(request.POST, by=request.user)
        return _show(request, form, choices)
    preset, unsaved = presets.of(request, choices), presets.unsaved(request)
    shows_unsaved = unsaved and not preset.is_asked_for
    initial = restored(unsaved.fields) if shows_unsaved else preset.initial
    form = EntryForm(initial=initial, choices=choices)
    return _show(request, form, choices, preset, unsaved=unsaved, shows_unsaved=shows_unsaved)


def _show(request, form, choices, preset=None, **context):
    context = {
        "form": form,
        "last": preset and preset.last,
        "is_missing": preset and preset.is_missing,
        "unsaved": None,
        "shows_unsaved": False,
        "worker": None if choices.chooses_worker else choices.workers[0],
        "typed_by": typed.mark(request.user),
        "suggested": SUGGEST in request.POST,
        **context,
    }
    return render(request, "activity/activity_create.html", context)


def _nobody(request) -> dict:
    """Why this account cannot enter anything, and who can change that."""
    linked = Worker.objects.within(request.scope).filter(user=request.user).first()
    return {
        "form": None,
        "ended": linked,
        "manages": request.actor.may(Perm.MANAGE_WORKERS),
    }


def _choices(request, entry=None) -> Choices:
    """Whom, where and for what this person may enter something."""
    managed = request.actor.scope(Perm.MANAGE_ACTIVITY)
    workers = Worker.objects.within(request.scope).select_related("agency")
    offers = Offer.objects.within(request.scope).select_related("agency", "district")
    if entry:
        workers = workers.filter(agency=entry.agency_id)
        workers = workers.filter(Q(is_active=True) | Q(pk=entry.worker_id))
        offers = offers.filter(agency=entry.agency_id)
        chooses = managed.covers(entry.agency_id)
        if not chooses:
            workers = workers.filter(pk=entry.worker_id)
    else:
        workers, chooses = workers.active().filter(agency__is_active=True), bool(managed)
        if not managed.citywide:
            workers = workers.filter(Q(agency__in=managed.agencies) | Q(user=request.user))
    names = ["title", "starts_on", "ends_on", "agency__short_name", "district__name"]
    districts = District.objects.quarters().select_related("parent")
    return Choices.fetch(
        workers=list(workers),
        chooses_worker=chooses,
        # Without their shapes, which are large.
        districts=list(
            districts.only("name", "level", "starts_on", "ends_on", "parent__name").order_by(
                "name", "pk"
            )
        ),
        offers=list(offers.only(*names)),
    )


# --- saving ---------------------------------------------------------------------------------------


def _log(request, form) -> Activity | None:
    """The entry, or None if it was refused; then the form says why."""
    fields, now = form.cleaned_data, timezone.now()
    try:
        entry = activities.log(**fields, by=request.user)
    except ValidationError as error:
        form.refuse(error)
        return None
    if entry.created_at < now and not activities.says(entry, by=request.user, **fields):
        form.data = form.data.copy()
        form.data["form_id"] = str(uuid4())
        form.add_error(
            None,
            activities.SAVED_OTHERWISE,
        )
        return None
    drafts.discard(by=request.user)
    typed.forget(request)
    return entry


def _next(request, entry):
    """To the next entry; it begins with what this one had."""
    told = {
        "day": show_day(entry.day),
        "kind": entry.kind,
        "district": entry.district,
        "people": entry.participants,
        "minutes": entry.minutes,
    }
    text = _(
        "Saved: %(day)s, %(kind)s, %(district)s, participants: %(people)d, minutes: %(minutes)d."
    )
    edit = reverse("activity:activity_edit", args=[entry.pk])
    link = format_html('{} <a href="{}">{}</a>', text % told, edit, _("Edit"))
    messages.success(request, link)
    query = {"nach": entry.pk}
    if entry.day != as_of.today():
        query["datum"] = entry.day.isoformat()
    return _go(request, f"{reverse('activity:activity_create')}?{urlencode(query)}")


def _go(request, address):
    """A redirect; a script is told the address instead, because it could not read a redirect's."""
    if typed.by_script(request):
        return HttpResponse(status=204, headers={"X-Location": address})
    return redirect(address)


@require_POST
@require(Perm.LOG_ACTIVITY)
def draft_save(request):
    """Called by the page's script while somebody types; discards what is not wanted any more."""
    if DISCARD in request.POST:
        drafts.discard(by=request.user)
        typed.forget(request)
        messages.info(request, _("What was not saved has been discarded."))
        return redirect("activity:activity_create")
    drafts.keep(request.POST, by=request.user)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@require(Perm.LOG_ACTIVITY)
@typed.keeps_typed
def activity_edit(request, pk):
    managed = request.actor.scope(Perm.MANAGE_ACTIVITY)
    rows = Activity.objects.within(request.scope).editable(request.user, managed)
    entry = get_object_or_404(rows.with_names(), pk=pk)
    context = {"entry": entry, "form": None, "name": str(entry)}
    if request.method == "GET" and (period := _closed(entry)):
        return render(request, "activity/activity_edit.html", context | {"period": period})
    choices, unsaved = _choices(request, entry), presets.unsaved(request, entry)
    form = _edit_form(request, choices, entry, unsaved)
    if form.is_valid() and _change(request, entry, form):
        messages.success(request, _("The entry was saved."))
        return _go(request, reverse("activity:activity_list"))
    context |= {
        "form": form,
        "unsaved": unsaved,
        "worker": None if choices.chooses_worker else entry.worker,
        "typed_by": typed.mark(request.user),
        "suggested": SUGGEST in request.POST,
    }
    return render(request, "activity/activity_edit.html", context)


def _closed(entry):
    return entry.agency.reporting_periods.closed().on(entry.day).first()


def _edit_form(request, choices, entry, unsaved):
    if request.method == "POST" and SUGGEST not in request.POST:
        return EntryEditForm(request.POST, choices=choices, entry=entry)
    if request.method == "POST":
        initial = {**_suggested(request), "seen": request.POST.get("seen", "")}
    elif unsaved:
        initial = {**restored(unsaved.fields), "seen": unsaved.fields.get("seen", "")}
    else:
        counts = {row.target_group_id: row.people for row in entry.headcounts.all()}
        initial = presets.said(entry, counts, [row.pk for row in entry.topics.all()])
    return EntryEditForm(initial=initial, choices=choices, entry=entry)


def _suggested(request) -> dict:
    """What was typed, with the note as the privacy guard would write it."""
    note = privacy.suggestion(request.POST.get("note", ""))
    return {**restored(request.POST), "note": note}


def _change(request, entry, form) -> bool:
    try:
        activities.change(entry, **form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.refuse(error)
        return False
    typed.forget(request)
    return True
