from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page
from coordination.periods import ONE_DAY
from volunteers import certificates, declarations, listings
from volunteers.due import DueFilter
from volunteers.forms.papers import CertificateForm, DeclarationForm, DeclarationTextForm
from volunteers.models import Certificate, Declaration, DeclarationText, Volunteer
from volunteers.papers import Papers, State
from volunteers.views.volunteers import query_of

FROM, DUE = "von", "faellig"  # ?von=faellig leads back to the due list
# They count volunteers, not papers: whoever lacks two declarations counts once.
FIGURES = {
    State.OVERDUE: gettext_lazy("with an overdue certificate of conduct"),
    State.SOON: gettext_lazy("with a certificate of conduct due within 3 months"),
    State.MISSING: gettext_lazy("with a missing declaration"),
    State.OUTDATED: gettext_lazy("with an outdated declaration"),
    State.NONE: gettext_lazy("without an inspected certificate of conduct"),
}
COLUMNS = [
    (gettext_lazy("Name"), lambda row: row[0].name),
    (gettext_lazy("E-mail address"), lambda row: row[0].email),
    (gettext_lazy("Phone"), lambda row: row[0].phone),
    (gettext_lazy("Looked after by"), lambda row: row[0].agency.short_name),
    (gettext_lazy("What is due"), lambda row: State(row[1].state).label),
    (gettext_lazy("Declaration"), lambda row: row[1].text),
    (gettext_lazy("Due on"), lambda row: row[1].certificate and row[1].certificate.due_on),
]


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def due_list(request):
    papers, rows, found = _due(request)
    shown = page(request, papers.with_papers(found.qs))
    manages = request.actor.scope(Perm.MANAGE_VOLUNTEERS)
    counts = papers.counts(rows)
    return render(
        request,
        "volunteers/due_list.html",
        {
            "filter": found,
            "page": shown,
            "rows": [
                (row, papers.lacking_of(row), manages.covers(row.agency_id)) for row in shown.rows
            ],
            "counts": [(state.value, label, counts[state]) for state, label in FIGURES.items()],
            "has_texts": bool(papers.texts),
            "query": query_of(request),
        },
    )


@require_POST
@require(Perm.EXPORT_VOLUNTEERS)
def due_export(request):
    """By POST, because taking a file of people is written into the change log."""
    kind = request.GET.get("format")
    if kind not in ("xlsx", "csv"):
        return redirect("volunteers:due_list")
    papers, _rows, found = _due(request)
    rows = listings.take(papers.with_papers(found.qs), file=kind.upper(), by=request.user)
    lines = [(row, paper) for row in rows for paper in papers.lacking_of(row)]
    note = f"{_('Papers that are due')} · {in_words(found)}"
    return download(request, "faellige-nachweise", COLUMNS, lines, note=note)


def _due(request) -> tuple[Papers, QuerySet, DueFilter]:
    papers = Papers(request.as_of)
    rows = Volunteer.objects.within(request.scope).on(request.as_of).select_related("agency")
    rows = papers.in_order(papers.with_states(rows))
    return papers, rows, DueFilter(request.GET, rows, papers=papers, scope=request.scope)


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def declaration_text_list(request):
    signed = Declaration.objects.within(request.scope).order_by().values_list("text")
    counts = dict(signed.annotate(count=Count("pk")))
    current = {text.pk for text in DeclarationText.objects.on(request.as_of)}
    kinds = {kind: [] for kind in DeclarationText.Kind}
    for text in DeclarationText.objects.all():
        kinds[text.kind].append(
            {
                "text": text,
                "count": counts.get(text.pk, 0),
                "is_current": text.pk in current,
                "is_coming": text.starts_on > request.as_of,
            }
        )
    return render(
        request,
        "volunteers/declaration_text_list.html",
        {"kinds": [(kind, kind.label, versions) for kind, versions in kinds.items()]},
    )


