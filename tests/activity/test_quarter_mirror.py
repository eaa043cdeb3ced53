from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from agencies.activity import mirror
from agencies.activity.spans import around
from coordination.access.permissions import Scope
from districts import imports
from districts.imports import Options
from tests import make
from tests.agencies.test_district_map import drawn
from tests.districts import cities

pytestmark = pytest.mark.django_db
URL = "activity:quarter_mirror"
CITY = Scope(citywide=True)
AUTUMN, SUMMER = date(2016, 11, 15), date(2016, 8, 15)
DEFINED = [
    "eintraege", "teilnehmende", "ohne", "veraenderung", "treffen", "gemischt", "angebote", "offen",
]  # fmt: skip
QUARTER = date(2016, 10, 1), date(2016, 12, 31)


@pytest.fixture
def town(cast):
    """In Nord lie Eicken and Ohler, in Süd Rheydt; Ohler has no entries in autumn."""
    cast.activity.delete()
    cast.offer.delete()
    sued = make.borough(name="Süd", key="Z9")
    cast.eicken = cast.district
    cast.ohler = make.district(name="Ohler", parent=cast.borough)
    cast.rheydt = make.district(name="Rheydt", parent=sued)
    cast.drk = make.worker(agency=cast.other_agency)
    log(cast.worker, cast.eicken, AUTUMN, 6, 2, 3)
    log(cast.worker, cast.eicken, AUTUMN, 1, 0, 1)
    log(cast.worker, cast.eicken, AUTUMN, 0, 0, 9)
    log(cast.drk, cast.eicken, AUTUMN, 0, 3)
    log(cast.drk, cast.rheydt, AUTUMN, 1, 3)
    log(cast.worker, cast.eicken, SUMMER, 9, 1)
    log(cast.drk, cast.ohler, SUMMER, 1, 1)
    first, last = date(2016, 10, 1), date(2016, 12, 31)
    for district, agency, is_open, starts_on, ends_on in [
        (cast.eicken, cast.agency, True, last, None),
        (cast.eicken, cast.agency, False, last, None),
        (cast.eicken, cast.other_agency, True, date(2016, 4, 1), first),
        (cast.ohler, cast.agency, False, last, last),
    ]:
        make.offer(
            district=district,
            agency=agency,
            is_open_to_all=is_open,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    make.offer(district=cast.rheydt, agency=cast.agency, ends_on=date(2016, 9, 30))
    return cast


def log(worker, district, day, refugees=0, others=0, helpers=0):
    return make.activity(refugees, others, helpers, worker=worker, district=district, day=day)


@pytest.fixture
def show(client, cast):
    def get(who="coordination", **query):
        client.force_login(cast.people[who])
        return client.get(reverse(URL), {"stichtag": "2016-12-01", **query})

    return get


def rows_of(found):
    return {row.district.name: row for row in found.rows}


def cells(response):
    """The table's lines by name: the texts of their cells."""
    page = response.content.decode()
    table = page[page.index('<table class="kern-table kern-table--small mirror"') :]
    table = table[: table.index("</table>")]
    lines = {}
    for line in table.split("<tr")[2:]:
        parts = line.replace("<th", "<td").split("<td")[1:]
        name, *values = [_text(part) for part in parts]
        lines[name] = values
    return lines


def _text(html):
    text, inside = "", True
    for character in html.partition(">")[2]:
        if character == "<":
            inside = False
        elif character == ">":
            inside = True
        elif inside:
            text += character
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


# --- What is counted ------------------------------------------------------------------------------


def test_the_share_is_of_participants_only_helpers_are_none(town):
    row = rows_of(mirror.of(CITY, QUARTER))["Eicken"]
    assert (row.now.entries, row.now.participants, row.now.others) == (4, 12, 5)
    assert row.without == Decimal("41.7")


def test_a_gathering_has_two_participants_a_mixed_one_both_backgrounds(town):
    row = rows_of(mirror.of(CITY, QUARTER))["Eicken"]
    assert (row.now.gatherings, row.now.mixed, row.mixed) == (2, 1, Decimal("50.0"))


def test_an_offer_counts_once_if_it_is_valid_on_a_day_of_the_period(town):
    found = rows_of(mirror.of(CITY, QUARTER))
    assert (found["Eicken"].offers, found["Eicken"].open) == (3, Decimal("66.7"))
    assert (found["Ohler"].offers, found["Ohler"].open) == (1, Decimal("0.0"))
    assert (found["Rheydt"].offers, found["Rheydt"].open) == (0, None)


def test_boroughs_and_city_divide_sums_and_do_not_average_shares(town):
    found = mirror.of(CITY, QUARTER)
    nord, sued = found.parts
    assert (str(nord.total.district), nord.total.without) == ("Nord", Decimal("41.7"))
    assert (str(sued.total.district), sued.total.without) == ("Süd", Decimal("75.0"))
    assert found.city.without == Decimal("50.0")  # 8 of 16; the average would be 58.4
    assert found.city.now.participants == 16


def test_the_trend_is_the_difference_to_the_period_before(town):
    found = rows_of(mirror.of(CITY, QUARTER))
    change = found["Eicken"].trend
    assert (change.points, change.arrow, change.signed) == (Decimal("31.7"), "↑", "+31,7")
    assert found["Ohler"].trend is None  # nothing now
    assert found["Rheydt"].trend is None  # nothing before


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [("20.0", "30.5", "↓ gesunken −10,5"), ("30.0", "30.0", "→ gleich geblieben ±0,0")],
)
def test_a_trend_is_said_by_word_arrow_and_sign(now, before, shown):
    change = mirror.trend(Decimal(now), Decimal(before))
    assert f"{change.arrow} {change.word} {change.signed}" == shown


