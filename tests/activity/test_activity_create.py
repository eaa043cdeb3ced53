"""The quick entry: what it begins with, what it saves, what it asks and what it refuses."""

import re
import time
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.urls import reverse

from agencies.activity.models import Activity, Draft
from agencies.models import Worker
from coordination.as_of import today
from coordination.audit.models import Entry
from tests import make
from tests.census import filled, forms

URL = reverse("activity:activity_create")
LIMIT = 12  # queries of a page


@pytest.fixture
def worker(client, cast):
    client.force_login(cast.people["worker"])
    return client


@pytest.fixture
def lead(client, cast):
    client.force_login(cast.people["lead"])
    return client


@pytest.fixture
def words(cast):
    """A typical entry as the worker's browser would send it."""
    return {
        "day": today().isoformat(),
        "district": cast.district.pk,
        "kind": cast.kind.pk,
        "format": cast.activity.format_id,
        "minutes": 60,
        f"count_{cast.target_group.pk}": 3,
        "form_id": str(uuid4()),
    }


def begins_with(client, **query):
    form = client.get(URL, query).context["form"]
    return {name: form[name].value() for name in form.fields}


def newest():
    return Activity.objects.order_by("-pk").first()


def errors(response):
    return {name: " ".join(texts) for name, texts in response.context["form"].errors.items()}


# --- what it begins with -------------------------------------------------------------------------


def test_day_district_kind_and_format_are_there_before_one_types(worker, cast):
    found = begins_with(worker)
    assert found["day"] == today()
    assert found["district"] == cast.district.pk
    assert (found["kind"], found["format"]) == (cast.kind.pk, cast.activity.format_id)
    assert found["minutes"] is None
    assert not found[f"count_{cast.target_group.pk}"]
    assert "worker" not in found  # one's own work only


def test_without_any_entry_only_the_day_is_there(worker, cast):
    Activity.objects.all().delete()
    found = begins_with(worker)
    assert found["day"] == today()
    assert found["district"] is None


def test_like_last_time_brings_everything_but_the_day(worker, cast):
    found = begins_with(worker, wie="letztes")
    assert found["day"] == today()
    assert found["minutes"] == 60
    assert found[f"count_{cast.target_group.pk}"] == 3
    assert found["topics"] == [cast.topic.pk]


def test_what_has_ended_since_is_not_copied(worker, cast):
    """Otherwise the copy could not be saved as it is."""
    ended = make.topic(ends_on=date(2016, 12, 31))
    cast.activity.topics.add(ended)
    cast.kind.ends_on = date(2016, 12, 31)
    cast.kind.save()
    found = begins_with(worker, wie="letztes")
    assert cast.activity.offer == cast.offer
    assert (found["offer"], found["kind"]) == (None, None)
    assert found["topics"] == [cast.topic.pk]


def test_an_entry_of_a_colleague_can_be_copied(worker, cast):
    other = make.activity(7, worker=make.worker(agency=cast.agency), kind=cast.kind, minutes=45)
    found = begins_with(worker, kopie=other.pk)
    assert (found["minutes"], found["day"]) == (45, today())
    assert found[f"count_{cast.target_group.pk}"] == 7


@pytest.mark.parametrize("number", ["foreign", "999999999", "x", "9" * 40])
def test_what_lies_out_of_reach_is_not_copied(worker, number):
    if number == "foreign":
        number = make.activity(7, minutes=45).pk
    response = worker.get(URL, {"kopie": number})
    assert response.context["form"]["minutes"].value() is None
    assert "gibt es nicht" in response.content.decode()


def test_the_address_presets_day_district_and_offer(worker, cast):
    cast.offer.ends_on = None
    cast.offer.save()
    elsewhere = make.district()
    assert begins_with(worker, datum="2016-11-02")["day"] == date(2016, 11, 2)
    assert begins_with(worker, stadtteil=elsewhere.pk)["district"] == elsewhere.pk
    found = begins_with(worker, angebot=cast.offer.pk)
    assert (found["offer"], found["district"]) == (cast.offer.pk, cast.district.pk)
    assert begins_with(worker, angebot=make.offer().pk)["offer"] is None


