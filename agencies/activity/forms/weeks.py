"""A line of the week grid: one entry, typed in a hurry."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from agencies.activity.models import Activity
from agencies.activity.models.activity import MOST_MINUTES, MOST_PEOPLE
from agencies.lists.models import Format, Kind, TargetGroup
from districts.models import District

MOST_LINES = 10  # on one day
NAMES = ("district", "kind", "format")


@dataclass(frozen=True)
class Words:
    """What a line can be made of in a week, fetched once for all lines."""

    district: dict[str, District]
    kind: dict[str, Kind]
    format: dict[str, Format]
    target_groups: list[TargetGroup]

    @classmethod
    def of_week(cls, days: list[date]) -> "Words":
        def valid(model):
            return list(model.objects.overlapping(days[0], days[-1]).in_order())

        districts = District.objects.quarters().without_shapes().order_by("name", "pk")
        return cls(
            district=_by_pk(row for row in districts if any(row.is_on(day) for day in days)),
            kind=_by_pk(valid(Kind)),
            format=_by_pk(valid(Format)),
            target_groups=valid(TargetGroup),
        )


def _by_pk(rows) -> dict[str, Model]:
    return {str(row.pk): row for row in rows}


class LineForm(forms.Form):
    """Empty as long as nothing but what was preselected stands in it."""

    form_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "invalid": _("Please load the page anew."),
            "required": _("Please load the page anew."),
        },
    )
    # The page says in hidden fields what was preselected, so that an untouched line is known.
    district = forms.TypedChoiceField(label=_("District"), show_hidden_initial=True)
    kind = forms.TypedChoiceField(label=_("Kind"), show_hidden_initial=True)
    format = forms.TypedChoiceField(label=_("Format"), show_hidden_initial=True)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MOST_MINUTES)

    def __init__(self, data=None, *, prefix: str, words: Words, last: Activity | None):
        initial = {"form_id": uuid4()}
        for name in NAMES:
            key = str(getattr(last, f"{name}_id", ""))
            initial[name] = key if key in getattr(words, name) else ""
        super().__init__(
            data, prefix=prefix, initial=initial, empty_permitted=True, use_required_attribute=False
        )
        for name in NAMES:
            rows = getattr(words, name)
            self.fields[name].choices = [("", "–"), *((pk, str(row)) for pk, row in rows.items())]
            self.fields[name].coerce = rows.get
        self.groups = {f"people_{group.pk}": group for group in words.target_groups}
        for name, group in self.groups.items():
            self.fields[name] = forms.IntegerField(
                label=group.name, min_value=0, max_value=MOST_PEOPLE, required=False
            )

    def has_changed(self):
        return any(name != "form_id" for name in self.changed_data)

    @property
    def counts(self) -> list:
        return [self[name] for name in self.groups]

    def entry(self) -> dict:
        """What ``activities.log`` needs beside the worker and the day."""
        counts = {group: self.cleaned_data[name] or 0 for name, group in self.groups.items()}
        names = (*NAMES, "minutes", "form_id")
        return {"counts": counts, **{name: self.cleaned_data[name] for name in names}}

    def refuse(self, error: ValidationError) -> None:
        """Say what is wrong; sending the line again makes an entry of its own."""
        self.data = self.data.copy()
        self.data[self.add_prefix("form_id")] = str(uuid4())
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)

    def be_silent(self) -> None:
        """Show what was typed without saying yet what is missing."""
        self._errors = ErrorDict(renderer=self.renderer)


class GridForm:
    """The lines of a week: those that were sent, or one for each day that is open."""

    def __init__(self, data, *, days: list[date], open_days: set[date], words, last):
        self.is_bound = data is not None
        self.lines: dict[date, list[LineForm]] = {}
        more = data.get("zeile", "") if data else ""
        for day in days:
            prefix = day.isoformat()
            sent = _number_of_lines(data, prefix) if data is not None else 0
            wanted = sent or (1 if day in open_days else 0)
            if more == prefix:
                wanted = min(sent + 1, MOST_LINES)
            self.lines[day] = [
                LineForm(
                    data if number < sent else None,
                    prefix=f"{prefix}-{number}",
                    words=words,
                    last=last,
                )
                for number in range(wanted)
            ]
        self.asks_for_more = more in {day.isoformat() for day in days}
        if self.asks_for_more:
            for _day, line in self:
                line.be_silent()

    def __iter__(self):
        return ((day, line) for day, lines in self.lines.items() for line in lines)

    @property
    def filled(self) -> list[tuple[date, LineForm]]:
        return [(day, line) for day, line in self if line.is_bound and line.has_changed()]

    def is_valid(self) -> bool:
        # All of them, so that every error is shown at once.
        return all([line.is_valid() for _day, line in self if line.is_bound])


def _number_of_lines(data, prefix: str) -> int:
    typed = data.get(f"zeilen-{prefix}", "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 4
    return min(int(typed), MOST_LINES) if is_number else 0
