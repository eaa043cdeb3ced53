"""Erase and grep: a volunteer as the pages make one, erased by the page, and no word is left."""

import logging
from datetime import date
from threading import Event
from time import sleep

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import QueryDict
from django.urls import reverse

from agencies.activity import drafts
from agencies.activity.models import Draft
from coordination import typed
from coordination.audit.models import Entry
from coordination.public.models import Feedback
from coordination.retention import erasures, holdings, spokespersons
from tests import make
from tests.desk.asking import links
from tests.people.desks import at_once
from tests.traces import traces
from volunteers import certificates, declarations, groups, talks, volunteers
from volunteers.desk import answers, questions
from volunteers.desk.models import Link, Mail, Message, Question
from volunteers.models import GroupMember, Talk, Volunteer, VolunteerGroup, VolunteerUpload

DAY = date(2016, 12, 1)
NAME, ADDRESS, PHONE = "Kanarina Vogelsang", "kanarina.vogelsang@verein.example", "02161 7654321"
FILE = make.VOLUNTEERS.replace("Paula Neumann", NAME)
# Everything of the person that nobody else in the test city has.
CANARIES = ["Kanarina", "Vogelsang", "7654321", "Zebradeutsch", "Kitaplatzfrage", "Nachtragswort"]


@pytest.fixture(autouse=True)
def today(settings):
    settings.PORTAL_DAY = DAY
    settings.PORTAL_URL = "http://testserver"


@pytest.fixture
def person(client, cast, django_capture_on_commit_callbacks):
    """A volunteer who has been everywhere: entered, changed, met, certified, and asking."""
    lead, agency = cast.people["lead"], cast.agency
    where = {"districts": [cast.district], "agency": agency, "starts_on": date(2016, 1, 1)}
    consent = {"consent": "written", "consent_on": date(2016, 1, 1), "by": lead}
    person = volunteers.create(
        name="Kanarina Vogel", email=ADDRESS, phone=PHONE, languages="Zebradeutsch",
        **where, **consent,
    )  # fmt: skip
    person = volunteers.change(person, name=NAME, reason="Namensänderung", by=lead)
    group = groups.create(
        name="Runder Tisch", kind="parish", spokesperson=f"Frau {NAME}", email=ADDRESS,
        **where, **consent,
    )  # fmt: skip
    groups.join(group, volunteer=person, starts_on=date(2016, 2, 1), by=lead)
    talks.note(person, worker=cast.worker, day=date(2016, 11, 1), kind="phone", by=lead)
    declarations.sign(person, texts=[cast.declaration_text], signed_on=date(2016, 5, 1), by=lead)
    dates = {"inspected_on": date(2016, 4, 1), "issued_on": date(2016, 3, 1)}
    certificates.inspect(person, **dates, by=lead)
    with django_capture_on_commit_callbacks(execute=True):
        question = questions.ask(
            district=cast.district, postal_code="41061", topic=None, email=ADDRESS,
            text="Kitaplatzfrage: wer hilft?",
        )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        questions.confirm(links("bestaetigen")[-1])
    question.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        answers.answer(question, text=f"Guten Tag, Frau {NAME}!", by=lead)
    Message.objects.create(question=question, text="Nachtragswort")
    make.feedback(email=ADDRESS, text="Ich, Kanarina, lese das nicht.")
    cast.person, cast.group, cast.asked = person, group, question
    return cast


def kept_in_browser(user, text):
    """A form that came when the sign-in was over waits in the session."""
    store = SessionStore()
    store[typed.KEY] = {"by": user.pk, "path": "/", "fields": text, "at": "2016-12-01T12:00:00"}
    store.create()
    return store


def erase(client, cast, **fields):
    client.force_login(cast.people["coordination"])
    return client.post(
        reverse("retention:volunteer_erase", args=[cast.person.pk]),
        {"reason": "request", "with_questions": "on", "is_sure": "on", **fields},
    )


def test_nothing_of_the_person_is_left_in_any_table_or_log(client, person, caplog):
    words = f"note={NAME.replace(' ', '+')}"
    drafts.keep(QueryDict(words), by=person.people["worker"])
    kept_in_browser(person.people["worker"], words)
    make.volunteer_upload(FILE, user=person.people["lead"])
    client.force_login(person.people["coordination"])
    for page in ("volunteer_list", "group_list", "care_list", "due_list"):
        client.get(reverse(f"volunteers:{page}"), {"name": NAME})
    for page in ("volunteer_data", "volunteer_json", "volunteer_erase"):
        client.get(reverse(f"retention:{page}", args=[person.person.pk]))
    found = {word for _place, word in traces(CANARIES)}
    assert found == {word.casefold() for word in CANARIES}

    with caplog.at_level(logging.DEBUG):
        assert erase(client, person).status_code == 302

    assert traces(CANARIES) == set()
    assert not any(word.casefold() in caplog.text.casefold() for word in CANARIES)


