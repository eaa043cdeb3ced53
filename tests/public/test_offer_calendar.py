from datetime import date, timedelta

import pytest
from django.urls import reverse

from coordination.public import offers
from tests import make

URL = reverse("public:offer_calendar")
TODAY = date(2016, 12, 1)  # a Thursday


@pytest.fixture(autouse=True)
def december(settings, db):
    settings.PORTAL_DAY = TODAY


def shown(client, **query):
    """{day: [(title, from, marks)]} of the week."""
    week = client.get(URL, query).context["week"]
    return {
        row.day: [
            (
                held.offer.title,
                f"{held.starts_at:%H:%M}",
                "ausgefallen" * held.is_cancelled + "zusätzlich" * held.is_extra,
            )
            for held in row.dates
        ]
        for row in week.days
    }


def text(response):
    return " ".join(response.content.decode().split())


def test_the_week_begins_today_and_ends_on_sunday(client):
    make.offer((3, "14:00", "16:00"), (0, "09:00", "10:00"), title="Treff")
    week = shown(client)
    assert list(week) == [date(2016, 12, day) for day in (1, 2, 3, 4)]
    assert week[TODAY] == [("Treff", "14:00", "")]
    following = shown(client, ab="2016-12-07")
    assert list(following) == [date(2016, 12, 5) + timedelta(days=day) for day in range(7)]
    assert following[date(2016, 12, 5)] == [("Treff", "09:00", "")]


def test_exceptions_and_holidays_are_told(client):
    offer = make.offer((0, "10:00", "12:00"), (1, "10:00", "12:00"), title="Treff")
    make.offer_exception(date(2016, 12, 27), offer=offer, note="Weihnachtspause")
    make.offer_exception(
        date(2016, 12, 28), extra=("18:00", "20:00"), offer=offer, note="Jahresabschluss"
    )
    week = shown(client, ab="2016-12-26")
    assert week[date(2016, 12, 26)] == [("Treff", "10:00", "ausgefallen")]
    assert week[date(2016, 12, 27)] == [("Treff", "10:00", "ausgefallen")]
    assert week[date(2016, 12, 28)] == [("Treff", "18:00", "zusätzlich")]
    page = text(client.get(URL, {"ab": "2016-12-26"}))
    for said in ("Feiertag:", "Zweiter Weihnachtstag", "Weihnachtspause", "Jahresabschluss"):
        assert said in page
    assert page.count("fällt aus") == 2


def test_what_begins_within_the_week_and_what_ended_before_it(client):
    make.offer((4, "10:00", "12:00"), title="Ab Freitag", starts_on=date(2016, 12, 9))
    make.offer((4, "08:00", "09:00"), title="Bis Dezember", ends_on=date(2016, 12, 2))
    make.offer((4, "10:00", "12:00"), title="Fort", agency=make.agency(is_active=False))
    assert shown(client)[date(2016, 12, 2)] == [("Bis Dezember", "08:00", "")]
    assert shown(client, ab="2016-12-09")[date(2016, 12, 9)] == [("Ab Freitag", "10:00", "")]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", "2016-11-28"),
        ("unfug", "2016-11-28"),
        ("1900-01-01", "2016-11-28"),
        ("2016-12-18", "2016-12-12"),
        ("2199-12-31", "2017-02-20"),
    ],
)
def test_the_weeks_are_bounded(client, typed, first):
    assert client.get(URL, {"ab": typed}).context["first"] == date.fromisoformat(first)


def test_one_turns_the_page_within_the_bounds_and_keeps_the_filter(client):
    page = text(client.get(URL, {"offen": "on"}))
    assert "offen=on&amp;ab=2016-12-05" in page
    assert "Vorige Woche" not in page
    last = text(client.get(URL, {"ab": "2017-02-20"}))
    assert "ab=2017-02-13" in last
    assert "Nächste Woche" not in last


def test_it_can_be_narrowed_to_a_postal_code(client):
    here = make.district(name="Ohler")
    here.postal_codes.add(make.postal_code(code="41179"))
    make.offer((3, "14:00", "16:00"), title="Hier", district=here)
    make.offer((3, "14:00", "16:00"), title="Dort")
    assert shown(client, plz="41179")[TODAY] == [("Hier", "14:00", "")]


def test_a_week_that_is_too_full_says_so(client, monkeypatch):
    monkeypatch.setattr(offers, "MOST_DATES", 3)
    for _ in range(5):
        make.offer((3, "14:00", "16:00"))
    page = text(client.get(URL))
    assert "3 Termine" in page
    assert "Bitte grenzen Sie sie auf einen Stadtteil ein." in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_calendar_costs_the_same_however_full_it_is(
    client, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.offer_exception(offer=make.offer((3, "14:00", "16:00")))
    with django_assert_max_num_queries(8):
        response = client.get(URL)
    assert response.context["week"].count == rows
