from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from agencies.activity import entry_imports, rollup
from agencies.activity.models import Activity, ActivityUpload
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "Nummer;Datum;Stadtteil;Art;Form;Minuten;Geflüchtete;Ehrenamtliche;Notiz\n"
TWO = (
    f"{HEAD}A-1;02.11.2016;Eicken;Beratung;vor Ort;90;3;1;\n"
    "A-2;05.10.2016;Eicken;Beratung;vor Ort;30;2;;\n"
)


@pytest.fixture
def upload(client, cast):
    client.force_login(cast.people["lead"])
    Activity.objects.all().delete()
    return make.activity_upload(TWO, agency=cast.agency, user=cast.people["lead"])


def another(upload, content):
    return make.activity_upload(content, agency=upload.agency, user=upload.user)


def address(upload):
    return reverse("activity:import_preview", args=[upload.pk])


def post(client, upload, page=None, **typed):
    page = page or client.get(address(upload))
    return client.post(address(upload), {"plan": page.context["plan"].fingerprint, **typed})


def text_of(response):
    return b"".join(response.streaming_content).decode()


def test_the_preview_says_how_much_and_of_what(client, upload):
    page = client.get(address(upload))
    assert page.context["counts"] == [
        ("neu", "2"), ("geändert", "0"), ("unverändert", "0"), ("fehlerhaft", "0"),
    ]  # fmt: skip
    assert [group.name for group in page.context["groups"]] == ["Ehrenamtliche", "Geflüchtete"]
    assert page.context["months"] == [
        ("Oktober 2016", ["1", "0,5", "0", "2"]),
        ("November 2016", ["1", "1,5", "1", "3"]),
        ("Summe", ["2", "2,0", "1", "5"]),
    ]
    assert "2 Zeilen eintragen" in page.content.decode()
    assert not Activity.objects.exists()


def test_confirmed_the_page_tells_how_far_it_is_and_ends_with_the_result(client, upload):
    response = post(client, upload)
    assert response.streaming
    assert response.headers["X-Accel-Buffering"] == "no"
    assert not Activity.objects.exists()  # not before somebody listens
    text = text_of(response)
    assert text.index("0 von 2 Zeilen geprüft") < text.index("2 von 2 Tätigkeiten geschrieben")
    assert text.index("2 von 2 Tätigkeiten geschrieben") < text.index("vollständig eingetragen")
    assert reverse("activity:activity_list") in text
    assert text.rstrip().endswith("</html>")
    assert Activity.objects.count() == 2


