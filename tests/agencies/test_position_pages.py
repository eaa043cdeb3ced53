from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from agencies.models import Occupancy, Position
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
DAY = "?stichtag=2016-12-01"


def test_the_list_shows_the_own_agencys_positions_only(signed_in, cast):
    make.position(agency=cast.other_agency, title="Fremde Stelle")
    url = reverse("agencies:position_list")
    assert "Fremde Stelle" not in text(signed_in("lead").get(url))
    assert "Quartiersarbeit Nord" in text(signed_in("lead").get(url))
    assert "Fremde Stelle" in text(signed_in("audit").get(url))
    foreign = text(signed_in("lead").get(url, {"verband": cast.other_agency.pk}))
    assert "Fremde Stelle" not in foreign


def test_the_list_shows_how_long_a_position_is_vacant(signed_in, cast):
    make.occupancy(
        position=make.position(agency=cast.agency, title="Ost"), ends_on=date(2016, 11, 19)
    )
    half = make.position(agency=cast.agency, title="West")
    make.occupancy(position=half, fte=Decimal("0.50"))
    page = text(signed_in("lead").get(reverse("agencies:position_list") + DAY))
    assert "unbesetzt seit 12 Tagen" in page
    assert "0,50 VZÄ unbesetzt seit 245 Tagen" in page


def test_filters_and_sorting(signed_in, cast):
    make.position(agency=cast.agency, title="Zukunft", starts_on=date(2017, 1, 1), ends_on=None)
    make.position(agency=cast.agency, title="Leer", fte=Decimal("0.50"))
    client, url = signed_in("coordination"), reverse("agencies:position_list")

    def titles(**query):
        answer = client.get(url, {"stichtag": "2016-12-01", **query})
        return [row.position.title for row in answer.context["rows"]]

    nord = "Quartiersarbeit Nord"
    assert titles() == ["Leer", nord, "Zukunft"]
    assert titles(finanziert="ja") == ["Leer", nord]
    assert titles(finanziert="nein") == ["Zukunft"]
    assert titles(besetzung="frei") == ["Leer"]
    assert titles(besetzung="besetzt") == [nord]
    assert titles(suche="QUARTIERS") == [nord]
    assert titles(sortierung="-bis")[0] == "Zukunft"
    assert titles(sortierung="vze")[0] == "Leer"
    assert titles(verband="9" * 30, finanziert="x", nach="x") == ["Leer", nord, "Zukunft"]


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("query", ["", "&besetzung=frei&suche=e&sortierung=-bis"])
def test_the_list_costs_the_same_however_long_it_is(
    signed_in, rows, query, django_assert_max_num_queries
):
    for _ in range(rows):
        make.occupancy(ends_on=date(2016, 11, 1))
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(reverse("agencies:position_list") + DAY + query)


