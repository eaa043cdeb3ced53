"""Telling by mail whom a question waits for: each person once at each stage of each wait.

First whoever holds the lead's position and is there, then whoever stands in, then the
coordination. Who has no account that can answer is replaced by the leads of their agency, and an
agency without any by the coordination. The row ``Notice`` is the claim on the mail, as with every
mail of the portal (``agencies.reports.mails``): of two runs one sends it, and a mail that was not
taken is tried again by the next run.

Nobody can switch these mails off. They are no digest: somebody waits, and a question that reaches
nobody is what the desk promises not to happen. They name the question's number, its district and
since when it waits; no word of it, and no address.
"""

from collections import defaultdict
from datetime import date
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from agencies.models import Agency, Membership, Worker
from agencies.reports.mails import Outbox, address, one_line, written
from coordination.access.models import CityRole, User
from volunteers.desk import routing
from volunteers.desk.escalation import Arrangement, Stage, Way
from volunteers.desk.models import Notice, Question

CALLED = gettext_lazy("Notices of questions that wait")


def send(day: date, outbox: Outbox) -> None:
    """Tell everybody who has not been told what waits for them on ``day``.

    ``manage.py send_desk_mail`` calls this after the mails to those who asked, every few minutes;
    a trial run (``outbox.is_trial``) counts and writes nothing.
    """
    if not outbox.is_trial:
        routing.reroute(day)
    arrangement, people = Arrangement(day), People()
    waiting = list(Question.objects.open().with_names().order_by("waits_since", "pk"))
    known = Notice.objects.filter(question__in=[row.pk for row in waiting])
    known = set(known.values_list("question", "user", "stage", "waits_since"))
    for question in waiting:
        way = arrangement.way_of(question)
        for stage, readers in people.to_tell(way).items():
            for user in readers:
                if (question.pk, user.pk, stage, question.waits_since) in known:
                    continue
                take = partial(_taken, question, way, stage, user)
                outbox.send_once(take, called=str(CALLED))


class People:
    """The accounts that can answer: three queries, and one for the workers' agencies."""

    def __init__(self):
        acting = Membership.objects.filter(user__is_active=True, agency__is_active=True)
        self._members, self._leads = defaultdict(dict), defaultdict(list)
        for row in acting.select_related("user").order_by("user__name", "pk"):
            self._members[row.agency_id][row.user_id] = row.user
            if row.role == Membership.Code.LEAD:
                self._leads[row.agency_id].append(row.user)
        roles = CityRole.objects.filter(role=CityRole.Code.COORDINATION, user__is_active=True)
        self.coordination = [row.user for row in roles.select_related("user").order_by("pk")]

    def to_tell(self, way: Way) -> dict[Stage, list[User]]:
        """By each stage that was reached; those after the first in addition to those before."""
        told = {}
        for stage in way.stages:
            if stage == Stage.LEAD:
                told[stage] = self._of(way.agency, way.present)
            elif stage == Stage.DEPUTY:
                told[stage] = self._of(way.deputy.position.agency, way.deputies)
            else:
                told[stage] = self.coordination
        return told

    def _of(self, agency: Agency, workers: tuple[Worker, ...]) -> list[User]:
        members = self._members[agency.pk]
        own = [members[row.user_id] for row in workers if row.user_id in members]
        return own or self._leads[agency.pk] or self.coordination


def _taken(question: Question, way: Way, stage: Stage, user: User) -> EmailMessage | None:
    """The mail, claimed; None if the question has been answered since it was looked up."""
    since = question.waits_since
    if not Question.objects.open().filter(pk=question.pk, waits_since=since).exists():
        return None
    claim = Notice(question=question, user=user, stage=stage, waits_since=since)
    claim.save(force_insert=True)
    return _mail(question, way, stage, user)


def _mail(question: Question, way: Way, stage: Stage, user: User) -> EmailMessage:
    with override(settings.LANGUAGE_CODE):
        context = {
            "name": one_line(user.name),
            "number": question.pk,
            "district": one_line(question.district.name) if question.district else "",
            "stage": stage,
            "is_first": way.stages[0] == stage,
            "since": way.since,
            "waited": way.waited,
            "is_by_hand": question.is_by_hand,
            "is_there": way.is_there,
            "agency": one_line(way.agency) if way.agency else "",
            "link": address("desk:question_detail", question.pk),
        }
        subject = _("Question %(number)d waits for an answer") % {"number": question.pk}
        return written(
            to=user.email, subject=subject, template="desk/mail/notice.txt", context=context
        )
