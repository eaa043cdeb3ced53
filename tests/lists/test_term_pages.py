from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from agencies.lists.models import Kind, TargetGroup
from coordination.editing import fingerprint
from tests import make

LIST = reverse("lists:term_list")
TYPED = {
    "name": "Umzugshilfe", "definition": "", "order": "5", "starts_on": "01.01.2016", "ends_on": "",
}  # fmt: skip


@pytest.fixture
def as_(client, cast):
    def sign_in(who):
        client.force_login(cast.people[who])
        return client

    return sign_in


def edit(term, **typed):
    url = reverse("lists:term_edit", args=["arten", term.pk])
    names = ["name", "definition", "order", "starts_on", "ends_on"]
    old = {"name": term.name, "order": term.order, "starts_on": "22.10.2009", "ends_on": ""}
    return url, {**old, "definition": "", "seen": fingerprint(term, names), **typed}


def test_every_member_reads_all_four_lists(as_, cast):
    text = as_("worker").get(LIST).content.decode()
    for name in ("Beratung", "vor Ort", "Geflüchtete", "Wohnen"):
        assert name in text
    assert reverse("lists:term_create", args=["arten"]) not in text


def test_the_list_tells_how_often_a_term_was_used(as_, cast):
    make.activity(worker=cast.worker, kind=cast.kind)
    make.activity(kind=cast.kind)  # another agency's
    used = {}
    for who in ("lead", "coordination"):
        answer = as_(who).get(LIST + "?stichtag=2016-12-01&zaehlung=ja")
        used[who] = next(line.used for line in answer.context["parts"][0].lines)
    assert used == {"lead": 2, "coordination": 3}
    assert as_("lead").get(LIST).context["parts"][0].lines[0].used is None


def test_filters_by_name_and_validity(as_, cast):
    make.kind(name="Kleiderkammer", ends_on=date(2016, 6, 30))
    browser = as_("lead")

    def names(query):
        parts = browser.get(f"{LIST}?stichtag=2016-12-01&{query}").context["parts"]
        return [line.term.name for line in parts[0].lines]

    assert names("suche=KLEIDER") == ["Kleiderkammer"]
    assert names("stand=gueltig") == ["Beratung"]
    assert names("stand=nicht") == ["Kleiderkammer"]


def test_both_files_hold_all_four_lists(as_, cast):
    browser = as_("lead")
    sheet = load_workbook(BytesIO(browser.get(LIST + "?format=xlsx").content)).active
    assert {row[0] for row in sheet.iter_rows(min_row=3, values_only=True)} == {
        "Arten", "Formen", "Zielgruppen", "Themen",
    }  # fmt: skip
    assert "Beratung" in browser.get(LIST + "?format=csv").content.decode("utf-8-sig")


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_long_the_lists_are(
    as_, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.kind(), make.format(), make.topic(), make.target_group()
    browser = as_("lead")
    for query in ("", "?zaehlung=ja"):
        with django_assert_max_num_queries(12):
            browser.get(LIST + query)


def test_the_coordination_enters_a_term(as_, cast):
    browser = as_("coordination")
    answer = browser.post(reverse("lists:term_create", args=["arten"]), TYPED, follow=True)
    assert "Umzugshilfe ist angelegt." in answer.content.decode()
    assert Kind.objects.get(name="Umzugshilfe").order == 5


def test_a_target_group_says_how_it_counts(as_, cast):
    url, browser = reverse("lists:term_create", args=["zielgruppen"]), as_("coordination")
    assert "background" in browser.post(url, TYPED).context["form"].errors
    browser.post(url, {**TYPED, "background": "helper"})
    assert TargetGroup.objects.get(name="Umzugshilfe").background == "helper"


@pytest.mark.parametrize("name", ["verben", "kind"])
def test_an_unknown_list_is_not_found(as_, cast, name):
    browser = as_("coordination")
    assert browser.get(f"/listen/{name}/neu/").status_code == 404
    assert browser.get(f"/listen/{name}/{cast.kind.pk}/").status_code == 404
    assert browser.get(f"/listen/themen/{cast.kind.pk + 999}/").status_code == 404


def test_a_taken_name_is_said_at_the_field_and_what_was_typed_stays(as_, cast):
    url = reverse("lists:term_create", args=["arten"])
    answer = as_("coordination").post(url, {**TYPED, "name": "BERATUNG", "definition": "Neu"})
    form = answer.context["form"]
    assert "schon" in form.errors["name"][0]
    assert form["definition"].value() == "Neu"


def test_a_term_is_renamed_and_ended(as_, cast):
    url, typed = edit(cast.kind, name="Beratung einzeln", ends_on="31.12.2016")
    as_("coordination").post(url, typed)
    cast.kind.refresh_from_db()
    assert (cast.kind.name, cast.kind.ends_on) == ("Beratung einzeln", date(2016, 12, 31))


def test_an_end_before_an_entry_is_refused_at_the_field(as_, cast):
    url, typed = edit(cast.kind, ends_on="01.11.2016")
    errors = as_("coordination").post(url, typed).context["form"].errors
    assert "nach dem 01.11.2016" in errors["ends_on"][0]


def test_the_second_of_two_who_edit_sees_what_the_first_saved(as_, cast):
    url, typed = edit(cast.kind, name="Zweite")
    Kind.objects.filter(pk=cast.kind.pk).update(name="Erste")
    answer = as_("coordination").post(url, typed)
    assert "Erste" in answer.content.decode()
    assert Kind.objects.get(pk=cast.kind.pk).name == "Erste"


def test_how_a_counted_group_counts_cannot_be_chosen_anew(as_, cast):
    group = cast.target_group
    url = reverse("lists:term_edit", args=["zielgruppen", group.pk])
    browser = as_("coordination")
    assert browser.get(url).context["form"].fields["background"].disabled
    names = ["name", "background", "definition", "order", "starts_on", "ends_on"]
    typed = {**TYPED, "name": "Geflüchtete", "background": "other"}
    browser.post(url, {**typed, "seen": fingerprint(group, names)})
    group.refresh_from_db()
    assert (group.background, group.order) == ("refugee", 5)