def test_the_export_has_figures_as_figures(signed_in):
    answer = signed_in("lead").get(reverse("agencies:position_list") + DAY + "&format=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].split(";")[:3] == ["Verband", "Stelle", "VZÄ"]
    assert lines[1].split(";")[:6] == [
        "AWO", "Quartiersarbeit Nord", "1,00", "", "01.04.2016", "31.03.2018",
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 20])
def test_a_position_costs_the_same_whatever_hangs_on_it(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for n in range(rows):
        make.occupancy(position=cast.position, starts_on=date(2016, 4, 1 + n), ends_on=None)
        make.assignment("41061", position=cast.position)
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(reverse("agencies:position_detail", args=[cast.position.pk]) + DAY)


NEW = {
    "title": "Quartiersarbeit Ost",
    "fte": "0,75",
    "qualification": "",
    "starts_on": "2016-04-01",
    "ends_on": "31.03.2018",
}


def test_the_coordination_creates_a_position(signed_in, cast):
    url = reverse("agencies:position_create")
    client = signed_in("coordination")
    answer = client.post(url, {**NEW, "agency": cast.agency.pk}, follow=True)
    assert "AWO · Quartiersarbeit Ost ist angelegt." in text(answer)
    assert Position.objects.get(title="Quartiersarbeit Ost").fte == Decimal("0.75")
    again = client.post(url, {**NEW, "agency": cast.agency.pk})
    assert "bereits eine Stelle mit dieser Bezeichnung" in text(again)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fte", "viel", "VZÄ ist eine Zahl von 0,01 bis 1,00"),
        ("fte", "0", "VZÄ ist eine Zahl von 0,01 bis 1,00"),
        ("fte", "1,01", "VZÄ ist eine Zahl von 0,01 bis 1,00"),
        ("fte", "-1", "VZÄ ist eine Zahl von 0,01 bis 1,00"),
        ("fte", "NaN", "VZÄ ist eine Zahl von 0,01 bis 1,00"),
        ("fte", "1e400", "VZÄ ist eine Zahl von 0,01 bis 1,00"),
        ("fte", "0,333", "höchstens 2 Dezimalstellen"),
        ("starts_on", "31.02.2016", "„31.02.2016“ ist kein Datum"),
        ("ends_on", "31.03.2016", "Der letzte Tag liegt vor dem ersten."),
        ("title", "", "Dieses Feld ist zwingend erforderlich."),
        ("agency", "999999999999999999999", "gültige"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_kept(signed_in, cast, field, typed, says):
    url = reverse("agencies:position_create")
    data = {"agency": cast.agency.pk, **NEW, field: typed}
    answer = signed_in("coordination").post(url, data)
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert says in errors[field][0]
    if typed and field != "agency":
        assert f'value="{typed}"' in text(answer) or 'value="2016-03-31"' in text(answer)
    assert Position.objects.count() == 1


NAMES = ["title", "fte", "qualification", "starts_on", "ends_on"]


def test_funding_that_would_cut_off_an_occupancy_is_refused_at_the_field(signed_in, cast):
    url = reverse("agencies:position_edit", args=[cast.position.pk])
    seen = fingerprint(cast.position, NAMES)
    data = {**NEW, "fte": "0.50", "ends_on": "31.12.2017", "seen": seen, "reason": ""}
    errors = signed_in("coordination").post(url, data).context["form"].errors
    assert f"Besetzung {cast.worker.name} bis 31.03.2018 liegt außerhalb." in errors["ends_on"]
    data["ends_on"] = "31.03.2018"
    errors = signed_in("coordination").post(url, data).context["form"].errors
    assert errors["fte"] == ["Ab 01.04.2016 sind 1,00 VZÄ besetzt."]


def test_two_browsers_editing_one_position_lose_nothing(signed_in, cast):
    url = reverse("agencies:position_edit", args=[cast.position.pk])
    client, seen = signed_in("coordination"), fingerprint(cast.position, NAMES)
    data = {**NEW, "fte": "1", "seen": seen, "reason": ""}
    client.post(url, {**data, "title": "Erste"})
    answer = client.post(url, {**data, "title": "Zweite"})
    assert "Erste" in text(answer)
    assert 'value="Zweite"' in text(answer)
    assert Position.objects.get().title == "Erste"


@pytest.fixture
def vacant(cast):
    return make.position(agency=cast.agency, title="Ost")


def fill(client, position, **fields):
    data = {"fte": "1,00", "starts_on": "01.12.2016", "ends_on": "", "reason": "", **fields}
    return client.post(reverse("agencies:occupancy_create", args=[position.pk]), data, follow=True)


def test_a_lead_fills_the_own_position(signed_in, cast, vacant):
    worker = make.worker(agency=cast.agency, name="Bernd Muster")
    answer = fill(signed_in("lead"), vacant, worker=worker.pk)
    assert "Bernd Muster besetzt die Stelle AWO · Ost." in text(answer)
    occupancy = Occupancy.objects.get(position=vacant)
    assert (occupancy.starts_on, occupancy.ends_on) == (date(2016, 12, 1), date(2018, 3, 31))


def test_the_form_offers_what_is_left(signed_in, cast, vacant):
    make.occupancy(position=vacant, fte=Decimal("0.25"))
    url = reverse("agencies:occupancy_create", args=[vacant.pk]) + DAY
    page = text(signed_in("lead").get(url))
    assert 'value="0,75"' in page
    assert 'value="2016-12-01"' in page


@pytest.mark.parametrize("kind", ["freelance", "foreign", "missing"])
def test_a_forged_worker_is_refused_at_the_field(signed_in, cast, vacant, kind):
    workers = {
        "freelance": make.worker(agency=cast.agency, kind="freelance").pk,
        "foreign": make.worker(agency=cast.other_agency).pk,
        "missing": 999_999,
    }
    answer = fill(signed_in("lead"), vacant, worker=workers[kind])
    assert "Honorarkräfte haben keine Stelle" in answer.context["form"].errors["worker"][0]
    assert not Occupancy.objects.filter(position=vacant).exists()


def test_a_full_position_says_so_at_the_field(signed_in, cast):
    worker = make.worker(agency=cast.agency)
    answer = fill(signed_in("lead"), cast.position, worker=worker.pk)
    assert "nichts mehr frei" in answer.context["form"].errors["fte"][0]


def test_ending_an_occupancy_says_what_stays_with_the_position(signed_in, cast):
    url = reverse("agencies:occupancy_end", args=[cast.occupancy.pk])
    client = signed_in("lead")
    seen = fingerprint(cast.occupancy, ["ends_on"])
    assert "behält ihre Stadtteile" in text(client.get(url))
    data = {"ends_on": "30.06.2017", "reason": "Elternzeit", "seen": seen}
    assert client.post(url, {**data, "reason": ""}).context["form"].errors == {
        "reason": ["Dieses Feld ist zwingend erforderlich."]
    }
    answer = client.post(url, data, follow=True)
    assert "Die Besetzung ist beendet." in text(answer)
    assert "1 Zuständigkeit bleibt bei der Stelle" in text(answer)
    cast.occupancy.refresh_from_db()
    assert cast.occupancy.ends_on == date(2017, 6, 30)


def test_ending_before_the_first_day_is_refused_at_the_field(signed_in, cast):
    url = reverse("agencies:occupancy_end", args=[cast.occupancy.pk])
    seen = fingerprint(cast.occupancy, ["ends_on"])
    data = {"ends_on": "31.03.2016", "reason": "x", "seen": seen}
    errors = signed_in("lead").post(url, data).context["form"].errors
    assert "Nehmen Sie sie zurück" in errors["ends_on"][0]


def test_an_occupancy_that_has_not_begun_is_withdrawn(signed_in, cast, vacant, settings):
    settings.PORTAL_DAY = make.DAY
    future = make.occupancy(position=vacant, starts_on=date(2017, 1, 1))
    detail = reverse("agencies:position_detail", args=[vacant.pk])
    url = reverse("agencies:occupancy_withdraw", args=[future.pk])
    client = signed_in("lead")
    assert url in text(client.get(detail))
    answer = client.post(url, {"reason": "Absage"}, follow=True)
    assert "Die Besetzung ist zurückgenommen." in text(answer)
    assert "zurückgenommen</span>" in text(answer)
    assert client.post(url, {"reason": "Absage"}).status_code == 404


def test_what_began_is_not_withdrawn(signed_in, cast):
    url = reverse("agencies:occupancy_withdraw", args=[cast.occupancy.pk])
    answer = signed_in("lead").post(url, {"reason": "x"})
    assert "begann am 01.04.2016" in text(answer)
