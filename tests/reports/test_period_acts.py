"""The pages of the acts on a period: what they say, keep and do."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.reports import periods
from tests import make
from tests.census import sign_in


def url(page, period):
    return reverse(f"reports:{page}", args=[period.pk])


def send(client, page, period, **typed):
    return client.post(url(page, period), typed, follow=True)


@pytest.fixture
def desk(client, cast):
    return sign_in(client, cast, "coordination")


ACTS = [
    ("period_send_back", "submitted", {"comment": "Der Mai fehlt.", "version": 1}, "sent_back"),
    ("period_accept", "submitted", {"comment": "", "version": 1}, "accepted"),
    ("period_lock", "accepted", {}, "locked"),
    ("period_unlock", "accepted", {"reason": "Zahlendreher"}, "open"),
    ("period_unlock", "locked", {"reason": "Zahlendreher"}, "open"),
]


@pytest.mark.parametrize(("page", "state", "typed", "target"), ACTS)
def test_an_act_moves_the_period_and_says_so(desk, cast, page, state, typed, target):
    period = getattr(cast, f"{state}_period")
    assert desk.get(url(page, period)).status_code == 200
    answer = send(desk, page, period, **typed)
    period.refresh_from_db()
    assert period.state == target
    assert answer.redirect_chain[-1][0] == url("period_detail", period)
    assert "kern-alert--success" in answer.content.decode()


@pytest.mark.parametrize(("page", "state", "typed", "target"), ACTS)
def test_whoever_comes_too_late_reads_it_on_the_period(client, desk, cast, page, state, typed,
                                                       target):  # fmt: skip
    period = getattr(cast, f"{state}_period")
    send(desk, page, period, **typed)
    other = type(client)()
    other.force_login(make.user("coordination"))
    for answer in (send(other, page, period, **typed), other.get(url(page, period), follow=True)):
        assert answer.redirect_chain[-1][0] == url("period_detail", period)
        assert "inzwischen" in answer.content.decode()
    again = send(desk, page, period, **typed).content.decode()
    assert "kern-alert--warning" not in again.split("page-header")[0]
    period.refresh_from_db()
    assert period.state == target


@pytest.mark.parametrize(
    ("page", "state", "typed", "message"),
    [
        ("period_send_back", "submitted", {"comment": "", "version": 1}, "zwingend erforderlich"),
        ("period_send_back", "submitted", {"comment": "x" * 1001, "version": 1}, "1000"),
        ("period_unlock", "locked", {"reason": " "}, "zwingend erforderlich"),
        ("period_unlock", "locked", {"reason": "DE89 3704 0044 0532 0130 00"}, "IBAN"),
        ("period_extend", "sent_back", {"due_on": "30.02.2017", "reason": "x"}, "kein Datum"),
        ("period_extend", "sent_back", {"due_on": "01.01.2016", "reason": "x"}, "Fällig ist der"),
        ("period_extend", "sent_back", {"due_on": "01.01.2030", "reason": ""}, "erforderlich"),
        ("period_responsible", "open", {"responsible": "999999999999999999999"}, "Auswahl"),
        ("comment_create", "open", {"text": "Hallo"}, "Wählen Sie, wer"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, cast, page, state, typed, message):
    period = getattr(cast, f"{state}_period")
    answer = send(desk, page, period, **typed)
    assert message in answer.content.decode()
    for text in typed.values():
        if str(text).strip() and page != "period_responsible":
            shown = {"01.01.2016": "2016-01-01", "01.01.2030": "2030-01-01"}.get(text, str(text))
            assert shown[:100] in answer.content.decode()
    period.refresh_from_db()
    assert period.state == state
    assert not period.comments.exists()


def test_a_new_version_is_looked_at_before_it_is_accepted(desk, cast):
    period = cast.submitted_period
    make.submission(period=period, number=2)
    answer = send(desk, "period_accept", period, comment="Gut.", version=1)
    text = answer.content.decode()
    assert "Inzwischen liegt Fassung 2 vor." in text
    assert "Gut." in text
    assert answer.context["form"]["version"].value() == "2"
    send(desk, "period_accept", period, comment="Gut.", version=2)
    period.refresh_from_db()
    assert period.state == "accepted"


def test_a_longer_time_is_granted(desk, cast):
    period = cast.open_period
    send(desk, "period_extend", period, due_on="01.02.2030", reason="Krankheit")
    period.refresh_from_db()
    assert period.due_on == date(2030, 2, 1)


def test_only_members_of_the_agency_are_offered_to_write(desk, client, cast):
    period = cast.open_period
    gone = make.membership(agency=cast.agency, user=make.user(is_active=False)).user
    offered = set(desk.get(url("period_responsible", period)).context["form"]["responsible"]
                  .field.queryset)  # fmt: skip
    assert offered == {cast.people["lead"], cast.people["worker"]}
    lead = sign_in(type(client)(), cast, "lead")
    for person in (cast.people["other_lead"], gone):
        send(lead, "period_responsible", period, responsible=person.pk)
        period.refresh_from_db()
        assert period.responsible is None
    send(lead, "period_responsible", period, responsible=cast.people["worker"].pk)
    period.refresh_from_db()
    assert period.responsible == cast.people["worker"]


def test_a_period_of_own_dates_is_created(desk, cast):
    typed = {
        "agency": cast.other_agency.pk,
        "starts_on": "01.03.2016",
        "ends_on": "15.05.2016",
        "due_on": "31.05.2016",
    }
    answer = desk.post(reverse("reports:period_create"), typed, follow=True)
    period = cast.other_agency.reporting_periods.get()
    assert answer.redirect_chain[-1][0] == url("period_detail", period)
    assert "01.03.2016–15.05.2016" in answer.content.decode()
    again = desk.post(reverse("reports:period_create"), typed)
    assert "umfasst bereits Tage dieser Zeit" in again.content.decode()
    assert cast.other_agency.reporting_periods.count() == 1


def test_without_the_rule_of_one_place_any_state_would_lead_anywhere(desk, cast, monkeypatch):
    """The red control of the table of steps."""
    monkeypatch.setattr(periods, "refuse_unless", lambda *args, **fields: None)
    send(desk, "period_lock", cast.open_period)
    cast.open_period.refresh_from_db()
    assert cast.open_period.state != "locked"  # even then: the database wants its first date
    send(desk, "period_lock", cast.submitted_period)
    cast.submitted_period.refresh_from_db()
    assert cast.submitted_period.state == "locked"
