"""Checks of entries and reports. There may be millions, so the database adds up, not Python.

Each check is one statement for each stretch of rows: it sees the rows as they are at one moment,
whatever is written meanwhile, and fetches only what does not agree.
"""

from collections.abc import Iterator

from django.db.models import (
    CharField,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity import rollup
from agencies.activity.models import (
    Activity,
    Headcount,
    MonthlyPeople,
    MonthlySum,
    ReportingPeriod,
)
from agencies.activity.models.activity import MOST_MINUTES, MOST_PEOPLE
from agencies.lists.models import TargetGroup
from agencies.models import Agency
from agencies.reports.models import Submission
from coordination.budget.books.rows import Finding, check, show
from coordination.periods import show_day
from districts.models import District

STRETCH = 100_000  # rows a statement looks at, by primary key
MOST_FINDINGS = 1_000  # of one check: what is wrong everywhere need not be listed everywhere
MEASURES = {
    "entries": gettext_lazy("activities"),
    "minutes": gettext_lazy("minutes"),
    "refugees": gettext_lazy("with refugee background"),
    "others": gettext_lazy("without refugee background"),
    "helpers": gettext_lazy("volunteers and professionals"),
    "gatherings": gettext_lazy("gatherings"),
    "mixed": gettext_lazy("mixed gatherings"),
}
BACKGROUNDS = {"refugees": "refugee", "others": "other", "helpers": "helper"}
# Measures of a report: what they are called in a version's figures.
FIGURES = {
    "entries": "taetigkeiten",
    "refugees": "mit_fluchthintergrund",
    "others": "ohne_fluchthintergrund",
    "helpers": "ehrenamtliche_und_fachkraefte",
}


def _stretches(rows: QuerySet) -> Iterator[QuerySet]:
    ends = rows.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    for first in range(ends["first"], ends["last"] + 1, STRETCH):
        yield rows.filter(pk__gte=first, pk__lt=first + STRETCH).order_by("pk")


def _wrong(rows: QuerySet, *columns: str) -> Iterator[dict]:
    """The wrong rows, stretch by stretch, with what names an entry."""
    left = MOST_FINDINGS
    for stretch in _stretches(rows):
        for row in stretch.values("pk", *columns)[:left]:
            left -= 1
            yield row
        if not left:
            return


def _entry(row: dict, prefix: str = "") -> str:
    pk = row[f"{prefix}pk"] if prefix else row["pk"]
    names = row[f"{prefix}agency__short_name"], show_day(row[f"{prefix}day"])
    return f"{Activity._meta.verbose_name} {' '.join(names)} (#{pk})"


def _drifted(each: rollup.Rollup) -> Iterator[tuple]:
    """What a month of a rollup is called that is not what its rows add up to, and the rest."""
    agencies = dict(Agency.objects.values_list("pk", "short_name"))
    districts = dict(District.objects.values_list("pk", "name"))
    for month, district, agency, *rest in rollup.differences(each)[:MOST_FINDINGS]:
        names = agencies.get(agency, f"#{agency}"), districts.get(district, f"#{district}")
        yield f"{each.model._meta.verbose_name} {month:%m/%Y} {' · '.join(names)}", *rest


@check(gettext_lazy("The monthly sums are what the entries of the month add up to."), MonthlySum)
def monthly_sums(rows):
    for target, *pairs in _drifted(rollup.SUMS):
        for label, (kept, rebuilt) in zip(MEASURES.values(), pairs, strict=True):
            if kept != rebuilt:
                yield Finding(target, str(label), show(rebuilt), show(kept))


@check(
    gettext_lazy("The monthly counts of people are what the entries of the month count."),
    MonthlyPeople,
)
def monthly_people(rows):
    groups = dict(TargetGroup.objects.values_list("pk", "name"))
    for target, group, (kept, rebuilt) in _drifted(rollup.PEOPLE):
        yield Finding(target, groups.get(group, f"#{group}"), show(rebuilt), show(kept))


@check(
    gettext_lazy("The people of an entry by background are the sums of its target groups."),
    Activity,
)
def entry_counts(rows):
    counted = {
        f"counted_{name}": Coalesce(
            Sum("headcounts__people", filter=Q(headcounts__target_group__background=background)), 0
        )
        for name, background in BACKGROUNDS.items()
    }
    differs = Q()
    for name in BACKGROUNDS:
        differs |= ~Q(**{name: F(f"counted_{name}")})
    entries = Activity.objects.values("pk", *BACKGROUNDS).annotate(**counted).filter(differs)
    for row in _wrong(entries, "agency__short_name", "day", *BACKGROUNDS, *counted):
        for name in BACKGROUNDS:
            if row[name] != row[f"counted_{name}"]:
                expected, found = show(row[f"counted_{name}"]), show(row[name])
                yield Finding(_entry(row), str(MEASURES[name]), expected, found)


@check(
    gettext_lazy("An entry belongs to the agency of its worker, and of its offer on its days."),
    Activity,
)
def entry_agencies(rows):
    others = Activity.objects.filter(
        ~Q(agency=F("worker__agency")) | Q(offer__isnull=False) & ~Q(agency=F("offer__agency"))
    )
    more = ["worker__agency__short_name", "offer__agency__short_name"]
    for row in _wrong(others, "agency__short_name", "day", *more):
        agency = row["agency__short_name"]
        for name, of in (
            ("worker", _("agency of the worker")),
            ("offer", _("agency of the offer")),
        ):
            other = row[f"{name}__agency__short_name"]
            if other not in (agency, None):
                yield Finding(_entry(row), of, agency, other)
    outside = Activity.objects.filter(
        Q(day__lt=F("offer__starts_on")) | Q(day__gt=F("offer__ends_on"))
    )
    days = ["offer__starts_on", "offer__ends_on"]
    for row in _wrong(outside, "agency__short_name", "day", *days):
        expected = f"{show_day(row['offer__starts_on'])}–{show_day(row['offer__ends_on'])}"
        yield Finding(_entry(row), _("day of the offer"), expected, show(row["day"]))


@check(
    gettext_lazy(
        "An entry lies in a district, not in a borough, and its minutes and people are within "
        "their limits."
    ),
    Activity,
    Headcount,
)
def entry_limits(rows):
    beyond = Activity.objects.filter(
        Q(minutes__lt=1) | Q(minutes__gt=MOST_MINUTES) | ~Q(district__level=District.Level.QUARTER)
    )
    for row in _wrong(
        beyond, "agency__short_name", "day", "minutes", "district__level", "district__name"
    ):
        if not 1 <= row["minutes"] <= MOST_MINUTES:
            limits = _("1 to %(most)d") % {"most": MOST_MINUTES}
            yield Finding(_entry(row), str(MEASURES["minutes"]), limits, show(row["minutes"]))
        if row["district__level"] != District.Level.QUARTER:
            yield Finding(_entry(row), _("district"), _("no borough"), row["district__name"])
    many = Headcount.objects.filter(Q(people__lt=1) | Q(people__gt=MOST_PEOPLE))
    names = ["activity__pk", "activity__agency__short_name", "activity__day"]
    for row in _wrong(many, *names, "people", "target_group__name"):
        limits = _("1 to %(most)d") % {"most": MOST_PEOPLE}
        target = _entry(row, "activity__")
        yield Finding(target, row["target_group__name"], limits, show(row["people"]))


@check(gettext_lazy("No day of an agency lies in two reporting periods."), ReportingPeriod)
def period_days(rows):
    periods = ReportingPeriod.objects.select_related("agency")
    backwards = Q(ends_on__lt=F("starts_on"))
    for row in periods.filter(backwards).order_by("pk")[:MOST_FINDINGS]:
        expected = _("%(day)s or later") % {"day": show_day(row.starts_on)}
        yield Finding(_period(row), _("last day"), expected, show(row.ends_on))
    # Of two that share days the later one, once.
    earlier = ReportingPeriod.objects.filter(
        agency=OuterRef("agency"),
        starts_on__lte=OuterRef("ends_on"),
        ends_on__gte=OuterRef("starts_on"),
    ).filter(
        Q(starts_on__lt=OuterRef("starts_on"))
        | Q(starts_on=OuterRef("starts_on"), pk__lt=OuterRef("pk"))
    )
    overlapping = periods.annotate(
        other=Subquery(earlier.order_by("-ends_on", "pk").values("ends_on")[:1])
    ).filter(other__isnull=False)
    for row in overlapping.order_by("pk")[:MOST_FINDINGS]:
        expected = _("after %(day)s") % {"day": show_day(row.other)}
        yield Finding(_period(row), _("first day"), expected, show(row.starts_on))


@check(
    gettext_lazy(
        "A report that came in has its versions, numbered without a gap; its first date is that of "
        "the first, and the newest says whether nothing was done."
    ),
    ReportingPeriod,
    Submission,
)
def report_versions(rows):
    versions = Submission.objects.filter(period=OuterRef("pk")).order_by()
    periods = ReportingPeriod.objects.select_related("agency").annotate(
        versions=Coalesce(_one(versions, Count("pk")), 0),
        newest=Coalesce(_one(versions, Max("number")), 0),
        lowest=Coalesce(_one(versions, Min("number")), 1),
        first_at=Subquery(versions.order_by("number").values("at")[:1]),
        last_is_nil=Subquery(versions.order_by("-number").values("is_nil")[:1]),
    )
    writable = Q(state__in=ReportingPeriod.WRITABLE)  # nothing of it is in at the moment
    came_in = ~Q(state=ReportingPeriod.State.OPEN) | Q(first_submitted_at__isnull=False)
    wrong = (
        came_in & Q(versions=0)
        | ~Q(versions=F("newest"))
        | ~Q(lowest=1)
        | Q(versions__gt=0) & (Q(first_submitted_at=None) | ~Q(first_submitted_at=F("first_at")))
        | Q(versions__gt=0) & ~writable & ~Q(is_nil=F("last_is_nil"))
        | writable & Q(is_nil=True)
    )
    for row in periods.filter(wrong).order_by("pk")[:MOST_FINDINGS]:
        if not row.versions:
            yield Finding(_period(row), _("versions"), _("1 at least"), "0")
        elif row.versions != row.newest or row.lowest != 1:
            numbers = f"{row.lowest}–{row.newest}"
            yield Finding(_period(row), _("versions"), f"1–{row.versions}", numbers)
        if row.versions and row.first_submitted_at != row.first_at:
            expected, found = show(row.first_at), show(row.first_submitted_at)
            yield Finding(_period(row), _("first submitted at"), expected, found)
        is_nil = bool(row.last_is_nil) and not row.is_writable
        if row.is_nil != is_nil:
            words = {True: _("yes"), False: _("no")}
            expected, found = words[is_nil], words[row.is_nil]
            yield Finding(_period(row), _("nil report"), expected, found)


@check(
    gettext_lazy("The entries of a report that is in still say what its newest version says."),
    ReportingPeriod,
    Activity,
)
def reports_untouched(rows):
    entries = Activity.objects.filter(
        agency=OuterRef("agency"), day__gte=OuterRef("starts_on"), day__lte=OuterRef("ends_on")
    ).order_by()
    measures = {"entries": Count("pk")} | {name: Sum(name) for name in BACKGROUNDS}
    newest = Submission.objects.filter(period=OuterRef("pk")).order_by("-number")
    periods = ReportingPeriod.objects.closed().select_related("agency")
    found = periods.annotate(
        figures=Subquery(newest.values("figures")[:1]),
        **{f"now_{name}": Coalesce(_one(entries, sum_), 0) for name, sum_ in measures.items()},
    )
    for row in found.order_by("pk").iterator(chunk_size=500):
        for name, figure in FIGURES.items():
            reported, now = (row.figures or {}).get(figure), getattr(row, f"now_{name}")
            if reported is not None and reported != now:
                yield Finding(_period(row), str(MEASURES[name]), show(reported), show(now))


def _one(rows: QuerySet, aggregate) -> Subquery:
    """The aggregate over all rows of the subquery; NULL of none."""
    one = rows.annotate(all_rows=Value("", CharField())).values("all_rows")
    return Subquery(one.annotate(measure=aggregate).values("measure"))


def _period(row: ReportingPeriod) -> str:
    return f"{ReportingPeriod._meta.verbose_name} {row} (#{row.pk})"
