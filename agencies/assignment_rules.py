"""What must hold before a position becomes responsible for a district."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.models import Agency, Assignment
from coordination.periods import show_day, steps
from districts.models import District, PostalCode


def check(assignment: Assignment, postal_codes: Iterable[str]) -> list[PostalCode]:
    """Refuse what may not begin, field by field; returns the postal codes it is divided by.

    The caller holds the locks of district and position.
    """
    codes = _codes(assignment, postal_codes)
    if assignment.ends_on and assignment.ends_on < assignment.starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})
    _check_division(assignment, codes)
    assignment.full_clean()
    _check_agency(assignment)
    _check_funding(assignment)
    _check_district(assignment)
    _check_others_in_district(assignment)
    _check_load(assignment)
    return codes


def _codes(assignment: Assignment, postal_codes: Iterable[str]) -> list[PostalCode]:
    """The postal codes of the division; each must belong to the district."""
    wanted = sorted(set(postal_codes))
    known = {code.code: code for code in assignment.district.postal_codes.all()}
    if unknown := [code for code in wanted if code not in known]:
        raise ValidationError(
            {
                "postal_codes": _("%(codes)s is not in %(district)s. There are: %(known)s.")
                % {
                    "codes": ", ".join(unknown),
                    "district": assignment.district,
                    "known": ", ".join(known) or "–",
                }
            }
        )
    return [known[code] for code in wanted]


def _check_division(assignment: Assignment, codes: list[PostalCode]) -> None:
    by_code = assignment.division == Assignment.Division.POSTAL_CODES
    by_topic = assignment.division == Assignment.Division.TOPIC
    if by_code and not codes:
        raise ValidationError({"postal_codes": _("Name the postal codes this covers.")})
    if codes and not by_code:
        raise ValidationError(
            {"division": _("Choose “divided by postal code”, or leave the postal codes empty.")}
        )
    if by_topic and not assignment.topic:
        raise ValidationError({"topic": _("Name the topic this covers.")})
    if assignment.topic and not by_topic:
        raise ValidationError(
            {"division": _("Choose “divided by topic”, or leave the topic empty.")}
        )


def _check_agency(assignment: Assignment) -> None:
    agency = Agency.objects.get(pk=assignment.position.agency_id)
    if not agency.is_active:
        raise ValidationError(
            {"position": _("%(agency)s is no longer active.") % {"agency": agency}}
        )


def _check_funding(assignment: Assignment) -> None:
    position = assignment.position
    if assignment.starts_on < position.starts_on:
        raise ValidationError(
            {
                "starts_on": _("The position is funded only from %(day)s.")
                % {"day": show_day(position.starts_on)}
            }
        )
    if position.ends_on and assignment.starts_on > position.ends_on:
        raise ValidationError(
            {
                "starts_on": _("The position is funded only until %(day)s.")
                % {"day": show_day(position.ends_on)}
            }
        )
    if position.ends_on and (assignment.ends_on is None or assignment.ends_on > position.ends_on):
        raise ValidationError(
            {
                "ends_on": _("The position is funded only until %(day)s.")
                % {"day": show_day(position.ends_on)}
            }
        )


def _check_district(assignment: Assignment) -> None:
    district = assignment.district
    if district.level != District.Level.QUARTER:
        raise ValidationError(
            {"district": _("Responsibilities belong to quarters, not to a borough as a whole.")}
        )
    until = _("%(district)s exists only until %(day)s.")
    ended = {"district": district, "day": show_day(district.ends_on)}
    if district.ends_on and district.ends_on < assignment.starts_on:
        raise ValidationError({"district": until % ended})
    if district.starts_on and district.starts_on > assignment.starts_on:
        raise ValidationError(
            {
                "district": _("%(district)s exists only from %(day)s.")
                % {"district": district, "day": show_day(district.starts_on)}
            }
        )
    if district.ends_on and (assignment.ends_on is None or assignment.ends_on > district.ends_on):
        raise ValidationError({"ends_on": until % ended})


def _check_others_in_district(assignment: Assignment) -> None:
    """One lead per district and day, unless all of them say how they divide it."""
    others = (
        Assignment.objects.overlapping(assignment.starts_on, assignment.ends_on)
        .filter(district=assignment.district)
        .with_names()
    )
    whole = Assignment.Division.WHOLE
    for other in others:
        since = show_day(max(other.starts_on, assignment.starts_on))
        if other.position_id == assignment.position_id and (
            other.role == assignment.role or whole in (other.division, assignment.division)
        ):
            raise ValidationError(
                {
                    "position": _(
                        "%(position)s already covers %(district)s from %(day)s as %(role)s."
                    )
                    % {
                        "position": other.position,
                        "district": other.district,
                        "day": since,
                        "role": other.get_role_display(),
                    }
                }
            )
        if (
            other.role == assignment.role == Assignment.Role.LEAD
            and other.position_id != assignment.position_id
            and whole in (other.division, assignment.division)
        ):
            raise ValidationError(
                {
                    "division": _(
                        "%(position)s leads %(district)s from %(day)s. Two leads are possible only "
                        "if both say how they divide it: by postal code or by topic."
                    )
                    % {"position": other.position, "district": other.district, "day": since}
                }
            )


def _check_load(assignment: Assignment) -> None:
    """At no date may the shares of a position exceed 100 % of its hours."""
    others = Assignment.objects.overlapping(assignment.starts_on, assignment.ends_on).filter(
        position=assignment.position
    )
    load = steps(others, lambda row: row.share, assignment.starts_on, assignment.ends_on)
    fullest = max(load, key=lambda step: step.total)
    left = 100 - fullest.total
    if assignment.share > left:
        text = (
            _("Only %(left)s %% are left from %(day)s.")
            if left > 0
            else _("Nothing is left from %(day)s: the position is fully assigned.")
        )
        raise ValidationError({"share": text % {"left": left, "day": show_day(fullest.starts_on)}})
