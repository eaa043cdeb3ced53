"""A released council report on the screen: read from what was kept, each figure with its origin."""

import re
from copy import deepcopy
from datetime import date
from html import unescape

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.council.summary import compose, sections
from coordination.council.summary.content import Content
from coordination.council.summary.figures import Frame
from tests import make
from tests.summary.reading import bare_numbers, figures

pytestmark = pytest.mark.django_db
TAB = re.compile(r'<a href="([^"]*)"( aria-current="page")?(?: lang="de")?>([^<]*)</a>')


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["renderings"].clear()


@pytest.fixture
def content(cast):
    """What the rows of the test city give, for a period with activities."""
    for people in (5, 7, 1):
        quarter = make.district(name=f"Quartier {people}", parent=cast.borough)
        make.activity(people, people, people, district=quarter, worker=cast.worker)
    return compose.compose(Frame(date(2016, 12, 1), date(2016, 10, 1), date(2016, 12, 31)))


def page(client, release, query=""):
    return client.get(reverse("summary:release_detail", args=[release.pk]) + query)


def read(client, cast, release, query="", who="council"):
    client.force_login(cast.people[who])
    response = page(client, release, query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("council", []),
        ("audit", ["report_list"]),
        ("coordination", ["report_list", "report_create"]),
    ],
)
def test_only_who_composes_reports_is_led_there(client, cast, who, offered):
    release = make.release()
    for reader in ("coordination", who):  # what is kept of the page is the same for both
        html = read(client, cast, release, who=reader)
    main = html.partition("<main")[2]
    for name in ("report_list", "report_create"):
        assert (f'href="{reverse(f"summary:{name}")}"' in main) == (name in offered)


def tabs_of(html):
    return TAB.findall(html.split("report-tabs")[1].split("</nav>")[0])


def test_it_says_what_it_is_and_names_nobody(client, cast):
    release = make.release(
        title="Ratsbericht Winter", text="Es geht <b>voran</b>.\n\nBald mehr.", number=17
    )
    html = read(client, cast, release)
    assert "Ratsbericht Winter" in html
    assert "Nr. 17 · Stichtag 01.12.2016 · Zeitraum 4. Quartal 2016" in html
    assert "verglichen mit: 3. Quartal 2016" in html
    assert "von der Koordination" in html
    assert release.released_by.name not in html
    assert "<p>Es geht &lt;b&gt;voran&lt;/b&gt;.</p><p>Bald mehr.</p>" in html
    assert release.digest in html


def test_every_number_leads_to_where_it_comes_from(client, cast, content):
    release = make.release(content)
    html = read(client, cast, release)
    found = figures(html)
    assert len(found) > 60
    assert bare_numbers(html) == []
    for url, text in found.items():
        origin = client.get(url)
        assert origin.status_code == 200, url
        assert f"<strong>{text}</strong>" in origin.content.decode(), url


def test_small_counts_are_a_sign_with_its_explanation(client, cast, content):
    html = read(client, cast, make.release(content))
    assert content["hidden"]
    shown = figures(html)
    for key in content["hidden"]:
        for url, text in shown.items():
            if url.endswith(f"/{key}/"):
                assert text == "*"
    assert "*" in shown.values()
    assert "steht für eine kleine Zahl" in html


def test_without_hidden_counts_the_sign_is_not_explained(client, cast, content):
    shown = deepcopy(content)
    shown["hidden"] = []
    assert "steht für eine kleine Zahl" not in read(client, cast, make.release(shown))


