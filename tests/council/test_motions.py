"""Motions through the operations: the order of days, states as of a day, and what is corrected."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.council import bodies, motions, resolutions
from coordination.council.models import CouncilPaper, Group, Motion, MotionStep
from tests import make

pytestmark = pytest.mark.django_db
MARCH = date(2016, 3, 1)


@pytest.fixture
def clerk():
    return make.user("coordination")


@pytest.fixture
def motion(clerk):
    return motions.submit(
        number="2016/001", title="Ansprechpersonen", submitted_on=date(2016, 2, 1), by=clerk
    )


def refused(error, field):
    """The German text under a field of the refusal."""
    return " ".join(error.value.message_dict[field])


def state(motion, day):
    found = Motion.objects.on(day).filter(pk=motion.pk).first()
    return found and found.state


def test_a_motion_is_in_each_state_from_its_day_on(motion, clerk):
    rat = make.committee()
    motions.refer(motion, committee=rat, day=MARCH, by=clerk)
    motions.schedule(
        motion,
        number="V/1",
        title="Vorlage",
        committee=rat,
        laid_on=date(2016, 3, 10),
        day=date(2016, 4, 6),
        by=clerk,
    )
    resolutions.resolve(
        motion, title="Beschluss", committee=rat, day=date(2016, 4, 6), result="adopted", by=clerk
    )
    assert state(motion, date(2016, 1, 31)) is None
    assert state(motion, date(2016, 2, 1)) == "submitted"
    assert state(motion, MARCH) == "referred"
    assert state(motion, date(2016, 3, 9)) == "referred"
    assert state(motion, date(2016, 3, 10)) == "scheduled"
    assert state(motion, date(2016, 4, 6)) == "adopted"
    assert Motion.objects.pending(date(2016, 4, 5)).get() == motion
    assert not Motion.objects.pending(date(2016, 4, 6)).exists()
    assert not Motion.objects.pending(date(2016, 1, 31)).exists()


def test_no_step_lies_before_the_one_it_follows_or_in_the_future(motion, clerk):
    rat = make.committee()
    with pytest.raises(ValidationError) as error:
        motions.refer(motion, committee=rat, day=date(2016, 1, 31), by=clerk)
    assert "Der Schritt davor war am 01.02.2016" in refused(error, "day")
    with pytest.raises(ValidationError) as error:
        motions.withdraw(motion, day=today() + timedelta(days=1), note="Zu früh", by=clerk)
    assert refused(error, "day") == "Dieser Tag liegt in der Zukunft."
    with pytest.raises(ValidationError) as error:
        resolutions.resolve(
            motion, title="B", committee=rat, day=date(2016, 1, 5), result="adopted", by=clerk
        )
    assert "01.02.2016" in refused(error, "day")
    assert motion.steps.count() == 1


def test_nothing_follows_the_end_of_a_motion(motion, clerk):
    motions.withdraw(motion, day=MARCH, note="Erledigt", by=clerk)
    for act in (motions.withdraw, motions.settle):
        with pytest.raises(ValidationError, match="zurückgezogen am 01.03.2016"):
            act(motion, day=date(2016, 3, 2), note="Noch einmal", by=clerk)
    with pytest.raises(ValidationError, match="Der Antrag ist abgeschlossen"):
        resolutions.resolve(
            motion,
            title="B",
            committee=make.committee(),
            day=date(2016, 3, 2),
            result="adopted",
            by=clerk,
        )


def test_a_number_is_given_once(motion, clerk):
    with pytest.raises(ValidationError) as error:
        motions.submit(number=" 2016/001 ", title="Noch einer", submitted_on=MARCH, by=clerk)
    assert "number" in error.value.message_dict
    assert Motion.objects.count() == 1


def test_a_second_click_adds_nothing(motion, clerk):
    rat, seen = make.committee(), motions.last_step(motion).pk
    motions.refer(motion, committee=rat, day=MARCH, step=seen, by=clerk)
    with pytest.raises(ValidationError) as error:
        motions.refer(motion, committee=rat, day=MARCH, step=seen, by=clerk)
    assert error.value.code == "done"
    assert motion.steps.count() == 2


def test_whoever_has_not_seen_the_last_step_is_told_of_it(motion, clerk):
    rat, seen = make.committee(), motions.last_step(motion).pk
    motions.withdraw(motion, day=MARCH, note="Erledigt", by=clerk)
    with pytest.raises(ValidationError) as error:
        motions.refer(motion, committee=rat, day=MARCH, step=seen, by=make.user("coordination"))
    assert error.value.code == "unseen"
    assert f"Inzwischen hat {clerk} eingetragen: zurückgezogen am 01.03.2016" in str(error.value)


def test_the_last_step_is_taken_back_and_stays_visible(motion, clerk):
    motions.refer(motion, committee=make.committee(), day=MARCH, by=clerk)
    motions.withdraw(motion, day=date(2016, 3, 5), note="Verwechselt", by=clerk)
    motions.take_back(motion, reason="Anderer Antrag gemeint", by=clerk)
    assert state(motion, date(2016, 3, 6)) == "referred"
    assert motion.steps.count() == 4
    assert motion.steps.standing().count() == 3
    motions.settle(motion, day=date(2016, 3, 7), note="Wahlperiode zu Ende", by=clerk)
    assert state(motion, date(2016, 3, 7)) == "lapsed"


def test_the_first_step_cannot_be_taken_back_nor_what_a_resolution_did(motion, clerk):
    with pytest.raises(ValidationError, match="nur eingereicht"):
        motions.take_back(motion, reason="Weg damit", by=clerk)
    resolutions.resolve(
        motion, title="Ja", committee=make.committee(), day=MARCH, result="adopted", by=clerk
    )
    with pytest.raises(ValidationError, match="gehört zum Beschluss „Ja“"):
        motions.take_back(motion, reason="Weg damit", by=clerk)


def test_another_day_of_submission_corrects_the_first_step(motion, clerk):
    motions.refer(motion, committee=make.committee(), day=MARCH, by=clerk)
    motions.change(motion, submitted_on=MARCH, by=clerk)
    assert state(motion, date(2016, 2, 15)) is None
    assert state(motion, MARCH) == "referred"
    with pytest.raises(ValidationError) as error:
        motions.change(motion, submitted_on=date(2016, 3, 2), by=clerk)
    assert "Der Schritt danach war am 01.03.2016" in refused(error, "submitted_on")


def test_a_group_acts_only_in_its_time(clerk):
    group = make.group(short_name="Alt", ends_on=date(2014, 12, 31))
    with pytest.raises(ValidationError) as error:
        motions.submit(number="1", title="T", submitted_on=MARCH, groups=[group], by=clerk)
    assert refused(error, "groups") == "„Alt“ gibt es am 01.03.2016 nicht."
    assert not Motion.objects.exists()


def test_a_refused_paper_leaves_no_step(motion, clerk):
    make.paper(number="V/1")
    rat = make.committee()
    fields = {"number": "V/1", "title": "Vorlage", "committee": rat, "laid_on": MARCH}
    with pytest.raises(ValidationError):
        motions.schedule(motion, day=date(2016, 4, 1), **fields, by=clerk)
    with pytest.raises(ValidationError) as error:
        motions.schedule(motion, day=date(2016, 2, 20), **fields | {"number": "V/2"}, by=clerk)
    assert "am 01.03.2016 vorgelegt; die Sitzung" in refused(error, "day")
    assert motion.steps.count() == 1
    assert CouncilPaper.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://example.org/a", "data:text/html,x", "ratsinfo", "//example.org"],
)
def test_only_pages_of_the_web_are_linked(clerk, address):
    for field in ("url", "oparl_id"):
        with pytest.raises(ValidationError) as error:
            motions.submit(number="1", title="T", submitted_on=MARCH, **{field: address}, by=clerk)
        assert "beginnend mit https:// oder http://" in refused(error, field)


def test_the_host_of_a_link_is_where_it_leads():
    motion = Motion(url="https://rat.example.org@evil.example:8080/a", oparl_id="http://o.example")
    assert (motion.host, motion.oparl_host) == ("evil.example", "o.example")


def test_every_act_stands_in_the_log(motion, clerk):
    rat = make.committee(name="Rat")
    motions.refer(motion, committee=rat, day=MARCH, note="Mitberatung", by=clerk)
    motions.withdraw(motion, day=MARCH, note="Erledigt", by=clerk)
    verbs = list(Entry.objects.about(motion).order_by("pk").values_list("verb", "by"))
    assert verbs == [("submitted", clerk.pk), ("changed", clerk.pk), ("withdrawn", clerk.pk)]
    referred = Entry.objects.about(motion).get(verb="changed")
    assert referred.before == {"state": "eingereicht", "day": "2016-02-01", "committee": None}
    assert referred.after == {"state": "überwiesen", "day": "2016-03-01", "committee": "Rat"}
    assert referred.agency_id is None
    assert referred.reason == "Mitberatung"


@pytest.mark.parametrize("table", ["council_motionstep", "council_taskstep"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET note = 'anders'", "DELETE FROM {}", "UPDATE {} SET day = day"]
)
def test_a_history_is_not_rewritten_in_the_database_either(table, statement):
    make.motion()
    make.task()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table))


class TestBodies:
    def test_two_of_one_name_at_the_same_time_are_refused(self, clerk):
        bodies.create(Group, name="Gruppe", short_name="G", starts_on=date(2014, 6, 1), by=clerk)
        with pytest.raises(ValidationError) as error:
            bodies.create(Group, name=" GRUPPE ", short_name="H", starts_on=MARCH, by=clerk)
        assert "gibt es in dieser Zeit schon" in refused(error, "name")
        assert Group.objects.count() == 1

    def test_a_name_comes_back_in_the_next_term(self, clerk):
        first = make.group(name="Gruppe", short_name="G", ends_on=date(2020, 10, 31))
        again = bodies.create(
            Group, name="Gruppe", short_name="G", starts_on=date(2020, 11, 1), by=clerk
        )
        assert first != again

    def test_what_it_did_lies_in_its_time(self, clerk):
        group, rat = make.group(), make.committee()
        make.motion(group)
        make.resolution(committee=rat)
        with pytest.raises(ValidationError) as error:
            bodies.change(group, ends_on=date(2016, 1, 1), by=clerk)
        assert "vom 01.02.2016" in refused(error, "ends_on")
        with pytest.raises(ValidationError) as error:
            bodies.change(rat, starts_on=date(2016, 4, 1), by=clerk)
        assert "vom 01.03.2016" in refused(error, "starts_on")


PENDING_ACTS = ["refer", "deferred", "recommended"]
FINAL_ACTS = ["withdraw", "settle", "adopted", "amended", "rejected", "noted"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.tuples(st.sampled_from([*PENDING_ACTS, *FINAL_ACTS]), st.integers(-3, 9))))
def test_whatever_is_tried_the_history_agrees_with_a_list(acts):
    """A model of the rule: days never decrease, and after an end nothing follows."""
    motion = make.motion()
    rat = make.committee()
    kept = [("submitted", motion.submitted_on)]
    for act, days in acts:
        day = kept[-1][1] + timedelta(days=days)
        goes = days >= 0 and kept[-1][0] in Motion.PENDING
        try:
            if act == "refer":
                motions.refer(motion, committee=rat, day=day, by=None)
            elif act in ("withdraw", "settle"):
                getattr(motions, act)(motion, day=day, note="Grund", by=None)
            else:
                title = f"Beschluss {len(kept)}"
                resolutions.resolve(
                    motion, title=title, committee=rat, day=day, result=act, by=None
                )
        except ValidationError:
            assert not goes
        else:
            assert goes
            named = {"refer": "referred", "withdraw": "withdrawn", "settle": "lapsed"}
            kept.append((named.get(act, act), day))
    assert [(row.state, row.day) for row in MotionStep.objects.filter(motion=motion)] == kept
    for _state, day in kept:
        assert state(motion, day) == [name for name, on in kept if on <= day][-1]
