import pytest
from django.urls import reverse

from tests import make
from tests.agencies.test_agency_pages import signed_in

__all__ = ["signed_in"]


def url(document):
    return reverse("budget:document_download", args=[document.pk])


@pytest.mark.parametrize("who", ["coordination", "audit", "lead"])
def test_those_it_concerns_get_the_file_as_it_was(signed_in, cast, who):
    answer = signed_in(who).get(url(cast.document))
    assert answer.content == make.PDF
    assert answer.headers["Content-Type"] == "application/pdf"


def test_no_browser_shows_it_runs_it_or_keeps_it(signed_in, cast):
    document = make.document(agreement=cast.agreement, name='Über "uns"; x=y.pdf', sha256="1")
    headers = signed_in("lead").get(url(document)).headers
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert "%C3%9Cber" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["agreement", "receipt"])
def test_a_foreign_file_is_not_there(signed_in, cast, kind):
    mine = make.document(
        **{"agreement": cast.agreement} if kind == "agreement" else {"expense": cast.expense}
    )
    assert signed_in("lead").get(url(mine)).status_code == 200
    assert signed_in("other_lead").get(url(mine)).status_code == 404
    for who in ("council", "worker", "stranger"):
        assert signed_in(who).get(url(mine)).status_code == 403


def test_a_download_costs_few_queries(signed_in, cast, django_assert_max_num_queries):
    client = signed_in("lead")
    with django_assert_max_num_queries(6):
        client.get(url(cast.document))
