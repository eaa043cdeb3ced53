import csv
from datetime import date
from io import BytesIO, StringIO
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from agencies.activity import entry_files, listings
from agencies.activity.filters import activities as filters
from agencies.activity.filters.activities import ActivityFilter, Choices, sums_of
from agencies.activity.models import Activity, ReportingPeriod
from agencies.activity.summaries import summed
from coordination.access.permissions import Scope
from tests import make

LIST = reverse("activity:activity_list")
CITY = Scope(citywide=True)


@pytest.fixture
def show(client, cast):
    def page(who="lead", **query):
        client.force_login(cast.people[who])
        return client.get(LIST, query)

    return page


def days(answer):
    return [f"{line.activity.day:%d.%m.}" for line in answer.context["lines"]]


def entry(cast, day="2016-11-20", *counts, **fields):
    fields = {"worker": cast.worker, "district": cast.district, "kind": cast.kind, **fields}
    return make.activity(*counts, day=date.fromisoformat(day), **fields)


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=";"))


def test_the_newest_stand_first_and_sorting_turns_them(show, cast):
    entry(cast, "2016-10-05")
    entry(cast, "2016-11-30")
    assert days(show()) == ["30.11.", "15.11.", "05.10."]
    assert days(show(sortierung="datum")) == ["05.10.", "15.11.", "30.11."]


def test_an_agency_sees_its_own_entries_only(show, cast):
    make.activity(day=date(2016, 11, 30))
    assert days(show("worker")) == ["15.11."]
    assert days(show("other_lead")) == []
    assert days(show("coordination")) == ["30.11.", "15.11."]


def test_each_filter_narrows(show, cast):
    other = make.worker(agency=cast.agency)
    place = make.district(parent=cast.borough)
    closed = make.offer(agency=cast.agency, is_open_to_all=False)
    entry(cast, "2016-11-20", 0, 5, worker=other, district=place, offer=closed)
    entry(cast, "2016-11-21", kind=make.kind(), note="x", is_note_insisted=True)
    entry(cast, "2016-11-22", district=make.district())
    expected = {
        ("von", "21.11.2016"): ["22.11.", "21.11."],
        ("bis", "2016-11-15"): ["15.11."],
        ("ort", place.pk): ["20.11."],
        ("ort", cast.borough.pk): ["21.11.", "20.11.", "15.11."],
        ("art", cast.kind.pk): ["22.11.", "20.11.", "15.11."],
        ("fachkraft", other.pk): ["20.11."],
        ("zielgruppe", cast.target_group.pk): ["15.11."],
        ("angebot", cast.offer.pk): ["15.11."],
        ("offen", "ja"): ["15.11."],
        ("offen", "nein"): ["20.11."],
        ("offen", "ohne"): ["22.11.", "21.11."],
        ("notiz", "trotz"): ["21.11."],
    }
    found = {(name, value): days(show(**{name: value})) for name, value in expected}
    assert found == expected


def test_notes_in_spite_of_the_warning_are_for_those_who_answer_for_them(show):
    assert "notiz" in show("lead").context["filter"].filters
    assert "notiz" not in show("worker").context["filter"].filters


def test_a_choice_of_another_agency_is_none(show, cast):
    foreign = make.worker(agency=cast.other_agency)
    answer = show(fachkraft=foreign.pk)
    assert "fachkraft" in answer.context["filter"].form.errors
    assert foreign.name not in answer.content.decode()


@pytest.fixture
def several(cast):
    """Entries at both edges of months, in two boroughs, two districts each, of two agencies."""
    others = make.worker(agency=cast.other_agency)
    places = [
        cast.district,
        make.district(parent=cast.borough),
        make.district(parent=make.borough()),
    ]
    edges = ["2016-09-30", "2016-10-01", "2016-10-15", "2016-10-31", "2016-11-01", "2016-12-01"]
    for number, (day, place, worker) in enumerate(product(edges, places, [cast.worker, others])):
        entry(cast, day, number % 4, number % 3, number % 2, district=place, worker=worker)
    return {
        "von": ["", "2016-10-01", "2016-10-15", "2016-12-01"],
        "bis": ["", "2016-10-31", "2016-10-20", "2016-09-30"],
        "ort": ["", str(places[1].pk), str(cast.borough.pk)],
        "verband": ["", str(cast.other_agency.pk)],
    }


