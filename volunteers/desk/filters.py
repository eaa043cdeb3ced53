"""Which questions and which entries to show."""

import django_filters
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter, SortFilter
from agencies.lists.models import Topic
from agencies.models import Agency
from coordination.access.models import User
from coordination.access.permissions import Scope
from volunteers.desk.escalation import Arrangement, Stage
from volunteers.desk.models import Faq, Mail, Question

ANSWERED, CLOSED, ALL = "beantwortet", "abgeschlossen", "alle"
MAIL_STATES = {"mail-wartet": "mail_waits", "mail-aufgegeben": "mail_given_up"}
NOBODY = "keiner"


class QuestionFilter(django_filters.FilterSet):
    """Whom a question waits for is computed, so what depends on it is asked of all that wait."""

    stand = django_filters.ChoiceFilter(
        label=_("Status"),
        method="in_state",
        choices=[
            (ANSWERED, _("answered")),
            (CLOSED, _("closed")),
            ("mail-wartet", _("a mail is not sent yet")),
            ("mail-aufgegeben", _("a mail was given up")),
            (ALL, _("all")),
        ],
        empty_label=_("waiting"),
    )
    stufe = django_filters.ChoiceFilter(
        label=_("Waits for"),
        method="at_stage",
        choices=[
            (Stage.LEAD, _("the lead")),
            (Stage.DEPUTY, _("the deputy too")),
            (Stage.COORDINATION, _("the coordination too")),
        ],
        empty_label=_("all"),
    )
    stadtteil = django_filters.ChoiceFilter(
        label=_("District"), method="there", empty_label=_("all")
    )
    verband = django_filters.ChoiceFilter(label=_("Agency"), method="with_", empty_label=_("all"))
    thema = django_filters.ChoiceFilter(label=_("Topic"), field_name="topic", empty_label=_("all"))
    sortierung = SortFilter(
        ("waits_since", "warten"),
        ("confirmed_at", "eingang"),
        ("district_name", "stadtteil"),
        ("topic_name", "thema"),
    )

    class Meta:
        model = Question
        fields = []

    def __init__(self, data, rows: QuerySet, *, scope: Scope, arrangement: Arrangement):
        # A sort value must not be NULL, or pages would lose rows.
        names = {
            "district_name": Coalesce("district__name", Value(""), output_field=CharField()),
            "topic_name": Coalesce("topic__name", Value(""), output_field=CharField()),
        }
        own = {"question": OuterRef("pk")}
        names["mail_waits"] = Exists(Mail.objects.waiting().filter(**own))
        names["mail_given_up"] = Exists(Mail.objects.given_up().filter(**own))
        super().__init__(data, rows.annotate(**names))
        self.arrangement = arrangement
        self.filters["stadtteil"].extra["choices"] = [
            (NOBODY, _("none known")),
            *((str(pk), name) for pk, name in arrangement.quarters.items()),
        ]
        topics = Topic.objects.values_list("pk", "name")
        self.filters["thema"].extra["choices"] = [(str(pk), name) for pk, name in topics]
        if scope.citywide:
            agencies = Agency.objects.order_by("short_name").values_list("pk", "short_name")
            self.filters["verband"].extra["choices"] = [
                (NOBODY, _("nobody leads there")),
                *((str(pk), name) for pk, name in agencies),
            ]
        else:
            del self.filters["verband"]

    def counts(self, user: User) -> dict[str, int]:
        """How many are listed, and of how many within reach a mail waits or was given up.

        One query, asked of the reader's own row, because that is always there.
        """
        asked = {
            "listed": self.qs,
            "mails_waiting": self.queryset.filter(mail_waits=True),
            "mails_given_up": self.queryset.filter(mail_given_up=True),
        }
        counted = {name: _count(rows) for name, rows in asked.items()}
        return User.objects.filter(pk=user.pk).values(**counted).get()

    @cached_property
    def ways(self):
        return self.arrangement.ways(Question.objects.open())

    def filter_queryset(self, queryset):
        """What waits longest first; of what is settled the latest."""
        chosen = self.form.cleaned_data
        if not chosen.get("stand"):
            queryset = queryset.open()
        queryset = super().filter_queryset(queryset)
        if not chosen.get("sortierung"):
            queryset = queryset.order_by("-waits_since" if chosen.get("stand") else "waits_since")
        return queryset

    def in_state(self, rows, name, value):
        if value == ANSWERED:
            return rows.filter(closed_at=None, waits=False)
        if value in MAIL_STATES:
            return rows.filter(**{MAIL_STATES[value]: True})
        return rows.filter(closed_at__isnull=False) if value == CLOSED else rows

    def at_stage(self, rows, name, value):
        return rows.filter(pk__in=[pk for pk, way in self.ways.items() if way.stage == value])

    def there(self, rows, name, value):
        return rows.filter(district=None if value == NOBODY else value)

    def with_(self, rows, name, value):
        wanted = None if value == NOBODY else int(value)
        waiting = [pk for pk, way in self.ways.items() if _key(way.agency) == wanted]
        settled = Question.objects.settled().filter(agency=wanted)
        return rows.filter(Q(pk__in=waiting) | Q(pk__in=settled.values("pk")))


def _count(rows: QuerySet) -> Coalesce:
    found = rows.order_by().values(all=Value(1)).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(found), 0)


def _key(row):
    return row.pk if row else None


class FaqFilter(django_filters.FilterSet):
    suche = SearchFilter("asked", "answer")
    stand = django_filters.ChoiceFilter(
        label=_("Status"),
        method="in_state",
        choices=[
            ("vorgeschlagen", _("waits for the second look")),
            ("freigegeben", _("released")),
            ("zurueckgezogen", _("withdrawn")),
        ],
        empty_label=_("not withdrawn"),
    )
    sprache = django_filters.ChoiceFilter(
        label=_("Language"),
        field_name="language",
        choices=Faq._meta.get_field("language").choices,
        empty_label=_("all"),
    )
    thema = django_filters.ChoiceFilter(label=_("Topic"), field_name="topic", empty_label=_("all"))
    sortierung = SortFilter(("asked_key", "frage"), ("proposed_at", "vorgeschlagen"))

    class Meta:
        model = Faq
        fields = []

    def __init__(self, data, rows: QuerySet):
        super().__init__(data, rows)
        topics = Topic.objects.values_list("pk", "name")
        self.filters["thema"].extra["choices"] = [(str(pk), name) for pk, name in topics]

    def filter_queryset(self, queryset):
        if not self.form.cleaned_data.get("stand"):
            queryset = queryset.filter(withdrawn_at=None)
        return super().filter_queryset(queryset)

    def in_state(self, rows, name, value):
        if value == "vorgeschlagen":
            return rows.proposed()
        return rows.released() if value == "freigegeben" else rows.exclude(withdrawn_at=None)
