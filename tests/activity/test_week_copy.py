from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from agencies.activity.models import Activity, ReportingPeriod
from coordination.as_of import today
from tests import make

COPY = reverse("activity:week_copy") + "?woche=2016-W47"  # takes over 14.11. to 20.11.2016


@pytest.fixture
def page(client, cast):
    client.force_login(cast.people["worker"])
    return client


def copied():
    return Activity.objects.filter(day__range=(date(2016, 11, 21), date(2016, 11, 27)))


def take(page, *sources, token=None, url=COPY):
    data = {"eintrag": [source.pk for source in sources], "token": token or uuid4()}
    return page.post(url, data)


def rows(page, url=COPY):
    return page.get(url).context["rows"]


def test_last_weeks_entries_are_offered_ticked(page, cast):
    found = rows(page)
    assert [(row["copy"].source, row["copy"].day, row["is_chosen"]) for row in found] == [
        (cast.activity, date(2016, 11, 22), True)
    ]


def test_a_copy_has_counts_topics_and_offer_but_no_note(page, cast):
    Activity.objects.update(note="Gespräch", external_id="A-1", has_interpreter=True)
    assert take(page, cast.activity).status_code == 302
    row = copied().get()
    assert (row.day, row.refugees, row.others, row.helpers) == (date(2016, 11, 22), 3, 2, 1)
    assert (list(row.topics.all()), row.offer, row.has_interpreter) == (
        [cast.topic],
        cast.offer,
        True,
    )
    assert (row.note, row.external_id, row.created_by) == ("", "", cast.people["worker"])


def test_the_same_form_sent_twice_has_one_effect(page, cast):
    token = uuid4()
    for _ in range(2):
        assert take(page, cast.activity, token=token).status_code == 302
    assert copied().count() == 1


def test_what_is_there_already_is_marked_and_not_ticked(page, cast):
    take(page, cast.activity)
    row = rows(page)[0]
    assert (row["copy"].is_there, row["is_chosen"]) == (True, False)
    assert "ein gleicher ist schon da" in page.get(COPY).content.decode()
    take(page, cast.activity)  # ticked on purpose
    assert copied().count() == 2


def test_days_to_come_are_skipped_and_said(page, cast):
    source = make.activity(worker=cast.worker, day=today() - timedelta(days=1))
    url = reverse("activity:week_copy") + f"?woche={source.day + timedelta(days=7)}"
    row = next(row for row in rows(page, url) if row["copy"].source == source)
    assert (row["copy"].problem, row["is_chosen"]) == ("Dieser Tag liegt in der Zukunft.", False)
    assert take(page, source, url=url).status_code == 200
    assert not Activity.objects.filter(day__gt=today()).exists()


def test_days_of_closed_periods_are_skipped_and_said(page, cast):
    ReportingPeriod.objects.filter(pk=cast.open_period.pk).update(
        state="submitted", first_submitted_at="2016-12-31T12:00Z"
    )
    assert "4. Quartal 2016" in rows(page)[0]["copy"].problem
    answer = take(page, cast.activity)
    assert "4. Quartal 2016" in answer.context["rows"][0]["error"]
    assert not copied().exists()


def test_what_is_no_longer_in_the_lists_is_said(page, cast):
    cast.kind.ends_on = date(2016, 11, 20)
    cast.kind.save()
    assert "nicht in der Liste" in rows(page)[0]["copy"].problem


def test_all_or_nothing(page, cast):
    kind = make.kind(ends_on=date(2016, 11, 20))
    other = make.activity(worker=cast.worker, day=date(2016, 11, 16), kind=kind)
    answer = take(page, cast.activity, other)
    assert answer.status_code == 200
    assert [bool(row["error"]) for row in answer.context["rows"]] == [False, True]
    assert [row["is_chosen"] for row in answer.context["rows"]] == [True, True]
    assert not copied().exists()


def test_only_entries_of_that_week_and_worker_are_taken(page, cast):
    colleague = make.activity(worker=make.worker(agency=cast.agency), day=date(2016, 11, 16))
    older = make.activity(worker=cast.worker, day=date(2016, 11, 8))
    assert "kein Eintrag ausgewählt" in take(page, colleague, older).content.decode()
    assert not copied().exists()


@pytest.mark.parametrize("token", ["", "x", "9" * 500])
def test_a_form_without_its_token_copies_nothing(page, cast, token):
    answer = page.post(COPY, {"eintrag": cast.activity.pk, "token": token})
    assert "neu" in answer.context["problem"]
    assert not copied().exists()


def test_an_empty_week_before_is_said(page):
    answer = page.get(reverse("activity:week_copy") + "?woche=2016-W40")
    assert "In der Woche davor ist nichts eingetragen." in answer.content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_the_page_costs_the_same_however_full_the_week_was(
    page, cast, number, django_assert_max_num_queries
):
    for _ in range(number):
        make.activity(1, 1, worker=cast.worker, kind=make.kind(), topics=[make.topic()])
    page.get(COPY)
    with django_assert_max_num_queries(12):
        page.get(COPY)
