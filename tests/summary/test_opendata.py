"""The files of open data: what stands in them, and how they are fetched."""

import csv
import gzip
import io
import json
from decimal import Decimal
from hashlib import sha256

import pytest
from django.urls import reverse

from coordination.council.summary import opendata
from coordination.exports import without_apostrophe
from tests import make
from tests.census import sign_in
from tests.summary.published import FRAME, LINE, content, kept, release, url
from tests.test_settings import PRODUCTION, run, show

pytestmark = pytest.mark.django_db
ENDINGS = ["csv", "json"]


def fetch(client, row, ending, **headers):
    return client.get(url(row, ending), headers=headers)


def read(client, row, ending):
    """The figures of a file by their names, as another program reads them."""
    body = fetch(client, row, ending).content
    if ending == "json":
        return {line["kennung"]: line for line in json.loads(body, parse_float=Decimal)["zahlen"]}
    lines = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""))
    return {line["kennung"]: line for line in lines}


class TestTheSwitch:
    ADDRESSES = [
        "/offene-daten/",
        "/offene-daten/katalog.jsonld",
        "/offene-daten/katalog.ttl",
        "/offene-daten/ratsbericht-1/",
        "/offene-daten/ratsbericht-1/zahlen-v1.csv",
        "/offene-daten/ratsbericht-1/zahlen-v1.json",
    ]

    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("who", ["nobody", "council", "coordination"])
    def test_off_there_is_no_such_page_for_anybody(self, client, cast, settings, who, address):
        sign_in(client, cast, who)
        assert client.get(address).status_code == 200
        settings.PORTAL_OPEN_DATA = False
        assert client.get(address).status_code == 404
        assert client.head(address).status_code == 404
        assert client.post(address).status_code == 404

    def test_these_are_all_of_its_addresses(self):
        from coordination.council.summary.urls import urlpatterns

        ours = [str(row.pattern) for row in urlpatterns if "offene-daten" in str(row.pattern)]
        assert len(ours) == len(self.ADDRESSES)

    @pytest.mark.parametrize("who", ["nobody", "council", "coordination"])
    def test_off_no_page_links_to_it(self, client, cast, settings, who):
        sign_in(client, cast, who)
        pages = [reverse("account_login" if who == "nobody" else "overview:start")]
        if who != "nobody":
            pages.append(reverse("summary:release_detail", args=[cast.release.pk]))
        assert all("/offene-daten/" in client.get(page).content.decode() for page in pages)
        settings.PORTAL_OPEN_DATA = False
        assert not any("offene-daten" in client.get(page).content.decode() for page in pages)

    def test_it_is_off_unless_the_city_says_otherwise(self):
        assert show("settings.PORTAL_OPEN_DATA", **PRODUCTION) == "False"
        assert show("settings.PORTAL_OPEN_DATA", **PRODUCTION, PORTAL_OPEN_DATA="1") == "True"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PORTAL_CITY", ""),
            ("PORTAL_OPEN_DATA_CONTACT", "Frau Mustermann"),
            ("PORTAL_CITY_KEY", "5116"),
            ("PORTAL_CONTRIBUTOR_ID", "musterstadt"),
        ],
    )
    def test_what_the_catalogue_could_not_say_stops_the_start(self, name, value):
        ran = run("check", **{**PRODUCTION, "PORTAL_OPEN_DATA": "1", name: value})
        assert ran.returncode == 1
        assert ran.stderr.startswith(f"{name} is ")
        assert "Traceback" not in ran.stderr


