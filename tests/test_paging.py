from base64 import urlsafe_b64encode
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.http import HttpRequest, QueryDict
from django.test.utils import CaptureQueriesContext

from agencies.models import Position, Worker
from coordination import paging
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db


def asked(query=""):
    request = HttpRequest()
    request.GET = QueryDict(query.removeprefix("?"))
    return request


def entries(count):
    Entry.objects.bulk_create(
        Entry(verb="created", target_model="a.b", target_id=n, target_label=f"E{n}")
        for n in range(count)
    )
    return Entry.objects.all()


def walk(rows, parameter, query="", size=3):
    """Every page from the given one on, as lists of keys."""
    pages = []
    while True:
        page = paging.page(asked(query), rows, size=size)
        pages.append([row.pk for row in page.rows])
        query = page.next if parameter == "next" else page.previous
        if not query:
            return pages, page


def test_forth_and_back_shows_every_row_once_in_order():
    rows = entries(8)
    expected = list(rows.values_list("pk", flat=True))
    forth, _ = walk(rows, "next")
    assert [pk for page in forth for pk in page] == expected
    assert [len(page) for page in forth] == [3, 3, 2]
    last = paging.page(asked(), rows, size=3)
    while last.next:
        last = paging.page(asked(last.next), rows, size=3)
    back, first = walk(rows, "previous", last.previous)
    assert back == [forth[1], forth[0]]
    assert first.previous == ""


@pytest.mark.parametrize("order", [["name"], ["-name"], ["agency__short_name", "-name"], ["-pk"]])
def test_any_order_of_fields_that_are_never_null(order):
    agencies = [make.agency(), make.agency()]
    for n in range(7):
        make.worker(agency=agencies[n % 2], name=f"Name {n // 3}")
    rows = Worker.objects.order_by(*order, "pk")
    forth, _ = walk(rows, "next", size=2)
    assert [pk for page in forth for pk in page] == list(rows.values_list("pk", flat=True))


def test_rows_that_arrive_meanwhile_move_nothing():
    rows = entries(5)
    second = paging.page(asked(), rows, size=2).next
    before = [row.pk for row in paging.page(asked(second), rows, size=2).rows]
    entries(3)
    assert [row.pk for row in paging.page(asked(second), rows, size=2).rows] == before


def test_the_rest_of_the_address_stays():
    page = paging.page(asked("person=3&stichtag=2018-03-31&vor=x"), entries(5), size=2)
    found = parse_qs(page.next.removeprefix("?"))
    assert (found["person"], found["stichtag"]) == (["3"], ["2018-03-31"])
    assert set(found) == {"person", "stichtag", "nach"}


def cursor(text):
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


@pytest.mark.parametrize(
    "tampered",
    [
        "x",
        "ü",
        "%00",
        "=",
        "A" * 3000,
        cursor("[]"),
        cursor("{}"),
        cursor("null"),
        cursor('["2016-12-01T10:00:00+00:00"]'),
        cursor('["2016-12-01", 1]'),
        cursor('["0001-01-01T00:00:00+23:00", 1]'),
        cursor('["9999-12-31T23:59:59-23:00", 1]'),
        cursor('["2016-12-01T10:00:00", 1]'),
        cursor('["2016-12-01T10:00:00+00:00", 9223372036854775808]'),
        cursor('["2016-12-01T10:00:00+00:00", null]'),
        cursor('["2016-12-01T10:00:00+00:00", 1e400]'),
        cursor('["2016-12-01T10:00:00+00:00", {"pk": 1}]'),
        cursor("[" * 2000),
        cursor("[1, 2]"),
    ],
)
@pytest.mark.parametrize("parameter", ["vor", "nach"])
def test_a_tampered_edge_shows_the_first_page(tampered, parameter):
    rows = entries(3)
    request = asked()
    request.GET = QueryDict(mutable=True)
    request.GET[parameter] = tampered
    assert [row.pk for row in paging.page(request, rows, size=2).rows] == [
        row.pk for row in rows[:2]
    ]


@pytest.mark.parametrize("name", ["\ud800", "a\0b"])
def test_text_no_database_can_store_shows_the_first_page(name):
    make.worker()
    edge = cursor('["' + ("\\ud800" if name == "\ud800" else "a\\u0000b") + '", 1]')
    assert len(paging.page(asked(f"nach={edge}"), Worker.objects.order_by("name", "pk")).rows) == 1


def test_the_count_is_capped(monkeypatch):
    monkeypatch.setattr(paging, "HIGHEST_COUNT", 4)
    assert (paging.page(asked(), entries(4)).count, paging.page(asked(), entries(0)).is_capped) == (
        4,
        False,
    )
    page = paging.page(asked(), entries(1))
    assert (page.count, page.is_capped) == (4, True)


def test_the_database_enters_the_index_at_the_edge():
    rows = entries(4)
    second = paging.page(asked(), rows, size=2).next
    with CaptureQueriesContext(
        connection,
    ) as queries:
        paging.page(asked(second), rows, size=2)
    assert '"audit_entry"."at" <=' in queries[-1]["sql"]


def test_positions_page_by_a_date_too():
    for days in range(5):
        make.position(starts_on=make.TERM["starts_on"] + timedelta(days=days // 2))
    forth, _ = walk(Position.objects.order_by("starts_on"), "next", size=2)
    assert sorted(pk for page in forth for pk in page) == sorted(
        Position.objects.values_list("pk", flat=True)
    )
    assert [len(page) for page in forth] == [2, 2, 1]


def test_a_known_count_is_not_counted_again():
    rows = entries(3)
    with CaptureQueriesContext(connection) as queries:
        page = paging.page(asked(), rows, count=20_000)
    assert (page.count, page.is_capped, len(queries)) == (20_000, False, 1)


@pytest.mark.parametrize("order", [["at"], ["-at", "-pk"], ["target_label", "-at"]])
@pytest.mark.parametrize("count", [0, 1, 6, 7])
def test_pieces_are_all_rows_in_order(order, count):
    rows = (entries(count) if count else Entry.objects.none()).order_by(*order)
    found = list(paging.pieces(rows, size=3))
    assert [row for piece in found for row in piece] == list(rows.order_by(*order, "pk"))
    assert all(len(piece) <= 3 for piece in found)


def test_pieces_of_named_values():
    rows = entries(7).order_by("at").values_list("id", "at", "target_label", named=True)
    labels = [row.target_label for piece in paging.pieces(rows, size=3) for row in piece]
    assert sorted(labels) == [f"E{number}" for number in range(7)]


def test_pieces_fetch_no_more_than_is_read():
    rows = entries(7)
    with CaptureQueriesContext(connection) as queries:
        next(paging.pieces(rows, size=3))
    assert len(queries) == 1
