"""Who may do what, and where. The whole answer is in this file."""

from dataclasses import dataclass
from enum import StrEnum, auto
from functools import wraps

from django.core.exceptions import PermissionDenied


class Perm(StrEnum):
    VIEW_OVERVIEW = auto()
    VIEW_DIRECTORY = auto()  # districts, agencies, contact persons
    VIEW_COVERAGE = auto()  # who covers which district from when to when
    VIEW_STAFFING = auto()  # shares, load, positions, funding, vacancies
    VIEW_LOG = auto()
    VIEW_ACCOUNTS = auto()
    MANAGE_DISTRICTS = auto()
    MANAGE_AGENCIES = auto()
    CHANGE_CONTACT = auto()  # an agency's own contact details
    MANAGE_POSITIONS = auto()
    MANAGE_WORKERS = auto()  # workers and who holds which position
    ASSIGN = auto()  # positions to districts
    MANAGE_MEMBERS = auto()  # accounts within an agency
    MANAGE_ACCOUNTS = auto()  # city roles, deactivation
    MANAGE_LISTS = auto()  # the words entries are made of
    MANAGE_OFFERS = auto()
    VIEW_ACTIVITY = auto()
    LOG_ACTIVITY = auto()  # one's own entries
    MANAGE_ACTIVITY = auto()  # everybody's entries, and files of them
    VIEW_REPORTS = auto()
    WRITE_REPORTS = auto()  # the text of a report, comments on it
    SUBMIT_REPORTS = auto()
    CHECK_REPORTS = auto()  # send back, accept, lock, unlock, extend; schedules
    VIEW_BUDGET = auto()  # the city's own: years, lines, allocations, the check of the books
    VIEW_FUNDING = auto()  # an agency's: agreements, payouts, declared use, vacancy savings
    MANAGE_BUDGET = auto()  # years, lines, allocations, agreements, commitments, instalments
    CHECK_PAYOUTS = auto()  # content and calculation check, payment, reversal
    REQUEST_PAYOUTS = auto()
    DECLARE_USE = auto()
    VIEW_COUNCIL = auto()  # motions, released reports, answers that were sent
    VIEW_DRAFTS = auto()  # reports and answers that are not released yet
    MANAGE_COUNCIL = auto()  # motions, reports and answers; releasing them
    VIEW_VOLUNTEERS = auto()  # volunteers and groups one looks after, or is contact person of
    MANAGE_VOLUNTEERS = auto()  # the record, contact persons, declarations, talks
    MANAGE_DECLARATIONS = auto()  # the texts that volunteers sign
    EXPORT_VOLUNTEERS = auto()  # lists of volunteers as files
    VIEW_QUESTIONS = auto()  # questions at the ask-back desk
    ANSWER_QUESTIONS = auto()  # answer, close, propose for everybody
    FORWARD_QUESTIONS = auto()  # give them to an agency, whoever leads the district
    RELEASE_FAQ = auto()  # the second look
    MANAGE_PUBLIC = auto()  # legal pages, reports of barriers
    VIEW_RETENTION = auto()  # what is deleted when
    MANAGE_RETENTION = auto()  # delete, give somebody their data, erase on request


class Role(StrEnum):
    COORDINATION = auto()
    COUNCIL = auto()
    AUDIT = auto()
    LEAD = auto()
    WORKER = auto()


