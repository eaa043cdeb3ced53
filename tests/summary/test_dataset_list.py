import pytest
from django.urls import reverse

from tests import make
from tests.census import sign_in
from tests.summary.published import release, url

pytestmark = pytest.mark.django_db
PAGE = "/offene-daten/"


def text(client, page=PAGE):
    return client.get(page).content.decode()


def test_it_lists_what_is_released_the_newest_first(client):
    first, second = make.release(title="Erster"), make.release(title="Zweiter")
    make.council_report(title="Noch ein Entwurf")
    page = text(client)
    assert page.index("Zweiter") < page.index("Erster")
    assert "Noch ein Entwurf" not in page
    for row in (first, second):
        for what in ("", "csv", "json"):
            assert f'href="{url(row, what)}"' in page
    assert "2 Datensätze" in page


def test_it_says_how_to_use_the_data(client):
    make.release()
    page = text(client)
    assert "https://www.govdata.de/dl-de/by-2-0" in page
    assert "Musterstadt, Quartiersportal: Ratsbericht Nr. 1" in page
    assert "Zellsperrung" in page
    assert reverse("summary:catalogue_jsonld") in page


def test_without_a_release_it_says_so(client):
    assert "Noch ist kein Ratsbericht freigegeben" in text(client)


@pytest.mark.parametrize("address", ["list", "detail"])
def test_it_is_the_same_for_everybody(client, cast, address):
    """Caches keep it: nobody's name, language, message or form is on it."""
    page = PAGE if address == "list" else url(cast.release)
    answers = []
    for who in ("nobody", "coordination"):
        browser = sign_in(type(client)(), cast, who)
        browser.cookies["__Host-sprache"] = "en"
        answers.append(browser.get(f"{page}?stichtag=gestern", headers={"accept-language": "en"}))
    first, second = answers
    assert first.content == second.content
    for answer in answers:
        assert '<html lang="de">' in answer.content.decode()
        assert "<form" not in answer.content.decode()
        assert not answer.cookies
        assert "Cookie" not in answer["Vary"]
        assert "public" in answer["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer
    again = client.get(page, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_a_message_waits_for_a_page_of_ones_own(client, cast):
    """A page that others see, too, does not show it and does not lose it."""
    sign_in(client, cast, "coordination")
    client.cookies["__Host-hinweise"] = "x"
    client.get(PAGE)
    assert client.cookies["__Host-hinweise"].value == "x"


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("page", [PAGE, f"{PAGE}katalog.jsonld", f"{PAGE}katalog.ttl"])
def test_it_costs_two_queries_however_many_there_are(client, page, rows, django_assert_num_queries):
    for _number in range(rows):
        make.release()
    with django_assert_num_queries(2):
        client.get(page)
    with django_assert_num_queries(1):
        client.get(page)


def test_the_detail_costs_two_queries_at_most(client, django_assert_max_num_queries):
    row = release()
    with django_assert_max_num_queries(3):
        client.get(url(row))
