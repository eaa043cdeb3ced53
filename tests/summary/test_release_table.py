"""Each table of a report by itself, and as a file in which hidden counts stay hidden."""

import csv
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from coordination.council.summary.compose import compose
from coordination.council.summary.content import Content
from coordination.council.summary.tables import TABLES
from tests import make
from tests.summary.frames import frame

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(make.user("council"))
    return client


@pytest.fixture
def content():
    nord = make.borough(name="Nord")
    for name, people in (("=1+1", 40), ("Klein", 1), ("Mittel", 20)):
        make.activity(people, people, district=make.district(name=name, parent=nord))
    return compose(frame())


def url(release, table, query=""):
    return reverse("summary:release_table", args=[release.pk, table]) + query


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_page_and_its_files(reader, content, table):
    release = make.release(content)
    for query in ("", "?format=xlsx", "?format=csv"):
        assert reader.get(url(release, table, query)).status_code == 200


def test_a_file_says_what_the_report_says(reader, content):
    release = make.release(content, title="Winter", number=5)
    response = reader.get(url(release, "stadtteile", "?format=csv"))
    assert 'filename="ratsbericht-5-stadtteile-2016-12-01.csv"' in response["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    read, told = Content(content), {row["Stadtteil"].lstrip("'"): row for row in rows}
    assert {"=1+1", "Klein", "Mittel", "Nord", "Ganze Stadt"} == set(told)
    for place in read.places("stadtteil"):
        figure = read.figure("teilnehmende", place.name)
        assert told[str(place)]["Teilnehmende"] == ("*" if figure.is_hidden else str(figure.value))
    assert told["Klein"]["Teilnehmende"] == "*"
    assert told["Ganze Stadt"]["Teilnehmende"] == "122"


def test_a_workbook_has_the_sign_and_no_sums_of_its_own(reader, content):
    release = make.release(content, title="Winter", number=5)
    response = reader.get(url(release, "taetigkeit", "?format=xlsx"))
    cells = [cell for row in load_workbook(BytesIO(response.content)).active for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    note = cells[0].value
    assert "Winter (Nr. 5)" in note
    assert "Stichtag 01.12.2016" in note
    assert "Zeitraum 01.10.2016–31.12.2016" in note


def test_the_sign_is_explained_where_it_stands(reader, content):
    release = make.release(content)
    response = reader.get(url(release, "stadtteile", "?format=xlsx"))
    sheet = load_workbook(BytesIO(response.content)).active
    assert "* = geheim gehaltene Zahl" in sheet["A1"].value
    stars = [cell for row in sheet for cell in row if cell.value == "*"]
    assert stars
    assert {cell.data_type for cell in stars} == {"s"}


def test_a_share_says_its_unit_in_the_heading(reader, content):
    text = reader.get(url(make.release(content), "verlauf", "?format=csv")).content.decode()
    assert "Anteil ohne Fluchthintergrund (%)" in text


@pytest.mark.parametrize("table", ["personen", "__class__", "stellen-", "x" * 300])
def test_an_unknown_table_is_not_found(reader, content, table):
    assert reader.get(url(make.release(content), table)).status_code == 404


def test_an_unknown_borough_is_not_found(reader, content):
    release = make.release(content)
    assert reader.get(url(release, "stadtteile", "?bezirk=bezirk-9999")).status_code == 404
