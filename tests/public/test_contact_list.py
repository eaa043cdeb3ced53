import pytest
from django.urls import reverse

from districts.models import District
from tests import make

URL = reverse("public:contact_list")


def text(client, **query):
    return client.get(URL, query).content.decode()


@pytest.fixture
def named(town):
    town.responsible(worker=town.worker())
    return town


@pytest.mark.parametrize("typed", ["41061", " 41063 ", "410 61", "４１０６１"])
def test_a_postal_code_in_one_district_gives_its_contact_person(client, named, typed):
    page = text(client, plz=typed)
    assert "Ansprechperson für Eicken" in page
    assert '<a href="tel:+492161000101">02161 000-101</a>' in page
    assert '<a href="mailto:sandvoss@example.org">' in page
    for said in ("Miriam Sandvoß", "Arbeiterwohlfahrt", "Deutsch, Arabisch", "9:00–12:00"):
        assert said in page
    assert f'value="{typed}"' in page


@pytest.mark.parametrize("typed", ["Eicken", "eicken", "  EIC ", "Ｅicken"])
def test_a_name_or_its_beginning_gives_the_contact_person(client, named, typed):
    assert "Miriam Sandvoß" in text(client, ort=typed)


def test_either_name_of_the_field_takes_either(client, named):
    assert "Miriam Sandvoß" in text(client, ort="41061")
    assert "Miriam Sandvoß" in text(client, plz="Eicken")


def test_umlauts_and_hyphens_may_be_typed_otherwise(client, named):
    make.district(name="Mülfort-Süd")
    for typed in ("muelfort sued", "Mülfort Süd", "mülf", "süd"):
        assert "Ansprechperson für Mülfort-Süd" in text(client, ort=typed)


def test_a_whole_name_wins_over_a_beginning(client, named):
    make.district(name="Eicken-West")
    assert "Ansprechperson für Eicken<" in text(client, ort="eicken")
    page = text(client, ort="eick")
    assert "Mehrere Stadtteile passen" in page
    assert "Eicken-West" in page


def test_a_borough_offers_its_districts(client, named):
    make.district(name="Westend", parent=named.borough)
    page = text(client, ort="nord")
    assert reverse("public:contact_detail", args=[named.eicken.pk]) in page
    assert "Westend" in page


def test_a_postal_code_in_several_districts_asks_which_with_each_person(client, named):
    west = make.district("41061", name="Westend")
    named.responsible(worker=named.worker(name="Petra Wollgast"), district=west)
    page = text(client, plz="41061")
    assert "41061 liegt in mehreren Stadtteilen" in page
    assert "Miriam Sandvoß" in page
    assert "Petra Wollgast" in page
    assert f'href="{reverse("public:contact_detail", args=[west.pk])}?plz=41061"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Bitte geben Sie eine Postleitzahl oder den Namen eines Stadtteils ein."),
        ("   ", "Bitte geben Sie eine Postleitzahl oder den Namen eines Stadtteils ein."),
        ("410611", "„410611“ ist keine Postleitzahl: Sie hat fünf Ziffern"),
        ("4106", "„4106“ ist keine Postleitzahl"),
        ("Hauptstraße 5", "„Hauptstraße 5“ wurde nicht gefunden: Straßen sind hier nicht bekannt."),
        ("99999", "Die Postleitzahl 99999 liegt in keinem Stadtteil von Musterstadt."),
        ("Köln", "„Köln“ heißt kein Stadtteil von Musterstadt."),
        ("<b>", "„&lt;b&gt;“ heißt kein Stadtteil"),
        ("x" * 101, "höchstens 100 Zeichen"),
    ],
)
def test_what_is_not_found_is_said_and_stays_typed(client, named, typed, said):
    for name in ("plz", "ort"):
        page = text(client, **{name: typed})
        assert said in page
        assert "Stadtteil wählen" in page
        if typed.strip() and "<" not in typed:
            assert f'value="{typed}"' in page


@pytest.mark.parametrize("typed", ["D-41063", "41063 Musterstadt", " 41 063", "Weg 12, 41063"])
def test_the_postal_code_of_an_address_is_taken(client, named, typed):
    page = text(client, ort=typed)
    assert "Ihre Ansprechperson" in page
    assert "Miriam Sandvoß" in page


