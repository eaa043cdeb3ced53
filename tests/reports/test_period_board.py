import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.reports.board import Row, columns
from tests import make
from tests.census import sign_in

pytestmark = pytest.mark.django_db
URL = reverse("reports:period_board")


@pytest.fixture(autouse=True)
def december(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


def ago(days):
    return timezone.make_aware(timezone.datetime(2016, 12, 1, 12)) - timedelta(days=days)


def at(client, **query):
    return client.get(URL, query)


def cells(answer):
    """Agency, period, word and age of everything on the board of a year."""
    return {
        (str(line.agency), row.period.name): (row.word, row.age)
        for line in answer.context["lines"]
        for row in line.rows
    }


@pytest.fixture
def city(client):
    client.force_login(make.user("coordination"))
    return client


def test_each_side_reads_its_own_word_and_how_long_it_has_been_so(client, cast):
    for period in cast.agency.reporting_periods.all():
        period.state_since = ago(12)
        period.save()
    words = {}
    for who in ("coordination", "audit", "lead", "worker"):
        found = cells(at(sign_in(type(client)(), cast, who), jahr="2016"))
        words[who] = found["AWO", "2. Quartal 2016"]
    assert words["coordination"] == words["audit"] == ("zu prüfen", "seit 12 Tagen")
    assert words["lead"] == words["worker"] == ("eingereicht", "seit 12 Tagen")
    assert found["AWO", "1. Quartal 2016"] == ("angenommen", "seit 12 Tagen")
    assert found["AWO", "3. Quartal 2016"] == ("zurückgegeben", "seit 12 Tagen")
    assert found["AWO", "4. Quartal 2016"] == ("offen", "fällig am 14.01.2017")


@pytest.mark.parametrize(
    ("due_on", "age", "kind"),
    [
        (date(2016, 11, 26), "5 Tage überfällig", "danger"),
        (date(2016, 11, 30), "1 Tag überfällig", "danger"),
        (date(2016, 12, 1), "heute fällig", "info"),
        (date(2016, 12, 2), "fällig in 1 Tag", "info"),
        (date(2016, 12, 15), "fällig in 14 Tagen", "info"),
        (date(2016, 12, 16), "fällig am 16.12.2016", "info"),
    ],
)
def test_a_report_that_is_not_in_counts_to_its_date_and_from_it(due_on, age, kind):
    row = Row(make.period(due_on=due_on), "city", date(2016, 12, 1))
    assert (row.age, row.kind) == (age, kind)


def test_what_was_opened_again_is_not_overdue(city):
    period = make.period(first_submitted_at=ago(90), state_since=ago(3))
    row = Row(period, "city", date(2016, 12, 1))
    assert (row.age, row.kind) == ("vor 3 Tagen wieder geöffnet", "warning")
    answer = at(city)
    assert answer.context["counts"]["overdue"] == answer.context["counts"]["missing"] == 0


def test_the_figures_above_count_all_years(city):
    agency = make.agency()
    days = [(date(2014, 1, 1), "submitted"), (date(2015, 1, 1), "open"), (date(2016, 1, 1), "open")]
    for first, state in days:
        make.period(state, agency=agency, starts_on=first, ends_on=first.replace(month=3, day=31))
    make.period(
        agency=agency,
        starts_on=date(2016, 11, 1),
        ends_on=date(2016, 11, 30),
        due_on=date(2016, 12, 14),
    )
    make.period("sent_back", agency=agency, starts_on=date(2016, 7, 1), ends_on=date(2016, 9, 30))
    counts = at(city).context["counts"]
    names = ("to_check", "overdue", "missing", "sent_back")
    assert [counts[name] for name in names] == [1, 2, 3, 1]
    for state, number in (("submitted", 1), ("ueberfaellig", 2), ("fehlt", 3), ("sent_back", 1)):
        answer = at(city, jahr="alle", stand=state)
        assert len(answer.context["rows"]) == number, state
    assert b"ueberfaellig" in at(city).content


def test_an_agency_sees_its_own_periods_only(client, cast):
    make.period(agency=cast.other_agency, starts_on=date(2016, 4, 1), ends_on=date(2016, 6, 30))
    for who, seen in (("lead", {"AWO"}), ("worker", {"AWO"}), ("other_lead", {"DRK"})):
        browser = sign_in(type(client)(), cast, who)
        assert {agency for agency, _name in cells(at(browser, jahr="2016"))} == seen
        found = at(browser, jahr="alle").context["rows"]
        assert {str(row.period.agency) for row in found} == seen
        assert at(browser, jahr="2016", verband=cast.agency.pk).status_code == 200
        text = at(browser, jahr="alle", format="csv").content.decode("utf-8-sig")
        assert {line.split(";")[0] for line in text.splitlines()[1:]} == seen
    both = cells(at(sign_in(type(client)(), cast, "coordination"), jahr="2016"))
    assert {agency for agency, _name in both} == {"AWO", "DRK"}


def test_an_association_without_a_period_is_told_not_left_out(city):
    make.agency(short_name="Diakonie")
    make.agency(short_name="Stadt", kind="city")
    make.agency(short_name="Alt", is_active=False)
    answer = at(city)
    assert [str(line.agency) for line in answer.context["lines"]] == ["Diakonie"]
    assert "Kein Berichtszeitraum in 2016." in answer.content.decode()


def test_rhythms_stand_in_the_quarters_they_have_days_in():
    spans = {
        (date(2016, 2, 1), date(2016, 2, 29)): (1, 1),
        (date(2016, 4, 1), date(2016, 9, 30)): (2, 3),
        (date(2016, 1, 1), date(2016, 12, 31)): (1, 4),
        (date(2015, 12, 1), date(2016, 4, 1)): (1, 2),
        (date(2016, 12, 31), date(2017, 3, 1)): (4, 4),
    }
    for (first, last), expected in spans.items():
        assert columns(make.period(starts_on=first, ends_on=last), 2016) == expected


def test_filters_keep_what_they_name(city):
    awo, drk = make.agency(short_name="AWO"), make.agency(short_name="DRK")
    make.period("submitted", agency=awo)
    make.period(agency=drk, starts_on=date(2015, 10, 1), ends_on=date(2016, 3, 31))
    assert set(cells(at(city))) == {("AWO", "1. Quartal 2016"), ("DRK", "4. Quartal 2015")}
    assert set(cells(at(city, jahr="2015"))) == {("DRK", "4. Quartal 2015")}
    assert set(cells(at(city, verband=drk.pk))) == {("DRK", "4. Quartal 2015")}
    rows = at(city, stand="submitted").context["rows"]
    assert [str(row.period.agency) for row in rows] == ["AWO"]
    for query in ({"jahr": "1800"}, {"jahr": "x"}, {"stand": "x"}, {"verband": "9" * 30}):
        assert at(city, **query).status_code == 200
    assert at(city, jahr="alle", stand="locked").context["rows"] == []


def test_a_file_lists_what_the_board_shows(city):
    period = make.period("submitted", state_since=ago(12), is_nil=True)
    text = at(city, format="csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row["Verband"] == period.agency.short_name
    assert (row["Zustand"], row["Seit wann"], row["Alter in Tagen"]) == (
        "zu prüfen",
        "seit 12 Tagen",
        "12",
    )
    assert row["Fehlanzeige"] == "ja"
    assert at(city, format="xlsx").content[:2] == b"PK"


def queries(client, **query):
    with CaptureQueriesContext(connection) as made:
        assert at(client, **query).status_code == 200
    return len(made)


@pytest.mark.parametrize("query", [{}, {"jahr": "alle"}, {"stand": "fehlt"}, {"format": "csv"}])
def test_fifty_agencies_cost_no_more_queries_than_one(city, query):
    make.period(responsible=make.user())
    few = queries(city, **query)
    for _ in range(50):
        agency = make.agency()
        for month in (1, 4, 7, 10):
            make.period(
                agency=agency,
                starts_on=date(2016, month, 1),
                ends_on=date(2016, month + 2, 30),
                responsible=make.user(),
            )
    assert queries(city, **query) == few
    assert few <= 12


def test_a_list_reads_its_page_not_every_period_there_is(city):
    for year in range(2010, 2014):
        make.period(starts_on=date(year, 1, 1), ends_on=date(year, 3, 31))
    with CaptureQueriesContext(connection) as made:
        at(city, jahr="alle")
    read = [query["sql"] for query in made if '"state_since"' in query["sql"]]
    assert len(read) == 1
    assert "LIMIT" in read[0]
