"""How long volunteers wait for a first answer."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.desk.staff import at
from volunteers.desk import times
from volunteers.desk.models import Question
from volunteers.desk.times import Times, percentile

HOUR = timedelta(hours=1)
YEAR = date(2016, 1, 1), date(2016, 12, 31)
PAGE = reverse("desk:time_list")


def hours(*numbers):
    return [number * HOUR for number in numbers]


def answered(day, waited, **fields):
    asked = at(day, 12)
    return make.question(at=asked, first_answered_at=asked + waited, waits=False, **fields)


@pytest.mark.parametrize(
    ("waited", "median", "p90"),
    [
        ([5], 5, 5),
        ([1, 2, 3], 2, 3),
        ([4, 1, 3, 2], 2, 4),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 6, 10),
    ],
)
def test_percentiles_are_by_the_nearest_rank(waited, median, p90):
    assert percentile(hours(*waited), 50) == median * HOUR
    assert percentile(hours(*waited), 90) == p90 * HOUR


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=90)), min_size=1, max_size=50))
def test_a_percentile_is_a_time_that_occurred_and_covers_its_share(waited):
    for percent in (50, 90):
        found = percentile(waited, percent)
        assert found in waited
        assert sum(time <= found for time in waited) * 100 >= percent * len(waited)
        assert sum(time < found for time in waited) * 100 < percent * len(waited)


@pytest.mark.parametrize("count", [3, 4, 9, 10, 11, 20])
def test_what_everybody_reads_costs_the_same_for_a_thousand_questions(
    db, count, django_assert_num_queries
):
    """No row is read but the two times that are told, and they are those of the report."""
    day = date(2016, 12, 1)
    for number in range(count):
        answered(date(2016, 3, 1), (number * 7 % count) * HOUR)
    make.question(at=at(date(2016, 4, 1)))
    with django_assert_num_queries(3) as queries:
        row = times.published(day)
    said = [query["sql"] for query in queries.captured_queries]
    assert all("COUNT(" in sql or "LIMIT 1" in sql for sql in said)
    total = times.report(day).total
    assert (row.times, row.unanswered) == (total.times, total.unanswered)


def test_fewer_than_three_answers_are_not_published(db):
    answered(date(2016, 3, 1), HOUR)
    answered(date(2016, 3, 2), HOUR)
    assert times.answer_times(*YEAR) == Times(2, None, None)
    answered(date(2016, 3, 3), 5 * HOUR)
    assert times.answer_times(*YEAR) == Times(3, HOUR, 5 * HOUR)


def test_a_period_takes_the_questions_confirmed_in_it(db):
    for _n in range(3):
        answered(date(2016, 12, 31), 48 * HOUR)  # answered in the next year
    answered(date(2015, 12, 31), HOUR)
    answered(date(2017, 1, 1), HOUR)
    assert times.answer_times(*YEAR) == Times(3, 48 * HOUR, 48 * HOUR)


def test_measured_from_the_confirmation_not_from_the_form(db):
    for _n in range(3):
        row = answered(date(2016, 3, 1), HOUR)
        Question.objects.filter(pk=row.pk).update(created_at=at(date(2016, 2, 20)))
    assert times.answer_times(*YEAR).median == HOUR


def test_a_longer_wait_later_does_not_count(db):
    """Who asks on starts a new wait; the first answer stays the first."""
    for _n in range(3):
        row = answered(date(2016, 3, 1), HOUR)
        Question.objects.filter(pk=row.pk).update(waits=True, waits_since=at(date(2016, 5, 1)))
    assert times.answer_times(*YEAR).p90 == HOUR


def test_what_has_no_answer_is_counted_beside(db):
    make.question(at=at(date(2016, 3, 1)))
    make.question(at=at(date(2016, 3, 1)), waits=False, closed_at=at(date(2016, 3, 2)))
    row = make.question(at=at(date(2016, 3, 1)))
    Question.objects.filter(pk=row.pk).update(confirmed_at=None)
    assert times.unanswered(*YEAR) == 2
    assert times.answer_times(*YEAR).count == 0


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2016, 12, 1), date(2016, 1, 1)),
        (date(2017, 1, 31), date(2016, 2, 1)),
        (date(2016, 2, 29), date(2015, 3, 1)),
    ],
)
def test_the_last_twelve_months(day, first):
    assert times.last_year(day) == (first, day)


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(minutes=40), "40 Minuten"),
        (timedelta(hours=1), "1 Stunde"),
        (timedelta(hours=28), "1 Tag 4 Stunden"),
        (timedelta(days=2), "2 Tage"),
        (timedelta(days=1, hours=23, minutes=40), "2 Tage"),
        (timedelta(minutes=59, seconds=50), "1 Stunde"),
    ],
)
def test_in_words(waited, words):
    assert times.in_words(waited) == words


@pytest.fixture
def two(db, settings):
    settings.PORTAL_DAY = date(2016, 12, 1)
    awo, drk = make.agency(short_name="AWO"), make.agency(short_name="DRK")
    for number in (1, 2, 3):
        answered(date(2016, 11, number), number * HOUR, agency=awo)
    answered(date(2016, 11, 5), 9 * HOUR, agency=drk)
    make.question(at=at(date(2016, 11, 5)), agency=drk)
    return awo, drk


def test_by_month_and_by_agency(two):
    report = times.report(date(2016, 12, 1))
    assert [row.name for row in report.months][:2] == [date(2016, 12, 1), date(2016, 11, 1)]
    assert len(report.months) == 12
    november = report.months[1]
    assert (november.times, november.unanswered) == (Times(4, 2 * HOUR, 9 * HOUR), 1)
    rows = times.by_agency(Question.objects.all(), date(2016, 12, 1))
    assert [(row.name, row.is_published, row.unanswered) for row in rows] == [
        ("AWO", True, 0),
        ("DRK", False, 1),
    ]


def test_the_page_hides_what_are_too_few_and_shows_an_agency_only_itself(client, two):
    awo, drk = two
    client.force_login(make.membership("lead", agency=drk).user)
    page = client.get(PAGE)
    html = page.content.decode()
    assert [row.name for row in page.context["agencies"]] == ["DRK"]
    assert "zu wenige" in html
    assert "bei neun von zehn höchstens 9 Stunden" in html
    assert "1 Frage ist noch ohne Antwort." in html
    client.force_login(make.user("coordination"))
    assert [row.name for row in client.get(PAGE).context["agencies"]] == ["AWO", "DRK"]


def test_everybody_reads_the_times_beside_the_form(client, two):
    html = client.get(reverse("desk:question_ask")).content.decode()
    assert "bei der Hälfte höchstens 2 Stunden" in html
    Question.objects.filter(agency=two[0]).delete()
    html = client.get(reverse("desk:question_ask")).content.decode()
    assert "zu wenige Antworten" in html


def everybody_reads(client, *, unanswered, answers=3):
    for number in range(answers):
        answered(date(2016, 11, 1), (number + 1) * HOUR)
    for _n in range(unanswered):
        make.question(at=at(date(2016, 11, 5)))
    page = client.get(reverse("desk:question_ask")).content.decode()
    return re.search(r"<p[^<]*n den letzten zwölf Monaten [^<]*", page)[0].split(">")[1]


@pytest.mark.parametrize("unanswered", [1, 2])
def test_one_or_two_without_an_answer_are_not_told_to_everybody(client, db, settings, unanswered):
    """A council report may say how many there were; the number of answers would tell the rest."""
    settings.PORTAL_DAY = date(2016, 12, 1)
    text = everybody_reads(client, unanswered=unanswered)
    assert "höchstens 2 Stunden" in text
    assert "höchstens 3 Stunden (Nächte" in text
    assert "Weniger als drei Fragen sind noch ohne Antwort." in text
    client.force_login(make.user("coordination"))
    inside = client.get(PAGE).content.decode()
    assert "3 beantwortete Fragen" in inside
    assert "Weniger als drei" not in inside


@pytest.mark.parametrize(("unanswered", "words"), [(0, ""), (3, "3 Fragen sind noch ohne")])
def test_none_or_three_without_an_answer_are_told(client, db, settings, unanswered, words):
    settings.PORTAL_DAY = date(2016, 12, 1)
    text = everybody_reads(client, unanswered=unanswered)
    assert "3 beantwortete Fragen" in text
    assert "Weniger als drei" not in text
    assert words in text


def test_of_too_few_answers_everybody_reads_nothing(client, db, settings):
    settings.PORTAL_DAY = date(2016, 12, 1)
    assert not re.search(r"\d", everybody_reads(client, unanswered=4, answers=2))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_many_there_are(
    client, db, rows, django_assert_max_num_queries, settings
):
    settings.PORTAL_DAY = date(2016, 12, 1)
    for number in range(rows):
        answered(date(2016, 11, 1), number * HOUR, agency=make.agency())
    client.force_login(make.user("coordination"))
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