def test_what_is_sent_bit_by_bit_is_not_compressed(client, upload):
    page = client.get(address(upload), headers={"accept-encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    response = client.post(
        address(upload),
        {"plan": page.context["plan"].fingerprint},
        headers={"accept-encoding": "gzip, br"},
    )
    assert "Content-Encoding" not in response.headers
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    pieces = list(response.streaming_content)
    assert len(pieces) >= 5
    assert "<script>" not in b"".join(pieces).decode()


@pytest.mark.parametrize(
    ("fault", "text"),
    [(DatabaseError("secret"), "Datenbank ist beschäftigt"), (KeyError("secret"), "ein Fehler")],
)
def test_a_fault_midway_is_said_in_the_page(client, upload, monkeypatch, caplog, fault, text):
    def fail(*args):
        raise fault

    monkeypatch.setattr(entry_imports, "_log", fail)
    told = text_of(post(client, upload))
    assert "Es wurde nichts eingetragen" in told
    assert text in told
    assert "secret" not in told
    assert told.rstrip().endswith("</html>")
    assert not Activity.objects.exists()
    assert caplog.records


def test_confirmed_twice_it_is_entered_once(client, upload):
    page = client.get(address(upload))
    first, second = post(client, upload, page), post(client, upload, page)
    assert "vollständig eingetragen" in text_of(first)
    assert "Diese Datei wurde schon eingetragen" in text_of(second)
    assert Activity.objects.count() == 2
    response = client.get(address(upload), follow=True)
    assert response.redirect_chain == [(reverse("activity:activity_list"), 302)]
    assert "Diese Datei wurde schon eingetragen" in response.content.decode()


def test_mistakes_are_told_and_nothing_can_be_entered(client, upload):
    wrong = another(upload, f"{TWO}A-3;02.11.2016;Eickn;Tanz;vor Ort;x;3;1;\n")
    page = client.get(address(wrong))
    text = page.content.decode()
    found = [(m.number, m.column, m.found) for m in page.context["plan"].mistakes]
    assert found == [(4, "Minuten", "x"), (4, "Stadtteil", "Eickn"), (4, "Art", "Tanz")]
    assert "1 Zeile ist fehlerhaft" in text
    assert 'name="plan"' not in text
    assert "Es wurde nichts eingetragen" in text_of(post(client, wrong, page))
    assert not Activity.objects.exists()


def test_at_most_500_mistakes_are_shown_and_the_page_says_so(client, upload):
    wrong = another(upload, HEAD + "A;B;C;D;E;F;G;H;I\n" * 600)
    text = client.get(address(wrong)).content.decode()
    assert text.count("ist kein Datum") < 500
    assert "Gezeigt werden die ersten 500 Fehler" in text
    assert "600 Zeilen sind fehlerhaft" in text


def test_changes_are_shown_with_before_and_after(client, upload):
    text_of(post(client, upload))
    page = client.get(address(another(upload, TWO.replace(";90;3;", ";75;4;"))))
    (change,) = page.context["changes"]
    assert (change.number, change.external_id) == (2, "A-1")
    assert change.fields == [("Minuten", "90", "75"), ("Geflüchtete", "3", "4")]
    assert "Minuten: 90 → 75" in page.content.decode()


def test_a_file_entered_before_is_named_and_has_nothing_left_to_do(client, upload):
    text_of(post(client, upload))
    text = client.get(address(another(upload, TWO))).content.decode()
    assert "Genau diese Datei wurde am" in text
    assert "Es gibt nichts einzutragen" in text
    assert 'name="plan"' not in text


def test_what_is_unlikely_is_counted(client, upload):
    many = "".join(f"N{n};02.11.2016;Eicken;Beratung;vor Ort;600;201;1;\n" for n in range(2))
    text = client.get(address(another(upload, HEAD + many))).content.decode()
    assert "2 Zeilen zählen über 200 Teilnehmende." in text
    assert "An 1 Tag hat eine Fachkraft mehr als 14 Stunden." in text


def test_probable_doubles_and_notes_are_asked_about(client, upload):
    line = ";02.11.2016;Eicken;Beratung;vor Ort;90;3;1;Herr Yilmaz war da\n"
    first = another(upload, HEAD + line)
    assert "Häkchen" in text_of(post(client, first))
    assert "vollständig" in text_of(post(client, first, notes_too="1"))
    second = another(upload, HEAD + line + line.replace("Herr Yilmaz war da", ""))
    page = client.get(address(second))
    text = page.content.decode()
    assert "1 Zeile ist wahrscheinlich schon eingetragen" in text
    assert "Zeile 2 enthält wohl einen Namen" in text
    assert "wahrscheinlich schon eingetragenen" in text_of(post(client, second, page))
    assert Activity.objects.count() == 1
    told = text_of(post(client, second, page, doubles="leave", notes_too="1"))
    assert "vollständig eingetragen" in told
    assert Activity.objects.count() == 2


@pytest.mark.parametrize("plan", ["", "x" * 5_000, "\ufeff"])
def test_another_plan_than_the_one_shown_enters_nothing(client, upload, plan):
    response = client.post(address(upload), {"plan": plan})
    assert "Es wurde nichts eingetragen" in text_of(response)
    assert not Activity.objects.exists()


def test_only_the_uploader_within_reach_looks_through_it(client, cast, upload):
    page = client.get(address(upload))
    for who in ("coordination", "other_lead"):
        client.force_login(cast.people[who])
        assert client.get(address(upload)).status_code == 404
        assert post(client, upload, page).status_code == 404
    client.force_login(cast.people["lead"])
    cast.people["lead"].memberships.update(agency=cast.other_agency)
    assert post(client, upload, page).status_code == 404
    assert not Activity.objects.exists()


def test_a_file_waits_for_a_day(client, upload):
    ActivityUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert client.get(address(upload)).status_code == 404


@pytest.mark.parametrize("rows", [1, 20, 700])
def test_the_preview_costs_the_same_however_long_the_file(
    client, upload, django_assert_max_num_queries, rows
):
    lines = "".join(f"N{n};02.11.2016;Eicken;Beratung;vor Ort;90;3;1;\n" for n in range(rows))
    long = another(upload, HEAD + lines)
    with django_assert_max_num_queries(19):
        assert client.get(address(long)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_goes_away_midway_leaves_nothing_behind(client, cast):
    """Without a test's transaction around it, as the server runs it."""
    client.force_login(cast.people["lead"])
    lines = "".join(f"N{n};02.11.2016;Eicken;Beratung;vor Ort;90;3;1;\n" for n in range(1_200))
    upload = make.activity_upload(HEAD + lines, agency=cast.agency, user=cast.people["lead"])
    there = Activity.objects.count()
    response = post(client, upload)
    pieces = iter(response.streaming_content)
    while b"500 von 1.200" not in next(pieces):
        pass
    assert Activity.objects.count() == there + 500
    response.close()  # what the server does when the connection is gone
    assert Activity.objects.count() == there
    assert not Entry.objects.filter(verb="imported").exists()
    assert rollup.differences() == []
    upload.refresh_from_db()
    assert upload.applied_at is None
    text_of(post(client, upload))
    assert Activity.objects.count() == there + 1_200
