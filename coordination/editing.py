"""Two people edit one row: the second sees what the first saved, and loses nothing typed.

A page's form carries in the hidden field ``seen`` what its reader saw, as one short hash per
field. If a field has another value by the time the form comes back, nothing is saved: the form
keeps what was typed and says what is saved now. Sending it again saves it.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2s

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

NOTHING = "–"


def fingerprint(row: models.Model, names: Iterable[str]) -> str:
    """One short hash per field; for the tests also what a form's ``seen`` must contain."""
    return " ".join(f"{name}={_mark(row, name)}" for name in names)


def changed_since(row: models.Model, seen: str, names: Iterable[str]) -> list[str]:
    """The fields whose value is not the one that was seen; what was not seen counts as changed."""
    marks = dict(part.partition("=")[::2] for part in (seen or "").split())
    return [name for name in names if marks.get(name) != _mark(row, name)]


def refuse_if_changed(row: models.Model, seen: str, names: Iterable[str]) -> None:
    """For operations: call it with the locked row before writing. None as ``seen`` skips it."""
    if seen is not None and (changed := changed_since(row, seen, names)):
        raise ValidationError(messages(row, changed))


def messages(row: models.Model, changed: Iterable[str]) -> list[str]:
    """What to tell the second person: what the first one saved, field by field."""
    return [
        _(
            "Somebody else changed this while you were working on it. "
            "Your entries are still here; saving again puts them in place of theirs."
        ),
        *(
            _("Saved meanwhile: %(field)s – %(value)s")
            % {"field": _name(row, name), "value": _shown(row, name)}
            for name in changed
        ),
    ]


class EditingForm(forms.ModelForm):
    """A ModelForm for an existing row that notices when somebody else saved in between.

    Watches ``Meta.fields``; a form whose fields are named otherwise than the model's names them
    in ``watched``. Hand ``cleaned_data["seen"]`` on to the operation: it checks once more under
    the lock with ``refuse_if_changed``.
    """

    watched: Iterable[str] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.watched = tuple(self.watched or self._meta.fields)
        self.changed = []
        # Now, because validation writes what was typed into the instance.
        self.fields["seen"].initial = fingerprint(self.instance, self.watched)
        if self.is_bound:
            self.changed = changed_since(
                self.instance, self.data.get(self.add_prefix("seen"), ""), self.watched
            )
            self._messages = messages(self.instance, self.changed)

    def clean(self):
        cleaned = super().clean()
        if self.changed:
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.fields["seen"].initial
            self.add_error(None, ValidationError(self._messages))
        return cleaned


def _name(row, name) -> str:
    field = row._meta.get_field(name)
    # Rows that belong to this one are named after what they are.
    return getattr(field, "verbose_name", "") or field.related_model._meta.verbose_name_plural


def _mark(row, name) -> str:
    value = getattr(row, getattr(row._meta.get_field(name), "attname", name))
    if isinstance(value, models.Manager):
        value = sorted(item.pk for item in value.all())  # which may have been fetched already
    return blake2s(f"{value}".encode(), digest_size=6).hexdigest()


def _shown(row, name) -> str:
    value = getattr(row, name)
    if isinstance(value, models.Manager):
        value = ", ".join(str(item) for item in value.all())
    elif row._meta.get_field(name).choices:
        value = getattr(row, f"get_{name}_display")()
    elif isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif isinstance(value, date):
        value = value.strftime("%d.%m.%Y")
    return NOTHING if value in (None, "") else str(value)
