"""What a motion or a resolution is about: words for everybody, links for whoever may open them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.access.permissions import Actor, Perm
from coordination.periods import show_day


@dataclass(frozen=True)
class Link:
    text: str
    url: str  # empty: this reader may not open the page


@dataclass(frozen=True)
class Links:
    label: str
    rows: list[Link]


def links(row, actor: Actor) -> list[Links]:
    """Of a motion or resolution; the kinds it has nothing of are left out."""
    agreements = row.agreements.select_related("agency")
    lines = row.lines.select_related("year")
    positions = row.positions.select_related("agency")
    districts = row.districts.without_shapes()
    funding, staffing = actor.scope(Perm.VIEW_FUNDING), actor.scope(Perm.VIEW_STAFFING)
    budget, directory = actor.may(Perm.VIEW_BUDGET), actor.may(Perm.VIEW_DIRECTORY)
    found = [
        Links(
            _("Agreements"),
            [
                _link(
                    f"{one.reference} {one.agency.short_name}: {one.subject}",
                    "budget:agreement_detail",
                    one.pk,
                    funding.covers(one.agency_id),
                )
                for one in agreements
            ],
        ),
        Links(
            _("Budget lines"),
            [_link(f"{one}", "budget:line_detail", one.pk, budget) for one in lines],
        ),
        Links(
            _("Positions"),
            [
                _link(
                    f"{one.title} ({one.agency.short_name}, {_term(one)})",
                    "agencies:position_detail",
                    one.pk,
                    staffing.covers(one.agency_id),
                )
                for one in positions
            ],
        ),
        Links(
            _("Districts"),
            [_link(one.name, "agencies:district_detail", one.pk, directory) for one in districts],
        ),
    ]
    return [group for group in found if group.rows]


def _link(text, page, pk, may_open) -> Link:
    return Link(text, reverse(page, args=[pk]) if may_open else "")


def _term(position) -> str:
    return f"{show_day(position.starts_on)}–{show_day(position.ends_on) or _('open')}"