def test_a_lead_chooses_among_the_active_workers_of_the_agency(lead, cast):
    retired = make.worker(agency=cast.agency, is_active=False)
    field = lead.get(URL).context["form"].fields["worker"]
    offered = {pk for pk, _label in field.widget.choices}
    own = Worker.objects.filter(agency=cast.agency, is_active=True).values_list("pk", flat=True)
    assert offered == {"", *own}
    assert retired.pk not in offered


@pytest.mark.parametrize("who", ["worker", "lead"])
def test_offers_of_other_agencies_are_not_shown(client, cast, who):
    make.offer(agency=cast.other_agency, title="Fremdes Angebot", ends_on=None)
    make.offer(agency=cast.agency, title="Eigenes Angebot", ends_on=None)
    client.force_login(cast.people[who])
    page = client.get(URL).content.decode()
    assert "Eigenes Angebot" in page
    assert "Fremdes Angebot" not in page


def test_who_left_the_agency_of_their_worker_enters_nothing_there(client, cast):
    left = make.membership("worker", agency=cast.other_agency).user
    make.worker(agency=cast.agency, user=left)
    client.force_login(left)
    assert client.get(URL).context["form"] is None


def test_a_lead_finds_the_worker_used_last(lead, cast, words):
    colleague = make.worker(agency=cast.agency)
    lead.post(URL, words | {"worker": colleague.pk})
    assert begins_with(lead)["worker"] == colleague.pk


def test_the_coordination_chooses_among_all_agencies(client, cast):
    other = make.worker(agency=cast.other_agency)
    client.force_login(cast.people["coordination"])
    page = client.get(URL).content.decode()
    assert f'<optgroup label="{cast.other_agency}">' in page
    assert f'value="{other.pk}"' in page


def test_who_is_linked_to_no_worker_is_told_whom_to_ask(client, cast):
    client.force_login(make.membership("worker", agency=cast.agency).user)
    page = client.get(URL)
    assert page.context["form"] is None
    assert "Leitung Ihres Verbands" in page.content.decode()
    assert client.post(URL, {}).status_code == 200


def test_whose_worker_is_no_longer_active_is_told_so(worker, cast):
    Worker.objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert "nicht mehr aktiv" in worker.get(URL).content.decode()


# --- what it saves -------------------------------------------------------------------------------


def test_an_entry_is_saved_and_the_next_one_offered(worker, cast, words):
    response = worker.post(URL, words, follow=True)
    entry = newest()
    assert (entry.worker, entry.agency, entry.created_by) == (
        cast.worker,
        cast.agency,
        cast.people["worker"],
    )
    assert (entry.day, entry.refugees, entry.minutes) == (today(), 3, 60)
    page = response.content.decode()
    assert "Teilnehmende: 3, Minuten: 60" in page
    assert reverse("activity:activity_edit", args=[entry.pk]) in page
    form = response.context["form"]
    assert form["district"].value() == cast.district.pk
    assert form["minutes"].value() is None
    assert str(form["form_id"].value()) != words["form_id"]


def test_a_series_of_a_past_day_stays_on_that_day(worker, words):
    yesterday = today() - timedelta(days=1)
    response = worker.post(URL, words | {"day": yesterday.isoformat()}, follow=True)
    assert response.context["form"]["day"].value() == yesterday


def test_everything_that_may_be_said_is_saved(worker, cast, words):
    cast.offer.ends_on = None
    cast.offer.save()
    worker.post(
        URL,
        words
        | {
            "topics": [cast.topic.pk],
            "has_interpreter": "on",
            "offer": cast.offer.pk,
            "note": "Person A will umziehen",
        },
    )
    entry = newest()
    assert list(entry.topics.all()) == [cast.topic]
    assert (entry.has_interpreter, entry.offer) == (True, cast.offer)
    assert (entry.note, entry.is_note_insisted) == ("Person A will umziehen", False)


