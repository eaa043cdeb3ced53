from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.audit.models import Entry
from tests import make
from volunteers import volunteers
from volunteers.models import Contact, Volunteer, VolunteerUpload

pytestmark = pytest.mark.django_db
HEAD = (
    "Name;E-Mail;Telefon;Stadtteile;Seit;Bis;Einwilligung;Einwilligung vom;Verband;Ansprechperson"
)
GOOD = {
    "Name": "Paula Neumann",
    "E-Mail": "paula@verein.example",
    "Stadtteile": "Eicken",
    "Seit": "01.11.2016",
    "Einwilligung": "schriftlich",
    "Einwilligung vom": "20.10.2016",
}


@pytest.fixture(autouse=True)
def in_december(settings, cast):
    settings.PORTAL_DAY = date(2016, 12, 1)


def line(**cells):
    cells = {name.replace("_", " "): text for name, text in cells.items()}
    return ";".join((GOOD | cells).get(name, "") for name in HEAD.split(";"))


def table(*lines):
    return "\n".join([HEAD, *lines])


@pytest.fixture
def look(client, cast):
    """Upload a file for the AWO as its lead, and look at its preview."""

    def look(content, who="lead"):
        upload = make.volunteer_upload(content, agency=cast.agency, user=cast.people[who])
        client.force_login(cast.people[who])
        look.url = reverse("volunteers:import_preview", args=[upload.pk])
        return client.get(look.url)

    return look


def enter(client, look, response, **typed):
    fingerprint = response.context["plan"].fingerprint
    return client.post(look.url, {"plan": fingerprint, **typed}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_right_file_is_entered_with_everything_that_hangs_on_a_volunteer(client, cast, look):
    before = Volunteer.objects.count()
    response = look(table(line(), line(Name="Omar Al-Masri", **{"E-Mail": "omar@verein.example"})))
    assert response.context["new_count"] == 2
    assert "2 Personen eintragen" in response.content.decode()
    assert said(enter(client, look, response)) == ["2 Personen wurden eingetragen."]
    assert Volunteer.objects.count() == before + 2
    paula = Volunteer.objects.get(name="Paula Neumann")
    assert (paula.agency, paula.consent, paula.consent_on) == (
        cast.agency, "written", date(2016, 10, 20),
    )  # fmt: skip
    contact = paula.contacts.get()
    assert (contact.worker, contact.district, contact.starts_on) == (
        cast.worker, cast.district, date(2016, 12, 1),
    )  # fmt: skip


def test_it_enters_what_the_page_for_one_would_enter(client, cast, look):
    """The rules are the same, row by row and column by column."""
    by = cast.people["lead"]
    fields = {"languages": "Deutsch, Farsi", "phone": "02161 99887", "email": "eva@verein.example"}
    one = volunteers.create(
        name="Dr. Eva Müller",
        districts=[cast.district],
        agency=cast.agency,
        starts_on=date(2016, 11, 1),
        consent="mail",
        consent_on=date(2016, 10, 20),
        by=by,
        **fields,
    )

    def picture(volunteer):
        columns = {
            field.attname: getattr(volunteer, field.attname)
            for field in Volunteer._meta.concrete_fields
            if field.name not in ("id", "created_at", "form_id")
        }
        return columns, {
            "districts": list(volunteer.districts.all()),
            "interests": list(volunteer.interests.all()),
            "words": sorted(volunteer.words.values_list("word", flat=True)),
            "contacts": list(
                volunteer.contacts.values_list("worker", "district", "starts_on", "ends_on")
            ),
            "log": [
                (entry.verb, entry.agency_id, entry.before, entry.after)
                for entry in Entry.objects.about(volunteer).order_by("pk")
            ],
        }

    expected = picture(one)
    response = look(
        "Name;E-Mail;Telefon;Sprachen;Stadtteil;Seit;Einwilligung;Einwilligung vom\n"
        "Dr. Eva Müller;eva@verein.example;02161 99887;Deutsch, Farsi;Eicken;"
        "2016-11-01;per E-Mail;20.10.2016\n"
    )
    enter(client, look, response, doubles="enter")
    assert picture(Volunteer.objects.latest("pk")) == expected
    assert Volunteer.objects.latest("pk").pk != one.pk


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"Name": ""}, "Name", "Zelle ist leer"),
        ({"E-Mail": "paula@"}, "E-Mail", "gültige E-Mail-Adresse"),
        ({"E-Mail": "pаula@verein.example"}, "E-Mail", "a bis z"),
        ({"E-Mail": ""}, "E-Mail", "E-Mail-Adresse oder eine Telefonnummer"),
        ({"Telefon": "keins"}, "Telefon", "keine Telefonnummer"),
        ({"Stadtteile": "Eiken"}, "Stadtteile", "Gemeint: Eicken?"),
        ({"Stadtteile": ""}, "Stadtteile", "Zelle ist leer"),
        ({"Stadtteile": "Nord"}, "Stadtteile", "kein Stadtteil"),
        ({"Seit": "gestern"}, "Seit", "kein Datum"),
        ({"Seit": "31.02.2016"}, "Seit", "kein Datum"),
        ({"Bis": "31.10.2016"}, "Bis", "vor dem ersten"),
        ({"Einwilligung": ""}, "Einwilligung", "Zelle ist leer"),
        ({"Einwilligung": "ja"}, "Einwilligung", "schriftlich, per E-Mail, mündlich"),
        ({"Einwilligung vom": ""}, "Einwilligung vom", "Zelle ist leer"),
        ({"Einwilligung vom": "02.12.2016"}, "Einwilligung vom", "Zukunft"),
        ({"Verband": "DRK"}, "Verband", "wird für AWO eingetragen"),
        ({"Ansprechperson": "Niemand Da"}, "Ansprechperson", "nicht als Ansprechperson"),
        ({"Name": "DE89370400440532013000"}, "Name", "IBAN"),
    ],
)
def test_a_wrong_cell_is_told_by_line_and_column_and_nothing_is_entered(
    client, cast, look, cells, column, message
):
    before = Volunteer.objects.count()
    other = {"Name": "Omar Al-Masri", "E-Mail": "omar@verein.example"}
    wrong = ";".join((GOOD | cells).get(name, "") for name in HEAD.split(";"))
    right = ";".join((GOOD | other).get(name, "") for name in HEAD.split(";"))
    response = look(table(right, wrong))
    (mistake,) = response.context["plan"].mistakes
    assert (mistake.number, mistake.column) == (3, column)
    assert message in mistake.text
    assert 'name="plan"' not in response.content.decode()
    assert "nichts eingetragen" in said(enter(client, look, response))[0]
    assert Volunteer.objects.count() == before


