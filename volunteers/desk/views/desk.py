from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from coordination import typed
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import MOST_ROWS, download, in_words
from coordination.paging import page
from volunteers.desk import answers, routing
from volunteers.desk.escalation import Arrangement, Way
from volunteers.desk.filters import QuestionFilter
from volunteers.desk.forms import AnswerForm, ForwardForm
from volunteers.desk.models import Question

COLUMNS = [
    (gettext_lazy("Number"), lambda row: row.question.pk),
    (gettext_lazy("District"), lambda row: row.question.district_name),
    (gettext_lazy("Topic"), lambda row: row.question.topic_name),
    (gettext_lazy("Agency"), lambda row: row.agency.short_name if row.agency else ""),
    (gettext_lazy("Status"), lambda row: row.state),
    (gettext_lazy("Waits for"), lambda row: row.way.stage.label if row.way else ""),
    (gettext_lazy("Received at"), lambda row: row.question.confirmed_at),
    (gettext_lazy("Waits since"), lambda row: row.question.waits_since if row.way else None),
    (gettext_lazy("Waited working days"), lambda row: row.way.waited if row.way else None),
    (gettext_lazy("First answered at"), lambda row: row.question.first_answered_at),
    (gettext_lazy("Closed at"), lambda row: row.question.closed_at),
]


@dataclass(frozen=True)
class Row:
    """A question in a list; ``way`` only while it waits."""

    question: Question
    way: Way | None

    @property
    def agency(self) -> Agency | None:
        return self.way.agency if self.way else self.question.agency

    @property
    def state(self) -> str:
        if self.way:
            return _("waiting for an answer")
        return _("answered") if self.question.closed_at is None else _("closed")


def _row(question: Question, arrangement: Arrangement) -> Row:
    return Row(question, arrangement.way_of(question) if question.is_open else None)


@require_safe
@require(Perm.VIEW_QUESTIONS)
def question_list(request):
    arrangement = Arrangement(today())
    rows = Question.objects.reachable(request.scope, today(), arrangement=arrangement)
    found = QuestionFilter(request.GET, rows, scope=request.scope, arrangement=arrangement)
    note = f"{_('Questions')} · {in_words(found)}"
    if answer := download(request, "fragen", COLUMNS, _lines(found, arrangement), note=note):
        return answer
    counts = found.counts(request.user)
    listed = found.qs.with_names().with_first_words()
    paged = page(request, listed, count=counts.pop("listed"))
    rows = [_row(row, arrangement) for row in paged.rows]
    context = {"filter": found, "page": paged, "rows": rows, **counts}
    return render(request, "desk/question_list.html", context)


def _lines(found, arrangement):
    """Reads nothing before a file asks for its first line."""
    for question in found.qs.with_names()[: MOST_ROWS + 1]:
        yield _row(question, arrangement)


@require_safe
@require(Perm.VIEW_QUESTIONS)
def question_detail(request, pk):
    question = _found(request, pk)
    way = routing.way(question, today())
    return render(request, "desk/question_detail.html", _context(request, question, way))


@require_http_methods(["GET", "POST"])
@require(Perm.ANSWER_QUESTIONS)
@typed.keeps_typed
def question_answer(request, pk):
    question = _found(request, pk)
    way = routing.way(question, today())
    context = _context(request, question, way)
    form, unsaved = context["form"], typed.kept(request)
    if request.method == "POST":
        form = AnswerForm(request.POST)
        if form.is_valid() and _sent(request, question, way, form):
            typed.forget(request)
            return redirect("desk:question_detail", pk)
    elif unsaved:
        form = AnswerForm(initial={name: unsaved.fields.get(name) for name in ("text", "seen")})
    context |= {"form": form, "is_unsent": bool(unsaved) and request.method == "GET"}
    return render(request, "desk/question_answer.html", context)


def _sent(request, question, way, form) -> bool:
    """Whether the answer is out, now or by a click before this one."""
    try:
        answers.answer(
            question,
            **form.cleaned_data,
            agency=_speaks_for(request.scope, question, way),
            by=request.user,
        )
    except ValidationError as error:
        if getattr(error, "code", "") == "done":
            messages.info(request, error.message)
            return True
        form.add_error(None, error)
        if getattr(error, "code", "") == "changed":
            form.say(seen=question.messages.order_by("at", "pk").last().pk)
        return False
    messages.success(request, _("The answer was saved and goes out by mail."))
    return True


def _speaks_for(scope, question, way) -> Agency | None:
    """The agency in whose name this person answers; None is the city."""
    deputy = way.deputy.position.agency if way.deputy else None
    wrote = [message.agency for message in question.messages.select_related("agency")]
    for agency in (way.agency, question.agency, deputy, *wrote):
        if agency is not None and agency.pk in scope.agencies:
            return agency
    return None


@require_http_methods(["GET", "POST"])
@require(Perm.ANSWER_QUESTIONS)
def question_close(request, pk):
    question, done = _found(request, pk), _("The question was closed.")
    return _act(request, question, answers.close, "question_close", done)


@require_http_methods(["GET", "POST"])
@require(Perm.ANSWER_QUESTIONS)
def question_reopen(request, pk):
    question, done = _found(request, pk), _("The question is open again.")
    return _act(request, question, answers.reopen, "question_reopen", done)


@require_http_methods(["GET", "POST"])
@require(Perm.FORWARD_QUESTIONS)
def question_forward(request, pk):
    question = _found(request, pk)
    by_hand = question.agency_id if question.is_by_hand else None
    form = ForwardForm(request.POST or None, initial={"agency": by_hand})
    forward, done = routing.forward, _("The question was passed on.")
    return _act(request, question, forward, "question_forward", done, form=form)


def _act(request, question, operation, template, done, *, form=None):
    """Ask, then act; what somebody else has done meanwhile is told, not repeated."""
    address = partial(redirect, "desk:question_detail", question.pk)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            operation(question, **(form.cleaned_data if form else {}), by=request.user)
        except ValidationError as error:
            if form is None or not hasattr(error, "error_dict"):
                messages.info(request, " ".join(error.messages))
                return address()
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return address()
    way = routing.way(question, today())
    context = {"question": question, "form": form, "row": Row(question, _waits(question, way))}
    return render(request, f"desk/{template}.html", context)


def _waits(question, way) -> Way | None:
    return way if question.is_open else None


def _found(request, pk) -> Question:
    rows = Question.objects.reachable(request.scope, today()).with_names()
    return get_object_or_404(rows, pk=pk)


def _context(request, question, way) -> dict:
    actor = request.actor
    words = list(question.messages.select_related("by", "agency").prefetch_related("mails"))
    answering = actor.scope(Perm.ANSWER_QUESTIONS)
    may_act = answering.citywide or _speaks_for(answering, question, way) is not None
    return {
        "question": question,
        "row": Row(question, _waits(question, way)),
        "way": way,
        "words": words,
        "mails": question.mails.filter(message=None),
        "form": AnswerForm(initial={"seen": words[-1].pk if words else 0}),
        "typed_by": typed.mark(request.user),
        "may_act": may_act,
        "may_answer": may_act and question.closed_at is None,
        "may_forward": actor.may(Perm.FORWARD_QUESTIONS) and question.closed_at is None,
        "may_propose": may_act and question.first_answered_at is not None and question.email != "",
        "sees_log": actor.scope(Perm.VIEW_LOG).covers(question.agency_id),
        "faqs": question.faqs.all(),
    }
