"""The question kit's first page: what can be asked, and the archive of what was answered."""

from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.council.summary.models import Answer
from tests import make

URL = reverse("summary:question_list")


@pytest.fixture
def desk(client, db):
    client.force_login(make.user("coordination"))
    return client


@pytest.fixture
def council(client, db):
    client.force_login(make.user("council"))
    return client


def at(day, month=1):
    return datetime(2016, month, day, 12, tzinfo=timezone.get_default_timezone())


def test_the_coordination_is_led_to_every_pattern(desk):
    page = desk.get(URL).content.decode()
    for pattern in ("stellen", "kontakte", "geld", "ehrenamt"):
        assert reverse("summary:question_ask", args=[pattern]) in page
    assert "Wählen Sie oben ein Fragemuster" in page


def test_the_council_reads_what_can_be_asked_but_is_led_to_no_live_answer(council):
    page = council.get(URL).content.decode()
    assert "Stellen nach Verband" in page
    assert "anfragen-rat/stellen/" not in page
    assert "Noch gibt es keine." in page


def test_answers_are_filtered_by_pattern_period_and_words(desk):
    first = make.answer(sent_at=at(10), question="Was ist mit Ärzten?")
    second = make.answer("geld", sent_at=at(20))

    def found(**query):
        return [row.pk for row in desk.get(URL, query).context["page"].rows]

    assert found() == [second.pk, first.pk]
    assert found(muster="geld") == [second.pk]
    assert found(von="2016-01-11") == [second.pk]
    assert found(bis="10.01.2016") == [first.pk]
    assert found(suche="ÄRZTEN") == [first.pk]
    assert found(muster="gibt-es-nicht") == [second.pk, first.pk]
    assert "Keine Antwort passt" in desk.get(URL, {"suche": "xyz"}).content.decode()


def test_the_list_goes_on_page_by_page(desk):
    for _ in range(51):
        make.answer(content={"title": "Stellen", "hidden": []}, sent_by=make.user("coordination"))
    page = desk.get(URL).context["page"]
    assert (len(page.rows), page.count) == (50, 51)
    assert len(desk.get(URL + page.next).context["page"].rows) == 1


def test_the_council_is_not_told_who_at_the_city_sent_an_answer(council, desk):
    make.answer(sent_by=make.user("coordination", name="Gerda Muster"))
    council.force_login(make.user("council"))
    assert "Gerda Muster" not in council.get(URL, {"format": "csv"}).content.decode()
    desk.force_login(make.user("audit"))
    assert "Gerda Muster" in desk.get(URL, {"format": "csv"}).content.decode()


def test_a_question_that_looks_like_a_formula_is_text_in_the_file(desk):
    make.answer(question="=1+1")
    assert "'=1+1" in desk.get(URL, {"format": "csv"}).content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(desk, django_assert_max_num_queries, rows):
    by = make.user("coordination")
    for _ in range(rows):
        make.answer(sent_by=by)
    assert Answer.objects.count() == rows
    with django_assert_max_num_queries(7):
        desk.get(URL)
