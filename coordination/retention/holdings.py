"""Everything the portal keeps about a volunteer (Art. 15, 20 GDPR).

Which tables and columns there are is asked of the registry, so a new one is in it by itself: all
columns of the row, all rows that point at it, and the questions asked from the same address with
all rows that point at them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Field, ManyToManyField, Model, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.audit.models import Entry
from coordination.audit.wording import Wording
from coordination.periods import show_day
from coordination.public.models import Feedback
from coordination.text import fold
from volunteers import duplicates
from volunteers.desk.models import Question
from volunteers.models import SearchWord, Volunteer, VolunteerGroup

# Made by the portal out of other columns, to search and compare. In the file, not on the page.
DERIVED = {"name_key", "match_key", "email_key", "phone_key", "asked_key", "token_hash", "form_id"}
# Columns that no form shows have no name of their own.
LABELS = {
    "group": gettext_lazy("group"),
    "volunteer": gettext_lazy("volunteer"),
    "question": gettext_lazy("question"),
    "message": gettext_lazy("message"),
    "purpose": gettext_lazy("purpose"),
    "created_at": gettext_lazy("created at"),
    "expires_at": gettext_lazy("valid until"),
    "used_at": gettext_lazy("used at"),
    "sent_at": gettext_lazy("sent at"),
    "waits_since": gettext_lazy("waits since"),
    "user": gettext_lazy("told to"),
    "stage": gettext_lazy("stage"),
    "proposed_by": gettext_lazy("proposed by"),
    "released_by": gettext_lazy("released by"),
    "after": gettext_lazy("changed"),
}
TITLES = {
    Volunteer: gettext_lazy("The person"),
    VolunteerGroup: gettext_lazy("Groups that name the person"),
}
LOGGED = ["at", "verb", "target_label", "before", "after", "reason"]

WORD = re.compile(r"[\w'-]+")


@dataclass(frozen=True)
class Holding:
    """What one table has."""

    model: type[Model]
    rows: list[Model]
    fields: list[Field]
    root: type[Model] | None = None  # what the rows belong to

    @property
    def title(self) -> str:
        return capfirst(str(TITLES.get(self.model) or self.model._meta.verbose_name_plural))

    @property
    def shown(self) -> list[Field]:
        """The columns for people: without numbers of rows and what is derived from others."""
        return [
            field
            for field in self.fields
            if not field.primary_key
            and field.name not in DERIVED
            and not (self.root and field.related_model is self.root)
            and not (self.model is Entry and field.name == "before")  # "after" names the fields
            and not (field.many_to_one and all(_value(row, field) is None for row in self.rows))
        ]

    @property
    def is_for_people(self) -> bool:
        return self.model is not SearchWord

    @property
    def is_erased(self) -> bool:
        """Of groups only the contact is cleared, and the log stays as it is."""
        return self.is_for_people and self.model not in (VolunteerGroup, Entry)

    @property
    def headings(self) -> list[str]:
        return [capfirst(_label(field)) for field in self.shown]

    @property
    def lines(self) -> list[list[str]]:
        return [[_in_words(row, field) for field in self.shown] for row in self.rows]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The only row as pairs."""
        return list(zip(self.headings, self.lines[0], strict=True))

    def as_json(self) -> dict:
        return {
            "table": self.model._meta.label_lower,
            "title": self.title,
            "rows": [{f.name: _plain(row, f) for f in self.fields} for row in self.rows],
        }


def of(volunteer: Volunteer) -> list[Holding]:
    """Without tables in which there is nothing."""
    own = [*_tree(Volunteer.objects.filter(pk=volunteer.pk))]
    questions = [*_tree(questions_of(volunteer.email))] if volunteer.email else []
    found = [*own, _holding(groups_naming(volunteer)), *questions]
    if volunteer.email:
        found.append(_holding(feedback_of(volunteer.email)))
    found.append(_log_of(own, questions))
    return [holding for holding in found if holding.rows]


