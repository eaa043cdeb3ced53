"""Terms of the central lists: entered, changed and ended. What entries use stays as it was."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from agencies.lists.models import Format, Kind, TargetGroup, Term, Topic
from coordination.access.models import User
from coordination.access.permissions import Scope
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed
from coordination.periods import show_day

# By the names they have in addresses.
LISTS: dict[str, type[Term]] = {
    "arten": Kind,
    "formen": Format,
    "zielgruppen": TargetGroup,
    "themen": Topic,
}


@transaction.atomic
def create(terms: type[Term], *, by: User | None, **fields) -> Term:
    """A new term of the list: name, order, definition, starts_on, ends_on; groups: background."""
    _lock(terms)
    term = terms(**fields)
    _save(term)
    record(Verb.CREATED, term, by=by, after=values(term, *sorted(fields)))
    return term


@transaction.atomic
def change(
    term: Term, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Term:
    """Set the given fields. A term is ended by its ``ends_on``; entries keep what they have."""
    terms = type(term)
    _lock(terms)
    term = terms.objects.get(pk=term.pk)
    refuse_if_changed(term, seen, fields)
    before = values(term, *fields)
    was = terms(starts_on=term.starts_on, ends_on=term.ends_on)
    background = getattr(term, "background", None)
    for name, value in fields.items():
        setattr(term, name, value)
    if getattr(term, "background", None) != background:
        _refuse_new_background(term)
    _refuse_days_in_use(term, was)
    _save(term)
    after = values(term, *fields)
    if before != after:
        ends = before.get("ends_on") is None and after.get("ends_on") is not None
        verb = Verb.ENDED if ends else Verb.CHANGED
        record(verb, term, by=by, before=before, after=after, reason=reason)
    return term


def is_used(term: Term) -> bool:
    """Whether any entry has the term."""
    return _uses(term).exists()


def usage(terms: type[Term], year: int, scope: Scope) -> dict[int, int]:
    """How many entries of the year within ``scope`` have which term, by its primary key."""
    path = "headcounts__activity" if terms is TargetGroup else "activities"
    only = {f"{path}__day__range": (date(year, 1, 1), date(year, 12, 31))}
    if not scope.citywide:
        only[f"{path}__agency__in"] = scope.agencies
    rows = terms.objects.filter(**only).order_by().values("pk")
    return dict(rows.annotate(used=Count(path)).values_list("pk", "used"))


def _lock(terms: type[Term]) -> None:
    """A list changes one step after the other; an entry that is being saved comes before."""
    list(terms.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _save(term: Term) -> None:
    """Save, or say that the name is taken: the database decides, whoever was faster."""
    term.full_clean(exclude=["name_key"])
    try:
        with transaction.atomic():
            term.save()
    except IntegrityError as error:
        text = _("The list already has this name, perhaps for other days. Choose another one.")
        raise ValidationError({"name": text}) from error


def _uses(term: Term, **days):
    """What in entries points at the term; ``days`` narrows by the day of the entry."""
    if isinstance(term, TargetGroup):
        return term.headcounts.filter(**{f"activity__{name}": day for name, day in days.items()})
    return term.activities.filter(**days)


def _refuse_new_background(term: TargetGroup) -> None:
    if is_used(term):
        raise ValidationError(
            {
                "background": _(
                    "Entries count people of this target group already; counted otherwise, "
                    "their sums would change. End the group and enter a new one."
                )
            }
        )


def _refuse_days_in_use(term: Term, was: Term) -> None:
    """Days that entries use the term on stay within its validity."""
    if term.starts_on > was.starts_on and _uses(term, day__lt=term.starts_on).exists():
        raise ValidationError({"starts_on": _in_use(_("before %(day)s"), term.starts_on)})
    last = was.ends_on or date.max
    if term.ends_on and term.ends_on < last and _uses(term, day__gt=term.ends_on).exists():
        raise ValidationError({"ends_on": _in_use(_("after %(day)s"), term.ends_on)})


def _in_use(when: str, day: date) -> str:
    when %= {"day": show_day(day)}
    return _("There are entries with it %(when)s. They must stay within its days.") % {"when": when}
