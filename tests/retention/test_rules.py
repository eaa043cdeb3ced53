"""Each rule reaches what its period has run out on, not a day earlier, and settles it once."""

from datetime import date, datetime, time, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail as outbox
from django.utils import timezone

from agencies.activity.models import Draft
from agencies.models import Occupancy
from agencies.reports.models import Digest, Reminder
from coordination.audit.models import Entry
from coordination.people import accounts
from coordination.people.models import Account
from coordination.retention import runs
from coordination.retention.rules import BY_CODE, NO_ADDRESS
from tests import make
from volunteers.desk import answers, times
from volunteers.desk.models import Faq, Link, Mail, Message, Notice, Question
from volunteers.models import Certificate, Contact, SearchWord, Talk, Volunteer

ONE_DAY = timedelta(days=1)
THEN = date(2014, 3, 31)
BEGAN = date(2013, 1, 1)
pytestmark = pytest.mark.django_db


def at(day, hour=12):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def since(row, **values):
    """The row with values no form sets."""
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


def mail(day):
    return Mail.objects.create(question=make.question(), kind="answer", sent_at=at(day))


def notice(day):
    return Notice.objects.create(
        question=make.question(waits=False),
        user=make.user(),
        stage="lead",
        waits_since=at(day),
        sent_at=at(day),
    )


def invitation(day):
    return make.invitation(created_at=at(day - 7 * ONE_DAY), expires_at=at(day))


def session(day):
    return Session.objects.create(session_key="s" * 32, session_data="", expire_date=at(day))


def sign_in(day):
    row = UserSession.objects.create(user=make.user(), ip="192.0.2.1", session_key="k" * 32)
    return since(row, created_at=at(day))


def reminder(day):
    row = Reminder.objects.create(
        period=make.period("locked"), user=make.user(), stage="on", due_on=day
    )
    return since(row, sent_at=at(day))


def shut(day, **fields):
    return make.user(is_active=False, created_at=at(day), **fields)


def left(day):
    worker = make.worker(is_active=False, phone="02161 1", languages="Deutsch")
    make.occupancy(worker=worker, position=make.position(starts_on=BEGAN), starts_on=BEGAN)
    Occupancy.objects.filter(worker=worker).update(ends_on=day)
    return worker


# What is due when ``day`` is as long ago as the rule's span.
ROWS = {
    "volunteer": lambda day: make.volunteer(starts_on=BEGAN, ends_on=day),
    "group": lambda day: make.volunteer_group(starts_on=BEGAN, ends_on=day),
    "certificate": lambda day: make.certificate(
        volunteer=make.volunteer(starts_on=BEGAN, ends_on=day)
    ),
    "talk": lambda day: make.talk(day=day),
    "volunteer_upload": lambda day: since(make.volunteer_upload(), created_at=at(day)),
    "question_unconfirmed": lambda day: make.question(
        at=at(day), confirmed_at=None, waits_since=None
    ),
    "question_answered": lambda day: make.question(
        at=at(day), first_answered_at=at(day), waits=False
    ),
    "question_unanswered": lambda day: make.question(at=at(day)),
    "question": lambda day: make.question(at=at(day), closed_at=at(day), waits=False),
    "link": lambda day: make.link(expires_at=at(day)),
    "mail": mail,
    "notice": notice,
    "faq": lambda day: make.faq(withdrawn_at=at(day)),
    "feedback": lambda day: since(make.feedback(), done_at=at(day)),
    "feedback_open": lambda day: since(make.feedback(), created_at=at(day)),
    "activity_upload": lambda day: since(
        make.activity_upload(agency=make.agency()), created_at=at(day)
    ),
    "expense_upload": lambda day: since(make.expense_upload(), created_at=at(day)),
    "district_upload": lambda day: since(make.district_upload(make.user()), created_at=at(day)),
    "draft": lambda day: since(
        Draft.objects.create(user=make.user(), typed="note=x"), updated_at=at(day)
    ),
    "absence": lambda day: make.absence(starts_on=day, ends_on=day),
    "invitation": invitation,
    "sign_in": sign_in,
    "session": session,
    "reminder": reminder,
    "digest": lambda day: since(Digest.objects.create(user=make.user(), week=day), sent_at=at(day)),
    "account": shut,
    "account_name": lambda day: shut(day, email=f"konto-1{NO_ADDRESS}"),
    "worker": left,
}
BY_DAY = {"volunteer", "group", "certificate", "talk", "absence"}  # due on the day the span is over


def test_every_rule_is_tried():
    assert set(ROWS) == set(BY_CODE)


def first_day(rule):
    """The first day on which what ended on ``THEN`` is due."""
    day = THEN
    while rule.span.last_before(day) < THEN:
        day += ONE_DAY
    return day if rule.code in BY_DAY else day + ONE_DAY


@pytest.mark.parametrize("code", ROWS)
def test_a_rule_reaches_its_rows_on_the_day_and_settles_them_once(code):
    rule = BY_CODE[code]
    row = ROWS[code](THEN)
    day = first_day(rule)
    assert list(rule.on(day - ONE_DAY)) == []
    assert list(rule.on(day)) == [row]
    [result] = runs.apply(day, rules=[rule])
    assert (result.count, result.is_failed) == (1, False)
    [again] = runs.apply(day, rules=[rule])
    assert again.count == 0


