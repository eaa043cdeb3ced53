"""What motions and tasks have in common: a history of steps that is added to, never rewritten."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordination.access.models import User
from coordination.as_of import today
from coordination.council.models import LINKED
from coordination.periods import show_day
from coordination.text import refuse_bank_data


def refuse_unseen(last, seen: int | None, *, by: User | None, state: str, day: date) -> None:
    """Refuse an act by somebody who has not seen the ``last`` step, saying what it was.

    With the code "done" it was their own and just this one, as after a double click; with
    "unseen" the form may be sent again. None as ``seen`` skips it: the sample city, commands.
    """
    if seen is None or last.pk == seen:
        return
    is_own = by is not None and last.by_id == by.pk
    if is_own and (last.state, last.day) == (state, day):
        raise ValidationError(_("This has been entered already."), code="done")
    text = _(
        "%(person)s has entered meanwhile: %(state)s on %(day)s. "
        "Your entries are still here; sending them again adds to that."
    )
    names = {
        "person": last.by or _("System"),
        "state": last.get_state_display(),
        "day": show_day(last.day),
    }
    raise ValidationError(text % names, code="unseen")


def refuse_day(day: date, last, *, field: str = "day") -> None:
    """A step lies neither in the future nor before the one it follows."""
    if day > today():
        raise ValidationError({field: _("This day lies in the future.")})
    if day < last.day:
        text = _("The step before it was on %(day)s; this one cannot lie before.")
        raise ValidationError({field: text % {"day": show_day(last.day)}})


def refuse_body(body, day: date, *, field: str) -> None:
    """A group or committee acts only while it exists."""
    if not body.is_on(day):
        text = _("“%(name)s” does not exist on %(day)s.")
        raise ValidationError({field: text % {"name": body, "day": show_day(day)}})


def tidy(row: models.Model, names: Iterable[str]) -> None:
    """Single spaces, and no bank data, in the texts of one line."""
    for name in names:
        setattr(row, name, " ".join(getattr(row, name).split()))
        refuse_bank_data(name, getattr(row, name))


def save_once(row: models.Model, field: str) -> None:
    """Save a new row; of two who enter the same in one moment the second is told, not an error."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({field: _("This has been entered already.")}) from error


def set_links(row: models.Model, links: dict) -> None:
    for name in LINKED:
        if name in links:
            getattr(row, name).set(links[name])


def in_the_log(row: models.Model, *names: str) -> dict:
    """What was chosen from a list, in the language of the administration."""
    with override(settings.LANGUAGE_CODE):
        return {name: str(getattr(row, f"get_{name}_display")()) for name in names}
