"""Whom a question waits for: first the district's lead, then the deputy too, then the coordination.

What "after two working days" means: the day on which somebody asked does not count, nor does any
Saturday, Sunday or holiday of the Land (§ 187 Abs. 1, § 193 BGB). Two whole working days may pass
without an answer; the deputy is asked as soon as the third begins, and the coordination as soon as
the sixth does. Asked on a Friday, the question comes to the deputy on Wednesday, and to the
coordination on Monday of the week after, if there is no holiday in between.

Nobody waits for somebody who is not there. If no position leads the district, or nobody holds it,
or whoever holds it is absent, the deputy is asked at once; where no deputy is there, the
coordination. All this is computed when it is read: no job has to have run.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Absence, Agency, Assignment, Occupancy, Worker
from agencies.responsibility import first_of
from coordination.holidays import working_days_after, working_days_since
from districts.models import District

DEPUTY_AFTER = 2  # whole working days without an answer
COORDINATION_AFTER = 5


class Stage(models.TextChoices):
    """How far a question came that waits."""

    LEAD = "lead", _("lead")
    DEPUTY = "deputy", _("deputy")
    COORDINATION = "coordination", _("coordination")


def since(moment: datetime, day: date) -> date:
    """The day a wait counts from; what lies ahead of the portal's day counts as that day."""
    return min(timezone.localdate(moment), day)


@dataclass(frozen=True)
class Way:
    """Whom one question waits for on a day, and who of them is there."""

    agency: Agency | None  # whose question it is; None: nobody's, so the coordination's
    lead: Assignment | None  # None as well if the coordination gave it to the agency by hand
    deputy: Assignment | None
    present: tuple[Worker, ...]  # of the lead's position
    deputies: tuple[Worker, ...]
    is_there: bool  # somebody of the agency can answer
    since: date
    day: date

    @property
    def waited(self) -> int:
        """Whole and begun working days after the day it was asked."""
        return working_days_since(self.since, self.day)

    @property
    def stages(self) -> list[Stage]:
        """Every stage that has been reached, the last one last; never none."""
        is_late, reached = self._has_waited(DEPUTY_AFTER), []
        if self.is_there:
            reached.append(Stage.LEAD)
        if self.deputies and (is_late or not self.is_there):
            reached.append(Stage.DEPUTY)
        has_no_deputy = is_late and not self.deputies
        if not reached or has_no_deputy or self._has_waited(COORDINATION_AFTER):
            reached.append(Stage.COORDINATION)
        return reached

    @property
    def stage(self) -> Stage:
        return self.stages[-1]

    def _has_waited(self, days: int) -> bool:
        return self.day >= working_days_after(self.since, days + 1)

    def is_deputy(self, agencies: Collection[int]) -> bool:
        return self.deputy is not None and self.deputy.position.agency_id in agencies

    def reaches(self, agencies: Collection[int]) -> bool:
        """Whether the question has come as far as one of the agencies."""
        if self.agency is not None and self.agency.pk in agencies:
            return True
        return self.is_deputy(agencies) and Stage.DEPUTY in self.stages


class Arrangement:
    """Who leads and who stands in on a day, and who of them is there.

    Four queries, however many questions are asked about. ``places`` narrows it to some districts.
    """

    def __init__(self, day: date, *, places: Collection[int] | None = None):
        self.day = day
        self.quarters, self._codes = {}, defaultdict(set)  # names by key; postal codes by key
        rows = District.objects.filter(level=District.Level.QUARTER).order_by("name", "pk")
        assigned = Assignment.objects.on(day)
        if places is not None:
            rows, assigned = rows.filter(pk__in=places), assigned.filter(district__in=places)
        for pk, name, code in rows.values_list("pk", "name", "postal_codes__code"):
            self.quarters[pk] = name
            self._codes[pk].add(code)
        self._assigned = defaultdict(list)
        positions = set()
        for row in assigned.with_names():
            self._assigned[row.district_id, row.role].append(row)
            positions.add(row.position_id)
        absent = Absence.objects.on(day).filter(worker=OuterRef("worker"))
        held = Occupancy.objects.acting(day).filter(~Exists(absent), position__in=positions)
        self._present = defaultdict(dict)
        for row in held.select_related("worker"):
            self._present[row.position_id][row.worker_id] = row.worker
        self._found = {}
        self._ways = None

    def assigned(self, role: str, district: int | None, code: str, topic: str) -> Assignment | None:
        """Whom to ask; as deputy only somebody who is there."""
        key = (role, district, code, topic)
        if key not in self._found:
            rows = self._assigned[district, role]
            if role == Assignment.Role.DEPUTY:
                rows = [row for row in rows if self.present(row)]
            own = code if code in self._codes[district] else ""
            self._found[key] = first_of(rows, postal_code=own, topic=topic)
        return self._found[key]

    def present(self, assignment: Assignment | None) -> tuple[Worker, ...]:
        return tuple(self._present[assignment.position_id].values()) if assignment else ()

    def way(
        self,
        *,
        district: int | None,
        postal_code: str,
        topic: str,
        by_hand: Agency | None,
        waits_since: datetime,
    ) -> Way:
        """``by_hand`` is the agency the coordination gave the question to, whoever leads."""
        where = (district, postal_code, topic)
        lead = None if by_hand else self.assigned(Assignment.Role.LEAD, *where)
        deputy = self.assigned(Assignment.Role.DEPUTY, *where)
        present = self.present(lead)
        return Way(
            agency=by_hand or (lead.position.agency if lead else None),
            lead=lead,
            deputy=deputy,
            present=present,
            deputies=self.present(deputy),
            is_there=by_hand.is_active if by_hand else bool(present),
            since=since(waits_since, self.day),
            day=self.day,
        )

    def way_of(self, question) -> Way:
        """The way of a question that was read with its names."""
        return self.way(
            district=question.district_id,
            postal_code=question.postal_code,
            topic=question.topic.name if question.topic else "",
            by_hand=question.agency if question.is_by_hand else None,
            waits_since=question.waits_since,
        )

    def ways(self, waiting) -> dict[int, Way]:
        """The way of every open question: one query. They are few, for somebody answers."""
        if self._ways is None:
            rows = waiting.with_names().order_by("pk")
            self._ways = {row.pk: self.way_of(row) for row in rows}
        return self._ways