class TestWhatStandsInThem:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_each_figure_of_the_release_and_nothing_else(self, client, ending):
        row = release()
        report = kept(row)
        found = read(client, row, ending)
        assert set(found) == {*report.kept["figures"], *report.hidden}

    def test_each_value_is_the_one_that_is_shown(self, client):
        row = release()
        report, found = kept(row), read(client, row, "json")
        assert len(found) > 100
        for name, line in found.items():
            shown = report.shown(name)
            assert line["wert"] == shown.value
            assert line["verborgen"] is shown.is_hidden
            assert line["bezeichnung"] == report.kept["measures"][line["kennzahl"]]["label"]

    def test_what_is_hidden_is_a_sign_or_nothing(self, client):
        row = release()
        report = kept(row)
        assert report.hidden
        in_csv, in_json = read(client, row, "csv"), read(client, row, "json")
        for name in report.hidden:
            assert (in_csv[name]["wert"], in_csv[name]["verborgen"]) == ("*", "ja")
            assert (in_json[name]["wert"], in_json[name]["verborgen"]) == (None, True)
        assert "*" not in {
            line["wert"] for name, line in in_csv.items() if name not in report.hidden
        }

    def test_both_files_say_the_same(self, client):
        row = release(places={"stadtteil-0": {"label": "=cmd()", "borough": "bezirk-0"}})
        in_csv, in_json = read(client, row, "csv"), read(client, row, "json")
        assert list(in_csv) == list(in_json)
        for name, line in in_json.items():
            for column, value in line.items():
                cell = in_csv[name][column]
                if column == "wert" and value is not None:
                    assert Decimal(cell) == value
                elif column == "wert":
                    assert cell == ("*" if line["verborgen"] else "")
                elif isinstance(value, bool):
                    assert cell == ("ja" if value else "nein")
                else:
                    assert without_apostrophe(cell) == str(value)

    def test_a_place_named_like_a_formula_does_not_become_one(self, client):
        evil = "=HYPERLINK(1)"
        row = make.release(content(places={}))
        for place in row.content["places"].values():
            place["label"] = evil
        lines = opendata.written(row)["csv"].body.decode().splitlines()
        assert any(f"'{evil}" in line for line in lines)
        assert not any(f",{evil}" in line for line in lines)

    def test_the_csv_is_made_for_programs(self, client):
        body = fetch(client, release(), "csv").content
        assert body.startswith(b"kennung,kennzahl,")  # no mark before it, commas
        assert body.endswith(b"\r\n")
        assert set(opendata.COLUMNS) == set(opendata.MEANINGS)

    def test_a_figure_says_for_which_days_it_holds(self, client):
        found = read(client, release(), "json")
        people, posts = found["teilnehmende.stadt"], found["stellen.stadt"]
        assert (people["von"], people["bis"], people["stichtag"]) == (
            "2016-10-01",
            "2016-12-31",
            "",
        )
        assert (posts["von"], posts["bis"], posts["stichtag"]) == ("", "", "2016-12-01")
        before = found["teilnehmende.stadt@1"]
        assert (before["von"], before["bis"]) == ("2016-07-01", "2016-09-30")

    def test_a_figure_of_a_group_in_a_borough_names_both(self, client):
        row = release()
        line = next(
            line
            for line in read(client, row, "json").values()
            if line["kennung"].count("bezirk-") and line["kennzahl"] == "personen"
        )
        assert line["zielgruppe"].startswith("Zielgruppe")
        assert line["ortsart"] == "bezirk"
        assert line["schluessel"]

    def test_the_order_does_not_depend_on_the_database(self):
        row = make.release(content())
        first = opendata.written(row)
        row.content = json.loads(json.dumps(row.content, sort_keys=True))
        assert opendata.written(row) == first

    def test_of_lists_only_corrections_are_open(self, client):
        secret = "Frau Mustermann wechselt"
        named = ("changes", "endings", "tasks", "motions", "notes", "without_lead", "small_base")
        lists = {name: [{"text": secret, "place": "stadt", "kind": "x"}] for name in named}
        more = {"kind": "more", "text": secret, "number": 7}
        row = release(text=secret, lists={**lists, "corrections": [LINE, more]})
        facts = {"reasons": [secret], "light_word": secret, "outline": secret, "phone": secret}
        row.content["places"] = {
            name: {**place, **facts} for name, place in row.content["places"].items()
        }
        files = opendata.written(row)
        assert not [file for file in files.values() if secret in file.body.decode()]
        found = json.loads(files["json"].body)
        line = found["berichtigungen"][0]
        assert (line["bericht"], line["vorher"], line["nachher"]) == (1, "412", "408")
        assert found["weitere_berichtigungen"] == 7

    def test_the_licence_and_the_protection_are_named(self, client):
        row = release()
        found = json.loads(fetch(client, row, "json").content)
        assert found["lizenz"]["kurz"] == "dl-de/by-2-0"
        assert found["namensnennung"].startswith("Musterstadt, ")
        assert found["geheimhaltung"]["zeichen"] == "*"
        assert found["bericht"]["pruefsumme"] == row.digest
        assert {line["kennzahl"] for line in found["kennzahlen"]} == set(kept(row).kept["measures"])


