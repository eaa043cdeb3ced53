from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination import editing, typed
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.paging import page
from coordination.text import fold
from volunteers.desk import faqs
from volunteers.desk.filters import FaqFilter
from volunteers.desk.forms import FaqEditForm, FaqForm
from volunteers.desk.models import Faq, Question

LONGEST_SEARCH = 100


@require_safe
@require(Perm.VIEW_QUESTIONS)
def faq_list(request):
    found = FaqFilter(request.GET, Faq.objects.within(request.scope))
    paged = page(request, found.qs.with_names())
    context = {
        "filter": found,
        "page": paged,
        "edits": request.actor.scope(Perm.ANSWER_QUESTIONS),
        "releases": request.actor.may(Perm.RELEASE_FAQ),
    }
    return render(request, "desk/faq_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.ANSWER_QUESTIONS)
@typed.keeps_typed
def faq_create(request, pk):
    rows = Question.objects.reachable(request.scope, today()).with_names()
    question = get_object_or_404(rows, pk=pk)
    if question.first_answered_at is None:
        messages.info(request, _("Only an answered question can be proposed."))
        return redirect("desk:question_detail", pk)
    initial = {"language": question.language, "topic": question.topic}
    if unsaved := typed.kept(request):
        initial |= {name: unsaved.fields.get(name) for name in faqs.WORDS}
    form = FaqForm(request.POST or None, initial=initial)
    done = _("Proposed. Somebody else takes the second look.")
    if _acted(request, form, partial(faqs.propose, question), done):
        return redirect("desk:faq_list")
    context = {
        "question": question,
        "form": form,
        "words": question.messages.select_related("by"),
        "typed_by": typed.mark(request.user),
    }
    return render(request, "desk/faq_create.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.ANSWER_QUESTIONS)
def faq_edit(request, pk):
    faq = _proposed(request, pk)
    if faq.state != "proposed":
        return _too_late(request)
    form = FaqEditForm(request.POST or None, instance=faq)
    done = _("Saved. Somebody else takes the second look.")
    if _acted(request, form, partial(faqs.change, faq), done):
        return redirect("desk:faq_list")
    return render(request, "desk/faq_edit.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.RELEASE_FAQ)
def faq_release(request, pk):
    faq = _proposed(request, pk)
    if faq.state != "proposed":
        return _too_late(request)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        return _act(request, partial(faqs.release, faq, seen=seen), _("The entry is public now."))
    context = {
        "faq": faq,
        "seen": editing.fingerprint(faq, faqs.WORDS),
        "is_own": faq.proposed_by_id == request.user.pk,
    }
    return render(request, "desk/faq_release.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.RELEASE_FAQ)
def faq_withdraw(request, pk):
    faq = _proposed(request, pk)
    if request.method == "POST":
        return _act(request, partial(faqs.withdraw, faq), _("The entry was withdrawn."))
    return render(request, "desk/faq_withdraw.html", {"faq": faq})


@login_not_required
@require_safe
def faq_public(request):
    """In the reader's language only: an answer nobody can read helps nobody."""
    if not settings.PORTAL_DESK:
        raise Http404
    text = request.GET.get("suche", "").strip()[:LONGEST_SEARCH]
    entries = list(Faq.objects.released().filter(language=get_language()).select_related("topic"))
    found = [row for row in entries if fold(text) in fold(f"{row.asked} {row.answer}")]
    context = {"entries": found, "text": text, "count": len(entries)}
    return render(request, "desk/faq_public.html", context)


def _acted(request, form, operation, done) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        operation(**form.cleaned_data, by=request.user)
    except ValidationError as error:
        if getattr(error, "code", "") == "done":
            messages.info(request, error.message)
            return True
        form.add_error(None, error)
        return False
    typed.forget(request)
    messages.success(request, done)
    return True


def _act(request, operation, done):
    try:
        operation(by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("desk:faq_list")


def _proposed(request, pk) -> Faq:
    return get_object_or_404(Faq.objects.within(request.scope).with_names(), pk=pk)


def _too_late(request):
    messages.info(request, _("This has been released or withdrawn already."))
    return redirect("desk:faq_list")