def test_what_is_not_deleted_is_not_counted_among_what_is(client, person):
    client.force_login(person.people["coordination"])
    page = client.get(reverse("retention:volunteer_erase", args=[person.person.pk]))
    counted = {holding.model for holding in page.context["holdings"] if holding.is_erased}
    assert {Volunteer, Question} < counted
    assert counted.isdisjoint({VolunteerGroup, Entry})
    listed = page.content.decode().partition('<dl class="facts">')[2].partition("</dl>")[0]
    assert "Protokolleinträge" not in listed


def test_the_person_reads_names_and_no_empty_columns(client, person):
    client.force_login(person.people["coordination"])
    page = client.get(reverse("retention:volunteer_data", args=[person.person.pk]))
    found = {holding.model: holding for holding in page.context["holdings"]}
    assert found[Volunteer].title == "Die Person"
    assert person.group.name in str(found[GroupMember].lines)
    assert "Gruppe" not in found[Talk].headings  # of no talk
    assert "Geändert" in found[Entry].headings
    assert "Vorher" not in found[Entry].headings


def test_the_log_knows_that_somebody_was_erased_and_why(client, person):
    pk = person.person.pk
    erase(client, person)
    entry = Entry.objects.filter(target_model="volunteers.volunteer", verb="erased").get()
    assert entry.target_label == f"Ehrenamtliche Person {pk}"
    assert "Art. 17 DSGVO" in entry.reason
    assert entry.by == person.people["coordination"]


def test_the_group_stays_and_can_be_found(client, person):
    erase(client, person)
    group = VolunteerGroup.objects.get(pk=person.group.pk)
    assert (group.spokesperson, group.email, group.phone) == ("", "", spokespersons.NO_PHONE)
    client.force_login(person.people["coordination"])
    assert client.get(reverse("volunteers:group_detail", args=[group.pk])).status_code == 200


def test_a_group_with_a_number_of_its_own_keeps_it(client, person):
    VolunteerGroup.objects.filter(pk=person.group.pk).update(phone="02161 99 88")
    erase(client, person)
    assert VolunteerGroup.objects.get(pk=person.group.pk).phone == "02161 99 88"


def test_the_times_of_the_questions_stay(client, person):
    before = Question.objects.get(pk=person.asked.pk)
    erase(client, person)
    after = Question.objects.get(pk=person.asked.pk)
    for name in ("confirmed_at", "first_answered_at", "district_id", "agency_id"):
        assert getattr(after, name) == getattr(before, name)
    assert after.closed_at is not None
    assert not after.waits


def test_questions_stay_if_so_wished(client, person):
    erase(client, person, with_questions="")
    assert not Volunteer.objects.filter(pk=person.person.pk).exists()
    assert Question.objects.get(pk=person.asked.pk).email == ADDRESS
    assert Feedback.objects.filter(email=ADDRESS).exists()


def test_the_desk_still_opens_a_question_that_was_erased(client, person):
    erase(client, person)
    client.force_login(person.people["coordination"])
    page = reverse("desk:question_detail", args=[person.asked.pk])
    assert client.get(page).status_code == 200
    with pytest.raises(ValidationError):
        answers.reopen(person.asked, by=person.people["coordination"])


def test_links_of_an_erased_question_lead_nowhere(client, person):
    token = links("weiter")[-1] if links("weiter") else None
    erase(client, person)
    if token:
        assert client.get(reverse("desk:question_continue", args=[token])).status_code in (404, 410)


def test_nothing_opens_an_erased_question_again(client, person):
    """Otherwise it would wait, and nobody could answer or close it, the retention rule neither."""
    erase(client, person)
    token = make.link(question=person.asked).token
    assert client.get(reverse("desk:question_continue", args=[token])).status_code == 404
    assert questions.continue_(token, "Nachtragswort") is None
    assert not Question.objects.get(pk=person.asked.pk).is_open


def erase_volunteer(person, question, by):
    erasures.erase_volunteer(person, reason="request", by=by)


def erase_question(person, question, by):
    erasures.erase_question(question, reason="request", by=by)


def erase_all_of_address(person, question, by):
    """By the number of another question."""
    other = make.question(email=ADDRESS)
    erasures.erase_question(other, reason="request", all_of_address=True, by=by)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [erase_volunteer, erase_question, erase_all_of_address])