def test_lists_of_the_report_are_told_with_their_days(client, cast, content):
    content["frame"]["since"] = "2016-09-22"
    content["lists"] |= {
        "tasks": [
            {
                "text": "Räume suchen",
                "owner": "Sozialamt",
                "day": "2017-01-15",
                "state": "in Arbeit",
                "is_overdue": False,
            }
        ],
        "changes": [{"text": "Eicken jetzt AWO", "kind": "Zuständigkeit", "day": "2016-11-02"}],
        "endings": [{"text": "Stelle Nord", "kind": "Förderung", "day": "2017-03-31"}],
        "corrections": [{"text": "Teilnehmende: korrigiert am 01.03.2017 von 412 auf 408"}],
        "notes": [{"text": "Ein Bericht fehlt noch."}],
    }
    html = read(client, cast, make.release(content))
    for words in (
        "Räume suchen",
        "Sozialamt",
        "15.01.2017",
        "in Arbeit",
        "Zuständigkeit: Eicken jetzt AWO",
        "02.11.2016",
        "Förderung: Stelle Nord",
        "31.03.2017",
        "korrigiert am 01.03.2017 von 412 auf 408",
        "Ein Bericht fehlt noch.",
    ):
        assert words in html


def test_what_nothing_is_known_of_is_left_out(client, cast, content):
    content["measures"] = {"teilnehmende": content["measures"]["teilnehmende"]}
    content["lists"] = {"periods": content["lists"]["periods"]}
    html = read(client, cast, make.release(content))
    assert "Stellen nach Verband" not in html
    assert "Offene Aufgaben aus Beschlüssen</h2>" not in html
    assert "Tätigkeit, 4. Quartal 2016" in html


def test_it_speaks_of_its_own_day_not_of_today(client, cast, content):
    content["lists"]["endings"] = []
    html = read(client, cast, make.release(content))
    assert "Nach dem Stand vom 01.12.2016 nichts." in html


class TestPaper:
    """Signs and lists of the two sheets."""

    def made(self, content):
        return sections.report(Content(content), origin=lambda key: "", is_paper=True)

    def test_what_is_left_out_is_counted(self, content):
        content["lists"]["corrections"] = [
            *({"text": f"Zahl {number}"} for number in range(9)),
            {"kind": "more", "text": "und 20 weitere Korrekturen", "number": 20},
        ]
        report = self.made(content)
        assert [is_on_paper for _text, is_on_paper in report.corrected] == [True] * 3 + [False] * 7
        assert report.corrections.left_out == 26

    def test_signs_are_explained_only_where_they_stand(self, content):
        content["hidden"] = [name for name in content["hidden"] if "stadtteil" in name]
        assert content["hidden"]
        assert not self.made(content).has_hidden_on_paper
        where = Content(content).places("stadtteil")[0].name
        content["lists"]["small_base"] = [{"text": "Klein: wenig", "place": where}]
        assert not self.made(content).has_small_base_on_paper
        agency = Content(content).places("verband")[0].name
        content["figures"][f"je_vze.{agency}"] = "3.0"
        content["measures"]["je_vze"] = {**content["measures"]["teilnehmende"], "unit": "rate"}
        content["lists"]["small_base"].append({"text": "AWO: wenig", "place": agency})
        assert ("AWO: wenig", True) in self.made(content).small_base


