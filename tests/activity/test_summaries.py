from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.activity import spans
from agencies.activity.models import Activity, Headcount, Rhythm
from agencies.activity.summaries import Sums, people, people_series, series, summed, sums
from coordination.access.permissions import Scope
from tests import make

CITY = Scope(citywide=True)
FIRST, LAST = date(2016, 1, 1), date(2016, 12, 31)
# No example changes the rows.
UNFIT = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def year(db):
    """An entry on every third day of a year, in two districts by two agencies."""
    words = {"kind": make.kind(), "format": make.format()}
    workers, districts = [make.worker(), make.worker()], [make.district(), make.district()]
    Activity.objects.bulk_create(
        Activity(
            agency=workers[n % 2].agency,
            worker=workers[n % 2],
            district=districts[n % 3 % 2],
            day=FIRST + timedelta(days=3 * n),
            minutes=10 + n,
            refugees=n % 4,
            others=n % 3,
            form_id=None,
            **words,
        )
        for n in range(120)
    )
    return workers


DAYS = st.none() | st.dates(date(2015, 12, 1), date(2017, 1, 31))


@settings(max_examples=60, deadline=None, suppress_health_check=UNFIT)
@given(
    starts_on=DAYS, ends_on=DAYS, by=st.sampled_from([(), ("district",), ("district", "agency")])
)
def test_the_rollup_and_its_edges_say_what_the_entries_say(year, starts_on, ends_on, by):
    rows = Activity.objects.between(starts_on or date.min, ends_on or date.max)
    plain = {key: part for key, part in summed(rows, *by).items() if part.entries}
    found = {key: part for key, part in sums(CITY, starts_on, ends_on, *by).items() if part.entries}
    assert found == plain


def test_an_agency_sums_its_own_entries_only(year):
    own = Scope(agencies=frozenset([year[0].agency_id]))
    assert sums(own, None, None)[()].entries == 60
    assert sums(Scope(), None, None)[()] == Sums()


def test_shares_are_percentages_and_none_of_nothing():
    part = Sums(entries=4, refugees=2, others=1, gatherings=3, mixed=1)
    assert (part.share_without_background, part.share_mixed) == (Decimal("33.3"), Decimal("33.3"))
    assert Sums().share_mixed is None


def test_minutes_are_shown_as_hours():
    assert Sums(minutes=90).hours == Decimal("1.5")


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm.MONTH, (date(2016, 5, 1), date(2016, 5, 31))),
        (Rhythm.QUARTER, (date(2016, 4, 1), date(2016, 6, 30))),
        (Rhythm.HALF_YEAR, (date(2016, 1, 1), date(2016, 6, 30))),
        (Rhythm.YEAR, (date(2016, 1, 1), date(2016, 12, 31))),
    ],
)
def test_the_calendar_has_spans(rhythm, expected):
    assert spans.around(date(2016, 5, 17), rhythm) == expected


def test_before_a_quarter_lies_a_quarter():
    assert spans.before((date(2016, 4, 1), date(2016, 6, 30))) == (FIRST, date(2016, 3, 31))
    assert spans.before((date(2016, 4, 10), date(2016, 4, 19))) == (
        date(2016, 3, 31),
        date(2016, 4, 9),
    )


def test_spans_are_cut_off_at_the_ends():
    found = list(spans.within(date(2016, 2, 15), date(2016, 7, 10), Rhythm.QUARTER))
    assert found == [
        (date(2016, 2, 15), date(2016, 3, 31)),
        (date(2016, 4, 1), date(2016, 6, 30)),
        (date(2016, 7, 1), date(2016, 7, 10)),
    ]


def test_after_a_quarter_comes_a_quarter():
    assert spans.after((FIRST, date(2016, 3, 31))) == (date(2016, 4, 1), date(2016, 6, 30))
    assert spans.after((date(2016, 4, 10), date(2016, 4, 19))) == (
        date(2016, 4, 20),
        date(2016, 4, 29),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=UNFIT)
@given(
    starts_on=st.dates(date(2015, 12, 1), date(2017, 1, 31)),
    length=st.integers(0, 100),
    by=st.sampled_from([(), ("district",), ("district", "agency")]),
)
def test_a_series_says_what_each_of_its_spans_adds_up_to(year, starts_on, length, by):
    span = starts_on, starts_on + timedelta(days=length)
    some = [span, spans.before(span), spans.before(spans.before(span))]
    expected = {
        (place, *key): part
        for place, (first, last) in enumerate(some)
        for key, part in sums(CITY, first, last, *by).items()
        if part.entries
    }
    assert series(CITY, some, *by) == expected


