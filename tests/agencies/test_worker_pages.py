import pytest
from django.urls import reverse

from agencies.models import Worker
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
DAY = "?stichtag=2016-12-01"
NEW = {
    "name": "Bernd Muster", "kind": "employed", "phone": "", "email": "", "languages": "",
    "user": "",
}  # fmt: skip


def test_the_list_shows_contact_persons_of_all_and_everybody_of_the_own(signed_in, cast):
    make.worker(agency=cast.agency, name="Frieda Frei", kind="freelance")
    url = reverse("agencies:worker_list")
    own, other = text(signed_in("worker").get(url)), text(signed_in("other_lead").get(url))
    assert cast.worker.name in own
    assert cast.worker.name in other
    assert "Frieda Frei" in own
    assert "Frieda Frei" not in other
    detail = reverse("agencies:worker_detail", args=[Worker.objects.get(kind="freelance").pk])
    assert signed_in("other_lead").get(detail).status_code == 404
    assert signed_in("lead").get(detail).status_code == 200


def test_who_left_is_known_to_the_own_agency_only(signed_in, cast):
    Worker.objects.filter(pk=cast.worker.pk).update(is_active=False)
    url = reverse("agencies:worker_detail", args=[cast.worker.pk])
    assert signed_in("lead").get(url).status_code == 200
    assert signed_in("other_lead").get(url).status_code == 404


def test_filters(signed_in, cast):
    make.worker(agency=cast.other_agency, name="Ömer Übel", kind="freelance", languages="Türkisch")
    url, client = reverse("agencies:worker_list"), signed_in("coordination")

    def names(**query):
        return [row.name for row in client.get(url, query).context["page"].rows]

    assert names(suche="ÖMER") == names(suche="türk") == names(art="freelance") == ["Ömer Übel"]
    assert names(verband=cast.agency.pk) == [cast.worker.name]
    assert names(status="inaktiv") == []
    assert len(names(sortierung="-name")) == 2


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(signed_in, rows, django_assert_max_num_queries):
    for _ in range(rows):
        make.worker()
    client = signed_in("other_lead")
    with django_assert_max_num_queries(12):
        client.get(reverse("agencies:worker_list"), {"suche": "e"})


@pytest.mark.parametrize("rows", [1, 20])
def test_a_person_costs_the_same_whatever_they_cover(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.assignment("41061", position=cast.position)
    client = signed_in("lead")
    with django_assert_max_num_queries(12):
        client.get(reverse("agencies:worker_detail", args=[cast.worker.pk]) + DAY)


def test_load_and_account_are_for_the_own_agency(signed_in, cast):
    url = reverse("agencies:worker_detail", args=[cast.worker.pk]) + DAY
    for who, sees in [("other_lead", False), ("worker", True), ("coordination", True)]:
        page = text(signed_in(who).get(url))
        assert "Eicken" in page
        assert ("VZÄ" in page) is sees


def test_a_lead_creates_people_of_the_own_agency(signed_in, cast):
    url, client = reverse("agencies:worker_create"), signed_in("lead")
    member = make.membership("worker", agency=cast.agency).user
    data = {**NEW, "agency": cast.agency.pk, "user": member.pk}
    assert "Bernd Muster ist angelegt." in text(client.post(url, data, follow=True))
    assert Worker.objects.get(name="Bernd Muster").user == member
    again = client.post(url, data)
    assert set(again.context["form"].errors) == {"user"}
    again = client.post(url, {**data, "user": ""})
    assert "unterscheiden Sie sie im Namen" in again.context["form"].errors["name"][0]


def test_a_forged_agency_or_account_is_refused(signed_in, cast):
    url, client = reverse("agencies:worker_create"), signed_in("lead")
    answer = client.post(url, {**NEW, "agency": cast.other_agency.pk})
    assert "agency" in answer.context["form"].errors
    foreign = cast.people["other_lead"].pk
    answer = client.post(url, {**NEW, "agency": cast.agency.pk, "user": foreign})
    assert "user" in answer.context["form"].errors
    assert Worker.objects.count() == 1
    page = text(client.get(url))
    assert cast.people["other_lead"].name + " (" not in page
    assert ">DRK<" not in page


NAMES = [
    "agency", "name", "kind", "phone", "email", "languages", "office_hours", "is_public", "user",
    "is_active",
]  # fmt: skip


def edit(client, worker, **fields):
    data = {**NEW, "name": worker.name, "is_active": "on", "reason": "", **fields}
    return client.post(
        reverse("agencies:worker_edit", args=[worker.pk]),
        {"seen": fingerprint(worker, NAMES), **data},
        follow=True,
    )


def test_a_lead_changes_the_own_people(signed_in, cast):
    answer = edit(signed_in("lead"), cast.worker, languages="Farsi")
    assert f"{cast.worker.name} ist gespeichert." in text(answer)
    assert Worker.objects.get(pk=cast.worker.pk).languages == "Farsi"


def test_the_agency_of_who_holds_a_position_stays_whatever_is_sent(signed_in, cast):
    edit(signed_in("coordination"), cast.worker, agency=cast.other_agency.pk)
    assert Worker.objects.get(pk=cast.worker.pk).agency == cast.agency


def test_a_lead_gives_nobody_away_to_another_agency(signed_in, cast):
    spare = make.worker(agency=cast.agency)
    answer = edit(signed_in("lead"), spare, agency=cast.other_agency.pk)
    assert "agency" in answer.context["form"].errors
    assert "ist gespeichert" in text(edit(signed_in("lead"), spare, agency=cast.agency.pk))


def test_who_holds_a_position_is_not_set_inactive(signed_in, cast, settings):
    settings.PORTAL_DAY = make.DAY
    answer = edit(signed_in("lead"), cast.worker, is_active="")
    assert "Beenden Sie zuerst die Besetzung" in answer.context["form"].errors["is_active"][0]


def test_two_browsers_editing_one_person_lose_nothing(signed_in, cast):
    client, stale = signed_in("lead"), Worker.objects.get(pk=cast.worker.pk)
    edit(client, cast.worker, phone="02161 111")
    answer = edit(client, stale, phone="02161 222")
    assert "02161 111" in text(answer)
    assert 'value="02161 222"' in text(answer)
    assert Worker.objects.get(pk=cast.worker.pk).phone == "02161 111"
