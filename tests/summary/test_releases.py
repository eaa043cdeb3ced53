"""What is released is what was looked at, once, and stays as it was."""

from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agencies.activity import activities
from agencies.activity.models import Activity
from coordination.access.models import User
from coordination.audit import triggers
from coordination.audit.models import Entry
from coordination.council.summary import compose, drafts, releases, reports
from coordination.council.summary.models import CouncilReport, Release
from districts.models import District
from tests import make
from tests.people.desks import REFUSED, at_once

TODAY = date(2016, 12, 1)
QUARTER = {"starts_on": date(2016, 7, 1), "ends_on": date(2016, 9, 30)}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_day(settings):
    settings.PORTAL_DAY = TODAY


@pytest.fixture
def by():
    return make.user("coordination")


@pytest.fixture
def district():
    return make.district(name="Eicken", parent=make.borough(name="Nord"))


@pytest.fixture
def draft(by, district):
    """A finished quarter with an entry, an accepted report and a budget year: nothing to ask."""
    entry = make.activity(9, 8, day=date(2016, 8, 2), district=district)
    make.year(2016)
    make.period("accepted", agency=entry.agency, due_on=date(2016, 10, 14), **QUARTER)
    return reports.create(title="Drittes Quartal", as_of=TODAY, **QUARTER, text="Gut.", by=by)


def marks(report, on=TODAY):
    return [note.mark for note in drafts.compose(report, on=on).notes]


def refusal(act, *arguments, **words):
    with pytest.raises(ValidationError) as caught:
        act(*arguments, **words)
    return " ".join(caught.value.messages)


def test_a_release_keeps_what_the_preview_said(draft, by):
    preview = drafts.compose(draft, on=TODAY)
    release = releases.release(draft, seen=preview.seen, by=by)
    release = Release.objects.get(pk=release.pk)
    assert release.content == preview.content
    assert release.digest == preview.seen == compose.digest(release.content)
    assert (release.number, release.title, release.released_by) == (1, "Drittes Quartal", by)
    assert release.content["figures"]["teilnehmende.stadt"] == 17
    entry = Entry.objects.about(release).get()
    assert entry.verb == "released"
    assert entry.after["digest"] == release.digest


def test_a_later_entry_changes_no_release(draft, by, district):
    release = releases.release(draft, by=by)
    make.activity(30, day=date(2016, 8, 3), district=district)
    assert Release.objects.get(pk=release.pk).content == release.content


def test_releases_are_numbered_one_by_one(draft, by):
    other = reports.create(title="Noch einer", as_of=TODAY, **QUARTER, by=by)
    numbers = [releases.release(row, confirmed=marks(row), by=by).number for row in (draft, other)]
    assert numbers == [1, 2]


def test_nobody_releases_twice(draft, by):
    releases.release(draft, by=by)
    text = refusal(releases.release, draft, by=by)
    assert "als Nr. 1 freigegeben" in text
    assert Release.objects.count() == 1


def test_what_was_released_is_neither_changed_nor_discarded(draft, by):
    releases.release(draft, by=by)
    assert "freigegeben" in refusal(reports.change, draft, title="Anders", by=by)
    assert "freigegeben" in refusal(reports.discard, draft, by=by)


def test_a_period_that_is_not_over_is_not_released(draft, by):
    reports.change(draft, ends_on=TODAY, by=by)
    draft.refresh_from_db()
    assert "01.12.2016 und ist noch nicht vorbei" in refusal(releases.release, draft, by=by)
    reports.change(draft, ends_on=TODAY - timedelta(days=1), by=by)
    draft.refresh_from_db()
    assert releases.release(draft, confirmed=marks(draft), by=by).number == 1


def test_a_report_of_a_day_to_come_is_not_released(draft, by):
    reports.change(draft, as_of=TODAY + timedelta(days=1), by=by)
    draft.refresh_from_db()
    assert "liegt noch vor uns" in refusal(releases.release, draft, by=by)


def test_a_report_of_a_day_within_its_period_is_not_released(draft, by):
    """Nor one that was composed before this was refused."""
    assert "vor dem Ende" in refusal(reports.change, draft, as_of=date(2016, 9, 29), by=by)
    fields = {"title": "Früh", "as_of": date(2016, 9, 29), **QUARTER}
    assert "vor dem Ende" in refusal(reports.create, **fields, by=by)
    early = make.council_report(**fields, created_by=by)
    assert "vor dem Ende" in refusal(releases.release, early, confirmed=marks(early), by=by)
    assert not Release.objects.exists()