def test_a_worker_of_another_agency_may_be_the_contact_person(client, cast, look):
    foreign = make.occupancy(position=make.position(agency=cast.other_agency)).worker
    response = look(table(line(Ansprechperson=foreign.name)))
    assert response.context["plan"].mistakes == []
    enter(client, look, response)
    assert Contact.objects.get(volunteer__name="Paula Neumann").worker == foreign


def test_where_nobody_leads_a_contact_person_must_be_named(client, cast, look):
    make.district("41065", name="Leerdorf")
    (mistake,) = look(table(line(Stadtteile="Leerdorf"))).context["plan"].mistakes
    assert (mistake.column, mistake.number) == ("Ansprechperson", 2)
    content = table(line(Stadtteile="Leerdorf", Ansprechperson=cast.worker.name))
    enter(client, look, look(content))
    contact = Contact.objects.get(volunteer__name="Paula Neumann")
    assert (contact.worker, contact.district) == (cast.worker, None)


def test_several_districts_stand_in_a_cell(client, cast, look):
    other = make.district("41066", name="Am Wasserturm, Süd")
    (entry,) = look(table(line(Stadtteile='"Eicken, Eicken"'))).context["plan"].entries
    assert entry.districts == [cast.district]
    cell = '"Am Wasserturm, Süd; eicken"'
    (entry,) = look(table(line(Stadtteile=cell))).context["plan"].entries
    assert entry.districts == [other, cast.district]


@pytest.mark.parametrize(
    "cells",
    [
        {"Name": "BEISPIEL  Erika"},
        {"E-Mail": "ERIKA@verein.example"},
        {"Telefon": "+49 2161 4711"},
    ],
)
def test_who_is_there_already_is_shown_and_left_out_or_entered(client, cast, look, cells):
    Volunteer.objects.all().delete()
    known = volunteers.create(
        name="Erika Beispiel",
        email="erika@verein.example",
        phone="02161 4711",
        districts=[cast.district],
        agency=cast.agency,
        starts_on=date(2016, 5, 1),
        consent="written",
        consent_on=date(2016, 5, 1),
        by=cast.people["lead"],
    )
    fresh = {"Name": "Neu Da", "E-Mail": "neu@verein.example"}
    content = table(
        ";".join((GOOD | cells).get(name, "") for name in HEAD.split(";")),
        ";".join((GOOD | fresh).get(name, "") for name in HEAD.split(";")),
    )
    response = look(content)
    (double,) = response.context["plan"].doubles
    assert (double.number, double.known) == (2, [known])
    assert reverse("volunteers:volunteer_detail", args=[known.pk]) in response.content.decode()
    assert "wählen Sie" in said(enter(client, look, response))[0]
    assert Volunteer.objects.count() == 1
    assert said(enter(client, look, response, doubles="leave"))[-1] == (
        "1 Person wurde eingetragen. Weggelassen: 1."
    )
    assert set(Volunteer.objects.values_list("name", flat=True)) == {"Erika Beispiel", "Neu Da"}
    response = look(content)
    assert len(response.context["plan"].doubles) == 2
    enter(client, look, response, doubles="enter")
    assert Volunteer.objects.count() == 4


