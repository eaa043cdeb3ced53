"""Internal comments reach the city only: on no page, in no file and in no log of an agency."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies.reports import comments
from agencies.reports.models.report import CommentQuerySet
from coordination.audit.models import Entry
from tests import make
from tests.census import address, pages, sign_in
from tests.test_canary import everything_in

SECRET, SHARED = "kanarie-intern", "kanarie-gemeinsam"
OF_THE_AGENCY = ("lead", "worker")
OF_THE_CITY = ("coordination", "audit")
FILES = ("reports:period_board", "audit:entry_list", "activity:activity_list")


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture
def said(cast):
    """A comment of each kind about every period of the agency."""
    by = cast.people["coordination"]
    for period in cast.agency.reporting_periods.all():
        comments.create(period, text=SECRET, is_internal=True, by=by)
        comments.create(period, text=SHARED, is_internal=False, by=by)
    return cast


def look(client, cast, who):
    """Everything this person can open, and what of it holds one of the comments."""
    browser = sign_in(type(client)(), cast, who)
    found = set()
    for page, row in pages(who, "yes"):
        for query in ["", "?format=csv", "?format=xlsx"] if page in FILES else [""]:
            text = everything_in(browser.get(address(page, row, cast) + query))
            found |= {(page, word) for word in (SECRET, SHARED) if word in text}
    return found


@pytest.mark.parametrize("who", OF_THE_AGENCY)
def test_no_page_and_no_file_tells_an_agency_what_is_internal(client, said, who):
    found = look(client, said, who)
    assert {word for _page, word in found} == {SHARED}


@pytest.mark.parametrize("who", OF_THE_CITY)
def test_the_city_reads_both(client, said, who):
    assert {word for _page, word in look(client, said, who)} == {SECRET, SHARED}


def test_other_agencies_and_the_council_read_neither(client, said):
    for who in ("other_lead", "council", "stranger"):
        assert look(client, said, who) == set()


def test_without_the_rule_the_agency_would_read_them(client, said, monkeypatch):
    """The red control."""
    monkeypatch.setattr(CommentQuerySet, "readable", lambda rows, checks: rows.all())
    browser = sign_in(client, said, "lead")
    answer = browser.get(reverse("reports:period_detail", args=[said.open_period.pk]))
    assert SECRET in answer.content.decode()


def test_the_log_says_there_is_an_internal_comment_to_the_city_only(client, said):
    kept = Entry.objects.filter(target_model="reports.comment")
    periods = said.agency.reporting_periods.count()
    assert kept.filter(agency_id=None).count() == periods
    assert kept.filter(agency_id=said.agency.pk).count() == periods
    assert SECRET not in str(list(kept.values()))
    assert SHARED not in str(list(kept.values()))
    for who, lines in (("lead", periods), ("worker", periods), ("coordination", 2 * periods)):
        browser = sign_in(type(client)(), said, who)
        answer = browser.get(reverse("audit:entry_list"), {"format": "csv"})
        assert everything_in(answer).count(";kommentar;") == lines, who


def test_whatever_an_agency_sends_its_comment_is_never_internal(client, cast):
    sign_in(client, cast, "lead")
    url = reverse("reports:comment_create", args=[cast.open_period.pk])
    sent = {"text": "Hallo", "leser": "intern", "is_internal": "on"}
    assert client.post(url, sent).status_code == 302
    assert cast.open_period.comments.get().is_internal is False


def test_the_city_must_say_who_may_read_it(client, cast):
    sign_in(client, cast, "coordination")
    url = reverse("reports:comment_create", args=[cast.open_period.pk])
    for page in (url, reverse("reports:period_detail", args=[cast.open_period.pk])):
        answer = client.get(page)
        assert answer.content.decode().count('type="radio"') == 2
        assert "checked" not in answer.content.decode()
    answer = client.post(url, {"text": "Hallo"})
    assert "Wählen Sie, wer den Kommentar lesen darf." in answer.content.decode()
    assert "Hallo" in answer.content.decode()
    assert not cast.open_period.comments.exists()
    for choice, is_internal in (("intern", True), ("beide", False)):
        client.post(url, {"text": "Hallo", "leser": choice})
        assert cast.open_period.comments.last().is_internal is is_internal


def test_each_comment_names_its_readers(client, said):
    sign_in(client, said, "coordination")
    page = client.get(reverse("reports:period_detail", args=[said.open_period.pk]))
    text = page.content.decode()
    internal, shared = text.split("comment--internal")[1], text.split("comment--shared")[1]
    assert "Intern: nur Koordination und Rechnungsprüfung" in internal.split("</li>")[0]
    assert "Sichtbar für AWO, Koordination und Rechnungsprüfung" in shared.split("</li>")[0]


def test_an_empty_or_endless_comment_is_refused_at_its_field(cast):
    for text in ("", " \n", "x" * 1_001):
        with pytest.raises(ValidationError) as refused:
            comments.create(cast.open_period, text=text, is_internal=False, by=make.user())
        assert "text" in refused.value.message_dict


def test_the_same_words_twice_in_a_row_are_one_comment(cast):
    period, by = cast.open_period, make.user()
    comments.create(period, text="Hallo", is_internal=False, by=by)
    with pytest.raises(ValidationError) as refused:
        comments.create(period, text="Hallo", is_internal=False, by=by)
    assert refused.value.code == "done"
    comments.create(period, text="Hallo", is_internal=True, by=by)
    comments.create(period, text="Hallo", is_internal=False, by=by)
    assert period.comments.count() == 3
