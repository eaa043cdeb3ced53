import re
from datetime import date

import pytest
from django.urls import reverse

from coordination.access.permissions import Scope
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.volunteers.desks import typed
from volunteers import duplicates
from volunteers.models import Volunteer, VolunteerGroup

__all__ = ["signed_in"]
CITY = Scope(citywide=True)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


@pytest.fixture
def url():
    return reverse("volunteers:duplicate_list")


@pytest.mark.parametrize(
    ("there", "typed_"),
    [
        ("Jürgen Müller", "MUELLER, Jürgen"),
        ("Juergen Mueller", "Müller Jürgen"),
        ("Jürgen Müller", "Jurgen Muller"),
        ("Hans-Peter Groß", "gross hans peter"),
        ("Zoë Lefèvre", "Zoe Lefevre"),
        ("Dr. Anna Weiß", "Anna Weiss"),
        ("Ayşe Yıldırım", "Ayse Yildirim"),
        ("Łukasz Wiśniewski", "Lukasz Wisniewski"),
        ("Anna Pohl", "Аnnа Pоhl"),  # with Cyrillic letters
        ("Anna\u00a0 Pohl", "Ａｎｎａ Pohl"),
        ("Иван Петров", "ПЕТРОВ Иван"),
    ],
)
def test_names_are_compared_however_they_are_written(db, there, typed_):
    volunteer = make.volunteer(name=there)
    assert duplicates.like(name=typed_, scope=CITY).known == [volunteer]


@pytest.mark.parametrize(
    ("there", "typed_"),
    [
        ("02161 77889", "+49 2161 77889"),
        ("+49 (0)2161/778-89", "0049 2161 77889"),
        ("0049 2161 77889", "02161-77889"),
        ("+31 6 1234567", "0031 612 34567"),
        ("02161 77889", "٠٢١٦١ ٧٧٨٨٩"),
    ],
)
def test_numbers_are_compared_however_they_are_written(db, there, typed_):
    volunteer = make.volunteer(phone=there)
    assert duplicates.like(phone=typed_, scope=CITY).known == [volunteer]


def test_addresses_are_compared_without_case_and_extensions_not_at_all(db):
    volunteer = make.volunteer(email="Erika.Beispiel@Example.org", phone="123")
    assert duplicates.like(email="erika.beispiel@example.ORG", scope=CITY).known == [volunteer]
    assert not duplicates.like(phone="123", scope=CITY)


@pytest.mark.parametrize("name", ["Jürgen Meier", "Müller", "", "  ", "Jürgen"])
def test_others_are_not_taken_for_them(db, name):
    make.volunteer(name="Jürgen Müller")
    assert not duplicates.like(name=name, scope=CITY)


def test_the_page_names_who_is_within_reach(signed_in, cast, url):
    page = text(signed_in("worker").get(url, {"name": "BEISPIEL Erika"}))
    assert reverse("volunteers:volunteer_detail", args=[cast.volunteer.pk]) in page
    assert "Möglicherweise schon erfasst" in page
    assert "Niemand mit diesen Angaben" in text(signed_in("worker").get(url, {"name": "Xaver"}))


def test_of_another_agencys_volunteer_it_tells_whom_to_ask_and_nothing_else(signed_in, cast, url):
    city = make.agency(name="Stadt Musterstadt", kind="city", phone="02161 000-60")
    page = text(
        signed_in("other_lead").get(url, {"name": "Beispiel Erika"}, headers={"HX-Request": "true"})
    )
    assert "betreut bereits ein anderer Verband" in page
    assert city.name in page
    assert city.phone in page
    for secret in ("Erika", "Beispiel", "AWO", str(cast.volunteer.email), "/ehrenamt/"):
        assert secret not in page


def test_while_typing_only_the_hint_is_fetched(signed_in, cast, url):
    answer = signed_in("worker").get(
        url, {"name": "Erika Beispiel"}, headers={"HX-Request": "true"}
    )
    assert text(answer).strip().startswith('<div id="duplicates"')
    assert "<html" not in text(answer)


def test_groups_are_compared_with_groups(signed_in, cast, url):
    client = signed_in("worker")
    found = text(client.get(url, {"name": "Eicken runder tisch", "art": "gruppe"}))
    assert reverse("volunteers:group_detail", args=[cast.volunteer_group.pk]) in found
    assert "Niemand mit diesen Angaben" in text(client.get(url, {"name": "Runder Tisch Eicken"}))


