"""The live answer to a question of the council: for the city's own eyes only."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook

from coordination.council.summary.patterns import PATTERNS
from tests import make


def url(pattern, **query):
    return reverse("summary:question_ask", args=[pattern], query=query)


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.people["coordination"])
    return client


def test_without_parameters_the_last_finished_quarter_and_today_are_asked_for(desk):
    form = desk.get(url("kontakte", stichtag="2016-12-01")).context["form"]
    assert form.kept == {"bezirk": "", "bis": "2016-09-30", "von": "2016-07-01"}
    form = desk.get(url("geld", stichtag="2016-12-01")).context["form"]
    assert form.kept == {"jahr_bis": 2016, "jahr_von": 2015, "stichtag": "2016-12-01"}


def test_the_page_says_how_it_was_counted(desk):
    page = desk.get(url("stellen")).content.decode()
    assert "So wurde gezählt" in page
    assert "Zählregel Nr. 1" in page
    page = desk.get(url("kontakte")).content.decode()
    assert "Geheimhaltungsregel Nr. 1" in page
    assert "nur eine 0 bei den Teilnehmenden bleibt stehen" in page


def test_an_english_page_shows_the_german_answer_that_would_be_sent(desk):
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = desk.get(url("stellen", stichtag="2016-12-01")).content.decode()
    assert "How this was counted" in page
    assert "VZÄ gefördert" in page


@pytest.mark.parametrize("who", ["council", "lead", "worker", "stranger"])
def test_nobody_but_the_city_sees_a_live_answer_by_any_address(client, cast, who):
    client.force_login(cast.people[who])
    for pattern in PATTERNS:
        for query in ({}, {"format": "csv"}, {"format": "xlsx"}, {"antwort": cast.answer.pk}):
            assert client.get(url(pattern, **query)).status_code == 403
        assert client.get(reverse("summary:answer_send", args=[pattern])).status_code == 403
        assert client.post(reverse("summary:answer_send", args=[pattern])).status_code == 403


def test_the_audit_office_looks_but_is_offered_nothing_to_send(client, cast):
    client.force_login(cast.people["audit"])
    page = client.get(url("stellen", stichtag="2016-12-01"))
    assert page.context["answered"].has_figures
    assert "Als Antwort senden" not in page.content.decode()


@pytest.mark.parametrize(
    ("pattern", "query", "message"),
    [
        ("geld", {"jahr_von": "0"}, "größer oder gleich 2000"),
        ("geld", {"jahr_bis": "1000000000000"}, "kleiner oder gleich 2199"),
        ("geld", {"jahr_von": "9" * 400}, "größer oder gleich|kleiner oder gleich|ganze Zahl"),
        ("geld", {"jahr_von": "2017", "jahr_bis": "2016"}, "Das letzte Jahr liegt vor dem ersten"),
        ("geld", {"jahr_von": "2000", "jahr_bis": "2199"}, "höchstens 20 Jahre"),
        ("geld", {"jahr_von": "NaN"}, "ganze Zahl"),
        ("kontakte", {"von": "2016-09-30", "bis": "2016-07-01"}, "liegt vor dem ersten"),
        ("kontakte", {"von": "2011-12-31", "bis": "2016-12-31"}, "höchstens 5 Jahre"),
        ("kontakte", {"von": "1900-01-01", "bis": "2199-12-31"}, "höchstens 5 Jahre"),
        ("kontakte", {"von": "31.02.2016"}, "ist kein Datum"),
        ("kontakte", {"von": ""}, "erforderlich|Pflichtfeld"),
        ("kontakte", {"bezirk": "999999999999999999999"}, "keine gültige Auswahl"),
        ("kontakte", {"bezirk": "Nord"}, "keine gültige Auswahl"),
        ("stellen", {"stichtag": "0000-00-00"}, "ist kein Datum"),
        ("ehrenamt", {"bis": "2016-99-99"}, "ist kein Datum"),
    ],
)
def test_what_cannot_be_asked_is_said_at_the_field(desk, pattern, query, message):
    response = desk.get(url(pattern, **query))
    assert response.status_code == 200
    assert response.context["answered"] is None
    assert re.search(message, response.content.decode())
    sent = desk.get(reverse("summary:answer_send", args=[pattern], query=query))
    assert sent.status_code == 302
    assert sent.headers["Location"].startswith(url(pattern))


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40, "abc", "-1", "²", "1 OR 1=1"])
def test_an_answer_that_is_not_there_cannot_be_laid_beside(desk, number):
    assert desk.get(url("stellen", antwort=number)).status_code == 404


def test_an_answer_to_another_question_cannot_be_laid_beside(desk, cast):
    assert cast.answer.pattern == "stellen"
    assert desk.get(url("geld", antwort=cast.answer.pk)).status_code == 404


def test_an_unknown_pattern_is_not_found(desk):
    for pattern in ("gibt-es-nicht", "antwort", "Stellen"):
        assert desk.get(url(pattern)).status_code == 404
        assert desk.get(reverse("summary:answer_send", args=[pattern])).status_code == 404


def test_asked_from_an_answer_old_and_new_stand_side_by_side(desk, cast):
    old = make.answer(parameters={"stichtag": "2016-12-01"})
    make.position(agency=cast.agency, title="Neue Stelle", starts_on=date(2017, 1, 1))
    response = desk.get(url("stellen", stichtag="2017-12-01", antwort=old.pk))
    found = response.context["answered"].tables[0]
    row = next(row for row in found.rows if row.key == f"verband-{cast.agency.pk}")
    before, now = row.cells[0].before.text, row.cells[0].text
    assert int(now) == int(before) + 1
    page = response.content.decode()
    assert f"Antwort Nr. {old.number}" in page
    assert "(Stichtag: 01.12.2016)" in page


def test_a_file_holds_the_table_with_its_numbers(desk, cast):
    response = desk.get(url("stellen", stichtag="2016-12-01", format="xlsx"))
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert "nicht gesendet" in rows[0][0]
    assert "Stichtag: 01.12.2016" in rows[0][0]
    assert rows[1][0] == "Träger" or rows[1][0] == "Verband"
    assert all(isinstance(value, int | float) for value in rows[2][1:4])
    text = desk.get(url("ehrenamt", tabelle="honorarkraefte", format="csv")).content.decode()
    assert "Honorarkräfte" in text
    assert desk.get(url("stellen", tabelle="xyz", format="csv")).status_code == 404


def test_a_hidden_figure_is_hidden_in_files_too(desk, cast):
    query = {"von": "2016-01-01", "bis": "2016-12-31"}  # the cast has one entry of five people
    page = desk.get(url("kontakte", **query))
    cells = [cell for row in page.context["answered"].tables[0].rows for cell in row.cells]
    assert any(cell.is_hidden for cell in cells)
    assert {cell.text for cell in cells} <= {"*", "0"}
    for table in ("eintraege", "teilnehmende"):
        text = desk.get(url("kontakte", **query, tabelle=table, format="csv")).content.decode()
        figures = {part for line in text.splitlines()[1:] for part in line.strip().split(";")[1:]}
        assert figures <= {"*", "0"}


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("pattern", [*PATTERNS])
def test_an_answer_costs_the_same_however_much_there_is(
    desk, cast, django_assert_max_num_queries, pattern, rows
):
    for _ in range(rows):
        agency = make.agency()
        make.position(agency=agency)
        make.activity(
            3, 3, 3, worker=make.worker(agency=agency, kind="freelance"), district=cast.district
        )
        make.agreement(1_000, parts={2016: 1_000}, agency=agency)
    with django_assert_max_num_queries(15):
        desk.get(url(pattern, stichtag="2016-12-01", antwort=""))


def test_it_says_beforehand_which_periods_can_be_sent_and_links_them(desk, cast):
    spans = [(date(2016, 4, 1), date(2016, 6, 30)), (date(2016, 7, 1), date(2016, 9, 30))]
    for first, last in spans:
        report = make.council_report(starts_on=first, ends_on=last)
        make.release({"hidden": [], "figures": {}}, report=report)
    query = {"von": "2016-08-01", "bis": "2016-08-31", "bezirk": cast.district.parent_id or ""}
    response = desk.get(url("kontakte", **query))
    page = response.content.decode()
    assert "nur über Zeiträume freigegebener Ratsberichte" in page
    assert "Als Antwort senden</span>" not in page
    links = re.findall(r'href="(\?[^"]*)">(\d\. Quartal 2016)</a>', page)
    assert [words for _link, words in links] == [
        "4. Quartal 2016",  # of the cast
        "3. Quartal 2016",
        "2. Quartal 2016",
    ]
    assert "von=2016-07-01" in links[1][0]
    assert "bis=2016-09-30" in links[1][0]
    page = desk.get(url("kontakte", von="2016-07-01", bis="2016-09-30")).content.decode()
    assert "nur über Zeiträume freigegebener Ratsberichte" not in page
    assert "Zeiträume freigegebener Ratsberichte" not in desk.get(url("geld")).content.decode()
