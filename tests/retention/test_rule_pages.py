"""The page of the rules, the button that applies them, and what a volunteer is handed."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.offers.models import Offer
from coordination.audit.models import Entry
from coordination.retention.models import RetentionRun
from tests import make
from volunteers import certificates, declarations, talks
from volunteers.models import Volunteer

DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def today(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def coordinator(client, cast):
    client.force_login(cast.people["coordination"])
    return client


def ended(day=date(2015, 1, 31)):
    return make.volunteer(name="Erika Ehemals", starts_on=date(2014, 1, 1), ends_on=day)


def page(client, name="rule_list", **query):
    return client.get(reverse(f"retention:{name}"), query).content.decode()


def test_the_page_says_what_goes_when_and_why(coordinator):
    text = page(coordinator)
    assert "12 Monate nach dem Ende der Mitarbeit" in text
    assert "§ 72a Abs. 5 SGB VIII" in text
    assert "noch nie vollständig angewendet" in text


def test_what_is_due_is_a_number_and_never_a_name(coordinator):
    volunteer = ended()
    text = page(coordinator, regel="volunteer")
    assert f"Nummern der Datensätze: {volunteer.pk}" in text
    assert "Erika Ehemals" not in text


def test_the_page_looks_ahead(coordinator):
    ended(date(2016, 1, 31))
    ahead = {"stichtag": "2017-01-31"}
    assert "Fällig am 31.01.2017" in page(coordinator, **ahead)
    assert "Nummern der Datensätze" not in page(coordinator, regel="volunteer")
    assert "Nummern der Datensätze" in page(coordinator, regel="volunteer", **ahead)


@pytest.mark.parametrize("code", ["session", "gibt-es-nicht", ""])
def test_keys_of_sessions_are_never_shown(coordinator, code):
    assert "Nummern der Datensätze" not in page(coordinator, regel=code)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_much_is_due(
    coordinator, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        ended()
        RetentionRun.objects.create(rule="talk", count=1, by=make.user())
    with django_assert_max_num_queries(12):
        page(coordinator, regel="volunteer")


def test_the_button_asks_first_and_repeats_the_numbers(coordinator, cast):
    volunteer = ended()
    assert "Auf 1 Datensatz jetzt anwenden" in page(coordinator, "run_create")
    assert Volunteer.objects.filter(pk=volunteer.pk).exists()
    coordinator.post(reverse("retention:run_create"))
    assert not Volunteer.objects.filter(pk=volunteer.pk).exists()
    assert "noch nie vollständig" not in page(coordinator)
    run = RetentionRun.objects.get(rule="volunteer")
    assert (run.count, run.by) == (1, cast.people["coordination"])


def test_without_anything_due_there_is_no_button(coordinator, cast):
    text = page(coordinator, "run_create")
    assert "Nichts ist fällig." in text
    assert "jetzt anwenden</span></button>" not in text


def test_the_audit_reads_and_deletes_nothing(client, cast):
    client.force_login(cast.people["audit"])
    text = page(client)
    assert "Regeln jetzt anwenden" not in text
    assert "Nummer der Frage" not in text
    assert client.post(reverse("retention:run_create")).status_code == 403
    answer = client.get(reverse("retention:rule_list"), {"anfrage": cast.question.pk})
    assert answer.status_code == 200


def test_a_volunteer_gets_page_file_and_paper(coordinator, cast, pango):
    pk = cast.volunteer.pk
    text = coordinator.get(reverse("retention:volunteer_data", args=[pk])).content.decode()
    assert "Erika Beispiel" in text
    assert "Führungszeugnis" in text
    answer = coordinator.get(reverse("retention:volunteer_json", args=[pk]))
    assert "attachment" in answer.headers["Content-Disposition"]
    tables = {part["table"] for part in answer.json()["data"]}
    assert {"volunteers.volunteer", "volunteers.certificate", "volunteers.searchword"} <= tables
    paper = coordinator.get(reverse("retention:volunteer_pdf", args=[pk]))
    assert paper.content.startswith(b"%PDF")


def test_the_log_of_what_hangs_on_the_person_is_handed_over_too(coordinator, cast):
    """Art. 15 GDPR: what is kept, so also that somebody noted a talk, and when."""
    by, person = cast.people["coordination"], cast.volunteer
    talks.note(person, worker=cast.worker, day=DAY, kind="review", by=by)
    texts, days = [cast.declaration_text], {"inspected_on": DAY, "issued_on": DAY}
    declarations.sign(person, texts=texts, signed_on=DAY, by=by)
    certificates.inspect(person, **days, by=by)
    other = make.volunteer(agency=cast.agency, districts=[cast.district])
    talks.note(other, worker=cast.worker, day=DAY, kind="phone", by=by)
    pk = {"args": [person.pk]}
    data = coordinator.get(reverse("retention:volunteer_json", **pk)).json()["data"]
    (log,) = [part["rows"] for part in data if part["table"] == "audit.entry"]
    about = Entry.objects.about
    rows = [*person.talks.all(), *person.declarations.all(), person.certificate]
    entries = [entry for row in rows for entry in about(row)]
    assert {entry.target_model for entry in entries} == {
        f"volunteers.{name}" for name in ("talk", "declaration", "certificate")
    }
    wanted = {entry.target_label for entry in entries}
    assert wanted <= {row["target_label"] for row in log}
    assert {entry.verb for entry in entries} <= {row["verb"] for row in log}
    assert f"Ehrenamtliche Person {other.pk}" not in {row["target_label"] for row in log}
    html = coordinator.get(reverse("retention:volunteer_data", **pk)).content.decode()
    assert all(label in html for label in wanted)


def test_nobody_elses_data_is_handed_over(coordinator, cast):
    make.volunteer(name="Jemand Anders", agency=cast.agency, districts=[cast.district])
    answer = coordinator.get(reverse("retention:volunteer_json", args=[cast.volunteer.pk]))
    assert "Jemand Anders" not in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_data_export_costs_the_same_however_much_there_is(
    coordinator, cast, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        make.talk(volunteer=cast.volunteer)
        make.message(question=make.question(email=cast.volunteer.email))
    with django_assert_max_num_queries(40):
        coordinator.get(reverse("retention:volunteer_data", args=[cast.volunteer.pk]))


def test_what_stays_stays(coordinator, cast):
    ended()
    coordinator.post(reverse("retention:run_create"))
    assert Offer.objects.filter(pk=cast.offer.pk).exists()
    assert Volunteer.objects.filter(pk=cast.volunteer.pk).exists()
