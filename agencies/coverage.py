"""Who is responsible where on a day: the questions behind Einsatzplan, district pages and map."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Assignment, Occupancy, Position, Worker
from coordination.access.permissions import Scope
from districts.models import District


class Gap(models.TextChoices):
    """What can be wrong with a district's coverage on a day, worst first.

    ``NO_DEPUTY``: no position was given the part. Whether somebody holds it then, volunteers ask
    (``Assignment.objects.standing_in``).
    """

    NO_LEAD = "no_lead", _("without lead")
    PARTLY = "partly", _("lead for a part only")
    VACANT = "vacant", _("lead's position is vacant")
    OVERLAP = "overlap", _("leads overlap")
    NO_DEPUTY = "no_deputy", _("without deputy")


@dataclass
class Post:
    """An assignment on a day, with whoever holds its position that day."""

    assignment: Assignment
    holders: list[Occupancy]
    is_open: bool  # may the reader see share and load?

    @property
    def is_vacant(self) -> bool:
        return not self.holders

    @property
    def names(self) -> str:
        return ", ".join(row.worker.name for row in self.holders)


@dataclass
class Cover:
    """One district on one day."""

    district: District
    leads: list[Post] = field(default_factory=list)
    deputies: list[Post] = field(default_factory=list)

    @property
    def posts(self) -> list[Post]:
        return [*self.leads, *self.deputies]

    @property
    def open_codes(self) -> list[str]:
        """Postal codes of the district for which nobody leads though it is divided by them."""
        if any(post.assignment.division != Assignment.Division.POSTAL_CODES for post in self.leads):
            return []
        led = {code.code for post in self.leads for code in post.assignment.postal_codes.all()}
        return [code.code for code in self.district.postal_codes.all() if code.code not in led]

    @property
    def shared(self) -> list[str]:
        """What more than one lead covers: postal codes or topics named twice."""
        named = defaultdict(int)
        for post in self.leads:
            row = post.assignment
            if row.division == Assignment.Division.TOPIC:
                named[row.topic] += 1
            for code in row.postal_codes.all():
                named[code.code] += 1
        return sorted(name for name, times in named.items() if times > 1)

    @property
    def gaps(self) -> list[Gap]:
        found = []
        if not self.leads:
            found.append(Gap.NO_LEAD)
        elif self.open_codes:
            found.append(Gap.PARTLY)
        if any(post.is_vacant for post in self.leads):
            found.append(Gap.VACANT)
        if self.shared:
            found.append(Gap.OVERLAP)
        if not self.deputies:
            found.append(Gap.NO_DEPUTY)
        return found


@dataclass
class Load:
    """A position on a day: who holds it and how much of its hours is given to districts."""

    position: Position
    holders: list[Occupancy]
    leads: int = 0
    deputies: int = 0
    share: int = 0  # percent of the position's weekly hours
    is_open: bool = True

    @property
    def free(self) -> int:
        return 100 - self.share

    @property
    def names(self) -> str:
        return ", ".join(row.worker.name for row in self.holders)

    @property
    def held_fte(self) -> Decimal:
        return sum((row.fte for row in self.holders), Decimal("0.00"))

    @property
    def vacant_fte(self) -> Decimal:
        return self.position.fte - self.held_fte

    @property
    def hours(self) -> Decimal:
        """Weekly hours given to districts, of ``PORTAL_WEEKLY_HOURS`` for one full time."""
        return weekly_hours(self.position.fte, self.share)


@dataclass
class Workload:
    """A caseworker on a day: what they hold and how much of it is given to districts."""

    worker: Worker
    fte: Decimal = Decimal("0.00")
    hours: Decimal = Decimal("0.0")  # weekly, for what they hold
    assigned: Decimal = Decimal("0.0")  # weekly, for the districts

    @property
    def share(self) -> int:
        """Percent of their hours that is given to districts, rounded half up."""
        percent = self.assigned * 100 / self.hours
        return int(percent.quantize(Decimal("1"), ROUND_HALF_UP))


def weekly_hours(fte: Decimal, share: int = 100) -> Decimal:
    """Hours a week, to one decimal, of ``share`` percent of ``fte`` full-time equivalents."""
    hours = settings.FULL_TIME_WEEKLY_HOURS * fte * share / 100
    return hours.quantize(Decimal("0.1"), ROUND_HALF_UP)


def hours_of(row: Position | Occupancy | Assignment) -> Decimal:
    """Weekly hours of a position, of who holds it, or of what it gives to a district."""
    if isinstance(row, Assignment):
        return weekly_hours(row.position.fte, row.share)
    return weekly_hours(row.fte)


def holders_on(day: date) -> dict[int, list[Occupancy]]:
    """Who holds which position on ``day``, by the position's number."""
    held = defaultdict(list)
    for row in Occupancy.objects.on(day).select_related("worker"):
        held[row.position_id].append(row)
    return held


