from datetime import date

import pytest
from django.urls import reverse

from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.volunteers.desks import typed_again
from volunteers.models import Contact, GroupMember, SearchWord, Volunteer

__all__ = ["signed_in"]


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


@pytest.fixture
def url(cast):
    return reverse("volunteers:volunteer_edit", args=[cast.volunteer.pk])


def again(cast) -> Volunteer:
    return Volunteer.objects.get(pk=cast.volunteer.pk)


def said(answer) -> str:
    form = answer.context["form"]
    return " ".join(error for errors in form.errors.values() for error in errors)


def test_who_looks_after_somebody_edits_the_record(signed_in, cast, url):
    fields = {"name": "Erika Beispiel-Neu", "phone": "0171 555 000", "reason": "Geheiratet"}
    answer = signed_in("worker").post(url, typed_again(cast.volunteer, **fields), follow=True)
    assert "Gespeichert." in text(answer)
    assert (again(cast).name, again(cast).phone_key) == ("Erika Beispiel-Neu", "171555000")
    assert SearchWord.objects.filter(volunteer=cast.volunteer, word="neu").exists()


def test_the_log_says_that_something_personal_changed_and_not_what_it_was(signed_in, cast, url):
    fields = {"name": "Erika Geheim", "email": "", "phone": "0171 555 000", "reason": "Umgezogen"}
    signed_in("worker").post(url, typed_again(cast.volunteer, consent_on="2016-05-01", **fields))
    entry = Entry.objects.about(cast.volunteer).get()
    assert entry.before == {"consent_on": "2016-04-01"}
    assert entry.after == {
        "consent_on": "2016-05-01",
        "name": "geändert",
        "email": "geändert",
        "phone": "geändert",
    }
    assert entry.reason == "Umgezogen"
    assert str(cast.volunteer.pk) in entry.target_label


@pytest.mark.parametrize(
    "reason",
    [
        "Frau Beispiel ist umgezogen",
        "ERIKA will nicht mehr",
        "Neue Nummer von {email}",
        "jetzt 0171-555000",
        "heißt jetzt Geheim",
    ],
)
def test_a_reason_names_nobody(signed_in, cast, url, reason):
    fields = {"name": "Erika Geheim", "phone": "0171 555 000"}
    reason = reason.format(email=cast.volunteer.email.upper())
    answer = signed_in("worker").post(url, typed_again(cast.volunteer, reason=reason, **fields))
    assert "lassen Sie Namen" in said(answer)
    assert set(answer.context["form"].errors) == {"reason"}
    assert again(cast).name == "Erika Beispiel"
    assert not Entry.objects.about(cast.volunteer).exists()


def test_two_people_edit_and_the_second_sees_what_the_first_saved(signed_in, cast, url):
    first = typed_again(cast.volunteer, languages="Arabisch")
    second = typed_again(cast.volunteer, languages="Türkisch")
    assert signed_in("worker").post(url, first).status_code == 302
    answer = signed_in("lead").post(url, second)
    assert "Arabisch" in said(answer)
    assert again(cast).languages == "Arabisch"
    second["seen"] = answer.context["form"].data["seen"]
    assert signed_in("lead").post(url, second).status_code == 302
    assert again(cast).languages == "Türkisch"


def test_a_contact_person_of_another_agency_sees_the_record_and_does_not_edit_it(signed_in, cast):
    given = make.volunteer(name="Anvertraut", agency=cast.other_agency)
    make.contact(volunteer=given, worker=cast.worker)
    client = signed_in("worker")
    page = client.get(reverse("volunteers:volunteer_detail", args=[given.pk]))
    assert page.status_code == 200
    assert reverse("volunteers:volunteer_edit", args=[given.pk]) not in text(page)
    assert reverse("volunteers:talk_create", args=[given.pk]) in text(page)
    for name in ("edit", "end"):
        address = reverse(f"volunteers:volunteer_{name}", args=[given.pk])
        assert client.get(address).status_code == client.post(address).status_code == 404


def test_a_move_to_another_agency_stands_in_both_logs(signed_in, cast, url):
    fields = {"agency": cast.other_agency.pk}
    answer = signed_in("coordination").post(url, typed_again(cast.volunteer, **fields))
    assert answer.status_code == 302
    found = Entry.objects.about(cast.volunteer).values_list("agency_id", flat=True)
    assert set(found) == {cast.agency.pk, cast.other_agency.pk}
    answer = signed_in("other_lead").post(url, typed_again(cast.volunteer, agency=cast.agency.pk))
    assert "agency" in answer.context["form"].errors


