"""Groups and committees of the council."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.council import steps
from coordination.council.models import Committee, Group, Motion
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from coordination.text import fold

Body = Group | Committee
FIELDS = {
    Group: ("name", "short_name", "starts_on", "ends_on"),
    Committee: ("name", "is_council", "starts_on", "ends_on"),
}
TEXTS = {Group: ("name", "short_name"), Committee: ("name",)}


@transaction.atomic
def create(model: type[Body], *, by: User | None, **fields) -> Body:
    body = model(**fields)
    _check(body)
    steps.save_once(body, "name")
    record(Verb.CREATED, body, by=by, after=values(body, *FIELDS[model]))
    return body


@transaction.atomic
def change(body: Body, *, seen: str | None = None, by: User | None, **fields) -> Body:
    model = type(body)
    model.objects.select_for_update(no_key=True).get(pk=body.pk)
    body = model.objects.get(pk=body.pk)
    refuse_if_changed(body, seen, FIELDS[model])
    before = values(body, *FIELDS[model])
    for name, value in fields.items():
        setattr(body, name, value)
    _check(body)
    _refuse_days_outside(body)
    body.save()
    after = values(body, *FIELDS[model])
    if before != after:
        record(Verb.CHANGED, body, by=by, before=before, after=after)
    return body


def _check(body: Body) -> None:
    steps.tidy(body, TEXTS[type(body)])
    if body.ends_on and body.ends_on < body.starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})
    body.full_clean()
    same = type(body).objects.overlapping(body.starts_on, body.ends_on).exclude(pk=body.pk)
    for name in TEXTS[type(body)]:
        if any(fold(text) == fold(getattr(body, name)) for text in same.values_list(name, flat=1)):
            text = _("“%(name)s” exists already in this time.")
            raise ValidationError({name: text % {"name": getattr(body, name)}})


def _refuse_days_outside(body: Body) -> None:
    """What a body did lies in its time."""
    if isinstance(body, Group):
        days = list(Motion.objects.filter(groups=body).values_list("submitted_on", flat=True))
    else:
        days = list(body.resolutions.values_list("day", flat=True))
    outside = [day for day in days if not body.is_on(day)]
    if outside:
        field = "starts_on" if min(outside) < body.starts_on else "ends_on"
        text = _("There is something of “%(name)s” from %(day)s.")
        raise ValidationError({field: text % {"name": body, "day": show_day(outside[0])}})