def test_the_same_form_sent_twice_is_one_entry(worker, words):
    before = Activity.objects.count()
    answers = [worker.post(URL, words) for _ in range(2)]
    assert Activity.objects.count() == before + 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_a_form_changed_after_saving_is_not_taken_for_the_same(worker, words):
    """By the back button one comes to a form whose number is used up."""
    worker.post(URL, words)
    saved = newest()
    response = worker.post(URL, words | {"minutes": 75})
    assert "schon einmal" in errors(response)["__all__"]
    assert newest() == saved
    again = words | {"minutes": 75, "form_id": response.context["form"]["form_id"].value()}
    worker.post(URL, again)
    assert newest().minutes == 75


def test_the_number_of_somebody_elses_form_tells_nothing(worker, cast, words):
    foreign = make.activity(3, day=today(), form_id=uuid4(), note="Fremdes")
    response = worker.post(URL, words | {"form_id": str(foreign.form_id)})
    assert "schon einmal" in errors(response)["__all__"]
    assert "Fremdes" not in response.content.decode()


def test_a_script_is_told_where_to_go_on(worker, words):
    response = worker.post(URL, words, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 204
    assert response.headers["X-Location"].startswith(URL)


# --- what it refuses: said at the field, and everything typed stays ------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("count", "-1", "Weniger als 0"),
        ("count", str(10**12), "9.999"),
        ("count", "drei", "ganze Zahl"),
        ("count", "1e400", "ganze Zahl"),
        ("minutes", "", "Wie viele Minuten"),
        ("minutes", "0", "1 bis 1.440"),
        ("minutes", "1441", "1 bis 1.440"),
        ("minutes", "viel", "ganze Zahl"),
        ("day", "31.02.2016", "kein Datum"),
        ("day", "", "erforderlich"),
        ("district", "999999999", "gibt es nicht"),
        ("kind", "x", "nicht in der Liste"),
        ("topics", "999999999", "nicht in der Liste"),
        ("offer", "999999999", "anderen Verband"),
        ("note", "x" * 301, "300"),
    ],
)
def test_bad_input_is_refused_at_its_field(worker, cast, words, field, typed, told):
    before = Activity.objects.count()
    name = f"count_{cast.target_group.pk}" if field == "count" else field
    response = worker.post(URL, words | {"note": "bleibt hier stehen", name: typed})
    assert told in errors(response)[name]
    assert Activity.objects.count() == before
    shown = {k: v for form in forms(response, "post") for k, v in form.values.items()}
    if field not in ("district", "kind", "topics", "offer"):
        assert shown[name] == [typed]
    if field != "note":
        assert shown["note"] == ["bleibt hier stehen"]


def test_a_future_day_is_refused(worker, words):
    tomorrow = today() + timedelta(days=1)
    response = worker.post(URL, words | {"day": tomorrow.isoformat()})
    assert "Zukunft" in errors(response)["day"]


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_a_closed_period_is_named(worker, cast, words, state):
    make.period(
        state,
        agency=cast.agency,
        starts_on=date(today().year, 1, 1),
        ends_on=date(today().year, 12, 31),
        rhythm="year",
    )
    # Before anything is asked: who confirms wants to be done.
    response = worker.post(URL, words | {f"count_{cast.target_group.pk}": 500})
    assert f"Jahr {today().year}" in errors(response)["day"]
    assert "is_confirmed" not in errors(response)


def test_workers_and_offers_of_other_agencies_are_refused(lead, cast, words):
    for worker in (make.worker(agency=cast.other_agency), make.worker(is_active=False)):
        response = lead.post(URL, words | {"worker": worker.pk})
        assert "anderen Verband" in errors(response)["worker"]
    words["worker"] = cast.worker.pk
    foreign = make.offer(agency=cast.other_agency, ends_on=None)
    response = lead.post(URL, words | {"offer": foreign.pk})
    assert "anderen Verband" in errors(response)["offer"]
    ended = make.offer(agency=cast.agency)
    response = lead.post(URL, words | {"offer": ended.pk})
    assert "nicht angeboten" in errors(response)["offer"]