def test_the_sums_are_the_same_from_the_rollup_and_one_by_one(several, cast, monkeypatch):
    """Every combination of what the rollup can tell, each in both ways."""
    choices = Choices.within(CITY)
    told = set()
    for values in product(*several.values()):
        data = QueryDict(mutable=True)
        data.update(dict(zip(several, values, strict=True)))
        rows = Activity.objects.within(CITY)
        found = ActivityFilter(data, rows, choices=choices, sees_notes_insisted=True)
        with monkeypatch.context() as patch:
            patch.setattr(filters, "summed", lambda rows: pytest.fail("not from the rollup"))
            sums = sums_of(found, CITY)
        assert sums == summed(found.qs)[()], data
        assert sums.entries == found.qs.count()
        told.add(sums)
    assert len(told) > 20


def test_a_borough_of_many_entries_is_read_by_day_and_shows_the_same(
    several, cast, show, monkeypatch
):
    queries = {"ort": cast.borough.pk}, {"ort": cast.borough.pk, "von": "2016-10-15"}
    shown = [days(show("coordination", **query)) for query in queries]
    assert len(shown[0]) == 25
    monkeypatch.setattr(filters, "MANY", 0)
    with CaptureQueriesContext(connection) as executed:
        assert [days(show("coordination", **query)) for query in queries] == shown
    pages = [query["sql"] for query in executed if "LIMIT 51" in query["sql"]]
    assert len(pages) == 2
    assert all('("activity_activity"."district_id" + 0) IN' in sql for sql in pages)


@pytest.mark.parametrize("name", ["art", "fachkraft", "zielgruppe", "angebot", "offen", "notiz"])
def test_what_the_rollup_does_not_know_is_added_up_one_by_one(several, cast, show, name):
    value = {
        "art": cast.kind.pk,
        "fachkraft": cast.worker.pk,
        "zielgruppe": cast.target_group.pk,
        "angebot": cast.offer.pk,
        "offen": "ohne",
        "notiz": "trotz",
    }[name]
    colleague = make.worker(agency=cast.agency)
    entry(cast, "2016-11-20", 0, 9, 9, worker=colleague, kind=make.kind(), offer=cast.offer)
    entry(cast, "2016-11-20", 5, 9, 9, is_note_insisted=True)
    answer = show(**{name: value, "von": "2016-10-15"})
    found = answer.context["filter"].qs
    assert 0 < found.count() < Activity.objects.filter(agency=cast.agency).count()
    assert answer.context["sums"] == summed(found)[()]
    assert answer.context["sums"].entries == found.count()


def test_the_sums_are_said_as_german_figures(show, cast):
    entry(cast, "2016-11-20", 1_000, 3_000, 7, minutes=90)
    figures = dict(show().context["figures"])
    assert figures["Stunden"] == "2,5"
    assert figures["Teilnehmende"] == "4.005"
    assert figures["Anteil ohne"] == "75,0 %"


def test_the_pages_hold_every_entry_once(show, cast):
    for _ in range(120):
        entry(cast)
    seen, query = [], {}
    while True:
        answer = show(**query)
        seen += [line.activity.pk for line in answer.context["lines"]]
        following = answer.context["page"].next
        if not following:
            break
        query = QueryDict(following[1:]).dict()
        assert answer.context["page"].count == 121
    assert len(seen) == len(set(seen)) == 121


@pytest.mark.parametrize("who", ["lead", "coordination"])
@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    show, client, cast, who, rows, django_assert_max_num_queries
):
    for number in range(rows):
        worker = make.worker(agency=cast.agency)
        offer = make.offer(agency=cast.agency, contact=worker)
        entry(cast, f"2016-0{1 + number % 9}-15", 1, 2, worker=worker, offer=offer)
    show(who)
    for query in ({"von": "2016-01-05", "bis": "2016-12-05"}, {"art": cast.kind.pk}):
        with django_assert_max_num_queries(12):
            client.get(LIST, query)


