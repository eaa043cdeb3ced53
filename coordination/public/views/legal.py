from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination import limits
from coordination.access.permissions import Perm, require
from coordination.paging import page as page_of
from coordination.public import feedbacks, legal_texts, texts
from coordination.public.forms_legal import FeedbackFilter, FeedbackForm, LegalTextForm
from coordination.public.models import Feedback, LegalText

TOO_MANY = 429


@login_not_required
@require_safe
def imprint(request):
    return _legal_page(request, "public/imprint.html", LegalText.Page.IMPRINT)


@login_not_required
@require_safe
def privacy(request):
    return _legal_page(request, "public/privacy.html", LegalText.Page.PRIVACY)


@login_not_required
@require_safe
def accessibility(request):
    return _legal_page(request, "public/accessibility.html", LegalText.Page.ACCESSIBILITY)


def _legal_page(request, template, page):
    language = _language()
    shown = legal_texts.shown(page, language)
    context = {
        "page": page,
        "language": language,
        "shown": shown,
        "body": texts.render(shown.text),
    }
    return render(request, template, context)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else settings.LANGUAGE_CODE


@require_safe
@require(Perm.MANAGE_PUBLIC)
def legal_list(request):
    rows = [(row, len(texts.open_points(row.text))) for row in legal_texts.all_rows()]
    return render(request, "public/legal_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_PUBLIC)
def legal_edit(request, page, language):
    if page not in LegalText.Page or language not in dict(settings.LANGUAGES):
        raise Http404
    row = legal_texts.find(page, language)
    form, preview = LegalTextForm(request.POST or None, instance=row), None
    if form.is_valid():
        if "vorschau" in request.POST:
            preview = texts.render(form.cleaned_data["text"])
        else:
            try:
                row = legal_texts.write(row, **form.cleaned_data, by=request.user)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("“%(page)s” was saved.") % {"page": row})
                return redirect("public:legal_list")
    context = {"row": row, "form": form, "preview": preview}
    return render(request, "public/legal_edit.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def feedback_create(request):
    form = FeedbackForm(request.POST or None, initial={"page": request.GET.get("seite", "")[:200]})
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        if form.is_from_a_robot or limits.admit(request, email=typed["email"], place="feedback"):
            if not form.is_from_a_robot:
                _send(typed)
            messages.success(request, _("Thank you. Your report has been sent."))
            return redirect("public:accessibility")
        status = TOO_MANY
        form.add_error(None, _("Too many reports in a short time. Please try again in an hour."))
    response = render(request, "public/feedback_create.html", {"form": form}, status=status)
    if status == TOO_MANY:
        response["Retry-After"] = limits.RETRY_AFTER
    return response


def _send(typed):
    names = ("text", "page", "email", "form_id")
    feedbacks.send(**{name: typed[name] for name in names})


@require_safe
@require(Perm.MANAGE_PUBLIC)
def feedback_list(request):
    found = FeedbackFilter(request.GET, Feedback.objects.all())
    context = {"filter": found, "page": page_of(request, found.qs)}
    return render(request, "public/feedback_list.html", context)


@require_POST
@require(Perm.MANAGE_PUBLIC)
def feedback_done(request, pk):
    feedback = get_object_or_404(Feedback, pk=pk)
    if feedbacks.finish(feedback, by=request.user):
        messages.success(request, _("%(report)s is done.") % {"report": feedback})
    else:
        messages.info(request, _("%(report)s was done already.") % {"report": feedback})
    return redirect("public:feedback_list")
