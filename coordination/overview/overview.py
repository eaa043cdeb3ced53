"""What needs attention first, by role."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Subquery, Value

from agencies.coverage import Board, Cover, Gap, Load, board_on
from agencies.models import Agency, Membership, Occupancy
from coordination.access.models import User
from coordination.access.permissions import Actor, Perm
from coordination.budget.models import BudgetYear, Payout

SOON = timedelta(days=183)  # half a year ahead


@dataclass
class Overview:
    board: Board
    leaderless: list[Agency]  # active associations without a lead who can sign in
    payouts: int  # for the city: to check or pay by the reader; for an agency: to request now
    free: Decimal | None  # of the year's budget, in euros; for whoever may see it

    @property
    def until(self) -> date:
        """How far ahead the page looks for what ends."""
        return self.board.day + SOON

    @property
    def gaps(self) -> list[tuple[Gap, list[Cover]]]:
        """The open points that exist, worst first."""
        return [(gap, covers) for gap, covers in self.board.gaps if covers]

    @property
    def led(self) -> list[Cover]:
        return [cover for cover in self.board.covers if cover.leads]

    @property
    def own(self) -> list[Load]:
        """The reader's own positions; for the city all of them."""
        return [load for load in self.board.loads if load.is_open]

    @property
    def filled(self) -> list[Load]:
        return [load for load in self.own if load.vacant_fte <= 0]

    @property
    def ending_positions(self) -> list[Load]:
        return [load for load in self.own if self._is_soon(load.position.ends_on)]

    @property
    def ending_holders(self) -> list[Occupancy]:
        """Whoever leaves a position that goes on without them."""
        return [
            row
            for load in self.own
            for row in load.holders
            if self._is_soon(row.ends_on) and row.ends_on != load.position.ends_on
        ]

    def _is_soon(self, day: date | None) -> bool:
        return day is not None and day <= self.until


def overview_for(actor: Actor, user: User, day: date) -> Overview:
    """The figures of the start page on ``day`` in a fixed number of queries."""
    leaderless = []
    if actor.may(Perm.MANAGE_ACCOUNTS):
        leads = Membership.objects.leads().values("agency")
        associations = Agency.objects.active().filter(kind=Agency.Kind.ASSOCIATION)
        leaderless = list(associations.exclude(pk__in=leads))
    board = board_on(day, actor.scope(Perm.VIEW_STAFFING))
    return Overview(board, leaderless, *_money(actor, user, day))


def _money(actor: Actor, user: User, day: date) -> tuple[int, Decimal | None]:
    """How many payouts wait for the reader, and what the year's budget has free, in one query."""
    if actor.may(Perm.CHECK_PAYOUTS):
        waiting = Payout.objects.waiting_for(user)
    else:
        waiting = Payout.objects.within(actor.scope(Perm.REQUEST_PAYOUTS)).to_request(day)
    number = waiting.order_by().values(all=Value(1)).annotate(number=Count("pk")).values("number")
    free = BudgetYear.objects.with_sums().filter(year=day.year).values("free")
    if not actor.may(Perm.VIEW_FUNDING):
        return 0, None
    # Asked of the reader's own row, because that is always there.
    found = User.objects.filter(pk=user.pk).values_list(Subquery(number), Subquery(free)).get()
    return found[0] or 0, found[1] if actor.may(Perm.VIEW_BUDGET) else None
