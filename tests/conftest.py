from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from coordination.audit import triggers
from tests import make

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")
APPEND_ONLY = ["audit_entry"]


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
        flush(self, statements)
        for table in APPEND_ONLY:
            triggers.install(self.connection, table)

    operations.execute_sql_flush = without_triggers
    yield
    operations.execute_sql_flush = flush


@pytest.fixture
def cast(db):
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
    return SimpleNamespace(
        account=people["worker"],
        membership=people["worker"].memberships.get(),
        city_role=people["council"].roles.get(),
        invitation=invitation,
        invitation_token=invitation.token,
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
