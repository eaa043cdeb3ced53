import gc
import os
import pickle
from collections import defaultdict
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.template import Template
from django.test import Client
from django.test.client import ClientHandler
from django.test.signals import setting_changed
from django.utils import timezone, translation

from agencies.activity import rollup
from agencies.reports import subscriptions
from agencies.reports.models import MailKind
from coordination.audit import triggers
from coordination.pdf import is_available
from tests import make

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")
APPEND_ONLY = [
    "audit_entry",
    "budget_linebooking",
    "budget_funding",
    "budget_commitmentbooking",
    "budget_payment",
    "budget_expense",
    "reports_submission",
    "reports_comment",
    "reports_extension",
    "council_motionstep",
    "council_taskstep",
    "summary_release",
    "summary_answer",
]

DATABASE = {"db", "transactional_db", "django_db_setup"}
# A request leaves thousands of objects behind; looking for cycles after every 700 takes a tenth of
# the time.
gc.set_threshold(50_000, 20, 100)


def refuse_writes(execute, sql, params, many, context):
    # The cache counts attempts to sign in; it is no data.
    wrote = sql.lstrip().upper().startswith(WRITES) and '"portal_cache"' not in sql
    assert not wrote, f"a GET wrote to the database: {sql}"
    return execute(sql, params, many, context)