@require_safe
@require(Perm.VIEW_VOLUNTEERS)
def declaration_text_detail(request, pk):
    text = get_object_or_404(DeclarationText, pk=pk)
    newer = DeclarationText.objects.filter(kind=text.kind, version__gt=text.version)
    following = newer.order_by("version").first()
    signed = Declaration.objects.within(request.scope).filter(text=text)
    signed = signed.select_related("volunteer__agency").order_by("volunteer__name_key", "pk")
    return render(
        request,
        "volunteers/declaration_text_detail.html",
        {
            "text": text,
            "following": following,
            "ends_on": following and following.starts_on - ONE_DAY,
            "page": page(request, signed),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_DECLARATIONS)
def declaration_text_create(request):
    kind = request.GET.get("art", "")
    initial = {"kind": kind} if kind in DeclarationText.Kind.values else {}
    if initial and (last := DeclarationText.objects.filter(kind=kind).first()):
        initial["text"] = last.text
    form = DeclarationTextForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            text = declarations.write(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(text)s was saved.") % {"text": text})
            return redirect(
                reverse("volunteers:declaration_text_detail", args=[text.pk]) + request.as_of_query
            )
    return render(request, "volunteers/declaration_text_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def declaration_create(request, pk):
    volunteer = _volunteer(request, pk)
    texts = _unsigned(volunteer)
    wanted = [str(text.pk) for text in texts if text.kind == request.GET.get("text")]
    initial = {"signed_on": today(), "texts": wanted[:1]}
    form = DeclarationForm(request.POST or None, texts=texts, initial=initial)
    if form.is_valid():
        try:
            signed = declarations.sign(volunteer, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = ngettext(
                "%(count)d declaration was recorded.",
                "%(count)d declarations were recorded.",
                len(signed),
            )
            messages.success(request, text % {"count": len(signed)})
            return redirect(_back(request, volunteer.pk))
    return render(
        request,
        "volunteers/declaration_create.html",
        {
            "volunteer": volunteer,
            "form": form,
            "has_texts": bool(texts),
            "back": _back(request, volunteer.pk),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def declaration_delete(request, pk):
    rows = Declaration.objects.within(request.scope).select_related("volunteer", "text")
    declaration = get_object_or_404(rows, pk=pk)
    back = _back(request, declaration.volunteer_id)
    if request.method == "POST":
        declarations.delete(declaration, by=request.user)
        messages.success(request, _("The declaration was deleted."))
        return redirect(back)
    return render(
        request,
        "volunteers/declaration_delete.html",
        {"declaration": declaration, "volunteer": declaration.volunteer, "back": back},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def certificate_edit(request, pk):
    volunteer = _volunteer(request, pk)
    certificate = getattr(volunteer, "certificate", None)
    row = Certificate(volunteer=volunteer)
    if certificate:
        row = Certificate.objects.within(request.scope).get(pk=certificate.pk)
    form = CertificateForm(request.POST or None, instance=row)
    if form.is_valid():
        try:
            certificates.inspect(volunteer, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The certificate of conduct was recorded."))
            return redirect(_back(request, volunteer.pk))
    return render(
        request,
        "volunteers/certificate_edit.html",
        {
            "volunteer": volunteer,
            "certificate": certificate,
            "form": form,
            "back": _back(request, volunteer.pk),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_VOLUNTEERS)
def certificate_delete(request, pk):
    volunteer = _volunteer(request, pk)
    back = _back(request, volunteer.pk)
    if request.method == "POST":
        certificates.delete(volunteer, by=request.user)
        messages.success(request, _("The record of the certificate was deleted."))
        return redirect(back)
    if not hasattr(volunteer, "certificate"):
        raise Http404
    return render(
        request,
        "volunteers/certificate_delete.html",
        {"volunteer": volunteer, "certificate": volunteer.certificate, "back": back},
    )


def _unsigned(volunteer: Volunteer) -> list[DeclarationText]:
    """The versions up to today that are newer than what the volunteer has signed of each."""
    signed = {}
    for text in DeclarationText.objects.filter(signed__volunteer=volunteer):
        signed[text.kind] = max(text.version, signed.get(text.kind, 0))
    texts = DeclarationText.objects.filter(starts_on__lte=today())
    return [text for text in texts if text.version > signed.get(text.kind, 0)]


def _volunteer(request, pk) -> Volunteer:
    rows = Volunteer.objects.within(request.scope)
    return get_object_or_404(rows.select_related("agency", "certificate__inspected_by"), pk=pk)


def _back(request, volunteer_id: int) -> str:
    if request.GET.get(FROM) == DUE:
        return reverse("volunteers:due_list") + request.as_of_query
    return reverse("volunteers:volunteer_detail", args=[volunteer_id]) + request.as_of_query
