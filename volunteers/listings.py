"""Lists of volunteers and groups as files. That somebody took one stands in the change log."""

from collections import Counter

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.exports import MOST_ROWS, Column


def _names(rows) -> str:
    return "; ".join(row.name for row in rows.all())


FIRST = [(gettext_lazy("Name"), lambda row: row.name)]
OF_GROUPS = [
    (gettext_lazy("Kind"), lambda row: row.get_kind_display()),
    (gettext_lazy("Who speaks for the group"), lambda row: row.spokesperson),
]
LAST = [
    (gettext_lazy("E-mail"), lambda row: row.email),
    (gettext_lazy("Phone"), lambda row: row.phone),
    (gettext_lazy("Languages"), lambda row: row.languages),
    (gettext_lazy("Districts"), lambda row: _names(row.districts)),
    (gettext_lazy("Interests"), lambda row: _names(row.interests)),
    (gettext_lazy("Looked after by"), lambda row: row.agency.short_name),
    (gettext_lazy("From"), lambda row: row.starts_on),
    (gettext_lazy("Until"), lambda row: row.ends_on),
    (gettext_lazy("Consent"), lambda row: row.get_consent_display()),
    (gettext_lazy("Consent of"), lambda row: row.consent_on),
]
OF_VOLUNTEERS_TABLE: list[Column] = [*FIRST, *LAST]
OF_GROUPS_TABLE: list[Column] = [*FIRST, *OF_GROUPS, *LAST]


@transaction.atomic
def take(rows: QuerySet, *, file: str, by: User) -> list:
    """The rows for a file. The log keeps, agency by agency, how many somebody took; no names."""
    found = list(rows[: MOST_ROWS + 1])
    counted = Counter(row.agency_id for row in found[:MOST_ROWS])
    agencies = Agency.objects.in_bulk(counted)
    kind = rows.model._meta.verbose_name_plural
    for number, count in sorted(counted.items()):
        record(
            Verb.EXPORTED,
            agencies[number],
            by=by,
            agency_id=number,
            after={"file": f"{kind}, {file}", "count": count},
        )
    return found
