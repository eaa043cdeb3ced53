"""Absences: on which days the deputy is asked instead of a worker. Never why."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Absence, Worker
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record
from coordination.periods import show_day


@transaction.atomic
def create(worker: Worker, *, starts_on: date, ends_on: date, by: User | None) -> Absence:
    """Enter days on which the worker is away, both included; none of them twice."""
    worker = _locked(worker)
    absence = Absence(worker=worker, starts_on=starts_on, ends_on=ends_on)
    absence.full_clean()
    if ends_on < today():
        raise ValidationError({"ends_on": _("These days are over: nobody is asked on them.")})
    if other := worker.absences.overlapping(starts_on, ends_on).first():
        raise ValidationError(
            {
                "starts_on": _("An absence from %(first)s to %(last)s is entered already.")
                % {"first": show_day(other.starts_on), "last": show_day(other.ends_on)}
            }
        )
    absence.save()
    _log(Verb.CREATED, absence, by)
    return absence


@transaction.atomic
def delete(absence: Absence, *, by: User) -> None:
    """The worker is back, or stays after all."""
    worker = _locked(absence.worker)
    found = worker.absences.filter(pk=absence.pk).first()
    if found:  # else somebody else was quicker
        _log(Verb.DELETED, found, by)
        found.delete()


def _locked(worker: Worker) -> Worker:
    Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
    return Worker.objects.get(pk=worker.pk)


def _log(verb: Verb, absence: Absence, by: User | None) -> None:
    """That it was entered, not for which days: the log keeps for good what it is told."""
    record(verb, absence, by=by, agency_id=absence.worker.agency_id)
