"""Who gets what from every page: ``tests/permissions.txt``, written by hand from the specification.

A page that is not in the table fails the build, and so does a row without its page. Whatever
anybody gets carries the headers and holds no script or style of its own.
"""

from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver, reverse

from coordination.pdf import is_available
from tests.test_headers import check
from tests.test_inline import inline_in

TABLE = Path(__file__).with_name("permissions.txt").read_text().splitlines()
HEAD, *TABLED = (line.split() for line in TABLE if line.strip() and not line.startswith("#"))
# Where no PDF can be made (the fixture ``pango`` says so aloud), pages that are one answer 503.
ROWS = [row for row in TABLED if is_available() or not row[0].endswith("_pdf")]
# What a GET of the page answers; the head of the table explains the words.
STATUS = {"yes": 200, "login": 302, "no": 403, "hidden": 404, "moves": 302, "acts": 405}


def names(resolver, namespace=""):
    """Every URL name of the project with its namespace, computed from the URL patterns."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern, inner)


def test_every_page_is_in_the_table_and_every_row_has_its_page():
    pages = [page for page, *_ in TABLED]
    assert sorted(set(names(get_resolver()))) == sorted(pages)
    assert len(HEAD) == 10


def address(page, row, cast):
    if row == "-":
        return reverse(page)
    subject = getattr(cast, row)
    if isinstance(subject, tuple):
        return reverse(page, args=subject)
    return reverse(page, args=[subject if isinstance(subject, str) else subject.pk])


@pytest.fixture
def cast(shared_cast):
    return shared_cast


def answered(client, url, answer):
    """Whether the page answers this client as the table says, by GET and where refused by POST."""
    response = client.get(url, secure=True)
    check(response)
    assert inline_in(response) == []
    if response.status_code != STATUS[answer]:
        return False
    if answer == "login" and not response.headers["Location"].startswith(reverse("account_login")):
        return False
    refused = answer in ("no", "hidden", "login")
    return not refused or client.post(url, secure=True).status_code in (STATUS[answer], 405)


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: cells[0])
def test_access(client, cast, cells):
    page, row, *answers = cells
    url, wrong = address(page, row, cast), []
    for who, answer in zip(HEAD[2:], answers, strict=True):
        browser = type(client)()
        if who != "nobody":
            browser.force_login(cast.people[who])
        if not answered(browser, url, answer):
            wrong.append(f"{who}: {answer}, but {browser.get(url).status_code}")
    assert wrong == []


@pytest.mark.parametrize(("page", "row"), [(page, row) for page, row, *_ in ROWS if row != "-"])
def test_what_does_not_exist_is_not_found(client, cast, page, row):
    client.force_login(cast.people["coordination"])
    if isinstance(getattr(cast, row), tuple):
        return  # the row is what does not exist
    missing = "no-such-token" if isinstance(getattr(cast, row), str) else 999_999_999
    assert client.get(reverse(page, args=[missing])).status_code in (302, 404, 405)