class TestDrafts:
    def test_nothing_of_a_draft_is_open(self, client):
        make.council_report(title="Kanarie im Entwurf", text="Kanarie im Text")
        row = release()
        make.activity(400)  # later than the release
        for address in (
            url(row, "csv"),
            url(row, "json"),
            url(row),
            "/offene-daten/",
            "/offene-daten/katalog.jsonld",
            "/offene-daten/katalog.ttl",
        ):
            body = client.get(address).content.decode()
            assert "Kanarie" not in body
        assert read(client, row, "json")["teilnehmende.stadt"]["wert"] == kept(row).number(
            "teilnehmende.stadt"
        )

    @pytest.mark.parametrize(
        "number",
        ["0", "2", "999999999", "9223372036854775808", "9" * 5_000, "-1", "1.0", "x", "%00"],
    )
    @pytest.mark.parametrize("rest", ["", "zahlen-v1.csv", "zahlen-v1.json"])
    def test_a_number_without_release_is_not_found(self, client, number, rest):
        release()
        answer = client.get(f"/offene-daten/ratsbericht-{number}/{rest}")
        assert answer.status_code in (404, 400 if number == "%00" else 404)

    @pytest.mark.parametrize("name", ["zahlen-v2.csv", "zahlen.csv", "zahlen-v1.xlsx"])
    def test_another_version_is_not_there(self, client, name):
        assert client.get(url(release()) + name).status_code == 404


@pytest.mark.parametrize("ending", ENDINGS)
class TestFetching:
    def test_it_may_be_kept_by_caches_and_names_nobody(self, client, cast, ending):
        row = cast.release
        answers = []
        for who in ("nobody", "coordination"):
            browser = sign_in(type(client)(), cast, who)
            answers.append(browser.get(url(row, ending) + "?stichtag=gestern"))
        first, second = answers
        assert first.content == second.content
        assert first["ETag"] == second["ETag"]
        for answer in answers:
            assert "public" in answer["Cache-Control"]
            assert not answer.cookies
            assert "Cookie" not in answer["Vary"]
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Disposition"] == (
                f'attachment; filename="ratsbericht-{row.number}-zahlen-v1.{ending}"'
            )

    def test_whoever_has_it_is_told_so(self, client, ending):
        row = release()
        answer = fetch(client, row, ending)
        tag, moment = answer["ETag"], answer["Last-Modified"]
        assert tag == f'"{sha256(answer.content).hexdigest()}"'
        for header in (
            {"if-none-match": tag},
            {"if-none-match": f"W/{tag}"},
            {"if-modified-since": moment},
        ):
            again = fetch(client, row, ending, **header)
            assert (again.status_code, again.content) == (304, b"")
            assert again["ETag"] == tag
            assert "public" in again["Cache-Control"]
        assert fetch(client, row, ending, **{"if-none-match": '"other"'}).status_code == 200
        assert fetch(client, row, ending, **{"if-match": '"other"'}).status_code == 412

    def test_packed_it_is_the_same_and_known_again(self, client, ending):
        row = release()
        plain = fetch(client, row, ending)
        packed = fetch(client, row, ending, **{"accept-encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert packed["ETag"] == f"W/{plain['ETag']}"
        again = {"accept-encoding": "gzip", "if-none-match": packed["ETag"]}
        assert fetch(client, row, ending, **again).status_code == 304

    def test_head_says_the_same_without_body(self, client, ending):
        row = release()
        answer, head = fetch(client, row, ending), client.head(url(row, ending))
        assert (head.status_code, head.content) == (200, b"")
        for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified", "Cache-Control"):
            assert head[name] == answer[name]

    def test_it_cannot_be_posted_to(self, client, ending):
        assert client.post(url(release(), ending)).status_code == 405

    def test_it_costs_two_queries_and_then_one(self, client, ending, django_assert_num_queries):
        row = release()
        with django_assert_num_queries(2):
            fetch(client, row, ending)
        with django_assert_num_queries(1):
            fetch(client, row, ending)

    def test_it_stays_as_it_is_when_entries_come_later(self, client, ending):
        row = release()
        before = fetch(client, row, ending).content
        make.activity(500, 500)
        opendata.caches["datasets"].clear()
        assert fetch(client, row, ending).content == before
        assert FRAME.as_of.isoformat() in before.decode()