def test_an_answer_written_in_that_moment_goes_too(act):
    person = make.volunteer(name=NAME, email=ADDRESS)
    question = make.question("Kitaplatzfrage", email=ADDRESS)
    by, answering = make.user("coordination"), Event()

    def answer():
        with transaction.atomic():
            answers.answer(question, text=f"Guten Tag, Frau {NAME}!", by=by)
            answering.set()
            sleep(0.5)  # now the erasure comes, and has to wait

    def erase():
        answering.wait(10)
        act(person, question, by)

    at_once([answer, erase])
    assert Question.objects.get(pk=question.pk).email == ""
    left = [model.objects.filter(question=question).count() for model in (Message, Mail, Link)]
    assert left == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_erasing_one_address_from_two_desks_ends():
    """Each takes the questions in the same order, whichever it was asked to erase."""
    by = make.user("coordination")
    rows = [make.question(email=ADDRESS) for _number in range(6)]

    def erase(row):
        return erasures.erase_question(row, reason="request", all_of_address=True, by=by)

    done = at_once([lambda row=row: erase(row) for row in rows])
    assert sorted(map(str, done)) == ["6", *["refused"] * 5]


def test_drafts_and_forms_of_others_stay(client, person):
    worker = person.people["worker"]
    drafts.keep(QueryDict("note=Beratung"), by=worker)
    store = kept_in_browser(worker, "note=Beratung")
    erase(client, person)
    assert Draft.objects.filter(user=worker).exists()
    assert SessionStore(store.session_key).get(typed.KEY)


@pytest.mark.parametrize("missing", ["reason", "is_sure"])
def test_without_a_reason_or_the_tick_nothing_is_erased(client, person, missing):
    answer = erase(client, person, **{missing: ""})
    assert answer.status_code == 200
    assert "Dieses Feld" in answer.content.decode() or "Pflicht" in answer.content.decode()
    assert Volunteer.objects.filter(pk=person.person.pk).exists()


def test_the_reason_is_no_free_text(client, person):
    erase(client, person, reason="Frau Kanarina Vogelsang hat angerufen")
    assert Volunteer.objects.filter(pk=person.person.pk).exists()


def test_erasing_twice_erases_once(client, person):
    assert erase(client, person).status_code == 302
    assert erase(client, person).status_code == 404
    with pytest.raises(ValidationError):
        erasures.erase_volunteer(person.person, reason="request", by=person.people["coordination"])
    assert Entry.objects.filter(target_model="volunteers.volunteer", verb="erased").count() == 1


def test_a_question_is_erased_by_its_number(client, person):
    client.force_login(person.people["coordination"])
    found = client.get(reverse("retention:rule_list"), {"anfrage": person.asked.pk})
    assert found.headers["Location"] == reverse("retention:question_erase", args=[person.asked.pk])
    other = questions.ask(
        district=person.district, postal_code="", topic=None, email=ADDRESS, text="Und noch etwas"
    )
    client.post(found.headers["Location"], {"reason": "consent", "is_sure": "on"})
    assert Question.objects.get(pk=person.asked.pk).email == ""
    assert Question.objects.get(pk=other.pk).email == ADDRESS
    assert traces(["Kitaplatzfrage", "Nachtragswort"]) == set()


def test_all_questions_of_an_address_are_erased_at_once(client, person):
    client.force_login(person.people["coordination"])
    other = questions.ask(
        district=person.district, postal_code="", topic=None, email=ADDRESS, text="Und noch etwas"
    )
    url = reverse("retention:question_erase", args=[person.asked.pk])
    client.post(url, {"reason": "consent", "is_sure": "on", "all_of_address": "on"})
    assert not Question.objects.filter(email=ADDRESS).exists()
    assert not Question.objects.filter(pk=other.pk).exists()  # nobody had confirmed it
    assert not Feedback.objects.filter(email=ADDRESS).exists()


def test_a_question_withdrawn_meanwhile_is_told_and_not_erased(client, cast):
    client.force_login(cast.people["coordination"])
    question = make.question()
    url = reverse("retention:question_erase", args=[question.pk])

    def withdrawn(execute, sql, *more):
        """Between the page's look at the question and the erasure who asked withdraws it."""
        if sql.startswith("SAVEPOINT") and not done:
            done.append(question.delete())
        return execute(sql, *more)

    done = []
    with connection.execute_wrapper(withdrawn):
        answer = client.post(url, {"reason": "consent", "is_sure": "on"}, follow=True)
    assert done
    assert "zurückgezogen" in answer.content.decode()
    assert not Entry.objects.filter(verb="erased").exists()


OTHERWISE = [ADDRESS.upper(), "Kanarina.Vogelsang@Verein.example"]


@pytest.mark.parametrize("typed", OTHERWISE)
def test_a_report_under_another_spelling_goes_as_well(client, person, typed):
    """Those from before were kept as they were typed."""
    row = make.feedback(email=typed, text="Zebradeutsch fehlt")
    other = make.feedback(email="vogelsang@verein.example", text="Von jemand anderem")
    assert row in rows_of(Feedback, person.person)
    erase(client, person)
    assert not Feedback.objects.filter(pk=row.pk).exists()
    assert Feedback.objects.filter(pk=other.pk).exists()


