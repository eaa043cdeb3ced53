"""What needs attention first, by role."""

from dataclasses import dataclass
from datetime import date, timedelta

from agencies.coverage import Board, Cover, Gap, Load, board_on
from agencies.models import Agency, Membership, Occupancy
from coordination.access.permissions import Actor, Perm

SOON = timedelta(days=183)  # half a year ahead


@dataclass
class Overview:
    board: Board
    leaderless: list[Agency]  # active associations without a lead who can sign in
    is_citywide: bool  # or are the reader's own positions those of some agencies?

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


def overview_for(actor: Actor, day: date) -> Overview:
    """Who is where on ``day``, and what is missing, in a fixed number of queries."""
    leaderless = []
    if actor.may(Perm.MANAGE_ACCOUNTS):
        leads = Membership.objects.leads().values("agency")
        associations = Agency.objects.active().filter(kind=Agency.Kind.ASSOCIATION)
        leaderless = list(associations.exclude(pk__in=leads))
    scope = actor.scope(Perm.VIEW_STAFFING)
    return Overview(board_on(day, scope), leaderless, scope.citywide)