def test_own_open_entries_can_be_edited_copied_and_deleted(show, cast):
    entry(cast, worker=make.worker(agency=cast.agency))
    links = {
        who: [bool(line.edit) for line in show(who).context["lines"]]
        for who in cast.people
        if who in ("lead", "worker", "audit", "coordination")
    }
    assert links == {
        "coordination": [True, True], "audit": [False, False],
        "lead": [True, True], "worker": [False, True],
    }  # fmt: skip
    line = show("worker").context["lines"][1]
    assert line.copy.endswith(f"?kopie={cast.activity.pk}")
    assert line.delete == reverse("activity:activity_delete", args=[cast.activity.pk])


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_entries_of_a_closed_period_say_so_and_stay_as_they_are(show, cast, state):
    ReportingPeriod.objects.filter(pk=cast.open_period.pk).update(
        state=state, first_submitted_at="2016-12-31T12:00Z"
    )
    make.period(
        state, agency=cast.other_agency, starts_on=date(2016, 1, 1), ends_on=date(2016, 9, 1)
    )
    entry(cast, "2016-08-01")  # open for this agency
    lines = show().context["lines"]
    assert (lines[0].edit, lines[0].copy, lines[0].delete) == ("", "", "")
    assert "4. Quartal 2016" in lines[0].closed
    assert lines[1].edit
    assert not lines[1].closed


def test_the_file_has_what_is_filtered_and_can_be_imported_again(show, cast):
    entry(
        cast,
        "2016-11-20",
        4,
        external_id="A-7",
        note="=1+1",
        has_interpreter=True,
        topics=[cast.topic],
    )
    entry(cast, "2016-10-20")
    rows = rows_of(show(format="csv", von="2016-11-01"))
    assert [row["Datum"] for row in rows] == ["20.11.2016", "15.11.2016"]
    assert rows[0] == {
        "Datum": "20.11.2016", "Stadtteil": "Eicken", "Fachkraft": cast.worker.name,
        "Art": "Beratung", "Form": rows[0]["Form"], "Minuten": "60", "Geflüchtete": "4",
        "Anwohnende": "", "Ehrenamtliche": "", "Themen": "Wohnen", "Dolmetschen": "ja",
        "Angebot": "", "Notiz": "'=1+1", "Nummer": "A-7",
    }  # fmt: skip
    assert (rows[1]["Geflüchtete"], rows[1]["Anwohnende"], rows[1]["Ehrenamtliche"]) == (
        "3",
        "2",
        "1",
    )
    assert (
        "Verband" in rows_of(show("coordination", format="csv"))[0]
        or len({row.agency for row in Activity.objects.all()}) == 1
    )


def test_every_heading_of_the_file_is_known_to_the_import(show, cast):
    make.activity()  # of another agency, so that the file names agencies
    headings = set(rows_of(show("coordination", format="csv"))[0])
    groups = {"Geflüchtete", "Anwohnende", "Ehrenamtliche"}
    assert headings - groups <= {name for names in entry_files.COLUMNS.values() for name in names}
    assert set(entry_files.NAMES.values()) <= headings


def test_the_workbook_has_the_same_rows(show, cast):
    entry(cast, "2016-11-20", 4)
    file = b"".join(show(format="xlsx").streaming_content)
    rows = list(load_workbook(BytesIO(file)).active.values)
    assert rows[1][:6] == ("Datum", "Stadtteil", "Fachkraft", "Art", "Form", "Minuten")
    assert [row[0].date() for row in rows[2:]] == [date(2016, 11, 20), date(2016, 11, 15)]


def test_a_list_longer_than_a_file_says_so(show, cast, monkeypatch):
    entry(cast)
    monkeypatch.setattr(listings, "MOST", {"xlsx": 1, "csv": 1})
    assert "eine CSV-Datei die ersten 1." in show().content.decode()
    rows = rows_of(show(format="csv"))
    assert [row["Datum"] for row in rows] == ["20.11.2016", rows[1]["Datum"]]
    assert rows[1]["Datum"].startswith("Nur die ersten 1 Zeilen")


def test_an_empty_list_offers_the_one_action(show):
    text = show("other_lead").content.decode()
    assert "Noch ist nichts eingetragen." in text
    assert "passt kein Eintrag" in show("other_lead", von="2016-01-01").content.decode()


def test_quick_links_keep_the_other_filters(show, cast):
    answer = show(art=cast.kind.pk, stichtag="2016-11-20", von="2016-10-01", bis="2016-12-31")
    links = {
        label: (QueryDict(href[1:]).dict(), current)
        for label, href, current in answer.context["spans"]
    }
    assert links["Diese Woche"][0] == {
        "art": str(cast.kind.pk),
        "stichtag": "2016-11-20",
        "von": "2016-11-14",
        "bis": "2016-11-20",
    }
    assert links["Dieses Quartal"][1]
    assert links["Letztes Quartal"][0]["von"] == "2016-07-01"
    assert [label for label, (_query, current) in links.items() if current] == ["Dieses Quartal"]