def test_a_domain_with_umlauts_is_the_one_that_the_desk_keeps(client, person):
    Volunteer.objects.filter(pk=person.person.pk).update(email="Kanarina@Vögel.example")
    person.person.refresh_from_db()
    row = make.feedback(email="kanarina@xn--vgel-5qa.example")
    question = make.question(email="kanarina@xn--vgel-5qa.example")
    assert rows_of(Feedback, person.person) == [row]
    assert rows_of(Question, person.person) == [question]
    # The other way round: asked in the form of the network, reported as it was typed before.
    older = make.feedback(email="KANARINA@vögel.example")
    url = reverse("retention:question_erase", args=[question.pk])
    client.force_login(person.people["coordination"])
    client.post(url, {"reason": "consent", "is_sure": "on", "all_of_address": "on"})
    assert not Feedback.objects.filter(pk__in=[row.pk, older.pk]).exists()


def rows_of(model, volunteer):
    return [row for held in holdings.of(volunteer) if held.model is model for row in held.rows]


def test_a_group_that_names_somebody_alike_keeps_its_contact(person):
    other = make.volunteer_group(spokesperson=f"{NAME}er")
    assert other not in list(holdings.groups_naming(person.person))
    erasures.erase_volunteer(person.person, reason="request", by=person.people["coordination"])
    assert VolunteerGroup.objects.get(pk=other.pk).spokesperson == f"{NAME}er"


def test_a_number_nobody_has_is_told(client, cast):
    client.force_login(cast.people["coordination"])
    page = client.get(reverse("retention:rule_list"), {"anfrage": 999_999}).content.decode()
    assert "Eine Frage mit dieser Nummer gibt es nicht." in page


def test_the_contact_of_a_group_is_erased_by_its_page(client, person):
    client.force_login(person.people["coordination"])
    url = reverse("retention:group_erase", args=[person.group.pk])
    assert NAME in client.get(url).content.decode()
    client.post(url, {"reason": "objection", "is_sure": "on"})
    group = VolunteerGroup.objects.get(pk=person.group.pk)
    assert (group.spokesperson, group.email, group.email_key) == ("", "", "")
    assert Volunteer.objects.filter(pk=person.person.pk).exists()


def uploaded(person, line):
    heading = "Name;E-Mail;Telefon;Stadtteile;Seit;Einwilligung;Einwilligung vom"
    others = "Paula Neumann;paula@verein.example;02161 99;Eicken;1.11.2016;schriftlich;20.10.2016"
    ending = "Eicken;1.11.2016;schriftlich;20.10.2016"
    text = f"{heading}\n{others}\n{line};{ending}\n"
    return make.volunteer_upload(text, user=person.people["lead"])


@pytest.mark.parametrize(
    ("line", "is_gone"),
    [
        (f"{NAME};;", True),
        ("Dr. VOGELSANG, Kanarina;;", True),
        ("Kanarina Maria Vogelsang;;", True),
        (f"Kana V.;{ADDRESS.upper()};", True),
        ("Kana V.;;+49 (0)2161 765-4321", True),
        ("Kanarina Meier;meier@verein.example;02161 555", False),
    ],
)
def test_a_file_that_names_the_person_is_gone_with_them(client, person, line, is_gone):
    upload = uploaded(person, line)
    erase(client, person)
    assert VolunteerUpload.objects.filter(pk=upload.pk).exists() is not is_gone


def test_a_file_is_gone_that_bears_the_persons_name(client, person):
    upload = uploaded(person, "Anders;;")
    VolunteerUpload.objects.filter(pk=upload.pk).update(name="vogelsang_kanarina.csv")
    erase(client, person)
    assert not VolunteerUpload.objects.filter(pk=upload.pk).exists()


def test_erasing_who_speaks_for_a_group_leaves_the_files_of_others(client, person):
    kept, gone = uploaded(person, "Anders;;"), uploaded(person, f"{NAME};;")
    by = person.people["coordination"]
    erasures.erase_group_contact(person.group, reason="request", by=by)
    left = VolunteerUpload.objects.values_list("pk", flat=True)
    assert kept.pk in left
    assert gone.pk not in left


def test_an_entered_file_has_nothing_left_to_look_through(client, person):
    upload = uploaded(person, "Anders;;")
    VolunteerUpload.objects.filter(pk=upload.pk).update(content=b"")
    assert erase(client, person).status_code == 302
    assert VolunteerUpload.objects.filter(pk=upload.pk).exists()


def test_sqlite_overwrites_what_was_erased(db):
    """Otherwise it would lie in free pages of the file, and of each copy of it, until VACUUM."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reuses the space by VACUUM; its files are the server's.")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