def test_the_beginning_does_not_lie_behind_a_membership(signed_in, cast, url):
    answer = signed_in("lead").post(url, typed_again(cast.volunteer, starts_on="2016-10-01"))
    assert "Mitgliedschaft seit 01.04.2016" in said(answer)


# --- ending ---------------------------------------------------------------------------------------


@pytest.fixture
def end_url(cast):
    return reverse("volunteers:volunteer_end", args=[cast.volunteer.pk])


def typed_end(client, url, **fields):
    seen = client.get(url).context["form"]["seen"].value()
    return {"ends_on": "2016-11-30", "reason": "Auf eigenen Wunsch", "seen": seen, **fields}


def test_with_somebody_end_their_memberships_and_their_contact_person(signed_in, cast, end_url):
    later = make.group_member(
        volunteer=cast.volunteer, group=make.volunteer_group(), starts_on=date(2017, 1, 1)
    )
    client = signed_in("worker")
    answer = client.post(end_url, typed_end(client, end_url), follow=True)
    assert "Letzter Tag ist der 30.11.2016" in text(answer)
    last = date(2016, 11, 30)
    assert again(cast).ends_on == last
    assert GroupMember.objects.get(pk=cast.group_member.pk).ends_on == last
    assert not GroupMember.objects.filter(pk=later.pk).exists()
    assert Contact.objects.get(volunteer=cast.volunteer).ends_on == last
    entry = Entry.objects.about(cast.volunteer).get(verb="ended")
    assert (entry.after, entry.reason) == ({"ends_on": "2016-11-30"}, "Auf eigenen Wunsch")


def test_an_end_needs_a_reason_and_a_day_after_the_beginning(signed_in, cast, end_url):
    client = signed_in("worker")
    answer = client.post(end_url, typed_end(client, end_url, reason=""))
    assert "reason" in answer.context["form"].errors
    answer = client.post(end_url, typed_end(client, end_url, ends_on="2016-03-31"))
    assert "01.04.2016" in said(answer)
    answer = client.post(end_url, typed_end(client, end_url, reason="Frau Beispiel zieht um"))
    assert "reason" in answer.context["form"].errors
    assert again(cast).ends_on is None
    assert Contact.objects.get(volunteer=cast.volunteer).ends_on is None


def test_ending_twice_is_one_end(signed_in, cast, end_url):
    client = signed_in("worker")
    values = typed_end(client, end_url)
    assert client.post(end_url, values).status_code == 302
    answer = client.post(end_url, values)
    assert "jemand anderes" in said(answer)
    assert Entry.objects.about(cast.volunteer).filter(verb="ended").count() == 1


def test_the_edit_page_ends_and_takes_an_end_back(signed_in, cast, url):
    client = signed_in("worker")
    client.post(url, typed_again(cast.volunteer, ends_on="2016-11-30"))
    assert Contact.objects.get(volunteer=cast.volunteer).ends_on == date(2016, 11, 30)
    client.post(url, typed_again(cast.volunteer, ends_on=""))
    assert again(cast).ends_on is None
    # Whoever comes back needs a contact person again: the list of those without shows them.
    assert again(cast) in Volunteer.objects.without_contact(date(2016, 12, 1))


# --- the page -------------------------------------------------------------------------------------


def test_the_page_shows_facts_groups_care_papers_and_history(signed_in, cast, url):
    client = signed_in("worker")
    client.post(url, typed_again(cast.volunteer, phone="0171 555 000", reason="Neue Nummer"))
    page = text(client.get(reverse("volunteers:volunteer_detail", args=[cast.volunteer.pk])))
    history = page[page.index('id="history"') :]
    for said_ in ("Erika Beispiel", "Runder Tisch Eicken", cast.worker.name, "Führungszeugnis"):
        assert said_ in page
    assert "geändert: Telefon" in history
    assert "Neue Nummer" in history
    assert "0171" not in history


def test_the_history_is_for_who_may_read_the_log(signed_in, cast, url):
    given = make.volunteer(agency=cast.other_agency)
    make.contact(volunteer=given, worker=cast.worker)
    edit = reverse("volunteers:volunteer_edit", args=[given.pk])
    signed_in("other_lead").post(edit, typed_again(given, phone="0171 1", reason="Streng intern"))
    page = text(signed_in("worker").get(reverse("volunteers:volunteer_detail", args=[given.pk])))
    assert "Streng intern" not in page
    assert "Für Sie ist hier nichts verzeichnet." in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_many_groups(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.group_member(volunteer=cast.volunteer, group=make.volunteer_group(agency=cast.agency))
    client = signed_in("worker")
    with django_assert_max_num_queries(24):
        client.get(reverse("volunteers:volunteer_detail", args=[cast.volunteer.pk]))