def test_the_last_eight_periods_are_those_before(town):
    found = mirror.of(CITY, QUARTER)
    assert len(found.periods) == 8
    assert found.periods[0][0] == around(date(2015, 1, 1), "quarter")
    assert [part.participants for _span, part in found.periods] == [0] * 6 + [12, 16]


def test_a_quarter_that_ended_is_shown_while_something_was_counted_in_it(town):
    """Otherwise the sums of one of the two periods would lack it."""
    town.rheydt.ends_on = date(2016, 9, 30)
    town.rheydt.save()
    assert "Rheydt" in rows_of(mirror.of(CITY, QUARTER))
    assert "Rheydt" in rows_of(mirror.of(CITY, around(date(2017, 1, 1), "quarter")))
    assert "Rheydt" not in rows_of(mirror.of(CITY, around(date(2017, 4, 1), "quarter")))


# --- The page -------------------------------------------------------------------------------------


def test_the_page_shows_the_quarter_of_the_stichtag(show, town):
    response = show()
    lines = cells(response)
    assert lines["Eicken"] == [
        "4", "12", "41,7 %", "↑ gestiegen +31,7", "2", "50,0 %", "3", "66,7 %",
    ]  # fmt: skip
    assert lines["Insgesamt"][:3] == ["5", "16", "50,0 %"]
    assert list(lines) == ["Nord", "Eicken", "Ohler", "Süd", "Rheydt", "Insgesamt"]
    assert "4. Quartal 2016" in response.content.decode()


def test_without_entries_it_says_so_and_not_0_percent(show, town):
    lines = cells(show())
    assert lines["Ohler"] == ["keine Einträge", "1", "0,0 %"]
    assert lines["Rheydt"][-2:] == ["0", "–"]


def test_entries_without_participants_have_no_share(show, cast):
    cast.activity.delete()
    log(cast.worker, cast.district, AUTUMN, 0, 0, 5)
    assert cells(show())["Eicken"][:3] == ["1", "0", "–"]


def test_an_agency_sees_its_own_work_only_and_is_told_so(show, town):
    response = show("lead")
    assert "Nur Tätigkeiten und Angebote von: AWO." in response.content.decode()
    lines = cells(response)
    assert lines["Eicken"][:3] == ["3", "9", "22,2 %"]
    assert lines["Eicken"][-2:] == ["2", "50,0 %"]
    assert lines["Rheydt"][0] == "keine Einträge"
    assert [part.participants for _span, part in response.context["mirror"].periods][-2:] == [10, 9]


