"""Answers to questions of the council: computed by a pattern, sent, kept for good."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.activity.spans import Span
from coordination import as_of
from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.council.models import Group
from coordination.council.summary.compose import PROTECTION_RULE, digest
from coordination.council.summary.content import FORMAT, kept
from coordination.council.summary.corrections import in_words
from coordination.council.summary.forms_questions import ParametersForm
from coordination.council.summary.models import Answer, Release
from coordination.council.summary.patterns import Pattern
from coordination.council.summary.patterns.grid import shown
from coordination.transactions import one_state

CHANGED, NOTHING, OTHERWISE = "changed", "nothing", "otherwise"
ATTEMPTS = 20  # so many answers may get their number in the same moment
DAYS = ("von", "bis")  # what decides which counts may be compared with each other


@dataclass(frozen=True)
class Computed:
    """An answer as it is now. ``content`` is ready to be kept as JSON.

    ``given_away_by`` are the numbers of answers that show, for the same days, what this one has
    to hide: both together would give small counts away. Protected counts may only be
    of a ``span`` that is ``released``: a later report would not know of what the answer hides.
    """

    content: dict
    given_away_by: list[int]
    span: Span | None  # of what has to be of a released period
    released: list[Span]

    @property
    def has_figures(self) -> bool:
        return any(table["rows"] for table in self.content["tables"])

    @property
    def seen(self) -> str:
        return digest(self.content)


def compute(pattern: Pattern, asked: ParametersForm) -> Computed:
    """The answer as it is now, in German, the language of the council.

    ``asked`` is a valid form. Everything is read in one state of the database.
    """
    with translation.override("de"), one_state():
        earlier = _earlier(pattern, asked.kept)
        hidden = {name for content in earlier.values() for name in content["hidden"]}
        answered = pattern.answer(asked.cleaned_data, hidden)
        content = {
            "format": FORMAT,
            "pattern": pattern.slug,
            "title": str(pattern.title),
            "day": asked.day.isoformat(),
            "asked": [list(pair) for pair in asked.in_words],
            "rules": {
                "regel": pattern.rule,
                "geheimhaltung": PROTECTION_RULE if pattern.is_protected else None,
            },
            "method": [str(text) for text in pattern.method],
            "hints": answered.hints,
            "tables": [grid.as_kept() for grid in answered.grids],
            "hidden": sorted(answered.hidden),
        }
        released = released_spans() if pattern.is_protected else []
    covered = {name: value for grid in answered.grids for name, value in grid.covered.items()}
    covered |= answered.covered
    given_away_by = [number for number in earlier if _shows(earlier[number], covered)]
    span = tuple(asked.cleaned_data[name] for name in DAYS) if pattern.is_protected else None
    return Computed(content, given_away_by, span, released)


def released_spans() -> list[Span]:
    """The periods of released reports, the newest first."""
    rows = Release.objects.order_by("-ends_on", "-starts_on")
    return list(dict.fromkeys(rows.values_list("starts_on", "ends_on")))


def _earlier(pattern: Pattern, parameters: dict) -> dict[int, dict]:
    """What earlier answers of a protected pattern say of the same days, by their number."""
    if not pattern.is_protected:
        return {}
    days = {f"parameters__{name}": parameters[name] for name in DAYS}
    rows = Answer.objects.filter(pattern=pattern.slug, **days).order_by("number")
    return dict(rows.values_list("number", "content"))


def _shows(content: dict, covered: dict) -> bool:
    """Whether an answer shows one of these figures as it still is."""
    told = shown(content)
    return any(name in told and told[name] == kept(value) for name, value in covered.items())


def send(
    pattern: Pattern,
    *,
    asked: ParametersForm,
    text: str,
    group: Group | None = None,
    asked_by: str = "",
    asked_on: date,
    seen: str | None = None,
    form_id: UUID | None = None,
    is_insisted: bool = False,
    at: datetime | None = None,
    by: User,
) -> Answer:
    """Send the answer: what it says now is kept for good and the council can read it.

    ``seen`` is the mark of the answer that was looked at (None: whatever it says now). A form
    sent twice (the same ``form_id``) makes one answer and returns it. ``is_insisted``: the
    question was kept although it looks like a personal case. ``at`` is for what is entered later
    than it happened.
    """
    form_id, question = form_id or uuid4(), text.replace("\r\n", "\n").strip()
    told = {"question": question, "parameters": asked.kept, "asked_on": asked_on}
    if sent := _sent(form_id):
        return _same(sent, told)
    day = timezone.localdate(at) if at else as_of.today()
    if asked_on > day:
        error = _("This day is still to come. When was the question asked?")
        raise ValidationError({"asked_on": error})
    computed = compute(pattern, asked)
    if not computed.has_figures:
        raise ValidationError(_("There is nothing to send: the tables are empty."), code=NOTHING)
    if refused := why_not(computed):
        raise ValidationError(refused, code=NOTHING)
    if seen is not None and seen != computed.seen:
        error = _(
            "The figures have changed since you looked at them. Nothing was sent. Look at them as "
            "they are now and send them then."
        )
        raise ValidationError(error, code=CHANGED)
    answer = Answer(
        pattern=pattern.slug,
        title=computed.content["title"],
        asked_by=group.short_name if group else asked_by.strip(),
        group=group,
        content=computed.content,
        digest=computed.seen,
        sent_by=by,
        form_id=form_id,
        **told,
    )
    if at:
        answer.sent_at = at
    return _same(_numbered(answer, is_insisted=is_insisted, by=by), told)


def why_not(computed: Computed, *, names_periods: bool = True) -> str:
    """Why this answer cannot be sent; empty if it can."""
    if computed.span and computed.span not in computed.released:
        return _not_released(computed.released if names_periods else None)
    if not computed.given_away_by:
        return ""
    text = _(
        "This answer cannot be sent. Answer no. %(numbers)s shows for the same days what is hidden "
        "here; both together would give small counts away."
    )
    return text % {"numbers": ", ".join(map(str, computed.given_away_by))}


def _not_released(spans: list[Span] | None) -> str:
    text = _(
        "Answers with counts can be sent only for the periods of released council reports; else "
        "protected counts could be computed."
    )
    if spans is None:
        return text
    if not spans:
        return f"{text} {_('No report is released yet.')}"
    released = _("Released are: %(periods)s.") % {"periods": ", ".join(map(in_words, spans))}
    return f"{text} {released}"


def _numbered(answer: Answer, *, is_insisted: bool, by: User) -> Answer:
    """Saved under the next number. There is no row above answers that could be locked first."""
    for _attempt in range(ATTEMPTS):
        try:
            return _saved(answer, is_insisted=is_insisted, by=by)
        except IntegrityError:  # the same form, or another answer with this number
            answer.pk = None
            if sent := _sent(answer.form_id):
                return sent
    text = _("Somebody else sends answers in this moment. Please try again.")
    raise ValidationError(text, code=CHANGED)


@transaction.atomic
def _saved(answer: Answer, *, is_insisted: bool, by: User) -> Answer:
    answer.number = (Answer.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    answer.clean_fields(exclude=["group", "sent_by"])
    answer.save(force_insert=True)
    names = ("number", "asked_by", "asked_on", "digest")
    reason = _("Saved in spite of the privacy warning.") if is_insisted else ""
    record(Verb.RELEASED, answer, by=by, after=values(answer, *names), reason=reason)
    return answer


def _same(answer: Answer, told: dict) -> Answer:
    """What the form sent, unless it was sent before with something else in it."""
    if any(getattr(answer, name) != value for name, value in told.items()):
        text = _(
            "This form was sent before, with other content: it became answer no. %(number)d. "
            "Sending it again makes another answer."
        )
        raise ValidationError(text % {"number": answer.number}, code=OTHERWISE)
    return answer


def _sent(form_id: UUID) -> Answer | None:
    return Answer.objects.filter(form_id=form_id).first()


def spoiled() -> list[Answer]:
    """Answers whose figures are not those their checksum was made of."""
    rows = Answer.objects.order_by("number").iterator()
    return [row for row in rows if digest(row.content) != row.digest]
