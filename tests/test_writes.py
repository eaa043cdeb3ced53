"""Reading changes nothing, and only the methods a page names do anything at all."""

import re

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from coordination import urls
from coordination.access.models import User
from tests.census import PEOPLE, STATUS, address, pages, sign_in
from tests.test_permissions import ROWS

METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.mark.parametrize("who", PEOPLE)
def test_head_answers_like_get_and_writes_nothing(client, cast, who):
    """That GET writes nothing is tried with every cell of the permission table."""
    sign_in(client, cast, who)
    for page, row, *answers in ROWS:
        response = client.head(address(page, row, cast))
        # Pages with a form name GET and POST only.
        assert response.status_code in (STATUS[answers[PEOPLE.index(who)]], 405), page


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_answers_methods_it_does_not_name(client, cast, who):
    sign_in(client, cast, who)
    for page, row in [(row[0], row[1]) for row in ROWS]:
        url = address(page, row, cast)
        for method in METHODS:
            answer = client.generic(method, url)
            assert answer.status_code == 405, (method, url)
            assert answer.headers["Allow"] == "GET, HEAD, POST"


def writes(request):
    User.objects.filter(pk=request.user.pk).update(name="changed")
    return HttpResponse("written")


urlpatterns = [path("writes/", writes), path("", include("coordination.urls"))]
handler500 = urls.handler500


@pytest.mark.parametrize("method", ["get", "head"])
@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_writes_when_read_would_be_found(client, cast, method):
    client.force_login(cast.people["coordination"])
    assert client.post("/writes/").status_code == 200
    with pytest.raises(AssertionError, match="a GET wrote"):
        getattr(client, method)("/writes/")


@pytest.mark.parametrize("who", PEOPLE)
def test_foreign_and_missing_rows_look_the_same(client, cast, who):
    """Otherwise counting up the numbers would tell what other agencies have."""
    sign_in(client, cast, who)
    for page, row in pages(who, "hidden"):
        if row == "-":
            continue
        foreign = address(page, row, cast)
        missing = foreign.replace(str(getattr(cast, row).pk), "999999999")
        for method in ("get", "post"):
            answers = [getattr(client, method)(url) for url in (foreign, missing)]
            assert [answer.status_code for answer in answers] in ([404, 404], [405, 405]), page
            bodies = [
                answer.content.decode().replace(url, "")
                for answer, url in zip(answers, (foreign, missing), strict=True)
            ]
            assert without_tokens(bodies[0]) == without_tokens(bodies[1]), page


def without_tokens(html):
    """Without what differs on every page anyway: the token against forged requests."""

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
