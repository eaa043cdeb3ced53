from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page
from volunteers import care, contacts, listings
from volunteers.care import Lack, lacking
from volunteers.forms.care import (
    ALL,
    CHOSEN,
    GROUPS,
    TO_LEAD,
    TO_WORKER,
    VOLUNTEERS,
    CareFilter,
    ContactForm,
    HandoverForm,
)
from volunteers.models import Volunteer, VolunteerGroup

SHOWN_GROUPS = 20
PIECE = 500  # rows looked up with one set of statements


class Listing:
    """The list the address asks for: the same for looking at it and for handing it over."""

    def __init__(self, request, scope, lack=None):
        self.request, self.day = request, request.as_of
        self.reached = {
            VOLUNTEERS: Volunteer.objects.reachable(scope, today()),
            GROUPS: VolunteerGroup.objects.reachable(scope, today()),
        }
        self.filter = CareFilter(request.GET, self.reached[VOLUNTEERS])
        self.lack = lack or self.filter.lack
        chosen = self.filter.chosen.get("art")
        self.kinds = [chosen] if chosen else [VOLUNTEERS, GROUPS]

    def narrowed(self, kind):
        rows = self.reached[kind].with_last_talk(self.day)
        return self.filter.filter_queryset(rows) if self.filter.is_valid() else rows

    def found(self, kind):
        """Volunteers or groups of the list."""
        rows = lacking(self.narrowed(kind), self.lack, self.day).select_related("agency")
        return rows.with_named(self.day) if self.lack == Lack.CONTACT else rows


def _context(request, listing: Listing, workers=None) -> dict:
    """What both pages show. ``workers``: who could be a contact person, on the list without one."""
    lack, day, kinds = listing.lack, listing.day, listing.kinds
    numbers = care.counts(request.user, {kind: listing.narrowed(kind) for kind in kinds}, day)
    # Groups are few and stand above the first page of the volunteers; alone they have pages.
    paged = page(request, listing.found(kinds[0]), count=numbers[kinds[0], lack])
    above = []
    if len(kinds) > 1 and not paged.previous and numbers[GROUPS, lack]:
        above = list(listing.found(GROUPS)[:SHOWN_GROUPS])
    led = None if workers is None else contacts.leaders(day, among=workers)
    rows = care.rows_of([*above, *paged.rows], day, districts=listing.filter.districts, led=led)
    unled = sum(row.proposal is None for row in rows)
    return {
        "unled": unled,
        # What the form proposes must be possible for somebody at least.
        "to": TO_WORKER if unled == len(rows) else TO_LEAD,
        "filter": listing.filter,
        "lack": lack,
        "tabs": [(one, sum(numbers[kind, one] for kind in kinds)) for one in Lack],
        "page": paged,
        "groups": [row for row in rows if row.is_group],
        "volunteers": [row for row in rows if not row.is_group],
        "group_count": numbers.get((GROUPS, lack), 0),
        "volunteer_count": numbers.get((VOLUNTEERS, lack), 0),
        "hides_groups": bool(above) and numbers[GROUPS, lack] > len(above),
        "is_narrowed": any(
            listing.filter.chosen.get(name) for name in ("art", "verband", "gebiet")
        ),
        "query": request.GET.urlencode(),
    }


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def care_list(request):
    listing = Listing(request, request.scope)
    workers = form = None
    if listing.lack == Lack.CONTACT:
        workers = list(contacts.could_be(listing.day))
    context = _context(request, listing, workers)
    if workers is not None and request.actor.may(Perm.MANAGE_VOLUNTEERS):
        form = _handover_form(listing, workers, to=context["to"])
    context |= {"form": form, "chosen": _chosen(form)}
    return render(request, "volunteers/care_list.html", context)


COLUMNS = [
    (gettext_lazy("Name"), lambda row: row.party.name),
    (gettext_lazy("Kind"), lambda row: row.party._meta.verbose_name),
    (gettext_lazy("Districts"), lambda row: row.where),
    (gettext_lazy("Looked after by"), lambda row: row.party.agency.short_name),
    (gettext_lazy("Contact person"), lambda row: row.contact and row.contact.worker.name),
    (
        gettext_lazy("Contact person before"),
        lambda row: getattr(row.party, "named", None),
    ),
    (gettext_lazy("Proposed"), lambda row: row.proposal and row.proposal.worker.name),
    (gettext_lazy("Last talk"), lambda row: row.party.talked_on),
    (gettext_lazy("Days since"), lambda row: row.days),
]