@pytest.mark.parametrize("code", ROWS)
def test_the_counts_of_all_rules_come_from_one_query(code, django_assert_num_queries):
    ROWS[code](THEN)
    with django_assert_num_queries(1):
        counts = runs.due(first_day(BY_CODE[code]))
    assert counts[code] == 1
    assert set(counts) == set(BY_CODE)


# --- What stays ----------------------------------------------------------------------------------


def test_with_a_volunteer_goes_everything_about_them():
    volunteer = make.volunteer(starts_on=BEGAN, ends_on=THEN)
    make.contact(volunteer=volunteer)
    make.talk(volunteer=volunteer)
    make.certificate(volunteer=volunteer)
    runs.apply(date(2016, 12, 1))
    for model in (Volunteer, Contact, Talk, Certificate, SearchWord):
        assert not model.objects.exists(), model


def spoken_for(volunteer, **fields):
    contact = {"spokesperson": volunteer.name, "email": volunteer.email, "phone": "02161 99 88"}
    return make.volunteer_group(**contact, starts_on=BEGAN, **fields)


def test_the_volunteer_goes_from_groups_that_have_ended_and_speaks_on_for_those_that_run():
    """The contact of a group that runs was given for the group, with a consent of its own."""
    person = {"name": "Erika Beispiel", "email": "erika@verein.example"}
    volunteer = make.volunteer(**person, starts_on=BEGAN, ends_on=THEN)
    today = timezone.localdate()
    ended = spoken_for(volunteer, ends_on=today - ONE_DAY)
    running = [spoken_for(volunteer), spoken_for(volunteer, ends_on=today)]
    runs.apply(today, rules=[BY_CODE["volunteer"]])
    assert not Volunteer.objects.exists()
    ended.refresh_from_db()
    assert (ended.spokesperson, ended.email, ended.email_key) == ("", "", "")
    assert ended.phone == "02161 99 88"  # its own
    for group in running:
        group.refresh_from_db()
        assert (group.spokesperson, group.email) == tuple(person.values())


def test_who_helps_on_stays():
    make.volunteer(starts_on=BEGAN)
    make.certificate(volunteer=make.volunteer(starts_on=BEGAN))
    runs.apply(date(2116, 12, 1), rules=[BY_CODE["volunteer"], BY_CODE["certificate"]])
    assert Volunteer.objects.count() == 2
    assert Certificate.objects.count() == 1


def test_the_answer_times_survive_the_words():
    """Otherwise the published figure would change from year to year."""
    asked = at(date(2015, 1, 15))
    for hours in (3, 5, 30):
        answered = asked + timedelta(hours=hours)
        make.question(
            "Meine Nummer ist 0171", at=asked, first_answered_at=answered, closed_at=answered,
            waits=False, district=make.district("41061"), postal_code="41061",
        )  # fmt: skip
    before = times.answer_times(date(2015, 1, 1), date(2015, 12, 31))
    assert before.count == 3
    runs.apply(date(2016, 12, 1))
    assert times.answer_times(date(2015, 1, 1), date(2015, 12, 31)) == before
    assert not Message.objects.exists()
    assert set(Question.objects.values_list("email", "postal_code")) == {("", "")}
    assert Question.objects.exclude(district=None).count() == 3


def test_a_released_frequent_question_stays_without_its_question():
    question = make.question(at=at(THEN), closed_at=at(THEN), waits=False)
    released, proposed = make.faq(question=question), make.faq(released=False, question=question)
    runs.apply(date(2016, 12, 1), rules=[BY_CODE["question"]])
    assert not Faq.objects.filter(pk=proposed.pk).exists()
    released.refresh_from_db()
    assert released.question is None


def test_a_closed_question_is_told_to_who_asked(django_capture_on_commit_callbacks):
    question = ROWS["question_answered"](THEN)
    with django_capture_on_commit_callbacks(execute=True):
        runs.apply(date(2014, 6, 1), rules=[BY_CODE["question_answered"]])
    question.refresh_from_db()
    assert question.closed_at is not None
    assert [message.to for message in outbox.outbox] == [[question.email]]


def test_a_question_with_a_late_word_is_not_closed():
    question = ROWS["question_answered"](THEN)
    make.message(question=question, at=at(date(2014, 5, 20)))
    assert not BY_CODE["question_answered"].on(date(2014, 6, 1)).exists()


def test_a_mail_that_waits_is_not_forgotten():
    Mail.objects.create(question=make.question(), kind="answer", created_at=at(THEN))
    assert not BY_CODE["mail"].on(date(2016, 12, 1)).exists()


def test_who_was_told_is_known_as_long_as_the_question_waits():
    """Otherwise they would be told again."""
    question = make.question(at=at(THEN))
    Notice.objects.create(
        question=question, user=make.user(), stage="lead", waits_since=at(THEN), sent_at=at(THEN)
    )
    assert not BY_CODE["notice"].on(date(2016, 12, 1)).exists()