class ReadOnlyOnGet(Client):
    """The test client, but a GET or HEAD that writes is a failure."""

    def get(self, *args, **kwargs):
        with connection.execute_wrapper(refuse_writes):
            return super().get(*args, **kwargs)

    def head(self, *args, **kwargs):
        with connection.execute_wrapper(refuse_writes):
            return super().head(*args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def one_middleware_chain():
    """Each client would load the middleware anew, and WhiteNoise look at every static file."""
    load, kept = ClientHandler.load_middleware, []

    def load_once(self):
        if not kept:
            load(self)
            kept.append(self._middleware_chain)
        self._middleware_chain = kept[0]

    def forget(setting, **kwargs):
        if setting != "ACCOUNT_RATE_LIMITS":  # no middleware reads it
            kept.clear()

    ClientHandler.load_middleware = load_once
    setting_changed.connect(forget)
    yield
    setting_changed.disconnect(forget)
    ClientHandler.load_middleware = load


def pytest_collection_modifyitems(config, items):
    """``make test`` runs the suite on both databases: what asks none runs with the first only."""
    _share_the_city(items)
    if connection.vendor == "sqlite":
        return
    asking, others = [], []
    for item in items:
        (asking if _asks(item) else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = asking


def _asks(item) -> bool:
    """Whether the test needs a database."""
    return bool(DATABASE & set(item.fixturenames) or item.get_closest_marker("django_db"))


def _share_the_city(items):
    """Where every test of a module starts from the cast, and none commits, it is entered once.

    Entering it takes half a second, longer than most tests.
    """
    modules = defaultdict(list)
    for item in items:
        if _asks(item):
            modules[item.path].append(item)
    for tests in modules.values():
        if hasattr(tests[0].module, "CLOSES_THE_DATABASE"):
            continue
        if all("cast" in test.fixturenames and not _commits(test) for test in tests):
            for test in tests:
                if "entered_city" not in test.fixturenames:
                    test.fixturenames.insert(0, "entered_city")


def _commits(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(
        {"transactional_db", "live_server", "sample_city"} & set(item.fixturenames)
        or (marker and (marker.kwargs.get("transaction") or marker.args))
    )


@pytest.fixture
def client():
    return ReadOnlyOnGet()


@pytest.fixture(autouse=True)
def german():
    with translation.override("de"):
        yield


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_triggers():
    """Between tests that commit, Django empties every table; the log would rightly refuse."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def without_triggers(self, statements):
        for table in APPEND_ONLY:
            triggers.remove(self.connection, table)
        rollup.remove(self.connection)
        flush(self, statements)
        for table in APPEND_ONLY:
            triggers.install(self.connection, table)
        rollup.install(self.connection)

    operations.execute_sql_flush = without_triggers
    yield
    operations.execute_sql_flush = flush


@pytest.fixture
def pango():
    """Skip, but never in CI, where the machine cannot make a PDF."""
    if not is_available():
        reason = "PANGO IS MISSING: NO PDF CAN BE MADE. See docs/betrieb.md for the packages."
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)


def money(agency, position, user):
    """A year's money of an agency: each thing in the state in which most can be done with it."""
    line = make.line(title="Soziale Betreuung", year=make.year(2016))
    allocation = make.allocation()
    agreement = make.agreement(24_000, parts={2016: 24_000, 2017: 8_000}, agency=agency)
    agreement.positions.add(position)
    bound, unbound = agreement.shares.all()
    commitment = make.commitment(18_000, share=bound, line=line)
    expense = make.expense(share=bound)
    return {
        "year": line.year,
        "closed_year": make.year(2015, closed_at=timezone.now()),
        "line": line,
        "allocation": allocation,
        "funding": make.funding(allocation=allocation, line=line),
        "agreement": agreement,
        "share": unbound,
        "commitment": commitment,
        "planned_payout": make.payout(commitment=commitment, amount=3_000),
        "requested_payout": make.payout("requested", commitment=commitment, amount=3_000),
        "checked_payout": make.payout("content_checked", commitment=commitment, amount=3_000),
        "granted_payout": make.payout("granted", commitment=commitment, amount=3_000),
        "payment": make.payout("paid", commitment=commitment, amount=3_000).payments.get(),
        "expense": expense,
        "document": make.document(agreement=agreement),
        "expense_upload": make.expense_upload(agreement=agreement, user=user),
    }


def work(worker, district, user):
    """What a worker does, and their agency's reports in every state, a quarter each."""
    agency, kind, form = worker.agency, make.kind(name="Beratung"), make.format(name="vor Ort")
    refugees = make.target_group("refugee", name="Geflüchtete")
    make.target_group("other", name="Anwohnende")
    make.target_group("helper", name="Ehrenamtliche")
    topic = make.topic(name="Wohnen")
    offer = make.offer(agency=agency, contact=worker, district=district, title="Sprachcafé")
    states = ["locked", "accepted", "submitted", "sent_back"]
    ends = [date(2015, 12, 31), date(2016, 3, 31), date(2016, 6, 30), date(2016, 9, 30)]
    starts = [date(2015, 10, 1), date(2016, 1, 1), date(2016, 4, 1), date(2016, 7, 1)]
    closed = {
        f"{state}_period": make.period(state, agency=agency, starts_on=first, ends_on=last)
        for state, first, last in zip(states, starts, ends, strict=True)
    }
    return {
        "kind": kind,
        "list_name": "arten",
        "kind_in_list": ("arten", kind.pk),
        "topic": topic,
        "target_group": refugees,
        "offer": offer,
        "offer_exception": make.offer_exception(offer=offer),
        "activity": make.activity(
            3,
            2,
            1,
            worker=worker,
            district=district,
            kind=kind,
            format=form,
            topics=[topic],
            offer=offer,
        ),
        "activity_upload": make.activity_upload(agency=agency, user=user),
        "open_period": make.period(
            agency=agency, starts_on=date(2016, 10, 1), ends_on=date(2016, 12, 31)
        ),
        **closed,
        "submission": make.submission(period=closed["submitted_period"], by=user),
        "schedule": make.schedule(agency=agency),
    }


def council(coordinator):
    """What the council decided and what it is told."""
    group, rat = make.group(), make.committee(name="Rat", is_council=True)
    motion = make.motion(group, title="Ansprechpersonen für Ehrenamtliche")
    referred = make.motion(group)
    make.motion_step(referred, "referred", date(2016, 2, 9), committee=rat)
    paper = make.paper(motion=motion, committee=rat)
    resolution = make.resolution(make.motion(group), committee=rat)
    release = make.release(report=make.council_report(created_by=coordinator))
    draft = make.council_report(ends_on=date(2016, 11, 30), created_by=coordinator)
    return {
        "group": group,
        "committee": rat,
        "motion": motion,
        "referred_motion": referred,
        "paper": paper,
        "resolution": resolution,
        "task": make.task(resolution=resolution),
        "done_task": make.task("done", resolution=resolution),
        "release": release,
        "released_number": (release.number,),
        "answer": make.answer(sent_by=coordinator),
        "pattern": "stellen",
        "release_table": (release.pk, "taetigkeit"),
        "release_figure": (release.pk, "teilnehmende.stadt"),
        "draft": draft,
        "draft_figure": (draft.pk, "teilnehmende.stadt"),
    }


def help_given(worker, district, people):
    """Who helps unpaid in the district, their contact person, and what they ask."""
    agency, topic, now = worker.agency, make.topic(name="Begleitung"), timezone.now()
    asked = now - timedelta(hours=3)
    where = {"agency": agency, "districts": [district]}
    volunteer = make.volunteer(name="Erika Beispiel", interests=[topic], **where)
    group = make.volunteer_group(name="Runder Tisch Eicken", **where)
    make.contact(volunteer=volunteer, worker=worker, district=district)
    at_desk = {"district": district, "agency": agency, "at": asked}
    question = make.question(topic=topic, **at_desk)
    answered = make.question(first_answered_at=now, waits=False, **at_desk)
    make.message(question=answered, by=people["worker"])
    return {
        "volunteer": volunteer,
        "volunteer_group": group,
        "group_member": make.group_member(group=group, volunteer=volunteer),
        "talk": make.talk(volunteer=volunteer, worker=worker),
        "declaration_text": make.declaration_text(),
        "declaration": make.declaration(volunteer=volunteer, text=make.declaration_text("privacy")),
        "volunteer_upload": make.volunteer_upload(agency=agency, user=people["coordination"]),
        "certificate": make.certificate(volunteer=volunteer, inspected_by=people["lead"]),
        "question": question,
        "answered_question": answered,
        "closed_question": make.question(closed_at=now, waits=False, **at_desk),
        "confirm_token": make.link("confirm", question=make.unconfirmed()).token,
        "reply_token": make.link(question=answered).token,
        "asker_done": ("geschrieben",),
        "proposed_faq": make.faq(released=False, proposed_by=people["worker"], question=answered),
        "faq": make.faq(proposed_by=people["lead"], released_by=people["coordination"]),
        "feedback": make.feedback(),
        "legal_page": ("impressum", "de"),
        "absence": make.absence(worker=worker),
    }


@pytest.fixture
def cast(request, db):
    if "entered_city" in request.fixturenames:  # the module shares it
        return pickle.loads(request.getfixturevalue("entered_city"))
    return build_cast()


@pytest.fixture(scope="module")
def entered_city(django_db_setup, django_db_blocker):
    """The cast for all tests of a module: each of them starts from a savepoint behind it.

    Not for modules with tests that commit: a transaction is open until the last test is over.
    """
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("de"):
        connection.atomic_blocks[-1]._from_testcase = True  # durable blocks may open inside
        yield pickle.dumps(build_cast())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sample_city(django_db_setup, django_db_blocker):
    """The sample city, on its day: entered once for all tests of a module, as the demo enters it.

    What they change is undone with each of them; entering it takes half a minute.
    """
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "DEMO", True)
        patch.setattr(settings, "PORTAL_DAY", date(2016, 12, 1))
        patch.delenv("DEMO_PASSWORD", raising=False)
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def shared_cast(entered_city, db, monkeypatch):
    """What is done to the rows is undone with the test, and the objects are this test's own.

    For tests that open thousands of pages: what they render leaves no ``response.context``.
    """
    # Django's own for tests copies each context, in case a test asks for it.
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
    return pickle.loads(entered_city)


def build_cast():
    """One small city: a district led by the AWO, and everybody who might look at it."""
    awo, drk = make.agency(short_name="AWO"), make.agency(short_name="DRK")
    nord = make.borough(name="Nord")
    eicken = make.district("41061", "41063", name="Eicken", parent=nord)
    position = make.position(agency=awo, title="Quartiersarbeit Nord")
    occupancy = make.occupancy(position=position)
    people = {
        "nobody": None,
        "stranger": make.user(),
        "coordination": make.user("coordination"),
        "council": make.user("council"),
        "audit": make.user("audit"),
        "lead": make.membership("lead", agency=awo).user,
        "worker": make.membership("worker", agency=awo).user,
        "other_lead": make.membership("lead", agency=drk).user,
    }
    invitation = make.invitation(agency=awo, membership_role="worker")
    occupancy.worker.user = people["worker"]
    occupancy.worker.save()
    return SimpleNamespace(
        **work(occupancy.worker, eicken, people["coordination"]),
        **money(awo, position, people["coordination"]),
        **council(people["coordination"]),
        **help_given(occupancy.worker, eicken, people),
        account=people["worker"],
        membership=people["worker"].memberships.get(),
        city_role=people["council"].roles.get(),
        invitation=invitation,
        invitation_token=invitation.token,
        unsubscribe_token=subscriptions.token(people["lead"], MailKind.DUE),
        reset_key=("1", "no-such-key"),
        passkey=make.passkey(make.user()),
        people=people,
        agency=awo,
        other_agency=drk,
        borough=nord,
        district=eicken,
        district_upload=make.district_upload(people["coordination"]),
        position=position,
        occupancy=occupancy,
        worker=occupancy.worker,
        assignment=make.assignment(position=position, district=eicken),
    )
