"""Two released reports side by side."""

from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.council.summary.comparing import Comparison, signed
from coordination.council.summary.content import Content
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make.user("council"))
    return client


@pytest.fixture
def borough():
    return make.borough(name="Nord")


@pytest.fixture
def quarter(borough):
    return make.district(name="Eicken", parent=borough)


@pytest.fixture
def pair(quarter):
    """The spring with 40 participants, the autumn with 52."""
    worker = make.worker(agency=make.agency(short_name="AWO"))
    for day in (3, 4, 5):
        make.activity(10, worker=worker, district=quarter, day=date(2016, 5, day))
    make.activity(0, 10, worker=worker, district=quarter, day=date(2016, 5, 6))
    for day in (3, 4, 5, 7):
        make.activity(13, worker=worker, district=quarter, day=date(2016, 10, day))
    spring = make.council_report(
        title="Frühling", starts_on=date(2016, 4, 1), ends_on=date(2016, 6, 30)
    )
    return make.release(report=spring), make.release(title="Herbst")


def page(desk, **chosen):
    return desk.get(reverse("summary:release_compare"), chosen)


def text_of(response):
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def changed(release, **over):
    content = deepcopy(release.content)
    content.update(over)
    return content


def comparison(left, right):
    return Comparison(Content(left), Content(right))


def line(found, name):
    return next(row for row in found.lines if row.right.key == name)


def test_the_latest_report_stands_beside_the_one_before(desk, pair):
    spring, autumn = pair
    response = page(desk)
    assert (response.context["left"], response.context["right"]) == (spring, autumn)
    row = next(row for row in response.context["city"] if row.measure == "teilnehmende")
    assert (str(row.left), str(row.right), row.change) == ("40", "52", "+12")


def test_both_are_chosen(desk, pair):
    spring, autumn = pair
    response = page(desk, links=autumn.pk, rechts=spring.pk)
    row = next(row for row in response.context["city"] if row.measure == "teilnehmende")
    assert row.change == "−12"


def test_the_first_report_alone_is_not_compared(desk):
    assert "So viele gibt es noch nicht" in text_of(page(desk))
    make.release()
    assert "So viele gibt es noch nicht" in text_of(page(desk))


@pytest.mark.parametrize("typed", ["", "0", "-1", "9" * 30, "x", "²", "1e400", "' OR 1=1 --"])
def test_what_is_no_report_shows_the_usual_two(desk, pair, typed):
    response = page(desk, links=typed, rechts=typed, kennzahl=typed)
    assert response.status_code == 200
    assert response.context["right"] == pair[1]


def test_the_same_report_twice_is_said(desk, pair):
    text = text_of(page(desk, links=pair[0].pk, rechts=pair[0].pk))
    assert "Auf beiden Seiten steht derselbe Bericht" in text


def test_that_the_right_one_corrects_the_left_is_said(desk, pair):
    spring, autumn = pair
    lines = [{"report": spring.number, "key": "teilnehmende.stadt", "text": "…"}]
    content = changed(autumn, lists={**autumn.content["lists"], "corrections": lines})
    later = make.release(content, title="Später")
    text = text_of(page(desk, links=spring.pk, rechts=later.pk))
    assert f"Nr. {later.number} korrigiert 1 Zahl von Nr. {spring.number}" in text


def test_figures_by_place_are_chosen(desk, pair, quarter):
    tables = page(desk, kennzahl="taetigkeiten").context["tables"]
    assert [table.kind for table in tables] == ["bezirk", "stadtteil", "verband"]
    row = tables[1].lines[0]
    assert (row.place, str(row.left), str(row.right)) == ("Eicken", "4", "4")
    assert row.change == "±0"


def test_where_a_cell_is_protected_there_is_no_difference(pair):
    spring, autumn = pair
    hidden = changed(spring, hidden=["teilnehmende.stadt"])
    hidden["figures"] = {**hidden["figures"]}
    del hidden["figures"]["teilnehmende.stadt"]
    row = line(comparison(hidden, autumn.content), "teilnehmende.stadt")
    assert (str(row.left), row.difference, row.why_none) == ("*", None, "geschützt")


