"""The question kit: questions the council asks again and again, and the answers it was sent."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.council.summary import answered, answers
from coordination.council.summary.corrections import in_words as words_of
from coordination.council.summary.filters import AnswerFilter
from coordination.council.summary.forms_questions import AnswerForm, a_year_on, query
from coordination.council.summary.models import Answer
from coordination.council.summary.patterns import PATTERNS, Pattern
from coordination.disclosure import SIGN
from coordination.exports import download, in_words
from coordination.paging import page

ANSWER, TABLE = "antwort", "tabelle"
LONGEST_NUMBER = 18  # digits of a primary key
private = cache_control(private=True, no_cache=True)

COLUMNS = [
    (gettext_lazy("No."), lambda row: row.number),
    (gettext_lazy("Answer"), lambda row: row.title),
    (gettext_lazy("Question as it was asked"), lambda row: row.question),
    (gettext_lazy("Asked by"), lambda row: row.asked_by),
    (gettext_lazy("Asked on"), lambda row: row.asked_on),
    (gettext_lazy("Sent at"), lambda row: row.sent_at),
    (gettext_lazy("Checksum (SHA-256)"), lambda row: row.digest),
]
OF_THE_CITY = [(gettext_lazy("Sent by"), lambda row: str(row.sent_by))]


@require_safe
@require(Perm.VIEW_COUNCIL)
def question_list(request):
    rows = Answer.objects.within(request.scope).without_content().select_related("sent_by")
    found = AnswerFilter(request.GET, rows)
    note = f"{_('Answers to the council')} · {in_words(found)}"
    columns = COLUMNS + (OF_THE_CITY if request.actor.may(Perm.VIEW_DRAFTS) else [])
    if file := download(request, "antworten", columns, found.qs, note=note):
        return file
    context = {"filter": found, "page": page(request, found.qs), "patterns": PATTERNS.values()}
    return render(request, "summary/question_list.html", context)


@require_safe
@private
@require(Perm.VIEW_DRAFTS)
def question_ask(request, pattern):
    """The answer as it is now; beside a sent one if it is asked again from there."""
    pattern = _found(pattern)
    asked = pattern.form(request.GET, day=request.as_of)
    older = _older(request, pattern)
    context = {"pattern": pattern, "form": asked, "older": older, "answered": None, "why_not": ""}
    if asked.is_valid():
        computed = answers.compute(pattern, asked)
        found = answered.read(computed.content, older and older.content)
        name = _("%(title)s, not sent") % {"title": found.title}
        if file := _file(request, found, name):
            return file
        why_not = answers.why_not(computed, names_periods=False)
        context |= {"answered": found, "query": asked.query, "why_not": why_not}
        context["released"] = [(words_of(span), *span) for span in computed.released]
    if older:
        context["older_words"] = answered.read(older.content).in_words
    return render(request, "summary/question_ask.html", context)


@require_http_methods(["GET", "POST"])
@private
@require(Perm.MANAGE_COUNCIL)
def answer_send(request, pattern):
    """What goes out stands on the page; if it is another by now, it is shown anew."""
    pattern = _found(pattern)
    asked = pattern.form(request.GET, day=request.as_of)
    if not asked.is_valid():
        return redirect(_ask(pattern, request.GET.urlencode()))
    computed = answers.compute(pattern, asked)
    initial = {"seen": computed.seen, "asked_on": today(), "form_id": uuid4()}
    form = AnswerForm(request.POST or None, initial=initial, scope=request.scope)
    if form.is_valid():
        try:
            answer = answers.send(pattern, asked=asked, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            if getattr(error, "code", None) == answers.CHANGED:
                computed = answers.compute(pattern, asked)
                form.renew(seen=computed.seen)
            if getattr(error, "code", None) == answers.OTHERWISE:
                form.renew(form_id=uuid4())
            form.add_error(None, error)
        else:
            text = _("Answer no. %(number)d was sent. The council can read it now.")
            messages.success(request, text % {"number": answer.number})
            return redirect("summary:answer_detail", answer.pk)
    context = {
        "pattern": pattern,
        "form": form,
        "answered": answered.read(computed.content),
        "why_not": answers.why_not(computed),
        "back": _ask(pattern, asked.query),
    }
    return render(request, "summary/answer_send.html", context)


@require_safe
@private
@require(Perm.VIEW_COUNCIL)
def answer_detail(request, pk):
    """Read from what was kept, never computed anew."""
    rows = Answer.objects.within(request.scope).select_related("sent_by")
    answer = get_object_or_404(rows, pk=pk)
    found = answered.read(answer.content)
    request.as_of = found.day
    if file := _file(request, found, str(answer)):
        return file
    again = ""
    if answer.pattern in PATTERNS:
        again = _ask(
            PATTERNS[answer.pattern],
            f"{query(a_year_on(answer.parameters))}&{urlencode({ANSWER: answer.pk})}",
        )
    context = {"answer": answer, "answered": found, "again": again}
    return render(request, "summary/answer_detail.html", context)


def _found(slug: str) -> Pattern:
    if slug not in PATTERNS:
        raise Http404
    return PATTERNS[slug]


def _older(request, pattern: Pattern) -> Answer | None:
    number = request.GET.get(ANSWER, "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise Http404
    rows = Answer.objects.within(request.scope).filter(pattern=pattern.slug)
    return get_object_or_404(rows, pk=number)


def _ask(pattern: Pattern, query: str) -> str:
    return reverse("summary:question_ask", args=[pattern.slug]) + (f"?{query}" if query else "")


def _file(request, found: answered.Answered, name: str):
    """One table of the answer, if the address asks for a file."""
    if "format" not in request.GET:
        return None
    table = found.table(request.GET.get(TABLE, ""))
    if table is None:
        raise Http404
    request.as_of = found.day
    parts = [name, table.title, found.in_words, *found.hints]
    if table.has_hidden:
        parts.append(_("%(sign)s = small count, protected") % {"sign": SIGN})
    file_name = f"{name} {table.slug}"
    return download(request, file_name, table.file_columns, table.rows, note=" · ".join(parts))