@pytest.mark.parametrize("kind", ["volunteer", "group"])
def test_without_a_script_the_form_asks_once(signed_in, cast, kind):
    client, url = signed_in("worker"), reverse(f"volunteers:{kind}_create")
    model = Volunteer if kind == "volunteer" else VolunteerGroup
    name = "beispiel, ERIKA" if kind == "volunteer" else "Eicken – runder Tisch"
    fields = typed(cast, name=name, kind="parish", spokesperson="")
    answer = client.post(url, fields)
    assert set(answer.context["form"].errors) == {"is_confirmed"}
    assert "Trotzdem anlegen" in text(answer)
    assert "Möglicherweise schon erfasst" in text(answer)
    assert model.objects.count() == 1
    assert client.post(url, fields | {"is_confirmed": "on"}).status_code == 302
    assert model.objects.count() == 2


def test_the_form_asks_about_another_agencys_volunteer_without_telling_who(signed_in, cast):
    other = make.volunteer(name="Frauke Fremd", phone="0171 2345678", agency=cast.other_agency)
    url = reverse("volunteers:volunteer_create")
    answer = signed_in("worker").post(url, typed(cast, phone="+49 171 2345678"))
    assert set(answer.context["form"].errors) == {"is_confirmed"}
    page = text(answer)
    assert "betreut bereits ein anderer Verband" in page
    for secret in (other.name, other.email, "DRK"):
        assert secret not in page


LIMIT = "zu oft gefragt"
ELSEWHERE = "betreut bereits ein anderer Verband"


def test_asked_too_often_nobody_is_told_whom_others_look_after(signed_in, cast, url, settings):
    settings.PORTAL_ACCOUNT_LIMITS = {"account": "2/h/key"}
    make.volunteer(name="Frauke Fremd", agency=cast.other_agency)
    worker = signed_in("worker")
    for _time in range(3):
        worker.get(url)  # the empty page asks nothing
    asked = [text(worker.get(url, {"name": "Frauke Fremd"})) for _time in range(3)]
    assert [ELSEWHERE in page for page in asked] == [True, True, False]
    assert [LIMIT in page for page in asked] == [False, False, True]
    # Whom one may see is told all the same; of somebody nobody knows no more than of others.
    assert "Erika Beispiel" in text(worker.get(url, {"name": "Erika Beispiel"}))
    assert LIMIT in text(worker.get(url, {"name": "Xaver Niemand"}))
    # Each account is counted alone, and the city reaches everybody anyway.
    assert ELSEWHERE in text(signed_in("lead").get(url, {"name": "Frauke Fremd"}))
    for _time in range(4):
        assert LIMIT not in text(signed_in("coordination").get(url, {"name": "Frauke Fremd"}))


@pytest.mark.parametrize("kind", ["volunteer", "group"])
def test_the_form_for_a_new_one_counts_as_well(signed_in, cast, settings, kind):
    settings.PORTAL_ACCOUNT_LIMITS = {"account": "1/h/key"}
    build = make.volunteer if kind == "volunteer" else make.volunteer_group
    build(name="Frauke Fremd", agency=cast.other_agency)
    url = reverse(f"volunteers:{kind}_create")
    fields = typed(cast, name="Frauke Fremd", kind="parish", spokesperson="", email="f@x.example")
    client = signed_in("worker")
    assert ELSEWHERE in text(client.post(url, fields))
    second = client.post(url, fields)
    assert ELSEWHERE not in text(second)
    assert LIMIT in text(second)
    assert set(second.context["form"].errors) == {"is_confirmed"}  # it may be entered after a look
    assert client.post(url, fields | {"is_confirmed": "on"}).status_code == 302


def test_somebody_for_whom_ones_own_worker_is_contact_person_is_named(cast, signed_in, url):
    volunteer = make.volunteer(name="Frauke Fremd", agency=cast.other_agency)
    make.contact(volunteer=volunteer, worker=cast.worker)
    assert "Frauke Fremd" in text(signed_in("worker").get(url, {"name": "frauke fremd"}))


def test_a_hint_costs_the_same_however_many_there_are(signed_in, cast, url, settings):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counted = signed_in("worker"), []
    client.get(url)
    for rows in (0, 20):
        for _ in range(rows):
            make.volunteer(name="Erika Beispiel", agency=cast.agency)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url, {"name": "Erika Beispiel"})
        # How often somebody asks is counted in the cache, which lies in the same database.
        counted.append(sum(not re.search(r"portal_cache|SAVEPOINT", row["sql"]) for row in queries))
    assert counted[0] == counted[1] <= 12
