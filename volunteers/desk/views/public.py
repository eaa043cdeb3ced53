"""The ask-back desk for those who ask: no account, but a mail with a link for every step."""

from functools import partial, wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination import limits, privacy
from coordination.as_of import today
from volunteers.desk import links, questions, times
from volunteers.desk.forms_public import QuestionForm, ReplyForm

READ_OR_ACT = ["GET", "HEAD", "POST"]
SUGGEST = "vorschlag"
# What the page after an act says; its address keeps nothing else.
DONE = {"bestaetigt", "geschrieben", "geschlossen", "geloescht"}
Purpose = links.Purpose


def public(view):
    """For everybody. What a mailed link leads to is there also while nobody can ask anew."""
    return login_not_required(never_cache(view))


def entrance(view):
    """Where somebody asks for the first time; without a desk the page does not exist."""

    @public
    @wraps(view)
    def answer(request, *args, **kwargs):
        if not settings.PORTAL_DESK:
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@entrance
@require_http_methods(READ_OR_ACT)
def question_ask(request):
    if request.method != "POST":
        return _asking(request, QuestionForm(initial=_place(request)))
    if SUGGEST in request.POST:
        return _asking(request, QuestionForm(initial=_suggested(request)), is_suggested=True)
    form = QuestionForm(request.POST)
    if form.is_trapped:  # a program: let it believe that it was heard
        return redirect("desk:question_sent")
    if form.is_valid():
        asked = form.cleaned_data
        if before := questions.sent_before(asked["form_id"]):
            if questions.says(before, **asked):
                return redirect("desk:question_sent")
            asked = {**asked, "form_id": None}  # corrected: a question of its own
        if not limits.admit(request, email=form.cleaned_data["email"]):
            response = _asking(request, form, is_too_much=True, status=429)
            response["Retry-After"] = limits.RETRY_AFTER
            return response
        try:
            questions.ask(**asked, language=get_language())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("desk:question_sent")
    return _asking(request, form)


def _asking(request, form, *, is_suggested=False, is_too_much=False, status=200):
    context = {
        "form": form,
        "is_suggested": is_suggested,
        "is_too_much": is_too_much,
        "answered": times.published(today()),
    }
    return render(request, "desk/question_ask.html", context, status=status)


def _place(request) -> dict:
    """A link from the finder may say where."""
    return {"district": request.GET.get("stadtteil", ""), "postal_code": request.GET.get("plz", "")}


def _suggested(request) -> dict:
    """What was typed, with the text as the privacy guard would write it."""
    typed: QueryDict = request.POST
    initial = {name: typed.get(name, "") for name in ["district", "postal_code", "topic", "email"]}
    return {**initial, "text": privacy.suggestion(typed.get("text", ""))}


@entrance
@require_safe
def question_sent(request):
    days = links.VALID_FOR[Purpose.CONFIRM].days
    return render(request, "desk/question_sent.html", {"days": days})


@public
@require_http_methods(READ_OR_ACT)
def question_confirm(request, token):
    """Mail programs open links on their own, so only the button confirms."""
    if request.method == "POST":
        outcome = questions.confirm(token)
        return _done(request, token, "bestaetigt", outcome, questions.was_confirmed)
    link = links.find(token, Purpose.CONFIRM)
    if link is None:
        return _gone(request)
    context = {
        "question": link.question,
        "said": questions.conversation(link.question),
        "seen": links.mark(token),
    }
    return render(request, "desk/question_confirm.html", context)


@public
@require_http_methods(READ_OR_ACT)
def question_continue(request, token):
    link = links.find(token, Purpose.REPLY)
    form, is_suggested = ReplyForm(request.POST or None), False
    if SUGGEST in request.POST:
        text = privacy.suggestion(request.POST.get("text", ""))
        form, is_suggested = ReplyForm(initial={"text": text}), True
    if form.is_valid():
        outcome = questions.continue_(token, **form.cleaned_data)
        was_said = partial(questions.was_said, **form.cleaned_data)
        return _done(request, token, "geschrieben", outcome, was_said)
    if link is None:
        return _gone(request)
    context = {
        "seen": links.mark(token),
        "question": link.question,
        "said": questions.conversation(link.question),
        "token": token,
        "form": form,
        "is_suggested": is_suggested,
    }
    return render(request, "desk/question_continue.html", context)


@public
@require_POST
def question_end(request, token):
    outcome = questions.close_by_asker(token)
    return _done(request, token, "geschlossen", outcome, questions.was_closed)


@public
@require_http_methods(READ_OR_ACT)
def question_withdraw(request, token):
    if request.method == "POST":
        outcome = questions.withdraw(token)
        return _done(request, token, "geloescht", outcome, links.is_gone)
    link = links.find(token, Purpose.REPLY)
    if link is None:
        return _gone(request)
    context = {"question": link.question, "token": token, "seen": links.mark(token)}
    return render(request, "desk/question_withdraw.html", context)


@public
@require_safe
def question_done(request, what):
    if what not in DONE:
        raise Http404
    return render(request, "desk/question_done.html", {"what": what})


def _done(request, token, what, outcome, was_done):
    """The same page for who clicks twice: this browser had the link's page open in time, and what
    it asks for was done a moment ago. Who finds a used link has no mark, and is told nothing."""
    was_seen = links.was_seen(token, request.POST.get("seen", ""))
    if outcome or (was_seen and was_done(token)):
        return redirect("desk:question_done", what)
    return _gone(request)


def _gone(request):
    """Used, run out, unknown: one page for all, so it tells nobody which. No typed word is lost."""
    typed = request.POST.get("text", "")
    return render(request, "desk/link_gone.html", {"typed": typed}, status=404)