@require_POST
@require(Perm.EXPORT_VOLUNTEERS)
def care_export(request):
    """By POST, because taking a file of people is written into the change log."""
    kind = request.GET.get("format")
    if kind not in ("xlsx", "csv"):
        return redirect("volunteers:care_list")
    listing = Listing(request, request.scope)
    led = contacts.leaders(listing.day) if listing.lack == Lack.CONTACT else None
    parties = [
        row
        for one in (GROUPS, VOLUNTEERS)
        if one in listing.kinds
        for row in listings.take(listing.found(one), file=kind.upper(), by=request.user)
    ]
    rows = (
        row
        for first in range(0, len(parties), PIECE)
        for row in care.rows_of(
            parties[first : first + PIECE],
            listing.day,
            districts=listing.filter.districts,
            led=led,
        )
    )
    note = f"{listing.lack.label} · {in_words(listing.filter)}"
    return download(request, "betreuung", COLUMNS, rows, note=note)


def _handover_form(listing, workers, typed=None, **initial):
    return HandoverForm(
        typed,
        workers=workers,
        volunteers=listing.reached[VOLUNTEERS],
        groups=listing.reached[GROUPS],
        initial={"starts_on": listing.day, "which": CHOSEN, **initial},
    )


def _chosen(form) -> dict:
    """The ticks that were set, to be set again on a page that says what is wrong."""
    if form is None or not form.is_bound:
        return {"volunteers": [], "groups": []}
    return {name: form.data.getlist(name) for name in ("volunteers", "groups")}


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def handover(request):
    listing = Listing(request, request.scope, Lack.CONTACT)
    workers = list(contacts.could_be(listing.day))
    form = _handover_form(listing, workers, request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            result = contacts.hand_over(
                _parties(listing, given),
                worker=given["worker"],
                starts_on=given["starts_on"],
                reason=given["reason"],
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _handed_over(request, listing, workers, given, result)
    context = _context(request, listing, workers)
    if not form.is_bound:
        form.initial["to"] = context["to"]
    context |= {"form": form, "chosen": _chosen(form)}
    return render(request, "volunteers/handover.html", {**context, "result": None})


def _handed_over(request, listing, workers, given, result):
    """What was done; whom nobody could be proposed for may go to one person at once."""
    rest = _handover_form(listing, workers, **{**given, "to": TO_WORKER})
    chosen = {"volunteers": [], "groups": []}
    if given["which"] == CHOSEN:
        for row in result.unled:
            kind = "groups" if isinstance(row, VolunteerGroup) else "volunteers"
            chosen[kind].append(row.pk)
    return render(
        request,
        "volunteers/handover.html",
        {
            "result": result,
            "starts_on": given["starts_on"],
            "form": rest,
            "chosen": chosen,
            "query": request.GET.urlencode(),
        },
    )


def _parties(listing, given) -> list:
    if given["which"] == ALL:
        return [row for kind in listing.kinds for row in listing.found(kind)]
    return [*given["volunteers"], *given["groups"]]


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def contact_edit(request, pk):
    return _appoint(request, Volunteer, pk, "contact_edit", "volunteers:volunteer_detail")


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def group_contact_edit(request, pk):
    return _appoint(request, VolunteerGroup, pk, "group_contact_edit", "volunteers:group_detail")


def _appoint(request, model, pk, name, page):
    party = get_object_or_404(model.objects.reachable(request.scope, today()), pk=pk)
    day = max(request.as_of, party.starts_on)
    workers, districts = list(contacts.could_be(day)), list(party.districts.without_shapes())
    found = contacts.leaders(day, districts=districts, among=workers)
    leads = [found[row.pk] for row in districts if row.pk in found]
    present = care.care_of(party, request.as_of)
    proposed = ""
    if leads and not present.contact:
        proposed = f"{leads[0].worker.pk}-{leads[0].district.pk}"
    form = ContactForm(
        request.POST or None,
        workers=workers,
        leads=leads,
        initial={"starts_on": day, "worker": proposed},
    )
    if form.is_valid():
        try:
            contacts.appoint(
                party, **form.cleaned_data, seen=request.POST.get("seen", ""), by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The contact person was entered."))
            return redirect(page, party.pk)
    return render(
        request,
        f"volunteers/{name}.html",
        {
            "party": party,
            "form": form,
            "page": page,
            "care": present,
            "seen": contacts.mark(party.contacts.all()),
        },
    )
