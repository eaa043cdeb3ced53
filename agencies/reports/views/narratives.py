from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.activity.models import ReportingPeriod
from agencies.reports import figures as log
from agencies.reports import narratives, preflight
from agencies.reports.forms.narratives import NarrativeForm
from agencies.reports.models import Narrative
from coordination.access.permissions import Perm, require

# The form's buttons beside "save": neither saves anything.
PREVIEW, COPY = "vorschau", "uebernehmen"


@require_http_methods(["GET", "POST"])
@require(Perm.WRITE_REPORTS)
def narrative_edit(request, pk):
    period = get_object_or_404(
        ReportingPeriod.objects.within(request.scope).select_related("agency"), pk=pk
    )
    detail = reverse("reports:period_detail", args=[period.pk]) + request.as_of_query
    if not period.is_writable:
        text = _("%(period)s has been submitted: its text does not change as long as it is.")
        messages.info(request, text % {"period": period.name})
        return redirect(detail)
    narrative, last = narratives.of(period), narratives.last_before(period)
    form, pressed = NarrativeForm(request.POST or None, instance=narrative), _pressed(request)
    if pressed:
        form = _unsaved(request, narrative, last if pressed == COPY else None)
    elif form.is_valid():
        try:
            narratives.write(period, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The text was saved as a draft."))
            return redirect(
                reverse("reports:narrative_edit", args=[period.pk]) + request.as_of_query
            )
    figures = log.of(period)
    blocks = narratives.blocks(_shown(form), figures)
    return render(
        request,
        "reports/narrative_edit.html",
        {
            "period": period,
            "detail": detail,
            "form": form,
            "last": last,
            "figures": figures,
            "blocks": blocks,
            "has_text": any(block.pieces for block in blocks),
            "findings": preflight.in_text(period, blocks, figures),
            "is_unsaved": bool(request.POST),
            "may_submit": request.actor.scope(Perm.SUBMIT_REPORTS).covers(period.agency_id),
        },
    )


def _pressed(request) -> str:
    """Which of the buttons that do not save was pressed, and nothing else."""
    pressed = request.POST.getlist("aktion")
    return pressed[0] if pressed in ([PREVIEW], [COPY]) else ""


def _unsaved(request, narrative: Narrative, last: Narrative | None) -> NarrativeForm:
    """The form with what was typed; blocks that are empty with the text of the last report."""
    typed = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in Narrative.BLOCKS}
    if last:
        typed = {name: text.strip() or getattr(last, name) for name, text in typed.items()}
        text = _(
            "Empty parts now hold the text of %(period)s, with the figures of this period. "
            "Nothing has been saved yet."
        )
        messages.info(request, text % {"period": last.period.name})
    form = NarrativeForm(instance=narrative)
    form.show(typed, seen=request.POST.get("seen", ""))
    return form


def _shown(form: NarrativeForm) -> Narrative:
    """The text as it stands in the form, saved or not."""
    texts = {name: form[name].value() or "" for name in Narrative.BLOCKS}
    return Narrative(**{name: text.replace("\r\n", "\n") for name, text in texts.items()})