def test_a_second_report_about_a_period_has_to_be_confirmed(draft, by):
    releases.release(draft, by=by)
    other = reports.create(title="Noch einer", as_of=TODAY, **QUARTER, by=by)
    assert "Bestätigen Sie" in refusal(releases.release, other, by=by)
    ((text,),) = [[note.text for note in drafts.compose(other, on=TODAY).notes]]
    assert "schon den Bericht Nr. 1, freigegeben am " in text
    shorter = {**QUARTER, "ends_on": date(2016, 9, 29)}
    part = reports.create(title="Fast dasselbe", as_of=TODAY, **shorter, by=by)
    assert not any(
        "schon den Bericht" in note.text for note in drafts.compose(part, on=TODAY).notes
    )


def test_a_report_is_not_told_of_its_own_release(draft, by):
    """Whoever releases it in the same moment as another reads that it is released."""
    before = drafts.compose(draft, on=TODAY)
    releases.release(draft, by=by)
    assert drafts.compose(draft, on=TODAY).seen == before.seen


def test_figures_that_changed_since_the_preview_are_not_released(draft, by, district):
    seen = drafts.compose(draft, on=TODAY).seen
    make.activity(5, day=date(2016, 8, 3), district=district)
    assert "Nichts wurde freigegeben" in refusal(releases.release, draft, seen=seen, by=by)
    assert not Release.objects.exists()


def test_a_text_that_changed_since_the_preview_is_not_released(draft, by):
    seen = drafts.compose(draft, on=TODAY).seen
    reports.change(draft, text="Ganz anders.", by=by)
    draft.refresh_from_db()
    assert "Nichts wurde freigegeben" in refusal(releases.release, draft, seen=seen, by=by)


def test_a_draft_that_changes_while_it_is_computed_is_not_released(draft, by, monkeypatch):
    """Between the reading of the figures and the lock another person saves the draft."""
    composed = drafts.compose

    def slow(report, *, on):
        found = composed(report, on=on)
        reports.change(report, title="Dazwischen", by=by)
        return found

    monkeypatch.setattr(drafts, "compose", slow)
    assert "in diesem Moment" in refusal(releases.release, draft, by=by)
    assert not Release.objects.exists()


def test_a_period_without_entries_has_to_be_confirmed_and_is_noted(by):
    make.year(2016)
    empty = reports.create(title="Leer", as_of=TODAY, **QUARTER, by=by)
    assert "Bestätigen Sie" in refusal(releases.release, empty, by=by)
    release = releases.release(empty, confirmed=marks(empty), by=by)
    notes = " ".join(row["text"] for row in release.content["lists"]["notes"])
    assert "keine Tätigkeiten" in notes


def test_reports_that_are_not_accepted_have_to_be_confirmed(draft, by):
    agency = make.agency(short_name="DRK")
    make.period("submitted", agency=agency, due_on=date(2016, 10, 14), **QUARTER)
    assert "Bestätigen Sie" in refusal(releases.release, draft, by=by)
    texts = [note.text for note in drafts.compose(draft, on=TODAY).notes]
    assert any("DRK" in text for text in texts)
    assert releases.release(draft, confirmed=marks(draft), by=by)


def test_one_tick_does_not_confirm_another_note(draft, by):
    make.period("submitted", due_on=date(2016, 10, 14), **QUARTER)
    first = marks(draft)
    make.period("submitted", due_on=date(2016, 10, 14), **QUARTER)
    assert "Bestätigen Sie" in refusal(releases.release, draft, confirmed=first, by=by)


def test_a_year_without_budget_is_noted(draft, by):
    last = date(2015, 12, 1)
    reports.change(draft, as_of=last, starts_on=last, ends_on=last, by=by)
    draft.refresh_from_db()
    texts = [note.text for note in drafts.compose(draft, on=TODAY).notes]
    assert any("2015 gibt es kein Haushaltsjahr" in text for text in texts)