CITYWIDE = {
    Role.COORDINATION: frozenset(Perm),
    Role.COUNCIL: frozenset({Perm.VIEW_OVERVIEW, Perm.VIEW_DIRECTORY, Perm.VIEW_COUNCIL}),
    Role.AUDIT: frozenset(
        {
            Perm.VIEW_OVERVIEW,
            Perm.VIEW_DIRECTORY,
            Perm.VIEW_COVERAGE,
            Perm.VIEW_STAFFING,
            Perm.VIEW_LOG,
            Perm.VIEW_ACCOUNTS,
            Perm.VIEW_ACTIVITY,
            Perm.VIEW_REPORTS,
            Perm.VIEW_BUDGET,
            Perm.VIEW_FUNDING,
            Perm.VIEW_COUNCIL,
            Perm.VIEW_DRAFTS,
            Perm.VIEW_VOLUNTEERS,
            Perm.VIEW_QUESTIONS,
            Perm.VIEW_RETENTION,
        }
    ),
    # What every member of an agency may see of the whole city.
    Role.LEAD: frozenset({Perm.VIEW_OVERVIEW, Perm.VIEW_DIRECTORY, Perm.VIEW_COVERAGE}),
    Role.WORKER: frozenset({Perm.VIEW_OVERVIEW, Perm.VIEW_DIRECTORY, Perm.VIEW_COVERAGE}),
}
IN_AGENCY = {
    Role.LEAD: frozenset(
        {
            Perm.VIEW_STAFFING,
            Perm.VIEW_LOG,
            Perm.VIEW_ACCOUNTS,
            Perm.CHANGE_CONTACT,
            Perm.MANAGE_WORKERS,
            Perm.MANAGE_MEMBERS,
            Perm.MANAGE_OFFERS,
            Perm.VIEW_ACTIVITY,
            Perm.LOG_ACTIVITY,
            Perm.MANAGE_ACTIVITY,
            Perm.VIEW_REPORTS,
            Perm.WRITE_REPORTS,
            Perm.SUBMIT_REPORTS,
            Perm.VIEW_FUNDING,
            Perm.REQUEST_PAYOUTS,
            Perm.DECLARE_USE,
            Perm.VIEW_VOLUNTEERS,
            Perm.MANAGE_VOLUNTEERS,
            Perm.EXPORT_VOLUNTEERS,
            Perm.VIEW_QUESTIONS,
            Perm.ANSWER_QUESTIONS,
        }
    ),
    Role.WORKER: frozenset(
        {
            Perm.VIEW_STAFFING,
            Perm.VIEW_LOG,
            Perm.MANAGE_OFFERS,
            Perm.VIEW_ACTIVITY,
            Perm.LOG_ACTIVITY,
            Perm.VIEW_REPORTS,
            Perm.WRITE_REPORTS,
            Perm.VIEW_VOLUNTEERS,
            Perm.MANAGE_VOLUNTEERS,
            Perm.VIEW_QUESTIONS,
            Perm.ANSWER_QUESTIONS,
        }
    ),
}
# Roles that reach other people's data city-wide need a second factor (product rule), and their
# sessions end when nobody uses them.
NEEDS_SECOND_FACTOR = ENDS_WHEN_IDLE = frozenset({Role.COORDINATION, Role.AUDIT})


@dataclass(frozen=True)
class Scope:
    """Where a permission holds. An empty scope reaches nothing."""

    citywide: bool = False
    agencies: frozenset = frozenset()

    def __bool__(self):
        return self.citywide or bool(self.agencies)

    def covers(self, agency_id) -> bool:
        """Whether the permission holds for what belongs to this agency (None: to none)."""
        return self.citywide or (agency_id is not None and agency_id in self.agencies)


@dataclass(frozen=True)
class Actor:
    """A signed-in user with the roles they hold, those within an agency with their place."""

    citywide: frozenset = frozenset()  # {role}
    in_agency: frozenset = frozenset()  # {(role, agency_id)}

    @property
    def roles(self):
        return self.citywide | {role for role, _ in self.in_agency}

    def scope(self, perm) -> Scope:
        return Scope(
            citywide=any(perm in CITYWIDE[role] for role in self.roles),
            agencies=frozenset(
                agency for role, agency in self.in_agency if perm in IN_AGENCY[role]
            ),
        )

    def may(self, perm) -> bool:
        """Whether the permission holds anywhere. Templates ask this to offer a link."""
        return bool(self.scope(perm))


class Can:
    """``{% if can.assign %}`` in templates: does the permission hold anywhere?"""

    def __init__(self, actor):
        self.actor = actor

    def __getitem__(self, name):
        return self.actor.may(Perm(name))


def require(perm):
    """Let the view run where the actor holds ``perm``; it finds the place in ``request.scope``."""

    def decorator(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            request.scope = request.actor.scope(perm)
            if not request.scope:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.requires = perm
        return guarded

    return decorator
