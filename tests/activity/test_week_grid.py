from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from agencies.activity import weeks
from agencies.activity.models import Activity, ReportingPeriod
from coordination.as_of import today
from tests import make

GRID = reverse("activity:week_grid")
WEEK = "2016-W47"  # 21.11. to 27.11.2016
MONDAY, TUESDAY = "2016-11-21", "2016-11-22"


@pytest.fixture
def week(client, cast):
    """The page of a week: read it, or fill in lines and send it."""

    class Page:
        url = f"{GRID}?woche={WEEK}"

        def sign_in(self, who):
            client.force_login(cast.people[who])

        def read(self, url=None):
            return client.get(url or self.url)

        def typed(self, *lines, **more):
            """What a browser sends; a line is its day and what is typed into it."""
            data, numbers = {}, {}
            for day, fields in lines:
                number = numbers[day] = numbers.get(day, -1) + 1
                start = {
                    "district": cast.district.pk,
                    "kind": cast.kind.pk,
                    "format": cast.activity.format_id,
                }
                for name, value in start.items():
                    data[f"initial-{day}-{number}-{name}"] = value
                for name, value in {**start, "form_id": uuid4(), **fields}.items():
                    data[f"{day}-{number}-{name}"] = value
            data |= {f"zeilen-{day}": number + 1 for day, number in numbers.items()}
            return {**data, **more}

        def send(self, data, url=None):
            return client.post(url or self.url, data)

    page = Page()
    page.sign_in("worker")
    return page


def people(cast):
    return f"people_{cast.target_group.pk}"


def day_of(answer, iso):
    return next(day for day in answer.context["days"] if day.iso == iso)


def new():
    return Activity.objects.exclude(day=date(2016, 11, 15)).order_by("day", "pk")


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2016-W47", date(2016, 11, 21)), ("2016-11-27", date(2016, 11, 21)),
        ("21.11.2016", date(2016, 11, 21)), ("2015-W53", date(2015, 12, 28)),
        ("2016-W54", None), ("2016-W0", None), ("", None), ("heute", None), ("9999-W52", None),
        ("1900-01-01", None), ("2199-12-31", None), ("-W", None), ("²016-W47", None),
    ],
)  # fmt: skip
def test_a_week_is_named_by_number_or_by_one_of_its_days(text, monday):
    assert weeks.monday_of(text) == monday


def test_the_week_at_a_glance_adds_up_its_days(week, cast):
    make.activity(2, worker=cast.worker, day=date(2016, 11, 22), minutes=90)
    make.activity(2, worker=cast.worker, day=date(2016, 11, 22), minutes=45)
    make.activity(2, worker=cast.worker, day=date(2016, 11, 28))
    make.activity(2, day=date(2016, 11, 22))
    answer = week.read()
    assert (day_of(answer, MONDAY).hours, day_of(answer, TUESDAY).hours) == ("0,0", "2,3")
    assert answer.context["hours"] == "2,3"
    assert "Woche 47: 21.11. bis 27.11.2016" in answer.content.decode()
    assert "woche=2016-W46" in answer.context["previous"]
    assert "woche=2016-W48" in answer.context["next"]


def test_several_lines_are_saved_at_once(week, cast):
    data = week.typed(
        (MONDAY, {"minutes": 60, people(cast): 3}),
        (MONDAY, {"minutes": 30}),
        (TUESDAY, {}),
        ("2016-11-25", {"minutes": 90}),
    )
    assert week.send(data).status_code == 302
    found = [(row.day.isoformat(), row.minutes, row.refugees) for row in new()]
    assert found == [(MONDAY, 60, 3), (MONDAY, 30, 0), ("2016-11-25", 90, 0)]
    assert {row.worker for row in new()} == {cast.worker}
    assert {row.created_by for row in new()} == {cast.people["worker"]}


def test_sent_twice_it_makes_no_doubles(week):
    data = week.typed((MONDAY, {"minutes": 60}), (TUESDAY, {"minutes": 30}))
    assert [week.send(data).status_code for _ in range(2)] == [302, 302]
    assert new().count() == 2