def test_a_district_that_changed_its_borough_is_noted_and_old_totals_are_withheld(
    draft, by, district
):
    """The difference of a borough with and without the district would be the district's count."""
    make.activity(6, 7, day=date(2016, 8, 2), district=make.district(parent=district.parent))
    south = make.borough(name="Süd")
    make.activity(6, 7, day=date(2016, 8, 2), district=make.district(parent=south))
    first = releases.release(draft, confirmed=marks(draft), by=by)
    assert first.content["figures"][f"teilnehmende.bezirk-{south.pk}"] == 13
    District.objects.filter(pk=district.pk).update(parent=south)
    after = reports.create(
        title="Danach",
        as_of=TODAY,
        starts_on=date(2016, 10, 1),
        ends_on=date(2016, 11, 30),
        by=by,
    )
    assert any("Nord, Süd" in note.text for note in drafts.compose(after, on=TODAY).notes)
    again = reports.create(title="Noch einmal", as_of=TODAY, **QUARTER, by=by)
    content = drafts.compose(again, on=TODAY).content
    assert f"teilnehmende.bezirk-{south.pk}" in content["hidden"]
    assert f"teilnehmende.bezirk-{district.parent_id}" in content["hidden"]
    assert content["lists"]["corrections"] == []


def test_what_a_report_hid_stays_hidden_in_the_next(draft, by, district):
    """Alone it would be shown: a third person makes the count large enough."""
    other = make.district(parent=district.parent)
    entry = make.activity(2, day=date(2016, 8, 2), district=other)
    first = releases.release(draft, confirmed=marks(draft), by=by)
    name = f"teilnehmende.stadtteil-{other.pk}"
    assert name in first.content["hidden"]
    activities.change(entry, counts={row.target_group: 40 for row in entry.headcounts.all()}, by=by)
    again = reports.create(title="Noch einmal", as_of=TODAY, **QUARTER, by=by)
    assert name in drafts.compose(again, on=TODAY).content["hidden"]


def test_what_is_kept_survives_the_database_unchanged(draft, by, district):
    """Also outlines, whose numbers are floats, one of them a negative nought."""
    outline = [[[0.1, -0.0], [1e-07, 5.0], [556.3, 1.25]]]
    District.objects.filter(pk=district.pk).update(outline=outline)
    release = releases.release(draft, confirmed=marks(draft), by=by)
    kept = Release.objects.get(pk=release.pk)
    assert compose.digest(kept.content) == kept.digest
    assert releases.is_sound(kept)


def test_a_figure_that_is_a_float_is_refused():
    with pytest.raises(TypeError, match="no float"):
        drafts.as_kept({"figures": {"teilnehmende.stadt": 0.1}})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE summary_release SET title = 'x'",
        "UPDATE summary_release SET content = '{}'",
        "DELETE FROM summary_release",
    ],
)
def test_the_database_refuses_to_change_a_release(draft, by, statement):
    release = releases.release(draft, by=by)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Release.objects.get(pk=release.pk).content == release.content


@pytest.mark.parametrize(
    "act",
    [
        lambda row: Release.objects.update(title="x"),
        lambda row: Release.objects.all().delete(),
        lambda row: row.delete(),
        lambda row: row.save(),
        lambda row: Release.objects.bulk_update([row], ["title"]),
        lambda row: row.report.delete(),
    ],
)
def test_nor_does_the_application(draft, by, act):
    release = releases.release(draft, by=by)
    with pytest.raises(DatabaseError), transaction.atomic():
        act(release)
    assert Release.objects.get().content == release.content


def test_verify_releases_finds_what_was_changed_past_the_triggers(draft, by, capsys):
    release = releases.release(draft, by=by)
    call_command("verify_releases")
    assert "1 Bericht geprüft" in capsys.readouterr().out
    triggers.remove(connection, "summary_release")
    changed = {**release.content, "figures": {**release.content["figures"]}}
    changed["figures"]["teilnehmende.stadt"] = 18
    Release.objects.filter(pk=release.pk).update(content=changed)
    triggers.install(connection, "summary_release")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_releases")
    assert stopped.value.code == 1
    assert "Nr. 1" in capsys.readouterr().err


def test_a_head_that_differs_from_its_figures_is_found_too(draft, by):
    release = releases.release(draft, by=by)
    assert releases.is_sound(release)
    release.title = "Anders"
    assert not releases.is_sound(release)


