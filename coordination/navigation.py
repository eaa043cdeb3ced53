"""The portal's sections, in the order of the left navigation."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from coordination.access.permissions import Actor, Perm

SECTIONS = [
    ("overview:start", _("Overview"), Perm.VIEW_OVERVIEW),
    ("agencies:coverage_board", _("Coverage board"), Perm.VIEW_COVERAGE),
    ("agencies:district_list", _("Districts"), Perm.VIEW_DIRECTORY),
    ("agencies:agency_list", _("Agencies"), Perm.VIEW_DIRECTORY),
    ("agencies:position_list", _("Positions"), Perm.VIEW_STAFFING),
    ("agencies:worker_list", _("Workers"), Perm.VIEW_STAFFING),
    ("people:account_list", _("Accounts"), Perm.VIEW_ACCOUNTS),
    ("audit:entry_list", _("Change log"), Perm.VIEW_LOG),
]


@dataclass
class Section:
    url: str
    label: str
    is_current: bool = False


def sections(actor: Actor, path: str) -> list[Section]:
    """What this person may open; the section that ``path`` lies in is the current one."""
    offered = []
    for name, label, perm in SECTIONS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if actor.may(perm):
            offered.append(Section(url, label))
    inside = [section for section in offered if _lies_in(path, section.url)]
    if inside:
        max(inside, key=lambda section: len(section.url)).is_current = True
    return offered


def _lies_in(path: str, url: str) -> bool:
    # The start page is the root of every path, but no section's parent.
    return path == url if url == reverse("overview:start") else path.startswith(url)