def _log_of(own: list[Holding], questions: list[Holding]) -> Holding:
    """What was done with the volunteer, with all that hangs on them, and with their questions."""
    told = Q()
    for holding in [*own, *(part for part in questions if part.model is Question)]:
        numbers = [row.pk for row in holding.rows]
        told |= Q(target_model=holding.model._meta.label_lower, target_id__in=numbers)
    fields = [Entry._meta.get_field(name) for name in LOGGED]
    return Holding(Entry, list(Entry.objects.filter(told)), fields)


def questions_of(address: str) -> QuerySet:
    """Questions asked from the address, however it is spelled."""
    return Question.objects.filter(email__in=spellings(address)).with_names()


def feedback_of(address: str) -> QuerySet:
    """Reports of barriers from the address, however it is spelled here or there."""
    same = spellings(address)
    rows = Feedback.objects.exclude(email="").order_by().values_list("pk", "email")
    # Compared here: some may stand there as they were typed, and there are few.
    return Feedback.objects.filter(pk__in=[pk for pk, email in rows if spellings(email) & same])


def spellings(address: str) -> set[str]:
    """As it was typed, and as questions keep it: folded, the domain in the network's letters."""
    folded = fold(address)
    local, _at, domain = folded.rpartition("@")
    try:
        kept = f"{local}@{domain.encode('idna').decode()}" if local else ""
    except UnicodeError:  # no mail can be sent there
        kept = ""
    return {address, folded, kept} - {""}


def names(text: str, volunteer: Volunteer) -> bool:
    """Whether the text names the volunteer: every word of the name is one of its words."""
    return set(WORD.findall(fold(volunteer.name))) <= set(WORD.findall(fold(text)))


def groups_naming(volunteer: Volunteer) -> QuerySet:
    """Groups whose record holds the volunteer's name, address or phone."""
    rows = VolunteerGroup.objects.exclude(spokesperson="").values_list("pk", "spokesperson")
    # Compared here: no column of it is folded, and there are a few hundred groups at most.
    same = Q(pk__in=[pk for pk, person in rows if names(person, volunteer)])
    if volunteer.email:
        same |= Q(email__in=spellings(volunteer.email)) | Q(email_key=fold(volunteer.email))
    if volunteer.phone:
        same |= Q(phone=volunteer.phone)
    if key := duplicates.phone_key(volunteer.phone):
        same |= Q(phone_key=key)
    return VolunteerGroup.objects.filter(same)


def _tree(rows: QuerySet) -> Iterator[Holding]:
    """The rows, and every row of another table that points at them."""
    root = rows.model
    yield _holding(rows)
    for relation in root._meta.related_objects:
        if not relation.many_to_many:
            there = {f"{relation.field.name}__in": rows.order_by().values("pk")}
            yield _holding(relation.related_model._base_manager.filter(**there), root)


def _holding(rows: QuerySet, root=None) -> Holding:
    meta = rows.model._meta
    pointers = [f.name for f in meta.concrete_fields if f.many_to_one or f.one_to_one]
    names = [f.name for f in meta.many_to_many]
    rows = rows.select_related(*pointers).prefetch_related(*names)
    return Holding(rows.model, list(rows), [*meta.concrete_fields, *meta.many_to_many], root)


def _value(row: Model, field: Field):
    if isinstance(field, ManyToManyField):
        return [str(other) for other in getattr(row, field.name).all()]
    value = getattr(row, field.name)
    if isinstance(value, VolunteerGroup):
        return value.name
    return str(value) if isinstance(value, Model) else value


def _plain(row: Model, field: Field):
    """For programs: as it is kept, other rows by what they are called."""
    return _value(row, field)


def _in_words(row: Model, field: Field) -> str:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = _value(row, field)
    if field.name == "after":
        return "; ".join(change.label for change in Wording().changes(row))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, list):
        return ", ".join(value) or "–"
    return "–" if value in (None, "") else str(value)


def _label(field: Field) -> str:
    return str(LABELS.get(field.name) or field.verbose_name)
