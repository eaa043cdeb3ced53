"""The ask-back desk for those who ask: no account, but a mail with a link for every step."""

from functools import wraps

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
    """For everybody where the city has a desk; elsewhere the page does not exist."""

    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request, *args, **kwargs):
        if not settings.PORTAL_DESK:
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@public
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


@public
@require_safe
def question_sent(request):
    days = links.VALID_FOR[Purpose.CONFIRM].days
    return render(request, "desk/question_sent.html", {"days": days})


@public
@require_http_methods(READ_OR_ACT)
def question_confirm(request, token):
    """Mail programs open links on their own, so only the button confirms."""
    link = links.find(token, Purpose.CONFIRM)
    if request.method == "POST":
        return _done(request, "bestaetigt", questions.confirm(token))
    if link is None:
        return _gone(request)
    context = {"question": link.question, "said": questions.conversation(link.question)}
    return render(request, "desk/question_confirm.html", context)


@public
@require_http_methods(READ_OR_ACT)
def question_continue(request, token):
    link = links.find(token, Purpose.REPLY)
    if link is None:
        return _gone(request)
    form, is_suggested = ReplyForm(request.POST or None), False
    if SUGGEST in request.POST:
        text = privacy.suggestion(request.POST.get("text", ""))
        form, is_suggested = ReplyForm(initial={"text": text}), True
    if form.is_valid():
        return _done(request, "geschrieben", questions.continue_(token, **form.cleaned_data))
    context = {
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
    return _done(request, "geschlossen", questions.close_by_asker(token))


@public
@require_http_methods(READ_OR_ACT)
def question_withdraw(request, token):
    link = links.find(token, Purpose.REPLY)
    if request.method == "POST":
        return _done(request, "geloescht", questions.withdraw(token))
    if link is None:
        return _gone(request)
    return render(
        request, "desk/question_withdraw.html", {"question": link.question, "token": token}
    )


@public
@require_safe
def question_done(request, what):
    if what not in DONE:
        raise Http404
    return render(request, "desk/question_done.html", {"what": what})


def _done(request, what, outcome):
    return redirect("desk:question_done", what) if outcome else _gone(request)


def _gone(request):
    """Used, run out, unknown: one page for all, so it tells nobody which. No typed word is lost."""
    typed = request.POST.get("text", "")
    return render(request, "desk/link_gone.html", {"typed": typed}, status=404)