def test_a_typing_error_is_understood(client, named):
    page = text(client, ort="Eiken")
    assert "Meinten Sie" in page
    assert reverse("public:contact_detail", args=[named.eicken.pk]) in page


def test_without_a_question_the_districts_stand_below_their_borough(client, named):
    make.district(name="Ohne Bezirk")
    page = text(client)
    assert "Stadtbezirk Nord" in page
    assert "Weitere Stadtteile" in page
    assert "Miriam Sandvoß" not in page
    assert "ein Fehler" not in page


def test_each_area_of_the_map_is_a_link(client, named):
    District.objects.filter(pk=named.eicken.pk).update(
        outline={"d": "M0 0h9v9h-9z", "x": 4.5, "y": 4.5, "r": 4.0, "box": [0, 0, 9, 9]}
    )
    page = text(client)
    assert f'<a href="/ansprechpartner/{named.eicken.pk}/" class="map__area">' in page
    assert "<title>Eicken</title>" in page


def test_only_districts_that_exist_today_can_be_asked_for(client, named):
    make.district(name="Altenfeld", ends_on="2015-12-31")
    make.district(name="Neuenfeld", starts_on="2017-01-01")
    page = text(client)
    assert "Altenfeld" not in page
    assert "Neuenfeld" not in page
    assert "heißt kein Stadtteil" in text(client, ort="Altenfeld")


def test_a_city_without_districts_says_so(client, town):
    District.objects.quarters().delete()
    assert "Noch ist kein Stadtteil eingetragen." in text(client)


def test_another_day_cannot_be_asked_for(client, named):
    """Before the term nobody was responsible; the page speaks of today nevertheless."""
    page = client.get(URL, {"plz": "41061", "stichtag": "2015-01-01"}).content.decode()
    assert "Miriam Sandvoß" in page
    assert "stichtag" not in page.split("<main")[1].split("</main>")[0]


class TestLanguage:
    def test_follows_the_browser(self, client, named):
        response = client.get(URL, {"plz": "41061"}, headers={"accept-language": "en"})
        page = response.content.decode()
        assert '<html lang="en">' in page
        assert "Your contact person" in page
        assert '<dd lang="de">Deutsch, Arabisch</dd>' in page
        assert response.headers["Content-Language"] == "en"

    def test_follows_the_switch_without_a_sign_in(self, client, named):
        before = client.get(URL)
        assert '<html lang="de">' in before.content.decode()
        client.post(reverse("set_language"), {"language": "en", "next": URL})
        assert '<html lang="en">' in client.get(URL).content.decode()

    def test_caches_keep_one_answer_a_language(self, client, named):
        response = client.get(URL)
        assert "public" in response.headers["Cache-Control"]
        vary = {name.strip() for name in response.headers["Vary"].split(",")}
        assert {"Accept-Language", "Cookie"} <= vary


class TestCookies:
    def test_a_visitor_gets_none(self, client, named):
        for query in ({}, {"plz": "41061"}, {"plz": "x"}, {"stichtag": "gestern"}):
            response = client.get(URL, query)
            assert not response.cookies
        assert not client.cookies

    def test_what_a_signed_in_person_sees_is_kept_by_no_cache(self, client, named):
        client.force_login(make.user("coordination"))
        assert client.get(URL).headers["Cache-Control"] == "no-store"


class TestSwitch:
    def test_off_there_is_no_page_and_no_link(self, client, named, settings):
        login = reverse("account_login")
        assert URL in client.get(login).content.decode()
        settings.PORTAL_FINDER = False
        assert URL not in client.get(login).content.decode()
        assert client.get(URL).status_code == 404
        for page in ("contact_detail", "contact_card", "contact_card_pdf", "contact_vcard"):
            assert client.get(reverse(f"public:{page}", args=[named.eicken.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("query", [{}, {"plz": "41061"}, {"ort": "ort 1"}])
@pytest.mark.parametrize("who", [None, "coordination"])
def test_the_page_costs_the_same_however_many(
    client, named, django_assert_max_num_queries, rows, query, who
):
    for number in range(rows):
        place = make.district("41061", name=f"Ort {number}", parent=named.borough)
        named.responsible(worker=named.worker(name=f"Person {number}"), district=place)
    if who:
        client.force_login(make.user(who))
    with django_assert_max_num_queries(12):
        client.get(URL, query)
