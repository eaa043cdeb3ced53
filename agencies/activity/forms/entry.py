"""The quick entry: one form to write an entry and, with what was seen, to change one."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2s
from uuid import uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import CharField, F, Value
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity import activities, drafts, hints
from agencies.activity.models import Activity
from agencies.activity.models.activity import MOST_MINUTES, MOST_PEOPLE
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from agencies.models import Worker
from agencies.offers.models import Offer
from coordination import as_of, editing, privacy
from coordination.forms import DayField, FormIdField, RowField, grouped
from districts.models import District

NOTHING_CHOSEN = ("", "---------")
WHOLE_NUMBER = gettext_lazy("Please write a whole number, for example 5.")
QUICK_MINUTES = [15, 30, 60, 90, 120]
LISTS = [Kind, Format, Topic, TargetGroup]


@dataclass(frozen=True)
class Choices:
    """The rows an entry may be made of, fetched once for the whole page."""

    workers: list[Worker]
    chooses_worker: bool
    districts: list[District]
    offers: list[Offer]
    terms: dict

    @classmethod
    def fetch(cls, **rows) -> "Choices":
        return cls(terms=fetch_terms(), **rows)

    @property
    def several_agencies(self) -> bool:
        return len({worker.agency_id for worker in self.workers}) > 1


def fetch_terms() -> dict:
    """All words of the four lists, in their order, in one query."""
    names = ["id", "starts_on", "ends_on", "name", "order"]  # in the order of the model's fields
    parts = []
    for model in LISTS:
        background = F("background") if model is TargetGroup else Value("", CharField())
        rows = model.objects.order_by().annotate(
            which=Value(model.__name__, CharField()), counts_as=background
        )
        parts.append(rows.values_list(*names, "which", "counts_as"))
    models = {model.__name__: model for model in LISTS}
    found = {model: [] for model in LISTS}
    for *values, which, background in parts[0].union(*parts[1:], all=True):
        model = models[which]
        more = {"background": background} if model is TargetGroup else {}
        found[model].append(model.from_db("default", [*names, *more], [*values, *more.values()]))
    for terms in found.values():
        terms.sort(key=lambda term: (term.order, term.name, term.pk))
    return found


class RowsField(RowField):
    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value):
        return [getattr(row, "pk", row) for row in value or []]

    def to_python(self, value):
        one = super().to_python
        return list(dict.fromkeys(row for each in value or [] if (row := one(each))))


class EntryForm(forms.Form):
    """``Choices`` say who may be entered for; ``entry`` is the one that is changed, if any."""

    day = DayField(label=gettext_lazy("Date"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 1}),
        error_messages={
            "required": gettext_lazy("How many minutes did it take?"),
            "invalid": WHOLE_NUMBER,
            "min_value": gettext_lazy("An entry has 1 to 1,440 minutes."),
            "max_value": gettext_lazy("An entry has 1 to 1,440 minutes."),
        },
    )
    has_interpreter = forms.BooleanField(label=gettext_lazy("With interpreter"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Short note"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("No names, no case: write “Person A”."),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )
    # Asked for only where there is something to ask. What was asked comes back in the hidden
    # fields: an answer to another question is none.
    is_note_insisted = forms.BooleanField(
        label=gettext_lazy("The text names nobody – save all the same"), required=False
    )
    is_confirmed = forms.BooleanField(label=gettext_lazy("It is right so"), required=False)
    note_asked = forms.CharField(required=False, widget=forms.HiddenInput)
    asked = forms.CharField(required=False, widget=forms.HiddenInput)
    form_id = FormIdField()

    def __init__(self, *args, choices: Choices, entry: Activity | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices, self.entry = choices, entry
        self.shown_day = self._shown_day()
        self.hints, self.suggestion = [], ""
        self._add_worker()
        self._add_rows("district", District, gettext_lazy("District"))
        self._add_rows("kind", Kind, gettext_lazy("Kind"))
        self._add_rows("format", Format, gettext_lazy("Format"))
        self._add_rows("offer", Offer, gettext_lazy("Offer"), required=False)
        self._add_topics()
        self._add_counts()
        self.order_fields(
            ["day", "worker", "district", "kind", "format", *self.count_names, "minutes"]
        )
        if not self.is_bound:
            self.initial.setdefault("form_id", uuid4())

    # --- fields ---------------------------------------------------------------------------------

    def _shown_day(self) -> date:
        """The day whose words and offers are shown."""
        day = self.data.get("day", "") if self.is_bound else self.initial.get("day", "")
        return day if isinstance(day, date) else as_of.read(str(day)) or as_of.today()

    def _chosen(self, name) -> set[str]:
        """The rows that are chosen now, or stand in the entry: they are offered in any case."""
        if self.is_bound:
            values = self.data.getlist(name)
        else:
            values = self.initial.get(name)
            values = values if isinstance(values, list) else [values]
        stored = getattr(self.entry, f"{name}_id", None)
        return {str(getattr(value, "pk", value)) for value in [*values, stored]}

    def _offered(self, name, rows):
        chosen = self._chosen(name)
        return [row for row in rows if row.is_on(self.shown_day) or str(row.pk) in chosen]

    def _add_worker(self):
        if not self.choices.chooses_worker:
            return
        workers = self.choices.workers
        field = RowField(
            workers,
            label=gettext_lazy("Worker"),
            unknown=_(
                "This worker cannot be chosen: either they belong to another agency, "
                "or they are no longer active."
            ),
        )
        field.widget.choices = [NOTHING_CHOSEN, *grouped(workers, self._agency_of)]
        self.fields["worker"] = field

    def _agency_of(self, row) -> str:
        return str(row.agency) if self.choices.several_agencies else ""

    def _add_rows(self, name, model, label, *, required=True):
        rows = {District: self.choices.districts, Offer: self.choices.offers}.get(model)
        rows = self.choices.terms[model] if rows is None else rows
        group = {District: lambda row: str(row.parent or ""), Offer: self._agency_of}.get(
            model, lambda row: ""
        )
        unknown = {
            "district": _("This district does not exist."),
            "offer": _("This offer cannot be chosen: it belongs to another agency."),
        }.get(name, _("This is not in the list."))
        field = RowField(rows, label=label, unknown=unknown, required=required)
        field.widget.choices = [NOTHING_CHOSEN, *grouped(self._offered(name, rows), group)]
        self.fields[name] = field

    def _add_topics(self):
        rows = self.choices.terms[Topic]
        field = RowsField(
            rows,
            label=gettext_lazy("Topics"),
            required=False,
            unknown=_("This is not in the list."),
        )
        stored = {str(row.pk) for row in self.entry.topics.all()} if self.entry else set()
        chosen = self._chosen("topics") | stored
        field.widget.choices = [
            (row.pk, row.name) for row in rows if row.is_on(self.shown_day) or str(row.pk) in chosen
        ]
        self.fields["topics"] = field

    def _add_counts(self):
        """A number for each target group of the day, and for those that have one already."""
        stored = set()
        if self.entry:
            stored = {row.target_group_id for row in self.entry.headcounts.all()}
        self.groups = {
            f"count_{group.pk}": group
            for group in self.choices.terms[TargetGroup]
            if group.is_on(self.shown_day) or group.pk in stored or self._is_counted(group)
        }
        for name, group in self.groups.items():
            self.fields[name] = forms.IntegerField(
                label=group.name,
                required=False,
                min_value=0,
                max_value=MOST_PEOPLE,
                widget=forms.NumberInput(
                    attrs={
                        "inputmode": "numeric",
                        "step": 1,
                        "placeholder": "0",
                        "data-background": group.background,
                    }
                ),
                error_messages={
                    "invalid": WHOLE_NUMBER,
                    "min_value": _("There are no fewer than 0 people."),
                    "max_value": _("At most 9,999 people of a target group are in one entry."),
                },
            )

    def _is_counted(self, group) -> bool:
        name = f"count_{group.pk}"
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(value or "").strip() not in ("", "0")

    @property
    def count_names(self):
        return list(self.groups)

    quick_minutes = QUICK_MINUTES

    @property
    def count_fields(self):
        return [self[name] for name in self.groups]

    @property
    def has_more(self) -> bool:
        """Whether something rarely used is filled in or wrong, so that it must be seen."""
        names = ["topics", "has_interpreter", "offer", "note"]
        return any(self[name].value() or self[name].errors for name in names)

    # --- checking -------------------------------------------------------------------------------

    def clean(self):
        cleaned = super().clean()
        if not self.choices.chooses_worker:
            cleaned["worker"] = self.choices.workers[0]
        cleaned["counts"] = {
            group: cleaned.pop(name, None) or 0 for name, group in self.groups.items()
        }
        self._refuse_groups_of_another_day(cleaned)
        if not self.errors:
            self._refuse_impossible(cleaned)
        self._ask_about_note(cleaned)
        if not self.errors:
            self._ask_about_hints(cleaned)
        for name in ("asked", "is_confirmed", "note_asked"):
            cleaned.pop(name, None)
        return cleaned

    def _refuse_groups_of_another_day(self, cleaned):
        day = cleaned.get("day")
        for name, group in self.groups.items():
            people = cleaned["counts"][group]
            if day and people and not group.is_on(day) and self.entry is None:
                self.add_error(name, activities.not_valid(group, day))

    def _refuse_impossible(self, cleaned):
        """Before anything is asked; the operation looks again under its lock."""
        names = ["worker", "day", "district", "kind", "format", "offer"]
        words = Activity(agency=cleaned["worker"].agency, **{n: cleaned[n] for n in names})
        was = self.entry and activities.before_change(self.entry)
        try:
            activities.refuse_closed(words.agency, words.day)
            activities.check(words, counts=cleaned["counts"], topics=cleaned["topics"], was=was)
        except ValidationError as error:
            self.refuse(error)

    def _ask_about_note(self, cleaned):
        note = cleaned.get("note") or ""
        insists = cleaned.pop("is_note_insisted", False)
        cleaned["is_note_insisted"] = False
        if not note or not (found := privacy.kinds(note)):
            return
        if self.entry and self.entry.is_note_insisted and self.entry.note == note:
            cleaned["is_note_insisted"] = True
            return
        about = blake2s(note.encode(), digest_size=8).hexdigest()
        if insists and cleaned.get("note_asked") == about:
            cleaned["is_note_insisted"] = True
            return
        text = _("The note seems to contain %(found)s. The portal keeps no case of a person.")
        self._ask("is_note_insisted", "note_asked", about, [text % {"found": ", ".join(found)}])
        self.suggestion = privacy.suggestion(note)

    def _ask_about_hints(self, cleaned):
        names = ["worker", "day", "district", "kind", "format", "minutes", "counts", "offer"]
        words = hints.Words(**{name: cleaned[name] for name in names})
        self.hints = hints.found(words, entry=self.entry, form_id=cleaned.get("form_id"))
        about = hints.fingerprint(self.hints)
        if self.hints and not (cleaned["is_confirmed"] and cleaned["asked"] == about):
            self._ask("is_confirmed", "asked", about, [hint.text for hint in self.hints])

    def _ask(self, name, hidden, about, texts):
        """Not saved until ``name`` is ticked on the page that shows these texts."""
        self.data = self.data.copy()
        self.data[hidden] = about
        self.data.pop(name, None)
        self.add_error(name, texts)

    def refuse(self, error: ValidationError) -> None:
        """Say what the operation refused, where the form has the field."""
        for name, errors in error.update_error_dict({}).items():
            if name == "counts" and any(count in self.errors for count in self.groups):
                continue  # said there
            known = name in self.fields and name != NON_FIELD_ERRORS
            self.add_error(name if known else None, errors)


class EntryEditForm(EntryForm):
    """Notices when somebody else saved the entry while this page was open."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["form_id"]
        now = editing.fingerprint(self.entry, activities.WATCHED)
        self.fields["seen"].initial = now
        self.changed = []
        if self.is_bound:
            seen = self.data.get("seen", "")
            self.changed = editing.changed_since(self.entry, seen, activities.WATCHED)

    def clean(self):
        cleaned = super().clean()
        if self.changed:
            self.data = self.data.copy()
            self.data["seen"] = self.fields["seen"].initial
            self.add_error(None, editing.messages(self.entry, self.changed))
        return cleaned


def restored(fields: QueryDict) -> dict:
    """What was typed, as initial values: shown as it was, and not judged yet."""
    initial = {name: fields.get(name) for name in fields if drafts.FIELDS.match(name)}
    initial["topics"] = fields.getlist("topics")
    initial["has_interpreter"] = "has_interpreter" in fields
    return initial
