"""The council reaches nothing that is not released: by no address, filter, file, cache or old link.

Drafts carry markers: words in their text and title, and a count that occurs nowhere else.
"""

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import URLPattern, get_resolver, reverse

from coordination.council.summary import drafts, reports
from tests import make
from tests.census import sign_in
from tests.test_canary import everything_in

MARKED = ("geheimniswort", "geheimtitel", "7391", "7.391")
QUERIES = [
    "",
    "?format=csv",
    "?format=xlsx",
    "?stichtag=2016-12-01",
    "?bezirk={borough}",
    "?links={draft}&rechts={draft}",
    "?links={draft}&rechts={draft}&format=csv",
    "?entwurf={draft}&id={draft}&pk={draft}&report={draft}",
]


def patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", pattern
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from patterns(pattern, inner)


PAGES = [
    (name, list(pattern.pattern.converters))
    for name, pattern in patterns(get_resolver())
    if name.startswith("summary:")
]


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture
def secret(cast):
    """A draft whose figures no released report has, opened once by the coordination."""
    make.activity(7391, day=date(2016, 9, 5), worker=cast.worker, district=cast.district)
    return reports.create(
        title="Geheimtitel",
        as_of=date(2016, 10, 4),
        starts_on=date(2016, 9, 1),
        ends_on=date(2016, 9, 30),
        text="Geheimniswort",
        by=cast.people["coordination"],
    )


def addresses(secret, cast):
    """Every page of the app, with the draft's number wherever a number goes."""
    borough = f"bezirk-{cast.borough.pk}"
    values = {
        "pk": secret.pk,
        "key": "teilnehmende.stadt",
        "table": "taetigkeit",
        "pattern": "taetigkeiten",
        "slug": "taetigkeit",
    }
    for name, names in PAGES:
        arguments = [values.get(part, secret.pk) for part in names]
        try:
            url = reverse(name, args=arguments)
        except Exception:  # a converter of its own: what is not there cannot be asked for
            continue
        for query in QUERIES:
            yield url + query.format(draft=secret.pk, borough=borough)


def told(text):
    return [word for word in MARKED if word in text]


def open_all(client, urls):
    found = {}
    for url in urls:
        response = client.get(url)
        if marks := told(everything_in(response)):
            found[url] = marks
    return found


def test_the_council_finds_no_draft_anywhere(client, cast, secret):
    urls = list(addresses(secret, cast))
    # What the coordination opened may lie in a cache.
    sign_in(client, cast, "coordination")
    assert told(everything_in(client.get(reverse("summary:report_preview", args=[secret.pk]))))
    council = sign_in(type(client)(), cast, "council")
    assert open_all(council, urls) == {}
    start = everything_in(council.get("/"))
    assert not told(start)


@pytest.mark.parametrize("who", ["lead", "worker", "stranger", "nobody"])
def test_nor_does_anybody_else_outside(client, cast, secret, who):
    sign_in(client, cast, who)
    urls = [url for url in addresses(secret, cast) if "?" not in url or "format=csv" in url]
    assert open_all(client, urls) == {}


def test_a_release_of_the_same_number_is_another_row(client, cast, secret):
    """Numbers of drafts and of releases are counted apart: a draft's opens no release of it."""
    sign_in(client, cast, "council")
    response = client.get(reverse("summary:release_detail", args=[secret.pk + 1_000]))
    assert response.status_code == 404


def test_the_markers_are_there_for_whoever_may_see_them(client, cast, secret):
    """They do sing."""
    cache.clear()
    sign_in(client, cast, "coordination")
    found = open_all(client, [reverse("summary:report_preview", args=[secret.pk])])
    assert len(next(iter(found.values()))) >= 3
    content = drafts.compose(secret, on=date(2016, 12, 1)).content
    assert 7391 in content["figures"].values()


def test_every_page_of_the_app_was_tried():
    assert {"summary:release_compare", "summary:release_detail", "summary:report_preview"} <= {
        name for name, _ in PAGES
    }
