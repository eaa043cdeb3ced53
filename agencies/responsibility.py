"""Who is responsible for one district: on a day, around it, and before and after."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from agencies.coverage import Cover, Post
from agencies.models import Agency, Assignment, Occupancy
from coordination.access.permissions import Scope
from coordination.text import fold
from districts.models import District


@dataclass
class Responsibility:
    cover: Cover  # of the district itself on the day
    related: list[Cover]  # of its neighbours, or of a borough's quarters
    history: list[Post]  # newest first, withdrawn ones too; holders over the whole time


def of(district: District, related: list[District], *, day: date, scope: Scope) -> Responsibility:
    """Everything a district's page says, in three queries whatever the number of rows.

    Shares and reasons are open only within ``scope``.
    """
    ids = [row.pk for row in related]
    on_day = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))
    rows = list(
        Assignment.objects.filter(Q(district=district) | Q(on_day, district__in=ids))
        .with_names()
        .order_by("district__key", "role", "starts_on", "pk")
    )
    held = defaultdict(list)
    positions = {row.position_id for row in rows}
    for occupancy in (
        Occupancy.objects.standing().filter(position__in=positions).select_related("worker")
    ):
        held[occupancy.position_id].append(occupancy)

    covers = {row.pk: Cover(row) for row in [district, *related]}
    history = []
    for row in rows:
        is_open = scope.covers(row.position.agency_id)
        if row.is_on(day) and not row.is_withdrawn:
            holders = [one for one in held[row.position_id] if one.is_on(day)]
            cover = covers[row.district_id]
            posts = cover.leads if row.role == Assignment.Role.LEAD else cover.deputies
            posts.append(Post(row, holders, is_open))
        if row.district_id == district.pk:
            history.append(Post(row, _during(row, held[row.position_id]), is_open))
    history.sort(key=lambda post: post.assignment.starts_on, reverse=True)
    return Responsibility(covers.pop(district.pk), list(covers.values()), history)


def first_of(
    rows: Iterable[Assignment], *, postal_code: str = "", topic: str = ""
) -> Assignment | None:
    """Of the assignments of one district and role the one to ask; None: nobody, ask the city.

    Where several share it, the postal code (one of the district, or none) decides, then the topic,
    then who has the larger share. A postal code that nobody took has nobody, though the district
    has.
    """
    rows = sorted(rows, key=lambda row: (-row.share, row.pk))
    by_code = [row for row in rows if row.division == Assignment.Division.POSTAL_CODES]
    others = [row for row in rows if row.division != Assignment.Division.POSTAL_CODES]
    for row in rows:
        if row.division == Assignment.Division.WHOLE:
            return row
    for row in by_code:
        if postal_code and postal_code in {code.code for code in row.postal_codes.all()}:
            return row
    for row in others:
        if topic and fold(row.topic) == fold(topic):
            return row
    left = others if postal_code else rows
    return left[0] if left else None


def coordination() -> Agency | None:
    """Whom to ask where nobody is responsible: the city itself."""
    return Agency.objects.active().filter(kind=Agency.Kind.CITY).first()


def _during(row: Assignment, holders: list[Occupancy]) -> list[Occupancy]:
    """Who held the position at any time of the assignment, each person once."""
    found = {}
    for one in sorted(holders, key=lambda one: one.starts_on):
        begins = row.ends_on is None or one.starts_on <= row.ends_on
        lasts = one.ends_on is None or one.ends_on >= row.starts_on
        if begins and lasts:
            found.setdefault(one.worker_id, one)
    return list(found.values())
