from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.reports import comments, narratives, periods, submissions
from tests import make
from tests.census import sign_in


def look(client, cast, who, period):
    answer = sign_in(type(client)(), cast, who).get(
        reverse("reports:period_detail", args=[period.pk])
    )
    return answer.content.decode()


ACTS = {
    "accept": "annehmen/",
    "send_back": "zurueckgeben/",
    "lock": "sperren/",
    "unlock": "oeffnen/",
    "extend": "verlaengern/",
    "responsible": "verfassen/",
    "submit": "einreichen/",
    "text": "/text/",
    "comment": "kommentieren/",
}
# What each reader may do with a period in each state: by hand, from the specification.
OFFERED = {
    ("open", "coordination"): {"extend", "responsible", "comment"},
    ("submitted", "coordination"): {"accept", "send_back", "responsible", "comment"},
    ("sent_back", "coordination"): {"extend", "responsible", "comment"},
    ("accepted", "coordination"): {"lock", "unlock", "comment"},
    ("locked", "coordination"): {"unlock", "comment"},
    ("open", "lead"): {"submit", "text", "responsible", "comment"},
    ("submitted", "lead"): {"responsible", "comment"},
    ("sent_back", "lead"): {"submit", "text", "responsible", "comment"},
    ("accepted", "lead"): {"comment"},
    ("locked", "lead"): {"comment"},
    ("open", "worker"): {"text", "comment"},
    ("submitted", "worker"): {"comment"},
    ("sent_back", "worker"): {"text", "comment"},
    ("locked", "worker"): {"comment"},
    ("open", "audit"): set(),
    ("submitted", "audit"): set(),
    ("locked", "audit"): set(),
}


@pytest.mark.parametrize(("state", "who"), OFFERED)
def test_a_page_offers_what_its_reader_may_do_now_and_nothing_else(client, cast, state, who):
    page = look(client, cast, who, getattr(cast, f"{state}_period"))
    assert {name for name, path in ACTS.items() if path in page} == OFFERED[state, who]


def test_a_report_is_handed_in_only_when_its_period_is_over(client, cast, settings):
    settings.PORTAL_DAY = date(2016, 12, 30)
    page = look(client, cast, "lead", cast.open_period)
    assert ACTS["submit"] not in page
    assert "Der Zeitraum läuft noch." in page


@pytest.mark.parametrize(
    ("state", "who", "sentence"),
    [
        ("submitted", "coordination", "Prüfen Sie den Bericht"),
        ("submitted", "lead", "Die Koordination prüft den Bericht. Sie müssen jetzt nichts tun."),
        ("sent_back", "lead", "Der Bericht ist zurückgekommen."),
        ("sent_back", "coordination", "AWO berichtigt den Bericht"),
        ("open", "lead", "Der Bericht war am 14.01.2017 fällig."),
        ("open", "coordination", "AWO hätte den Bericht bis zum 14.01.2017 einreichen sollen."),
        ("locked", "worker", "Der Zeitraum ist abgeschlossen."),
    ],
)
def test_it_says_what_happens_next_to_each_side(client, cast, state, who, sentence):
    assert sentence in look(client, cast, who, getattr(cast, f"{state}_period"))


def test_a_draft_is_shown_with_live_figures_to_its_agency_only(client, cast):
    period = cast.open_period
    narratives.write(period, overview="Wir hatten {teilnehmende} Gäste.", by=None)
    page = look(client, cast, "lead", period)
    assert 'Wir hatten <a href="/taetigkeiten/?' in page
    assert "5</a> Gäste." in page
    assert "Gäste" not in look(client, cast, "coordination", period)
    assert "Der Bericht ist noch nicht da." in look(client, cast, "audit", period)


def test_the_city_goes_on_reading_the_version_that_came_in(client, cast):
    period = cast.open_period
    narratives.write(period, overview="Erste Fassung.", by=None)
    submissions.submit(period, by=cast.people["lead"])
    periods.send_back(period, comment="Bitte ergänzen.", by=cast.people["coordination"])
    narratives.write(period, overview="Halbfertiges.", by=None)
    page = look(client, cast, "coordination", period)
    assert "Erste Fassung." in page
    assert "Halbfertiges" not in page
    assert "Halbfertiges" in look(client, cast, "lead", period)


def test_the_history_tells_who_did_what_and_why(client, cast):
    period, by = cast.submitted_period, cast.people["coordination"]
    by.name = "Ada Beispiel"
    by.save()
    periods.send_back(period, comment="Der Juni fehlt.", by=by)
    periods.extend(period, due_on=date(2030, 1, 2), reason="Krankheit", by=by)
    comments.create(period, text="Nur für uns.", is_internal=True, by=by)
    page = look(client, cast, "worker", period)
    history = page.split('id="history"')[1]
    assert "Bericht zurückgegeben" in history
    assert "Der Juni fehlt." in history
    assert "Ada Beispiel" in history
    assert "Frist verlängert (14.07.2016 → 02.01.2030)" in history
    assert "Verlängert vom 14.07.2016 auf den 02.01.2030 von Ada Beispiel" in page
    assert "Nur für uns" not in page


def test_a_nil_report_is_named(client, cast):
    period = make.period("submitted", agency=cast.agency, starts_on=date(2014, 1, 1),
                         ends_on=date(2014, 3, 31), is_nil=True)  # fmt: skip
    make.submission(period=period, is_nil=True, blocks={})
    page = look(client, cast, "coordination", period)
    assert "Fehlanzeige: In diesem Zeitraum gab es keine Tätigkeit." in page


def test_what_people_wrote_is_text_not_markup(client, cast):
    period = cast.submitted_period
    evil = "<script>alert(1)</script>"
    make.submission(period=period, number=9, blocks={"overview": evil, "unknown": evil})
    comments.create(period, text=evil, is_internal=False, by=None)
    page = look(client, cast, "coordination", period)
    assert evil not in page
    assert "&lt;script&gt;alert(1)" in page


def test_it_costs_the_same_however_much_was_said(client, cast):
    def queries():
        browser = sign_in(type(client)(), cast, "coordination")
        with CaptureQueriesContext(connection) as made:
            browser.get(reverse("reports:period_detail", args=[cast.submitted_period.pk]))
        return len(made)

    few = queries()
    for number in range(20):
        make.comment(period=cast.submitted_period, by=make.user())
        make.extension(period=cast.submitted_period, by=make.user())
        make.submission(period=cast.submitted_period, number=number + 50, by=make.user())
    assert queries() == few
    assert few <= 18