def test_what_is_entered_later_carries_the_day_it_happened(draft, by):
    at = datetime(2016, 10, 5, 9, tzinfo=timezone.get_default_timezone())
    reports.change(draft, as_of=date(2016, 10, 4), by=by)
    draft.refresh_from_db()
    release = releases.release(draft, at=at, confirmed=marks(draft), by=by)
    assert release.released_at == at


# --- in the same moment ---------------------------------------------------------------------------


@pytest.fixture
def alone(transactional_db):
    by = make.user("coordination")
    make.year(2016)
    report = reports.create(title="Drittes Quartal", as_of=TODAY, **QUARTER, by=by)
    return report, by


def composed(number, by):
    """A draft over a period of its own, so that none has to be told of another."""
    starts_on = QUARTER["starts_on"] - timedelta(days=number)
    span = {**QUARTER, "starts_on": starts_on}
    return reports.create(title=f"Nr. {number}", as_of=TODAY, **span, by=by)


def again(row):
    return CouncilReport.objects.get(pk=row.pk)


@pytest.mark.django_db(transaction=True)
def test_twenty_releases_of_one_draft_are_one(alone):
    report, by = alone
    ticked = marks(report)
    results = at_once([lambda: releases.release(again(report), confirmed=ticked, by=by)] * 20)
    assert len(results) - results.count(REFUSED) == 1
    assert Release.objects.get().number == 1
    assert Entry.objects.filter(verb="released").count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_drafts_released_at_once_get_different_numbers(alone):
    report, by = alone
    rows = [report] + [composed(n, by) for n in range(1, 6)]
    ticked = marks(report)
    results = at_once(
        [lambda row=row: releases.release(again(row), confirmed=ticked, by=by) for row in rows]
    )
    kept = len(results) - results.count(REFUSED)
    assert kept >= 1
    numbers = list(Release.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, kept + 1))


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_number_would_be_given_twice(alone, monkeypatch):
    """The red control: only the unique number stands between the two then, as an error."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer at a time begin, so it needs no lock of rows")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    report, by = alone
    rows = [report] + [composed(n, by) for n in range(1, 6)]
    ticked, check = marks(report), Release.full_clean
    all_there = Barrier(len(rows), timeout=60)

    def checked(release, **options):
        check(release, **options)
        all_there.wait()  # each has read the last number, and none has kept its release yet

    monkeypatch.setattr(Release, "full_clean", checked)
    with pytest.raises(DatabaseError):
        at_once(
            [lambda row=row: releases.release(again(row), confirmed=ticked, by=by) for row in rows]
        )


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_either_released_or_discarded(alone):
    report, by = alone
    ticked = marks(report)
    results = at_once(
        [lambda: releases.release(report, confirmed=ticked, by=by)] * 4
        + [lambda: reports.discard(CouncilReport(pk=report.pk), by=by) or "gone"] * 4
    )
    done = [row for row in results if row != REFUSED]
    assert len(done) == 1
    assert Release.objects.exists() == (done[0] != "gone")
    assert CouncilReport.objects.exists() == (done[0] != "gone")


@pytest.mark.django_db(transaction=True)
def test_the_page_sent_twenty_times_releases_once(alone, client):
    report, by = alone
    client.force_login(by)
    url = reverse("summary:report_release", args=[report.pk])
    seen = drafts.compose(report, on=TODAY).seen
    values = {"seen": seen, "confirmed": marks(report)}
    cookies = client.cookies

    def post():
        browser = type(client)()
        browser.cookies = cookies.copy()
        response = browser.post(url, values)
        return response.status_code, response.headers.get("Location")

    results = at_once([post] * 20)
    release = Release.objects.get()
    assert set(results) == {(302, reverse("summary:release_detail", args=[release.pk]))}


def test_figures_are_of_one_state_and_their_entries_are_still_there(draft, by):
    """What was counted can be counted again from the rows, as long as nobody changes them."""
    release = releases.release(draft, by=by)
    rows = Activity.objects.filter(day__range=(QUARTER["starts_on"], QUARTER["ends_on"]))
    people = sum(head.people for row in rows for head in row.headcounts.all())
    assert release.content["figures"]["teilnehmende.stadt"] == people
    assert User.objects.filter(pk=release.released_by_id).exists()