def test_of_others_volunteers_nothing_is_told_but_that_there_is_somebody(client, cast, look):
    make.volunteer(
        name="Geheim Gehalten", agency=cast.other_agency, email_key="paula@verein.example"
    )
    response = look(table(line()))
    (double,) = response.context["plan"].doubles
    assert (double.known, double.is_known_elsewhere) == ([], True)
    text = response.content.decode()
    assert "jemand, den andere betreuen" in text
    assert "Geheim" not in text
    assert "Geheim Gehalten" in look(table(line()), "coordination").content.decode()


def test_the_same_one_twice_in_the_file_is_shown(client, cast, look):
    response = look(table(line(), line(Name="Neumann, Paula", **{"E-Mail": "p@verein.example"})))
    (double,) = response.context["plan"].doubles
    assert (double.number, double.earlier) == (3, 2)
    assert "Zeile 2 der Datei" in response.content.decode()
    enter(client, look, response, doubles="leave")
    assert Volunteer.objects.filter(name__contains="Neumann").count() == 1


def test_sent_twice_it_is_entered_once_and_the_content_is_gone(client, cast, look):
    response = look(table(line()))
    enter(client, look, response)
    again = enter(client, look, response)
    assert said(again) == ["Diese Datei wurde schon eingetragen."]
    assert Volunteer.objects.filter(name="Paula Neumann").count() == 1
    upload = VolunteerUpload.objects.latest("pk")
    assert bytes(upload.content) == b""
    assert upload.applied_at


def test_if_something_has_changed_meanwhile_nothing_is_entered(client, cast, look):
    response = look(table(line()))
    make.volunteer(agency=cast.agency, email_key="paula@verein.example")
    assert "Inzwischen hat sich etwas geändert" in said(enter(client, look, response))[0]
    assert not Volunteer.objects.filter(name="Paula Neumann").exists()


def test_for_an_agency_that_is_no_longer_active_nobody_is_entered(client, cast, look):
    url, there = look(table(line())), Volunteer.objects.count()
    cast.agency.is_active = False
    cast.agency.save()
    enter(client, look, url)
    assert Volunteer.objects.count() == there


def test_only_whoever_uploaded_it_sees_it_and_for_a_day(client, cast, look):
    look(table(line()))
    for who in ("coordination", "other_lead"):
        client.force_login(cast.people[who])
        assert client.get(look.url).status_code == 404
        assert client.post(look.url, {"plan": "x"}).status_code == 404
    client.force_login(cast.people["lead"])
    assert client.get(look.url).status_code == 200
    old = timezone.now() - timedelta(days=1, minutes=1)
    VolunteerUpload.objects.update(created_at=old)
    assert client.get(look.url).status_code == 404


def test_who_leads_the_agency_no_more_does_not_enter_for_it(client, cast, look):
    response = look(table(line()))
    make.membership("lead", agency=cast.other_agency, user=cast.people["lead"])
    cast.people["lead"].memberships.filter(agency=cast.agency).delete()
    plan = response.context["plan"].fingerprint
    assert client.post(look.url, {"plan": plan}).status_code == 404
    assert not Volunteer.objects.filter(name="Paula Neumann").exists()


def test_the_log_keeps_how_many_and_nobody(client, cast, look):
    enter(client, look, look(table(line())))
    entry = Entry.objects.get(verb="imported")
    assert entry.after == {"entered": 1, "left_out": 0}
    for entry in Entry.objects.all():
        said = f"{entry.target_label} {entry.before} {entry.after} {entry.reason}".casefold()
        assert "paula" not in said
        assert "neumann" not in said
        assert "ehrenamtliche.csv" not in said


def test_each_further_line_costs_few_statements(client, cast, look, django_assert_max_num_queries):
    def rows(count):
        return table(
            *(
                line(Name=f"Nr {number} Muster", **{"E-Mail": f"m{number}@verein.example"})
                for number in range(count)
            )
        )

    enter(client, look, look(rows(1)))  # what is fetched once a process
    response = look(rows(60))
    # What the checks of a row ask the database, and nothing else: a single one has some forty.
    with django_assert_max_num_queries(60 * 3 + 60):
        enter(client, look, response, doubles="enter")
    assert Contact.objects.filter(volunteer__name__contains="Muster").count() == 61
