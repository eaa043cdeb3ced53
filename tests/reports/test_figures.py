"""The figures of a period, straight from the log."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation

from agencies.reports import figures
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return make.period(agency=make.agency(short_name="AWO"))


@pytest.fixture
def eicken():
    return make.district(name="Eicken")


@pytest.fixture
def logged(period, eicken):
    """Two entries within the period, one each of what must not be counted."""
    worker = make.worker(agency=period.agency)
    cafe, talk = make.kind(name="Sprachcafé"), make.kind(name="Beratung")
    offer = make.offer(agency=period.agency, contact=worker, district=eicken)
    common = {"worker": worker, "district": eicken}
    make.activity(30, 10, 2, kind=cafe, day=date(2016, 1, 1), minutes=90, offer=offer, **common)
    make.activity(1, 0, kind=talk, day=date(2016, 3, 31), minutes=33, **common)
    make.activity(100, kind=talk, day=date(2016, 4, 1), **common)
    make.activity(100, kind=talk, day=date(2015, 12, 31), **common)
    make.activity(100, kind=talk, day=date(2016, 2, 1), district=eicken)  # another agency
    return worker


def values(period):
    return {figure.name: figure.value for figure in figures.of(period)}


def test_the_whole_period_is_added_up(period, logged):
    found = values(period)
    assert {name: found[name] for name in figures.WHOLE} == {
        "taetigkeiten": 2,
        "stunden": Decimal("2.1"),
        "teilnehmende": 41,
        "mit_fluchthintergrund": 31,
        "ohne_fluchthintergrund": 10,
        "anteil_ohne_fluchthintergrund": Decimal("24.4"),
        "ehrenamtliche_und_fachkraefte": 2,
        "stadtteile": 1,
        "angebote": 1,
    }


def test_parts_are_counted_by_the_names_of_the_lists(period, logged):
    make.kind(name="Netzwerkarbeit")
    found = figures.of(period)
    assert found["art:Sprachcafé"].value == 1
    assert found["art:Netzwerkarbeit"].value == 0
    assert found["stadtteil:Eicken"].value == 2
    groups = {group.name: [figure.value for figure in group.figures] for group in found.parts}
    assert groups == {"zielgruppe": [31, 10, 2], "art": [1, 1], "stadtteil": [2]}


@pytest.mark.parametrize(
    "typed",
    ["taetigkeiten", "Tätigkeiten", " TÄTIGKEITEN ", "ta\u0308tigkeiten"],
)
def test_a_name_is_found_however_it_is_spelt(period, logged, typed):
    assert figures.of(period).get(typed).name == "taetigkeiten"


def test_names_with_an_argument_are_found_however_they_are_spelt(period, logged):
    found = figures.of(period)
    assert found.get("Art : sprachcafé").name == "art:Sprachcafé"
    assert found.get("art:Kaffeefahrt") is None


def test_names_that_could_be_meant(period, logged):
    found = figures.of(period)
    assert found.similar("teilnemende")[0] == "teilnehmende"
    assert found.similar("art:Sprachcafe")[0] == "art:Sprachcafé"
    assert found.similar("eicken") == ["stadtteil:Eicken"]
    assert found.similar("xyz") == []


def test_each_figure_leads_to_its_entries(client, period, logged, eicken):
    found = figures.of(period)
    address = urlsplit(found["stadtteil:Eicken"].address)
    assert parse_qs(address.query) == {
        "verband": [str(period.agency_id)],
        "von": ["2016-01-01"],
        "bis": ["2016-03-31"],
        "ort": [str(eicken.pk)],
    }
    client.force_login(make.membership("lead", agency=period.agency).user)
    for name in ("taetigkeiten", "stadtteil:Eicken", "art:Sprachcafé"):
        rows = client.get(found[name].address).context["page"].rows
        assert len(rows) == found[name].value, name


def test_a_period_without_entries_has_zeros_and_no_share(period):
    found = figures.of(period)
    assert found["taetigkeiten"].shown == "0"
    assert found["anteil_ohne_fluchthintergrund"].shown == "–"
    assert not found.has_entries
    assert found.parts == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_numbers_are_written_as_a_german_text_has_them(language):
    with translation.override(language):
        assert figures.shown("teilnehmende", 1234567) == "1.234.567"
        assert figures.shown("stunden", Decimal("1234.5")) == "1.234,5"
        assert figures.shown(figures.SHARE, Decimal("41.2")) == "41,2\N{NO-BREAK SPACE}%"


def test_what_is_frozen_thaws_to_the_same(period, logged):
    assert figures.thawed(figures.of(period).frozen()) == values(period)


def test_two_rows_of_one_name_are_one_figure(period, logged, eicken):
    other = make.district(name="Eicken", starts_on=date(2016, 2, 1))
    make.activity(1, worker=logged, district=other, day=date(2016, 2, 2))
    assert figures.of(period)["stadtteil:Eicken"].value == 3


def test_differences_leave_out_what_is_zero_in_both():
    before = {"taetigkeiten": 3, "stunden": Decimal("1.5"), "art:A": 0, "art:B": 2}
    after = {"taetigkeiten": 5, "stunden": Decimal("1.5"), "art:A": 0, "art:C": 1}
    shown = [
        (pair.label, pair.shown_before, pair.shown_after, pair.shown_change)
        for pair in figures.differences(before, after)
    ]
    assert shown == [
        ("Tätigkeiten", "3", "5", "+2"),
        ("Stunden", "1,5", "1,5", "±0"),
        ("C", "–", "1", "–"),
        ("B", "2", "–", "–"),
    ]


@pytest.mark.parametrize(
    "days", [{}, {"starts_on": date(2016, 1, 15), "ends_on": date(2016, 3, 9)}]
)
def test_the_figures_cost_the_same_however_many_entries(django_assert_max_num_queries, days):
    period = make.period(**days)
    worker = make.worker(agency=period.agency)
    for _ in range(15):
        make.activity(1, worker=worker, day=date(2016, 2, 1))
    with django_assert_max_num_queries(5):
        figures.of(period)