def test_a_series_takes_two_queries(year, django_assert_max_num_queries):
    some = [(date(2016, month, 5), date(2016, month, 28)) for month in range(1, 9)]
    some.append((date(2016, 9, 15), date(2016, 12, 3)))
    with django_assert_max_num_queries(2):
        assert len(series(CITY, some)) == 9


@pytest.fixture
def crowd(year):
    """The year's entries with up to three headcounts each, in two boroughs; helpers among them."""
    for district in {entry.district for entry in Activity.objects.select_related("district")}:
        district.parent = make.borough()
        district.save()
    groups = [make.target_group(name) for name in ("refugee", "other", "helper")]
    Headcount.objects.bulk_create(
        Headcount(activity=entry, target_group=group, people=1 + (n * 7 + m) % 5)
        for n, entry in enumerate(Activity.objects.order_by("day"))
        for m, group in enumerate(groups)
        if n % (m + 2)
    )
    return groups


def counted(starts_on, ends_on, by, rows=None):
    """The people without the database's help."""
    found = Counter()
    for row in rows or Headcount.objects.select_related("activity__district"):
        entry = row.activity
        if (starts_on or date.min) <= entry.day <= (ends_on or date.max):
            key = {
                "target_group": row.target_group_id,
                "district": entry.district_id,
                "district__parent": entry.district.parent_id,
                "agency": entry.agency_id,
            }
            found[tuple(key[name] for name in by)] += row.people
    return dict(found) if by else {(): found[()]}


GROUPINGS = st.lists(
    st.sampled_from(["target_group", "district", "district__parent", "agency"]), unique=True
)


@settings(max_examples=80, deadline=None, suppress_health_check=UNFIT)
@given(starts_on=DAYS, ends_on=DAYS, by=GROUPINGS)
def test_people_of_any_days_are_those_of_the_headcounts(crowd, starts_on, ends_on, by):
    assert people(CITY, starts_on, ends_on, *by) == counted(starts_on, ends_on, by)


@settings(max_examples=60, deadline=None, suppress_health_check=UNFIT)
@given(
    starts_on=st.dates(date(2015, 12, 1), date(2017, 1, 31)),
    length=st.integers(0, 100),
    by=GROUPINGS,
)
def test_a_series_of_people_says_what_each_of_its_spans_counts(crowd, starts_on, length, by):
    span = starts_on, starts_on + timedelta(days=length)
    some = [span, spans.before(span), spans.before(spans.before(span))]
    expected = {
        (place, *key): number
        for place, (first, last) in enumerate(some)
        for key, number in counted(first, last, by).items()
        if number
    }
    assert people_series(CITY, some, *by) == expected


@pytest.mark.parametrize("ends_on", [date(2016, 11, 30), date(2016, 11, 17)])
def test_people_are_narrowed_by_group_place_and_agency(crowd, year, ends_on):
    span, rows = (date(2016, 2, 9), ends_on), Headcount.objects.select_related("activity__district")
    own = Scope(agencies=frozenset([year[0].agency_id]))
    assert people(own, *span) == counted(*span, [], rows.within(own))
    assert people(Scope(), *span) == {(): 0}
    borough = Activity.objects.first().district.parent_id
    for only, there in (
        ({"target_group": crowd[0]}, {"target_group": crowd[0]}),
        ({"target_group__in": crowd[:2]}, {"target_group__in": crowd[:2]}),
        (
            {"target_group__background": "helper"},
            {"target_group__background": "helper"},
        ),
        ({"district__parent": borough}, {"activity__district__parent": borough}),
        ({"agency": year[1].agency_id}, {"activity__agency": year[1].agency_id}),
    ):
        expected = counted(*span, ["target_group"], rows.filter(**there))
        assert people(CITY, *span, "target_group", **only) == expected
        some = people_series(CITY, [span], "target_group", **only)
        assert some == {(0, *key): number for key, number in expected.items()}


def test_people_take_a_query_or_two(crowd, django_assert_num_queries):
    by = ("target_group", "district", "district__parent")
    with django_assert_num_queries(1):
        people(CITY, FIRST, LAST, *by)
    with django_assert_num_queries(2):
        people(CITY, date(2016, 1, 2), date(2016, 12, 30), *by)
    with django_assert_num_queries(1):
        people_series(CITY, [(FIRST, date(2016, 6, 30)), (date(2016, 7, 1), LAST)], *by)
    some = [(date(2016, month, 5), date(2016, month, 28)) for month in range(1, 9)]
    with django_assert_num_queries(2):
        people_series(CITY, [*some, (date(2016, 9, 15), date(2016, 12, 3))], *by)
