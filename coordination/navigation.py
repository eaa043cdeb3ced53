"""The portal's sections, in the order of the left navigation."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.access.permissions import Actor, Perm

# First page, label, what it takes to open it, and how the names of the section's pages begin.
SECTIONS = [
    ("overview:start", _("Overview"), Perm.VIEW_OVERVIEW, ["overview:", "reports:mail_"]),
    ("summary:release_latest", _("Council report"), Perm.VIEW_COUNCIL, ["summary:"]),
    (
        "agencies:coverage_board",
        _("Coverage board"),
        Perm.VIEW_COVERAGE,
        [
            "agencies:coverage_",
            "agencies:position_timeline",
            "agencies:ending_",
            "agencies:assignment_",
            "agencies:handover_",
        ],
    ),
    (
        "activity:activity_list",
        _("Activities"),
        Perm.VIEW_ACTIVITY,
        ["activity:", "lists:"],
    ),
    ("activity:quarter_mirror", _("Quarter mirror"), Perm.VIEW_ACTIVITY, ["activity:quarter_"]),
    (
        "reports:period_board",
        _("Reports"),
        Perm.VIEW_REPORTS,
        [
            "reports:period_",
            "reports:schedule_",
            "reports:narrative_",
            "reports:report_",
            "reports:version_",
            "reports:comment_",
        ],
    ),
    ("council:motion_list", _("Motions"), Perm.VIEW_COUNCIL, ["council:"]),
    (
        "summary:question_list",
        _("Questions of the council"),
        Perm.VIEW_COUNCIL,
        ["summary:question_", "summary:answer_"],
    ),
    ("offers:offer_list", _("Offers"), Perm.VIEW_DIRECTORY, ["offers:"]),
    ("volunteers:volunteer_list", _("Volunteers"), Perm.VIEW_VOLUNTEERS, ["volunteers:"]),
    (
        "desk:question_list",
        pgettext_lazy("ask-back desk", "Questions"),
        Perm.VIEW_QUESTIONS,
        ["desk:question_", "desk:faq_", "desk:time_"],
    ),
    (
        "agencies:district_list",
        _("Districts"),
        Perm.VIEW_DIRECTORY,
        ["agencies:district_", "districts:"],
    ),
    ("agencies:agency_list", _("Agencies"), Perm.VIEW_DIRECTORY, ["agencies:agency_"]),
    (
        "agencies:position_list",
        _("Positions"),
        Perm.VIEW_STAFFING,
        ["agencies:position_", "agencies:occupancy_"],
    ),
    (
        "agencies:worker_list",
        _("Workers"),
        Perm.VIEW_COVERAGE,
        ["agencies:worker_", "agencies:absence_"],
    ),
    (
        "budget:year_overview",
        _("Budget"),
        Perm.VIEW_FUNDING,
        ["budget:"],
    ),
    (
        "public:legal_list",
        _("Legal pages"),
        Perm.MANAGE_PUBLIC,
        ["public:legal_", "public:feedback_"],
    ),
    ("people:account_list", _("Accounts"), Perm.VIEW_ACCOUNTS, ["people:"]),
    ("retention:rule_list", _("Retention periods"), Perm.VIEW_RETENTION, ["retention:"]),
    ("audit:entry_list", _("Change log"), Perm.VIEW_LOG, ["audit:"]),
]


@dataclass(frozen=True)
class Section:
    url: str
    label: str
    is_current: bool


def sections(actor: Actor, page: str) -> list[Section]:
    """What this person may open; ``page`` is the URL name of the page they are on, or empty."""
    current = section_of(page)
    return [
        Section(reverse(first), label, first == current)
        for first, label, perm, _pages in SECTIONS
        if actor.may(perm)
    ]


def section_of(page: str) -> str | None:
    """The first page of the section a page belongs to: the longest beginning decides."""
    matches = [
        (len(beginning), first)
        for first, _label, _perm, pages in SECTIONS
        for beginning in pages
        if page.startswith(beginning)
    ]
    return max(matches)[1] if matches else None