def test_differences_of_differences_are_not_shown(desk, pair):
    """What changed against the period before is not compared once more."""
    spring, autumn = pair
    assert any(name.startswith("veraenderung_") for name in autumn.content["figures"])
    found = comparison(spring.content, autumn.content)
    assert not [row for row in found.lines if row.right.unit == "change"]
    assert "Veränderung" not in text_of(page(desk))


def test_what_only_one_of_them_has_is_said(pair):
    spring, autumn = pair
    fewer = changed(spring, figures={"taetigkeiten.stadt": 4})
    row = line(comparison(fewer, autumn.content), "teilnehmende.stadt")
    assert row.why_none == "nur in einem der beiden"


def test_what_is_counted_by_another_rule_is_marked_and_not_subtracted(desk, pair):
    spring, autumn = pair
    content = deepcopy(spring.content)
    content["measures"]["teilnehmende"]["rule"] = 99
    other = make.release(content, title="Andere Regel")
    found = comparison(content, autumn.content)
    assert line(found, "teilnehmende.stadt").why_none == "anders gezählt"
    assert line(found, "taetigkeiten.stadt").change
    text = text_of(page(desk, links=other.pk, rechts=autumn.pk))
    assert "nach verschiedenen Regeln gezählt: Teilnehmende." in text


def test_another_protection_is_said(pair):
    spring, autumn = pair
    other = changed(spring, rules={"geheimhaltung": 99})
    assert any(
        "verschiedenen Verfahren" in text for text in comparison(other, autumn.content).warnings
    )


def test_a_district_that_changed_its_borough_is_said(pair, quarter, borough):
    spring, autumn = pair
    content = deepcopy(autumn.content)
    content["places"]["bezirk-999"] = {"label": "Süd"}
    content["places"][f"stadtteil-{quarter.pk}"]["borough"] = "bezirk-999"
    warnings = comparison(spring.content, content).warnings
    assert any(
        "Eicken gehört rechts zum Stadtbezirk Süd, links zum Stadtbezirk Nord" in w
        for w in warnings
    )
    assert any("Nur rechts: Süd" in text for text in warnings)


def test_periods_of_different_length_are_said(pair):
    spring, autumn = pair
    frame = {**autumn.content["frame"], "ends_on": "2016-10-31"}
    warnings = comparison(spring.content, changed(autumn, frame=frame)).warnings
    assert any("91 und 31 Tage" in text for text in warnings)
    assert not comparison(spring.content, autumn.content).warnings


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (12, "count", "+12"),
        (-1_250, "count", "−1.250"),
        (Decimal("-1250.00"), "euro", "−1.250,00 €"),
        (Decimal("3.2"), "percent", "+3,2 Prozentpunkte"),
        (0, "count", "±0"),
        (None, "count", ""),
    ],
)
def test_differences_carry_their_sign(value, unit, shown):
    assert signed(value, unit).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_the_files_hold_every_figure_and_no_hidden_one(desk, pair):
    spring, autumn = pair
    lines = page(desk, format="csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Ort;Zahl;Nr. 1;Nr. 2;Unterschied;Bemerkung"
    assert "Ganze Stadt;Teilnehmende;40;52;12;" in lines
    names = {
        name
        for row in pair
        for name in [*row.content["figures"], *row.content["hidden"]]
        if "@" not in name and not name.startswith("veraenderung_")
    }
    assert any("veraenderung_" in name for name in pair[1].content["figures"])
    assert len(lines) == len(names) + 1
    assert page(desk, format="xlsx").content[:2] == b"PK"


@pytest.mark.parametrize("count", [2, 20])
def test_it_asks_a_fixed_number_of_questions(desk, pair, count):
    for number in range(count - 2):
        make.release(pair[0].content, title=f"Nr. {number}")
    page(desk)
    with CaptureQueriesContext(connection) as queries:
        page(desk)
    assert len(queries) <= 6
