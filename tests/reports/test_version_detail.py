from datetime import date

import pytest
from django.urls import reverse

from agencies.reports import figures
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture
def period(client, cast):
    client.force_login(cast.people["audit"])
    return cast.sent_back_period


def opened(client, version):
    return client.get(reverse("reports:version_detail", args=[version.pk])).content.decode()


def test_a_version_says_who_and_when(client, cast, period):
    user = make.user(name="Sascha Muster")
    page = opened(client, make.submission(period=period, by=user))
    assert "Fassung 1" in page
    assert ", Sascha Muster" in page
    assert "Es war viel zu tun." in page
    assert "Zuerst eingereicht" in page


def test_a_version_shows_what_came_and_what_went(client, period):
    make.submission(period=period, blocks={"overview": "Wir hatten 12 Cafés."})
    version = make.submission(period=period, blocks={"overview": "Wir hatten 14 <b>Cafés."})
    page = opened(client, version)
    assert "[entfallen: </span>12 Cafés." in page
    assert "[neu: </span>14 &lt;b&gt;Cafés." in page
    assert page.count("<ins>") == 2  # one in the key
    assert "Verglichen mit Fassung 1" in page


def test_the_first_version_has_nothing_to_be_compared_with(client, period):
    page = opened(client, make.submission(period=period))
    assert "<ins>" not in page
    assert "Unterschied" not in page


def test_figures_are_told_before_and_after(client, period):
    make.submission(period=period, figures={"taetigkeiten": 12, "stunden": "1.5"})
    version = make.submission(period=period, figures={"taetigkeiten": 14, "stunden": "1.0"})
    page = opened(client, version)
    row = page[page.index("Tätigkeiten</th>") :]
    assert [part.split("</td>")[0] for part in row.split('<td class="numeric">')[1:4]] == [
        "12",
        "14",
        "+2",
    ]
    assert "\N{MINUS SIGN}0,5" in page


def test_what_was_logged_since_is_said(client, cast, period):
    version = make.submission(period=period, figures=figures.of(period).frozen())
    assert "Seitdem hat sich geändert" not in opened(client, version)
    make.activity(3, worker=cast.worker, day=date(2016, 8, 1))
    page = opened(client, version)
    assert "Teilnehmende: heute erfasst 3 statt 0" in page


def test_a_kind_that_was_renamed_is_no_change_of_the_log(client, cast, period):
    make.activity(3, worker=cast.worker, kind=cast.kind, day=date(2016, 8, 1))
    version = make.submission(period=period, figures=figures.of(period).frozen())
    cast.kind.name = "Gespräch"
    cast.kind.save()
    assert "Seitdem hat sich geändert" not in opened(client, version)


def test_a_nil_report_says_so(client, period):
    page = opened(client, make.submission(period=period, is_nil=True, blocks={}))
    assert "wurde nichts getan" in page
    assert "Diese Fassung hat keinen Text." in page


def test_all_versions_are_linked(client, period):
    versions = [make.submission(period=period) for _ in range(3)]
    page = opened(client, versions[1])
    for version in versions:
        link = reverse("reports:version_detail", args=[version.pk])
        assert (f'href="{link}"' in page) == (version != versions[1])


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_many_versions(
    client, period, rows, django_assert_max_num_queries
):
    versions = [make.submission(period=period) for _ in range(rows)]
    with django_assert_max_num_queries(12):
        opened(client, versions[-1])