def test_reminders_of_open_reports_are_known_as_long_as_they_are_open():
    row = ROWS["reminder"](THEN)
    since(row.period, state="open")
    assert not BY_CODE["reminder"].on(date(2016, 12, 1)).exists()


def test_an_invitation_that_is_still_open_stays():
    make.invitation()
    assert not BY_CODE["invitation"].on(timezone.localdate()).exists()


def test_entered_files_of_activities_and_expenses_stay_to_be_noticed_again():
    since(make.activity_upload(agency=make.agency()), created_at=at(THEN), applied_at=at(THEN))
    since(make.expense_upload(), created_at=at(THEN), applied_at=at(THEN))
    for code in ("activity_upload", "expense_upload"):
        assert not BY_CODE[code].on(date(2016, 12, 1)).exists()


def test_a_deactivated_account_loses_its_address_but_not_its_name():
    user = shut(THEN, name="Erika Muster", email="erika@stadt.example")
    make.second_factor(user)
    booking = make.line_booking(by=user)
    runs.apply(date(2016, 12, 1))
    user.refresh_from_db()
    assert user.email == f"konto-{user.pk}{NO_ADDRESS}"
    assert not user.has_usable_password()
    assert not user.emailaddress_set.exists()
    assert not Authenticator.objects.filter(user=user).exists()
    booking.refresh_from_db()
    assert str(booking.by) == "Erika Muster"


def test_the_name_goes_when_the_books_may_go():
    user = shut(date(2005, 1, 1), name="Erika Muster")
    runs.apply(date(2016, 12, 1))
    user.refresh_from_db()
    assert str(user) == f"konto-{user.pk}{NO_ADDRESS}"


def test_the_period_of_an_account_begins_when_it_is_deactivated():
    by, user = make.user("coordination"), make.user(created_at=at(BEGAN))
    account = accounts.deactivate(Account.objects.get(pk=user.pk), by=by)
    today = timezone.localdate()
    assert not BY_CODE["account"].on(today + timedelta(days=700)).exists()
    assert BY_CODE["account"].on(today + timedelta(days=760)).get().pk == account.pk


def test_an_active_account_is_never_due():
    make.user(created_at=at(date(1999, 1, 1)))
    assert not BY_CODE["account"].on(date(2116, 1, 1)).exists()
    assert not BY_CODE["account_name"].on(date(2116, 1, 1)).exists()


def test_a_worker_who_works_on_keeps_their_number():
    worker = left(THEN)
    make.activity(worker=worker, day=date(2016, 11, 1))
    assert not BY_CODE["worker"].on(date(2016, 12, 1)).exists()


def test_the_log_says_nothing_of_what_the_rules_delete():
    make.volunteer(name="Erika Beispiel", starts_on=BEGAN, ends_on=THEN)
    runs.apply(date(2016, 12, 1), rules=[BY_CODE["volunteer"]])
    assert not Entry.objects.filter(target_label__contains="Erika").exists()


def test_expired_links_go():
    make.link(expires_at=at(THEN))
    kept = make.link()
    runs.apply(timezone.localdate(), rules=[BY_CODE["link"]])
    assert list(Link.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("volunteer", "12 Monate"),
        ("group", "12 Monate"),
        ("certificate", "3 Monate"),
        ("talk", "24 Monate"),
        ("question_unconfirmed", "7 Tage"),
        ("question_answered", "30 Tage"),
        ("question", "12 Monate"),
        ("mail", "30 Tage"),
        ("volunteer_upload", "1 Tag"),
        ("absence", "12 Monate"),
        ("invitation", "12 Monate"),
        ("sign_in", "90 Tage"),
        ("account", "24 Monate"),
        ("account_name", "10 Jahre"),
        ("faq", "12 Monate"),
        ("feedback", "12 Monate"),
    ],
)
def test_the_periods_are_those_that_were_decided(code, period):
    assert str(BY_CODE[code].span) == period


def test_a_question_waits_as_long_as_its_link_has_not_had_its_time(settings):
    settings.PORTAL_DAY = None
    asked = timezone.now() - timedelta(days=9)
    rows = [make.question(at=asked, confirmed_at=None, waits_since=None) for _ in range(3)]
    Mail.objects.create(question=rows[0], kind="confirm", created_at=asked)  # still waits
    make.link("confirm", question=rows[1], created_at=timezone.now() - timedelta(days=2))
    make.link("confirm", question=rows[2], created_at=asked)
    runs.apply(timezone.localdate(), rules=[BY_CODE["question_unconfirmed"]])
    assert list(Question.objects.order_by("pk")) == rows[:2]


def test_a_question_that_was_opened_again_has_its_month(settings):
    settings.PORTAL_DAY = None
    asked = timezone.now() - timedelta(days=40)
    question = make.question(
        at=asked, first_answered_at=asked, waits=False, closed_at=timezone.now()
    )
    answers.reopen(question, by=make.user("coordination"))
    [result] = runs.apply(timezone.localdate(), rules=[BY_CODE["question_answered"]])
    assert result.count == 0
