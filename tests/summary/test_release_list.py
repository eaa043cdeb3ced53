"""All released council reports, the newest first."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination import paging
from coordination.council.summary import compose
from tests import make
from tests.summary.frames import frame

pytestmark = pytest.mark.django_db
URL = reverse("summary:release_list")


@pytest.fixture
def reader(client):
    client.force_login(make.user("council"))
    return client


def titles(html):
    return re.findall(r'<a class="kern-link" href="/rat/\d+/" lang="de">([^<]*)</a>', html)


def test_the_newest_stands_first_and_drafts_do_not(reader):
    make.release(title="Alt")
    make.release(title="Neu")
    make.council_report(title="Entwurf")
    html = reader.get(URL).content.decode()
    assert titles(html) == ["Neu", "Alt"]
    assert "2 freigegebene Berichte" in html
    assert "Entwurf" not in html


def test_without_reports_it_says_so(reader):
    assert "Noch ist kein Ratsbericht freigegeben" in reader.get(URL).content.decode()


def test_it_goes_page_by_page(reader, monkeypatch):
    monkeypatch.setattr(paging.page, "__kwdefaults__", {"size": 2, "count": None})
    content = compose.compose(frame())
    for number in range(5):
        make.release(content, title=f"Bericht {number}")
    html, seen = reader.get(URL).content.decode(), []
    while True:
        seen += titles(html)
        following = re.search(r'href="(\?nach=[^"]*)"', html)
        if not following:
            break
        html = reader.get(URL + following[1]).content.decode()
    assert seen == [f"Bericht {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("rows", [1, 20])
def test_it_costs_the_same_however_long_it_is(reader, rows):
    content = compose.compose(frame())
    for _ in range(rows):
        make.release(content)
    with CaptureQueriesContext(connection) as queries:
        reader.get(URL)
    assert len(queries) == 5
    assert '"content"' not in "".join(query["sql"] for query in queries)