def test_the_city_sees_all_and_may_choose_an_agency(show, town):
    everything = show()
    assert "Tätigkeiten und Angebote aller Verbände" in everything.content.decode()
    chosen = show(verband=town.agency.pk)
    assert "Nur Tätigkeiten und Angebote von: AWO." in chosen.content.decode()
    assert cells(chosen) == cells(show("lead")) | {}


def test_an_agency_cannot_choose_another_one(show, town):
    assert cells(show("lead", verband=town.other_agency.pk)) == cells(show("lead"))


def test_figures_lead_to_their_entries(show, town):
    page = show(verband=town.agency.pk).content.decode()
    wanted = f"?von=01.10.2016&amp;bis=31.12.2016&amp;verband={town.agency.pk}"
    wanted += f"&amp;ort={town.eicken.pk}"
    assert reverse("activity:activity_list") + wanted in page


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"zeitraum": "monat"}, "Dezember 2016"),
        ({"zeitraum": "halbjahr"}, "2. Halbjahr 2016"),
        ({"zeitraum": "jahr"}, "Jahr 2016"),
        ({"zeitraum": "eigen", "von": "10.10.2016", "bis": "2016-11-20"}, "10.10.2016–20.11.2016"),
    ],
)
def test_the_period_can_be_chosen(show, town, query, name):
    response = show(**query)
    assert response.context["name"] == name
    assert f">{name}</h2>" in response.content.decode()


def test_neighbouring_periods_are_one_step_away(client, show, town):
    response = show(stichtag="2016-05-15", zeitraum="jahr", sortierung="ohne")
    assert response.context["previous"]["name"] == "Jahr 2015"
    page = response.content.decode()
    query = "?sortierung=ohne&amp;zeitraum=jahr&amp;stichtag=2015-12-31"
    assert query in page
    following = client.get(reverse(URL) + query.replace("&amp;", "&"))
    assert following.context["name"] == "Jahr 2015"
    assert following.context["next"]["name"] == "Jahr 2016"


def test_own_days_step_by_their_length(show, town):
    response = show(zeitraum="eigen", von="11.10.2016", bis="20.10.2016")
    steps = response.context["previous"], response.context["next"]
    assert [step["name"] for step in steps] == ["01.10.2016–10.10.2016", "21.10.2016–30.10.2016"]
    assert response.context["mirror"].before == (date(2016, 10, 1), date(2016, 10, 10))


def test_before_the_first_possible_entry_there_is_no_step(show, town):
    assert show(stichtag="2000-02-01").context["previous"] is None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"von": "10.10.2016", "bis": "09.10.2016"}, "Der letzte Tag liegt vor dem ersten."),
        ({"von": "10.10.2016"}, "Bitte den ersten und den letzten Tag angeben."),
        ({"von": "31.02.2016", "bis": "09.10.2016"}, "„31.02.2016“ ist kein Datum."),
        ({"von": "01.01.1900", "bis": "31.12.2199"}, "höchstens zehn Jahre"),
    ],
)
def test_days_that_cannot_be_are_refused_at_the_field(show, town, query, text):
    response = show(zeitraum="eigen", **query)
    assert text in response.content.decode()
    assert response.context["name"] == "4. Quartal 2016"  # what is shown instead


def test_each_heading_leads_to_its_definition(show, town):
    page = show().content.decode()
    for name in DEFINED:
        assert f'href="#def-{name}"' in page
        assert page.count(f'id="def-{name}"') == 1
    assert "mindestens zwei Teilnehmenden" in page
    assert "Ehrenamtliche und Fachkräfte, die mithelfen, sind keine Teilnehmenden" in page


def test_the_chart_says_the_same_as_its_table(show, town):
    response = show()
    bars = [(bar.label, bar.share) for bar in response.context["chart"].bars]
    assert bars[-2:] == [("3. Q. 16", Decimal("16.7")), ("4. Q. 16", Decimal("50.0"))]
    assert bars[0] == ("1. Q. 15", None)
    page = response.content.decode()
    assert '<th scope="row">3. Quartal 2016</th><td class="numeric">12</td>' in page