class TestBoroughs:
    def test_a_district_council_reads_its_own_quarters(self, client, cast, content):
        elsewhere = make.district(name="Fernab", parent=make.borough(name="Süd"))
        make.activity(4, 4, worker=cast.worker, district=elsewhere)
        frame = Frame(date(2016, 12, 1), date(2016, 10, 1), date(2016, 12, 31))
        release = make.release(compose.compose(frame))
        html = read(client, cast, release, f"?bezirk=bezirk-{cast.borough.pk}")
        assert ">Quartier 7</th>" in html
        assert ">Fernab</th>" not in html
        assert f"teilnehmende.bezirk-{cast.borough.pk}/" in html
        assert bare_numbers(html) == []

    def test_its_tab_leads_there_and_only_it_is_marked(self, client, cast, content):
        release = make.release(content)
        html = read(client, cast, release)
        tabs = tabs_of(html)
        assert len(tabs) > 1
        for url, marked, label in tabs:
            response = client.get(unescape(url))
            assert response.status_code == 200, url
            now = tabs_of(response.content.decode())
            assert [name for _url, marked, name in now if marked] == [label]
        table = reverse("summary:release_table", args=[release.pk, "stadtteile"])
        name = f"?bezirk=bezirk-{cast.borough.pk}"
        assert f'/rat/{release.pk}/{name}"' in client.get(table + name).content.decode()

    def test_what_is_of_the_whole_city_says_so(self, client, cast, content):
        release = make.release(content)
        city = read(client, cast, release)
        borough = read(client, cast, release, f"?bezirk=bezirk-{cast.borough.pk}")
        for title in ("Stellen nach Verband", "Tätigkeit nach Verband"):
            assert f"{title}</h2>" in city
            assert f'{title} <span class="report-place">(Ganze Stadt)</span></h2>' in borough
        table = reverse("summary:release_table", args=[release.pk, "stellen"])
        page = client.get(f"{table}?bezirk=bezirk-{cast.borough.pk}").content.decode()
        assert "Stellen nach Verband: Ganze Stadt</h1>" in page

    @pytest.mark.parametrize(
        "name", ["bezirk-999999", "bezirk-0", "stadt", "bezirk-1%27", "%F0%9F%98%80", "a" * 300]
    )
    def test_an_unknown_one_is_not_found_and_not_kept(self, client, cast, name):
        release = make.release()
        client.force_login(cast.people["council"])
        assert page(client, release, f"?bezirk={name}").status_code == 404
        assert not caches["renderings"]._cache

    def test_a_list_names_what_concerns_it(self, content, cast):
        quarter = Content(content).places("stadtteil")[0].name
        content["lists"]["changes"] = [
            {"text": "überall", "places": []},
            {"text": "hier", "places": [quarter]},
            {"text": "dort", "places": ["stadtteil-999999"]},
        ]
        report = sections.report(
            Content(content), origin=lambda key: "", borough=f"bezirk-{cast.borough.pk}"
        )
        told = [row.cells[0].text for row in report.changes.rows]
        assert told == ["überall", "hier"]


class TestSpeed:
    """Nothing is computed: a released page costs the same however much was entered since."""

    def test_the_first_reader_costs_six_queries_the_next_less(self, client, cast, content):
        release = make.release(content)
        client.force_login(cast.people["council"])
        with CaptureQueriesContext(connection) as first:
            page(client, release)
        with CaptureQueriesContext(connection) as second:
            page(client, release)
        assert len(first) <= 6
        assert len(second) < len(first)
        assert '"content"' not in "".join(query["sql"] for query in second)

    @pytest.mark.parametrize("rows", [1, 20])
    def test_its_queries_do_not_grow(self, client, cast, rows):
        for _ in range(rows):
            make.activity(5, 5, worker=cast.worker, district=make.district(parent=cast.borough))
        release = make.release()
        client.force_login(cast.people["council"])
        with CaptureQueriesContext(connection) as queries:
            page(client, release)
        assert len(queries) == 5

    def test_what_is_kept_is_of_this_release_language_and_borough(self, client, cast, content):
        release, other = make.release(content), make.release(content, title="Ein anderer")
        german = read(client, cast, release)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        assert "Text of the administration" not in german
        assert "At a glance" in read(client, cast, release)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
        assert "Auf einen Blick" in read(client, cast, release)
        borough = read(client, cast, release, f"?bezirk=bezirk-{cast.borough.pk}")
        assert figures(borough) != figures(german)
        links = figures(read(client, cast, other))
        assert all(url.startswith(f"/rat/{other.pk}/") for url in links)

    def test_everybody_who_may_look_reads_the_same(self, client, cast, content):
        release = make.release(content)
        readers = ["council", "coordination", "audit"]
        pages = [read(type(client)(), cast, release, who=who) for who in readers]
        bodies = {html.split('<div class="report">')[1].split("</main>")[0] for html in pages}
        assert len(bodies) == 1

    def test_only_the_readers_own_browser_may_keep_it(self, client, cast):
        release = make.release()
        client.force_login(cast.people["council"])
        assert "private" in page(client, release)["Cache-Control"]
