"""Talks with volunteers and groups: note, delete. Only when and how, never what about."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Worker
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.periods import show_day
from volunteers.models import Talk, Volunteer, VolunteerGroup

LOGGED = ("day", "kind", "worker")


@transaction.atomic
def note(
    party: Volunteer | VolunteerGroup, *, worker: Worker, day: date, kind: str, by: User | None
) -> Talk:
    """Note a talk. The same one, sent twice, is noted once."""
    model = type(party)
    model.objects.select_for_update(no_key=True).get(pk=party.pk)
    party = model.objects.get(pk=party.pk)
    _check_day(party, day)
    found = party.talks.filter(worker=worker, day=day, kind=kind).first()
    if found:
        return found
    talk = Talk(**{party.talks.field.name: party}, worker=worker, day=day, kind=kind)
    talk.full_clean(exclude=["volunteer", "group"])
    talk.save()
    record(Verb.CREATED, talk, by=by, agency_id=party.agency_id, after=values(talk, *LOGGED))
    return talk


@transaction.atomic
def delete(talk: Talk, *, by: User | None) -> None:
    """Take out a talk that was noted wrongly. Deleted by somebody else already is just as well."""
    party = talk.volunteer or talk.group
    type(party).objects.select_for_update(no_key=True).get(pk=party.pk)
    found = Talk.objects.filter(pk=talk.pk).first()
    if found:
        before = values(found, *LOGGED)
        record(Verb.DELETED, found, by=by, agency_id=party.agency_id, before=before)
        found.delete()


def _check_day(party: Volunteer | VolunteerGroup, day: date) -> None:
    if day > today():
        raise ValidationError({"day": _("The talk lies in the future.")})
    if day < party.starts_on:
        text = _("Helps only from %(day)s.") % {"day": show_day(party.starts_on)}
        raise ValidationError({"day": text})
    if party.has_ended(day):
        text = _("Helps only until %(day)s.") % {"day": show_day(party.ends_on)}
        raise ValidationError({"day": text})