def names(response):
    return [row.district.name for row, _entries in response.context["rows"]]


def test_quarters_sort_by_share_those_without_last(show, town):
    assert names(show(sortierung="ohne")) == ["Eicken", "Rheydt", "Ohler"]
    assert names(show(sortierung="-ohne")) == ["Rheydt", "Eicken", "Ohler"]
    assert names(show(sortierung="-stadtteil")) == ["Rheydt", "Ohler", "Eicken"]
    page = show(sortierung="ohne").content.decode()
    assert "Nach Stadtbezirken, mit Summen" in page


# --- The map --------------------------------------------------------------------------------------


@pytest.fixture
def shapes(town):
    beside = [[[x + 0.2, y] for x, y in cities.SQUARE]]
    file = cities.collection(
        cities.feature(town.eicken.key, "Eicken"),
        cities.feature(town.ohler.key, "Ohler", cities.BESIDE),
        cities.feature(town.rheydt.key, "Rheydt", beside[0]),
    )
    imports.run(file, Options(valid_from=date(2010, 1, 1)), by=None)


def test_the_map_says_each_class_by_mark_pattern_and_title(show, shapes):
    response = show()
    kinds = {kind.label: (kind.mark, len(kind.rows)) for kind in response.context["kinds"]}
    assert kinds == {
        "75 % und mehr": ("4", 1),
        "50 bis unter 75 %": ("3", 0),
        "25 bis unter 50 %": ("2", 1),
        "unter 25 %": ("1", 0),
        "keine Einträge": ("–", 1),
    }
    titles = {area.find("title").text for area in drawn(response)}
    assert titles == {"Eicken: 41,7 %", "Rheydt: 75,0 %", "Ohler: keine Einträge"}
    assert [area.paint.title for area in response.context["drawing"].areas if area.is_hatched] == [
        "Ohler: keine Einträge"
    ]


@pytest.mark.parametrize(
    ("measure", "titles"),
    [
        ("gemischt", {"Eicken: 50,0 %", "Rheydt: 100,0 %", "Ohler: keine Einträge"}),
        ("offen", {"Eicken: 66,7 %", "Rheydt: keine Angebote", "Ohler: 0,0 %"}),
    ],
)
def test_the_map_shows_other_shares_too(show, shapes, measure, titles):
    assert {area.find("title").text for area in drawn(show(mass=measure))} == titles


# --- Files, costs ---------------------------------------------------------------------------------


def test_the_export_has_the_figures_and_whose_they_are(show, town):
    book = load_workbook(BytesIO(show("lead", format="xlsx").content))
    note, headings, *lines, sums = book.active.iter_rows(values_only=True)
    assert "4. Quartal 2016 · Nur Tätigkeiten und Angebote von: AWO." in note[0]
    by_name = {line[1]: dict(zip(headings, line, strict=True)) for line in lines}
    eicken = by_name["Eicken"]
    assert eicken["Stadtbezirk"] == "Nord"
    assert (eicken["Teilnehmende"], eicken["davon ohne Fluchthintergrund"]) == (9, 2)
    assert eicken["Anteil ohne Fluchthintergrund in %"] == pytest.approx(22.2)
    assert by_name["Ohler"]["Anteil ohne Fluchthintergrund in %"] is None
    assert sums[0] == "Summe"


@pytest.mark.parametrize("query", [{}, {"zeitraum": "eigen", "von": "3.2.2016", "bis": "7.6.2016"}])
@pytest.mark.parametrize("count", [1, 20])
def test_the_page_takes_twelve_queries_however_many_entries(
    client, cast, count, query, django_assert_max_num_queries
):
    for _number in range(count):
        place = make.district(parent=make.borough())
        log(cast.worker, place, AUTUMN, 1, 1)
        make.offer(district=place, agency=cast.agency)
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12):
        client.get(reverse(URL), {"stichtag": "2016-12-01", **query})
