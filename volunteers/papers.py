"""Which papers a volunteer lacks on a day: declarations and the certificate of conduct.

``with_states`` is the one place that says what missing, outdated and due mean. The due list, its
filter and its figures, and the volunteer's own page read the states it adds to the rows.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import (
    Case,
    Count,
    DateField,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.as_of import LATEST
from volunteers.models import Certificate, Declaration, DeclarationText, Volunteer

CERTIFICATE = "certificate"
AHEAD = relativedelta(months=3)  # so long before it is due, a certificate is on the list


class State(TextChoices):
    """Of a paper; all but the one in order stand on the due list."""

    OVERDUE = "overdue", _("certificate of conduct overdue")
    SOON = "soon", _("certificate of conduct due within 3 months")
    MISSING = "missing", _("declaration missing")
    OUTDATED = "outdated", _("declaration outdated")
    # Not every volunteer needs one, and the portal does not know who does: so this is no alarm.
    NONE = "none", _("certificate of conduct missing")
    FINE = "fine", _("in order")


DUE = (State.OVERDUE, State.SOON, State.MISSING, State.OUTDATED)
LACKS = (*DUE, State.NONE)


@dataclass(frozen=True)
class Paper:
    """One paper of a volunteer and how it stands; without a ``text`` it is the certificate."""

    state: str
    text: DeclarationText | None = None
    signed: Declaration | None = None  # its newest version that was signed
    certificate: Certificate | None = None

    @property
    def is_lacking(self) -> bool:
        return self.state in LACKS


class Papers:
    """What is asked for on a day; fetches the valid texts once."""

    def __init__(self, day: date):
        self.day = day
        self.texts = list(DeclarationText.objects.on(day))

    def with_states(self, volunteers: QuerySet) -> QuerySet:
        """Adds ``certificate_state``, and ``state_<kind>`` for each declaration of the day."""
        due = Certificate.objects.due
        rows = volunteers.annotate(
            certificate_state=Case(
                When(certificate=None, then=Value(State.NONE)),
                When(certificate__in=due(self.day), then=Value(State.OVERDUE)),
                When(certificate__in=due(self.day + AHEAD), then=Value(State.SOON)),
                default=Value(State.FINE),
            ),
            # Never NULL, so that pages can be turned in this order; those without one come last.
            certificate_issued=Coalesce(
                "certificate__issued_on", Value(LATEST), output_field=DateField()
            ),
        )
        for text in self.texts:
            newest = self._signed().filter(volunteer=OuterRef("pk"), text__kind=text.kind)
            version = newest.order_by("-text__version").values("text__version")[:1]
            rows = rows.alias(**{f"version_{text.kind}": Subquery(version)}).annotate(
                **{
                    f"state_{text.kind}": Case(
                        When(**{f"version_{text.kind}": None}, then=Value(State.MISSING)),
                        When(
                            **{f"version_{text.kind}__lt": text.version},
                            then=Value(State.OUTDATED),
                        ),
                        default=Value(State.FINE),
                    )
                }
            )
        return rows

    def _signed(self) -> QuerySet:
        return Declaration.objects.filter(signed_on__lte=self.day)

    def lacking(self, states: Iterable[str] = LACKS, kind: str = "") -> Q:
        """Rows of ``with_states`` with one of these states; of one ``kind`` of paper only."""
        states = list(states)
        found = Q(pk__in=[])
        if kind in ("", CERTIFICATE):
            found |= Q(certificate_state__in=states)
        for text in self.texts:
            if kind in ("", text.kind):
                found |= Q(**{f"state_{text.kind}__in": states})
        return found

    def in_order(self, rows: QuerySet) -> QuerySet:
        """Rows of ``with_states`` by name; whoever lacks no more than a first certificate, last."""
        is_due = Case(
            When(self.lacking(DUE), then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return rows.annotate(only_missing=is_due).order_by("only_missing", "name_key", "pk")

    def counts(self, rows: QuerySet) -> dict[str, int]:
        """How many volunteers of ``with_states`` there are with each state of the due list.

        Counted by what they have of all papers, so that each state is computed once a row.
        """
        names = ["certificate_state", *(f"state_{text.kind}" for text in self.texts)]
        found = Counter()
        for *states, number in rows.order_by().values_list(*names).annotate(n=Count("pk")):
            found.update(dict.fromkeys(states, number))
        return {state.value: found[state] for state in LACKS}

    def with_papers(self, rows: QuerySet) -> QuerySet:
        """For ``of``: with what was signed, and the certificate."""
        signed = self._signed().select_related("text").order_by("-text__version", "-pk")
        return rows.select_related("certificate__inspected_by").prefetch_related(
            Prefetch("declarations", signed, to_attr="signed")
        )

    def of(self, volunteer: Volunteer) -> list[Paper]:
        """All papers of a row of ``with_states`` and ``with_papers``, the certificate first."""
        found = [
            Paper(
                state=volunteer.certificate_state,
                certificate=getattr(volunteer, "certificate", None),
            )
        ]
        for text in self.texts:
            signed = [row for row in volunteer.signed if row.text.kind == text.kind]
            state = getattr(volunteer, f"state_{text.kind}")
            found.append(Paper(state=state, text=text, signed=signed[0] if signed else None))
        return found

    def lacking_of(self, volunteer: Volunteer) -> list[Paper]:
        return [paper for paper in self.of(volunteer) if paper.is_lacking]


def of(volunteer: Volunteer, day: date) -> list[Paper]:
    """All papers of one volunteer, for ``_papers.html``; three queries."""
    papers = Papers(day)
    rows = Volunteer.objects.filter(pk=volunteer.pk)
    return papers.of(papers.with_papers(papers.with_states(rows)).get())