def test_a_worker_cannot_enter_for_a_colleague(worker, cast, words):
    colleague = make.worker(agency=cast.agency)
    worker.post(URL, words | {"worker": colleague.pk})
    assert newest().worker == cast.worker


def test_a_count_of_a_group_the_day_does_not_know_is_not_lost(worker, cast, words):
    """Who changes the day may have counted people of a group that came later."""
    late = make.target_group("other", name="Später", starts_on=today())
    name, yesterday = f"count_{late.pk}", (today() - timedelta(days=1)).isoformat()
    response = worker.post(URL, words | {name: 2, "day": yesterday})
    assert "nicht in der Liste" in errors(response)[name]
    assert response.context["form"][name].value() == "2"


# --- what it asks --------------------------------------------------------------------------------


def sent_again(client, response, **changed):
    """The page's form with what it shows, as somebody would send it after reading."""
    (form,) = [form for form in forms(response, "post") if "minutes" in form.values]
    values = {name: value for name, value in form.values.items() if name != "vorschlag"}
    return client.post(URL, values | changed)


CASE = "Amina Haddad, geb. 3.4.1998, Tel. 02161 250111"


def test_a_note_that_looks_like_a_case_is_asked_about(worker, words):
    before = Activity.objects.count()
    response = worker.post(URL, words | {"note": CASE})
    told = errors(response)["is_note_insisted"]
    assert "ein Geburtsdatum, eine Telefonnummer" in told
    assert "Person A" in response.content.decode()
    assert Activity.objects.count() == before
    # Merely sending it again is no answer.
    assert "is_note_insisted" in errors(sent_again(worker, response))
    sent_again(worker, response, is_note_insisted=["on"])
    assert newest().note == CASE
    assert newest().is_note_insisted


def test_the_answer_is_for_the_text_that_was_asked_about(worker, words):
    response = worker.post(URL, words | {"note": CASE})
    response = sent_again(worker, response, is_note_insisted=["on"], note=["Frau Haddad"])
    assert "einen Namen" in errors(response)["is_note_insisted"]
    assert not response.context["form"]["is_note_insisted"].value()


def test_the_suggestion_is_put_in_by_a_button_without_script(worker, words):
    before = Activity.objects.count()
    response = worker.post(URL, words | {"note": CASE, "vorschlag": "1"})
    form = response.context["form"]
    assert form["note"].value() == "Person A"
    assert form["minutes"].value() == "60"
    assert Activity.objects.count() == before
    sent_again(worker, response)
    assert (newest().note, newest().is_note_insisted) == ("Person A", False)


def test_the_note_stands_in_no_log(worker, words, caplog):
    with caplog.at_level("DEBUG"):
        response = worker.post(URL, words | {"note": CASE})
        sent_again(worker, response, is_note_insisted=["on"])
        url = reverse("activity:activity_edit", args=[newest().pk])
        page = worker.get(url)
        (form,) = [form for form in forms(page, "post") if "minutes" in form.values]
        worker.post(url, form.values | {"note": ["Person A"]})
    assert newest().note == "Person A"
    assert "Haddad" not in caplog.text
    for row in Entry.objects.all():
        assert "Haddad" not in f"{row.before} {row.after} {row.reason} {row.target_label}"


def test_an_unlikely_entry_is_asked_about_once(worker, cast, words):
    words[f"count_{cast.target_group.pk}"] = 250
    words["day"] = (today() - timedelta(days=90)).isoformat()
    response = worker.post(URL, words)
    told = errors(response)["is_confirmed"]
    assert "250 Teilnehmende" in told
    assert "90 Tage" in told
    assert "is_confirmed" in errors(sent_again(worker, response))
    sent_again(worker, response, is_confirmed=["on"])
    assert newest().refugees == 250