def test_a_line_saved_before_does_not_count_as_saved_with_other_content(week):
    data = week.typed((MONDAY, {"minutes": 60}))
    week.send(data)
    answer = week.send({**data, f"{MONDAY}-0-minutes": "77"})
    assert "schon einmal mit anderem Inhalt gespeichert" in answer.content.decode()
    assert new().get().minutes == 60
    line = answer.context["days"][0].lines[0]
    again = {**data, f"{MONDAY}-0-minutes": "77", f"{MONDAY}-0-form_id": line["form_id"].value()}
    assert week.send(again).status_code == 302
    assert sorted(new().values_list("minutes", flat=True)) == [60, 77]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"minutes": ""}, None), ({"minutes": "drei"}, "minutes"), ({"minutes": "-5"}, "minutes"),
        ({"minutes": "1441"}, "minutes"), ({"minutes": "9" * 30}, "minutes"),
        ({"minutes": "60", "district": ""}, "district"),
        ({"minutes": "60", "kind": "999999"}, "kind"),
        ({"minutes": "60", "people": "-1"}, "people"),
        ({"minutes": "60", "people": "10000"}, "people"),
    ],
)  # fmt: skip
def test_one_wrong_line_saves_nothing_and_everything_typed_stays(week, cast, typed, field):
    typed = {people(cast) if name == "people" else name: value for name, value in typed.items()}
    field = people(cast) if field == "people" else field
    data = week.typed((MONDAY, {"minutes": 60}), (TUESDAY, typed))
    if field is None:  # an empty line among the others is no mistake
        assert week.send(data).status_code == 302
        assert new().count() == 1
        return
    answer = week.send(data)
    assert answer.status_code == 200
    assert "Noch ist nichts gespeichert." in answer.content.decode()
    line = day_of(answer, TUESDAY).lines[0]
    assert list(line.errors) == [field]
    assert line[field].value() == typed[field]
    assert day_of(answer, MONDAY).lines[0]["minutes"].value() == "60"
    assert not new().exists()


def test_what_only_the_rules_refuse_is_said_at_the_line_too(week, cast):
    kind = make.kind(starts_on=date(2016, 11, 23))
    data = week.typed((MONDAY, {"minutes": 60, "kind": kind.pk}), (TUESDAY, {"minutes": 60}))
    line = day_of(week.send(data), MONDAY).lines[0]
    assert "nicht in der Liste" in line.errors["kind"][0]
    assert not new().exists()


def test_a_day_that_is_closed_or_to_come_has_no_line_and_says_why(week, cast):
    ReportingPeriod.objects.filter(pk=cast.open_period.pk).update(
        state="submitted", first_submitted_at="2016-12-31T12:00Z"
    )
    closed = week.read().context["days"]
    assert {(len(day.lines), "4. Quartal 2016" in day.reason) for day in closed} == {(0, True)}
    coming = week.read(f"{GRID}?woche={today() + timedelta(days=7)}").context["days"]
    assert {(len(day.lines), day.reason) for day in coming} == {
        (0, "Dieser Tag liegt in der Zukunft.")
    }


def test_a_period_closed_meanwhile_saves_nothing_and_keeps_what_was_typed(week, cast):
    data = week.typed((MONDAY, {"minutes": 60}))
    ReportingPeriod.objects.filter(pk=cast.open_period.pk).update(
        state="submitted", first_submitted_at="2016-12-31T12:00Z"
    )
    answer = week.send(data)
    line = day_of(answer, MONDAY).lines[0]
    assert "eingereicht" in line.non_field_errors()[0]
    assert line["minutes"].value() == "60"
    assert not new().exists()


def test_another_line_keeps_what_was_typed_and_saves_nothing(week):
    data = week.typed((MONDAY, {"minutes": "60", "district": ""}), zeile=MONDAY)
    answer = week.send(data)
    lines = day_of(answer, MONDAY).lines
    assert (len(lines), lines[0]["minutes"].value()) == (2, "60")
    assert "Füllen" not in answer.content.decode()
    assert not lines[0].errors
    assert not new().exists()


def test_nothing_filled_in_is_said(week):
    assert "keine Zeile ausgefüllt" in week.send(week.typed((MONDAY, {}))).content.decode()


def test_the_last_entry_preselects_the_lines(week, cast):
    line = day_of(week.read(), MONDAY).lines[0]
    assert line["kind"].value() == str(cast.kind.pk)
    assert f'name="initial-{MONDAY}-0-kind" value="{cast.kind.pk}"' in week.read().content.decode()


def test_leads_choose_whose_week_it_is(week, cast):
    colleague = make.worker(agency=cast.agency)
    foreign = make.worker(agency=cast.other_agency)
    week.sign_in("lead")
    assert "Um wessen Woche geht es?" in week.read().content.decode()
    url = f"{week.url}&fachkraft={colleague.pk}"
    assert week.send(week.typed((MONDAY, {"minutes": 60})), url).status_code == 302
    assert new().get().worker == colleague
    answer = week.read(f"{week.url}&fachkraft={foreign.pk}")
    assert answer.context["week"].worker is None
    assert foreign.name not in answer.content.decode()


def test_a_worker_cannot_write_a_colleagues_week(week, cast):
    colleague = make.worker(agency=cast.agency)
    answer = week.send(
        week.typed((MONDAY, {"minutes": 60})), f"{week.url}&fachkraft={colleague.pk}"
    )
    assert answer.status_code == 200
    assert not new().exists()


def test_an_unreadable_week_is_said(week):
    assert "ist keine Woche" in week.read(f"{GRID}?woche=bald").content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_full_the_week_is(
    week, cast, rows, django_assert_max_num_queries
):
    for number in range(rows):
        make.activity(1, worker=cast.worker, day=date(2016, 11, 21 + number % 7), kind=make.kind())
    week.read()
    with django_assert_max_num_queries(12):
        week.read()
