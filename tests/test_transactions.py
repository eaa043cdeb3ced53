from contextlib import nullcontext
from threading import Thread

import pytest
from django.db import connection

from coordination.transactions import one_state
from districts.models import PostalCode

pytestmark = pytest.mark.django_db(transaction=True)


def seen_around_a_write() -> list[int]:
    """How many rows are there before and after somebody else has written one."""

    def write():
        PostalCode.objects.create(code="41061")
        connection.close()

    before = PostalCode.objects.count()
    other = Thread(target=write)
    other.start()
    other.join()
    return [before, PostalCode.objects.count()]


@pytest.mark.parametrize(("reading", "seen"), [(one_state, [0, 0]), (nullcontext, [0, 1])])
def test_what_others_write_meanwhile_is_not_seen(reading, seen):
    with reading():
        assert seen_around_a_write() == seen
    assert PostalCode.objects.count() == 1


def test_inside_a_transaction_it_counts_what_that_has_written():
    with one_state(), one_state():
        assert PostalCode.objects.count() == 0


def test_afterwards_writing_is_as_usual():
    with one_state():
        PostalCode.objects.count()
    PostalCode.objects.create(code="41061")
    assert PostalCode.objects.count() == 1