@dataclass(frozen=True)
class Entry:
    """One line of the board as a list: a district with one of its posts, or with none."""

    cover: Cover
    post: Post | None = None

    @property
    def role(self) -> str:
        return str(self.post.assignment.get_role_display()) if self.post else ""

    @property
    def agency(self) -> str:
        return str(self.post.assignment.position.agency) if self.post else ""

    @property
    def position(self) -> str:
        return self.post.assignment.position.title if self.post else ""

    @property
    def names(self) -> str:
        return self.post.names if self.post else ""

    @property
    def share(self) -> int | None:
        return self.post.assignment.share if self.post and self.post.is_open else None

    @property
    def area(self) -> str:
        return self.post.assignment.area if self.post else ""

    @property
    def starts_on(self) -> date | None:
        return self.post.assignment.starts_on if self.post else None

    @property
    def ends_on(self) -> date | None:
        return self.post.assignment.ends_on if self.post else None


@dataclass
class Board:
    """Districts and positions of the whole city on one day."""

    day: date
    covers: list[Cover]
    loads: list[Load]
    stray: list[Assignment]  # in districts that do not exist on the day

    def with_gap(self, gap: Gap) -> list[Cover]:
        return [cover for cover in self.covers if gap in cover.gaps]

    def only(self, borough: District) -> "Board":
        """The same board for the districts of one borough."""
        covers = [cover for cover in self.covers if cover.district.parent_id == borough.pk]
        numbers = {post.assignment.position_id for cover in covers for post in cover.posts}
        loads = [load for load in self.loads if load.position.pk in numbers]
        return replace(self, covers=covers, loads=loads)

    @property
    def entries(self) -> list[Entry]:
        return [Entry(cover, post) for cover in self.covers for post in (cover.posts or [None])]

    @property
    def gaps(self) -> list[tuple[Gap, list[Cover]]]:
        return [(gap, self.with_gap(gap)) for gap in Gap]

    @property
    def vacant(self) -> list[Load]:
        return [load for load in self.loads if load.is_open and load.vacant_fte > 0]

    @property
    def workloads(self) -> list[Workload]:
        """Load per caseworker, over all positions they hold, each with their part of it."""
        found = {}
        for load in self.loads:
            for row in load.holders if load.is_open else []:
                one = found.setdefault(row.worker_id, Workload(row.worker))
                one.fte += row.fte
                one.hours += weekly_hours(row.fte)
                one.assigned += weekly_hours(row.fte, load.share)
        return sorted(found.values(), key=lambda one: one.worker.name)

    @property
    def columns(self) -> list[Load]:
        """The positions that cover at least one district."""
        return [load for load in self.loads if load.leads or load.deputies]

    @property
    def rows(self) -> list[tuple[Cover, list[list[Post]]]]:
        """Districts × positions: for each district the posts below each column."""
        numbers = [load.position.pk for load in self.columns]
        return [
            (
                cover,
                [
                    [post for post in cover.posts if post.assignment.position_id == number]
                    for number in numbers
                ],
            )
            for cover in self.covers
        ]


def board_on(day: date, scope: Scope) -> Board:
    """The whole arrangement on ``day`` in a fixed number of queries.

    Everybody who may see the coverage sees who is where; shares and load only within ``scope``.
    """
    held = holders_on(day)
    quarters = District.objects.quarters().on(day).without_shapes().select_related("parent")
    covers = {row.pk: Cover(row) for row in quarters.prefetch_related("postal_codes")}
    loads = {
        row.pk: Load(row, held.get(row.pk, []), is_open=scope.covers(row.agency_id))
        for row in Position.objects.on(day).select_related("agency")
    }
    stray = []
    for row in Assignment.objects.on(day).with_names():
        post = Post(
            row, held.get(row.position_id, []), is_open=scope.covers(row.position.agency_id)
        )
        is_lead = row.role == Assignment.Role.LEAD
        if row.district_id not in covers:
            stray.append(row)
        else:
            cover = covers[row.district_id]
            (cover.leads if is_lead else cover.deputies).append(post)
        if row.position_id in loads:
            load = loads[row.position_id]
            load.share += row.share
            load.leads += is_lead
            load.deputies += not is_lead
    return Board(day, list(covers.values()), list(loads.values()), stray)