def test_another_question_needs_another_answer(worker, cast, words):
    name = f"count_{cast.target_group.pk}"
    response = worker.post(URL, words | {name: 250})
    response = sent_again(worker, response, is_confirmed=["on"], **{name: ["300"]})
    assert "300 Teilnehmende" in errors(response)["is_confirmed"]
    assert not response.context["form"]["is_confirmed"].value()
    assert sent_again(worker, response, is_confirmed=["on"]).status_code == 302


# --- drafts --------------------------------------------------------------------------------------

DRAFT = reverse("activity:draft_save")


def test_what_was_typed_comes_back(worker, cast, words):
    assert worker.post(DRAFT, words | {"minutes": "45", "note": "ab"}).status_code == 204
    response = worker.get(URL)
    assert re.search(r"Nicht gespeicherte Eingaben von \d\d:\d\d", response.content.decode())
    form = response.context["form"]
    assert (form["minutes"].value(), form["note"].value()) == ("45", "ab")
    assert form[f"count_{cast.target_group.pk}"].value() == "3"
    assert not form.is_bound  # nothing is judged yet


def test_a_copy_leaves_the_draft_where_it_is(worker, words):
    worker.post(DRAFT, words | {"minutes": "45"})
    response = worker.get(URL, {"wie": "letztes"})
    assert "Es gibt nicht gespeicherte Eingaben" in response.content.decode()
    assert response.context["form"]["minutes"].value() == 60


def test_a_draft_is_discarded_by_its_button(worker, words):
    worker.post(DRAFT, words)
    response = worker.post(DRAFT, {"verwerfen": "1"}, follow=True)
    assert response.redirect_chain[0][0] == URL
    assert "verworfen" in response.content.decode()
    assert not Draft.objects.exists()


def test_saving_ends_the_draft_and_a_late_one_does_not_revive_it(worker, words):
    worker.post(DRAFT, words)
    worker.post(URL, words)
    assert not Draft.objects.exists()
    worker.post(DRAFT, words)
    assert "Nicht gespeicherte" not in worker.get(URL).content.decode()


def test_a_refused_form_is_a_draft_so_that_the_back_button_finds_it(worker, words):
    worker.post(URL, words | {"minutes": "viel"})
    assert worker.get(URL).context["form"]["minutes"].value() == "viel"


def test_a_draft_belongs_to_one_account(client, cast, words):
    client.force_login(cast.people["worker"])
    client.post(DRAFT, words | {"note": "Geheimes"})
    client.force_login(cast.people["lead"])
    assert "Geheimes" not in client.get(URL).content.decode()


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["worker", "lead", "coordination"])
@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_much_there_is(
    client, cast, words, django_assert_max_num_queries, who, rows
):
    for _ in range(rows):
        make.worker(agency=cast.agency)
        make.offer(agency=cast.agency, ends_on=None)
        make.topic()
        make.kind()
        make.district(parent=cast.borough)
        make.activity(2, worker=cast.worker, day=today(), created_by=cast.people["coordination"])
    client.force_login(cast.people[who])
    client.post(DRAFT, words)
    words["worker"] = cast.worker.pk
    query = urlencode({"kopie": cast.activity.pk, "angebot": cast.offer.pk})
    for address in (URL, f"{URL}?wie=letztes", f"{URL}?{query}"):
        with django_assert_max_num_queries(LIMIT):
            client.get(address)
    with django_assert_max_num_queries(LIMIT):
        assert client.post(URL, words | {"minutes": "viel"}).status_code == 200


def test_saving_answers_at_once(worker, words):
    worker.get(URL)
    start = time.perf_counter()
    assert worker.post(URL, words).status_code == 302
    assert time.perf_counter() - start < 1


def test_the_form_that_was_filled_in_by_a_machine_is_saved(worker):
    """Whatever the page shows first can be sent as it is, once the minutes are there."""
    (form,) = [each for each in forms(worker.get(URL), "post") if "minutes" in each.values]
    values = filled(form) | {"minutes": ["30"], "note": [""], "day": [today().isoformat()]}
    values = {n: v for n, v in values.items() if n not in ("offer", "is_note_insisted")}
    assert worker.post(URL, values).status_code == 302
