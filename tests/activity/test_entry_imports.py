"""Entering a file of activities: all of it or nothing, the same entry never twice."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.utils import timezone

from agencies.activity import activities, entry_imports, entry_plans, rollup
from agencies.activity.entry_imports import ENTER, LEAVE
from agencies.activity.models import Activity, ActivityUpload, Headcount
from agencies.lists.models import Format, Kind
from agencies.models import Agency, Worker
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "Nummer;Datum;Stadtteil;Fachkraft;Art;Form;Minuten;Geflüchtete;Anwohnende;Ehrenamtliche;Themen;Notiz"  # noqa: E501


def table(*lines, head=HEAD):
    return "\n".join([head, *lines, ""])


def line(
    number="", day="02.11.2016", minutes="60", counts="3;2;1", topics="Wohnen", note="", **more
):
    words = {"district": "Eicken", "worker": "", "kind": "Beratung", "format": "vor Ort", **more}
    return ";".join([number, day, *words.values(), minutes, counts, topics, note])


def keep(cast, content, agency=None):
    file = SimpleUploadedFile("taetigkeiten.csv", content.encode())
    return entry_imports.keep(agency or cast.agency, file=file, by=cast.people["lead"])


def planned(upload):
    return entry_plans.planned(upload.agency, bytes(upload.content))


def exhausted(steps):
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def confirm(cast, upload, doubles="", notes_too=False, expected=None):
    if expected is None:
        expected = planned(upload).fingerprint
    steps = entry_imports.confirm(
        upload, expected=expected, doubles=doubles, notes_too=notes_too, by=cast.people["lead"]
    )
    return exhausted(steps)[0]


def bring(cast, *lines, head=HEAD, **how):
    return confirm(cast, keep(cast, table(*lines, head=head)), **how)


def mistakes(cast, *lines, head=HEAD):
    plan = planned(keep(cast, table(*lines, head=head)))
    return [(m.number, m.column, m.found, m.text) for m in plan.mistakes]


@pytest.fixture
def empty(cast):
    Activity.objects.all().delete()
    return cast


def test_a_line_becomes_an_entry_with_everything_it_says(empty):
    cast = empty
    done = bring(cast, line("A-1", note="Fragen zur Wohnung"))
    assert (done.new, done.changed, done.unchanged) == (1, 0, 0)
    entry = Activity.objects.get()
    assert (entry.agency, entry.worker, entry.district) == (cast.agency, cast.worker, cast.district)
    assert (entry.day, entry.minutes, entry.note) == (date(2016, 11, 2), 60, "Fragen zur Wohnung")
    assert (entry.refugees, entry.others, entry.helpers) == (3, 2, 1)
    assert entry.external_id == "A-1"
    assert entry.form_id is None
    assert entry.created_by == cast.people["lead"]
    assert {row.target_group.name: row.people for row in entry.headcounts.all()} == {
        "Geflüchtete": 3, "Anwohnende": 2, "Ehrenamtliche": 1,
    }  # fmt: skip
    assert list(entry.topics.all()) == [cast.topic]
    assert rollup.differences() == []


def test_a_second_import_changes_what_is_other_and_leaves_the_rest_alone(empty):
    cast = empty
    make.topic(name="Sprache")
    bring(cast, *[line(f"A-{n}", minutes="30") for n in range(1, 4)])
    before = {row.external_id: (row.pk, row.created_at) for row in Activity.objects.all()}
    done = bring(
        cast,
        line("A-1", minutes="30"),
        line("A-2", minutes="45", counts="0;;7", topics='"Sprache; Wohnen"', note="neu"),
        line("A-9"),
    )
    assert (done.new, done.changed, done.unchanged) == (1, 1, 1)
    assert Activity.objects.count() == 4
    changed = Activity.objects.get(external_id="A-2")
    assert (changed.pk, changed.created_at) == before["A-2"]
    assert (changed.minutes, changed.refugees, changed.others, changed.helpers) == (45, 0, 0, 7)
    assert [row.people for row in changed.headcounts.all()] == [7]
    assert {topic.name for topic in changed.topics.all()} == {"Sprache", "Wohnen"}
    assert rollup.differences() == []


def test_each_change_is_in_the_log_with_its_figures_and_not_its_note(empty):
    cast = empty
    bring(cast, line("A-1"), line("A-2"))
    bring(cast, line("A-1", minutes="90", counts="5;2;1", note="Geheimes"), line("A-2"))
    entry = Activity.objects.get(external_id="A-1")
    (logged,) = Entry.objects.about(entry)
    assert logged.verb == "changed"
    assert (logged.before["minutes"], logged.after["minutes"]) == (60, 90)
    assert (logged.before["refugees"], logged.after["refugees"]) == (3, 5)
    assert "Geheimes" not in str(logged.after)
    assert (logged.agency_id, logged.by) == (cast.agency.pk, cast.people["lead"])
    first, second = Entry.objects.filter(verb="imported").order_by("pk")
    assert (first.after["new"], second.after["changed"], second.after["unchanged"]) == (2, 1, 1)
    assert second.agency_id == cast.agency.pk


def test_a_change_by_import_is_logged_as_one_by_hand(empty):
    cast = empty
    bring(cast, line("A-1"), line("A-2"))
    by_hand, by_file = Activity.objects.order_by("external_id")
    activities.change(by_hand, minutes=90, day=date(2016, 11, 3), by=cast.people["lead"])
    bring(cast, line("A-2", minutes="90", day="03.11.2016"))
    (one,), (other,) = Entry.objects.about(by_hand), Entry.objects.about(by_file)
    assert (one.before, one.after) == (other.before, other.after)
    assert (one.target_label, one.district_id) == (other.target_label, other.district_id)


def test_columns_the_file_lacks_leave_an_entry_as_it_is(empty):
    cast = empty
    bring(cast, line("A-1", note="bleibt"))
    head = "Nummer;Datum;Stadtteil;Art;Form;Minuten;Geflüchtete"
    bring(cast, "A-1;02.11.2016;Eicken;Beratung;vor Ort;75;4", head=head)
    entry = Activity.objects.get()
    assert (entry.minutes, entry.note, entry.refugees, entry.others) == (75, "bleibt", 4, 2)
    assert list(entry.topics.all()) == [cast.topic]
    done = bring(cast, "A-1;02.11.2016;Eicken;Beratung;vor Ort;75;", head=head)
    assert done.changed == 1
    assert Activity.objects.get().refugees == 0


def test_numbers_belong_to_an_agency(empty):
    cast = empty
    make.worker(agency=cast.other_agency)
    bring(cast, line("A-1"))
    upload = keep(cast, table(line("A-1", minutes="90")), cast.other_agency)
    assert confirm(cast, upload).new == 1
    assert Activity.objects.count() == 2
    assert Activity.objects.get(agency=cast.agency).minutes == 60


def test_a_number_twice_in_one_file_is_a_mistake(empty):
    assert mistakes(empty, line("A-1"), line("A-2"), line("A-1")) == [
        (4, "Nummer", "A-1", "Diese Nummer steht auch in Zeile 2. Jede Tätigkeit hat ihre eigene.")
    ]


def test_one_wrong_line_keeps_out_all_others(empty):
    upload = keep(empty, table(line("A-1"), line("A-2", minutes="viel")))
    with pytest.raises(ValidationError, match="Es wurde nichts eingetragen"):
        confirm(empty, upload)
    assert not Activity.objects.exists()
    assert not ActivityUpload.objects.get(pk=upload.pk).applied_at


WRONG = [
    ({"district": "Eickn"}, "Stadtteil", "Eickn", "ist kein Stadtteil. Bitte Namen oder Schlüssel schreiben. Gemeint: Eicken?"),  # noqa: E501
    ({"district": "Nord"}, "Stadtteil", "Nord", "Stadtbezirk"),
    ({"worker": "Niemand"}, "Fachkraft", "Niemand", "ist keine Fachkraft von AWO"),
    ({"kind": "Beratungen"}, "Art", "Beratungen", "Gemeint: Beratung?"),
    ({"kind": "Tanz"}, "Art", "Tanz", "In der Liste stehen: Beratung"),
    ({"format": "Tanz"}, "Form", "Tanz", "steht nicht in der Liste"),
    ({"topics": "Wohnen, Tanz"}, "Themen", "Wohnen, Tanz", "„Tanz“ steht nicht in der Liste"),
    ({"day": "02.11.2199"}, "Datum", "02.11.2199", "liegt in der Zukunft"),
    ({"day": "02.11.1999"}, "Datum", "02.11.1999", "darf nicht vor dem"),
    ({"counts": "-1;0;0"}, "Geflüchtete", "-1", "ohne Vorzeichen"),
    ({"counts": "1000000000000;0;0"}, "Geflüchtete", "1000000000000", "höchstens 9.999"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "column", "found", "text"), WRONG)
def test_what_cannot_be_entered_is_told_by_line_and_column(empty, words, column, found, text):
    (number, *place, told), *_more = mistakes(empty, line("A-1"), line("A-2", **words))
    assert (number, place) == (3, [column, found])
    assert text in told


def test_workers_and_offers_of_another_agency_are_unknown(empty):
    cast = empty
    stranger = make.worker(agency=cast.other_agency, name="Fremde Fachkraft")
    make.offer(agency=cast.other_agency, contact=stranger, title="Fremdes Angebot")
    head = f"{HEAD};Angebot;Verband"
    found = mistakes(
        cast,
        f"{line('A-1', worker='Fremde Fachkraft')};Fremdes Angebot;DRK",
        f"{line('A-2', worker=cast.worker.name)};Sprachcafé;awo",
        head=head,
    )
    assert [(number, column) for number, column, *_ in found] == [
        (2, "Verband"), (2, "Fachkraft"), (2, "Angebot"),
    ]  # fmt: skip
    assert "Fachkraft" not in found[2][3].replace("Fachkraft von", "")


def test_who_is_no_longer_active_enters_nothing_new(empty):
    cast = empty
    old = make.worker(agency=cast.agency, name="Eva Ehemals", is_active=False)
    ((_, column, found, text),) = mistakes(cast, line("A-1", worker="Ehemals, Eva"))
    assert (column, found) == ("Fachkraft", "Ehemals, Eva")
    assert "nicht mehr aktiv" in text
    there = {"district": cast.district, "kind": cast.kind, "format": Format.objects.get()}
    make.activity(3, 2, 1, worker=old, external_id="A-2", **there)
    assert bring(cast, line("A-2", worker="Eva Ehemals", minutes="99")).changed == 1


def test_the_worker_may_be_left_out_where_there_is_one(empty):
    cast = empty
    assert mistakes(cast, line("A-1")) == []
    make.worker(agency=cast.agency)
    ((_, column, found, text),) = mistakes(cast, line("A-1"))
    assert (column, found) == ("Fachkraft", "")
    assert "nicht genau eine" in text


def test_two_of_one_name_are_told_apart_by_their_address(empty):
    cast = empty
    for part in "ab":
        make.worker(agency=cast.agency, name="Kim Doppelt", email=f"{part}@example.org")
    ((_, column, _, text),) = mistakes(cast, line("A-1", worker="Kim Doppelt"))
    assert (column, "E-Mail-Adresse" in text) == ("Fachkraft", True)
    bring(cast, line("A-1", worker="B@example.org"))
    assert Activity.objects.get().worker.email == "b@example.org"


def test_a_district_is_known_by_its_key_and_at_its_time(empty):
    cast = empty
    old = make.district(name="Altdorf", ends_on=date(2016, 6, 30))
    cast.district.key = "007"
    cast.district.save()
    assert mistakes(cast, line("A-1", district="007"), line("A-2", district="7")) == []
    ((_, column, _, text),) = mistakes(cast, line("A-1", district=old.name))
    assert (column, "gibt es am 02.11.2016 nicht" in text) == ("Stadtteil", True)


def test_a_retired_kind_is_refused_on_new_days_only(empty):
    cast = empty
    make.kind(name="Kleiderkammer", ends_on=date(2016, 10, 31))
    ((_, column, *_),) = mistakes(cast, line("A-1", kind="Kleiderkammer"))
    assert column == "Art"
    assert mistakes(cast, line("A-1", kind="kleiderkammer", day="31.10.2016")) == []


def test_a_target_group_of_another_time_is_told_under_its_column(empty):
    make.target_group(name="Helfende", ends_on=date(2015, 12, 31))
    found = mistakes(empty, f"{line('A-1')};4", head=f"{HEAD};Helfende")
    assert [(column, typed) for _, column, typed, _ in found] == [("Helfende", "4")]


def test_a_topic_may_have_a_comma_in_its_name(empty):
    make.topic(name="Arbeit, Ausbildung")
    bring(empty, line("A-1", topics="Wohnen, Arbeit, Ausbildung"))
    assert Activity.objects.get().topics.count() == 2


CLOSED = ["locked", "accepted", "submitted"]
DAYS = {"locked": "02.11.2015", "accepted": "02.02.2016", "submitted": "02.05.2016"}


@pytest.mark.parametrize("state", CLOSED)
def test_days_of_closed_periods_are_refused(empty, state):
    ((_, column, found, text),) = mistakes(empty, line("A-1", day=DAYS[state]))
    assert (column, found) == ("Datum", DAYS[state])
    assert "Quartal" in text


def test_an_entry_does_not_move_into_or_out_of_a_closed_period(empty):
    cast = empty
    bring(cast, line("A-1"))
    assert mistakes(cast, line("A-1", day=DAYS["locked"]))[0][1] == "Datum"
    Activity.objects.update(day=date(2015, 11, 2))
    assert mistakes(cast, line("A-1"))[0][1] == "Datum"
    assert mistakes(cast, line("A-1", day="02.11.2015", minutes="61"))[0][1] == "Datum"
    assert mistakes(cast, line("A-1", day="02.11.2015")) == []  # as it is already


def test_lines_without_a_number_that_are_there_already_are_asked_about(empty):
    cast = empty
    bring(cast, line(), line(), line(minutes="30"))
    again = table(line(), line(), line(), line(minutes="30"), line(day="03.11.2016"))
    upload = keep(cast, again)
    assert [entry.number for entry in planned(upload).doubles] == [2, 3, 5]
    with pytest.raises(ValidationError, match="wahrscheinlich schon eingetragen"):
        confirm(cast, upload)
    assert Activity.objects.count() == 3
    done = confirm(cast, upload, doubles=LEAVE)
    assert (done.new, done.left_out) == (2, 3)
    assert Activity.objects.count() == 5
    assert confirm(cast, keep(cast, again), doubles=ENTER).new == 5
    assert Activity.objects.count() == 10


def test_a_number_is_asked_about_only_if_the_entry_was_made_by_hand(empty):
    cast = empty
    bring(cast, line("A-1"))
    assert planned(keep(cast, table(line("A-2")))).doubles == []
    Activity.objects.update(external_id="")
    assert len(planned(keep(cast, table(line("A-2")))).doubles) == 1


def test_notes_that_look_like_a_case_need_a_tick_and_are_counted(empty):
    cast = empty
    case = "Herr Yilmaz, geb. 3.4.1990"
    upload = keep(cast, table(line("A-1", note=case), line("A-2", note="ok")))
    assert [entry.number for entry in planned(upload).suspicious] == [2]
    with pytest.raises(ValidationError, match="Häkchen"):
        confirm(cast, upload)
    confirm(cast, upload, notes_too=True)
    assert Activity.objects.get(is_note_insisted=True).external_id == "A-1"
    logged = Entry.objects.get(verb="imported")
    assert logged.after["notes_insisted"] == 1
    assert "Yilmaz" not in str(logged.after)
    again = keep(cast, table(line("A-1", minutes="61", note=case)))
    assert planned(again).suspicious == []  # asked once
    confirm(cast, again)
    assert Activity.objects.get(external_id="A-1").is_note_insisted
    bring(cast, line("A-1", note="besser"))
    assert not Activity.objects.get(external_id="A-1").is_note_insisted


def test_what_has_changed_meanwhile_is_not_entered(empty):
    cast = empty
    upload = keep(cast, table(line("A-1"), line("A-2")))
    shown = planned(upload).fingerprint
    bring(cast, line("A-2"))
    with pytest.raises(ValidationError, match="nichts eingetragen"):
        confirm(cast, upload, expected=shown)
    assert Activity.objects.count() == 1


def test_a_period_that_is_closed_meanwhile_stops_the_import(empty):
    cast = empty
    upload = keep(cast, table(line("A-1")))
    shown = planned(upload).fingerprint
    type(cast.open_period).objects.filter(pk=cast.open_period.pk).update(
        state="submitted", first_submitted_at=upload.created_at
    )
    with pytest.raises(ValidationError, match="nichts eingetragen"):
        confirm(cast, upload, expected=shown)
    assert not Activity.objects.exists()


def test_the_same_file_confirmed_twice_is_entered_once(empty):
    cast = empty
    upload = keep(cast, table(line()))
    shown = planned(upload).fingerprint
    assert confirm(cast, upload, expected=shown).new == 1
    assert confirm(cast, upload, expected=shown).is_again  # as it was read before
    upload.refresh_from_db()
    assert confirm(cast, upload, expected=shown).is_again
    assert (Activity.objects.count(), bytes(upload.content)) == (1, b"")
    assert entry_imports.entered_before(keep(cast, table(line()))) == upload


def started(cast, lines=1_200):
    """An import in the middle of writing, with some entries written already."""
    upload = keep(cast, table(*[line(f"A-{n}") for n in range(lines)]))
    steps = entry_imports.confirm(
        upload,
        expected=planned(upload).fingerprint,
        doubles="",
        notes_too=False,
        by=cast.people["lead"],
    )
    for step in steps:
        if step.is_writing:
            assert 0 < step.done < lines
            return upload, steps
    raise AssertionError


def nothing_is_left(upload):
    assert not Activity.objects.exists()
    assert not Headcount.objects.exists()
    assert not Entry.objects.filter(verb="imported").exists()
    assert rollup.differences() == []
    upload.refresh_from_db()
    assert not upload.applied_at
    assert upload.content


def test_whoever_goes_away_midway_leaves_nothing_behind(empty):
    upload, steps = started(empty)
    assert Activity.objects.exists()
    steps.close()
    nothing_is_left(upload)


def test_a_fault_midway_leaves_nothing_behind(empty):
    upload, steps = started(empty)
    with pytest.raises(DatabaseError):
        steps.throw(DatabaseError("gone"))
    nothing_is_left(upload)


CHANGES = {
    "a period is closed": lambda cast: (
        type(cast.open_period)
        .objects.filter(pk=cast.open_period.pk)
        .update(state="submitted", first_submitted_at=timezone.now())
    ),
    "a kind is retired": lambda cast: Kind.objects.update(ends_on=date(2016, 1, 1)),
    "the worker leaves": lambda cast: Worker.objects.update(is_active=False),
    "somebody enters the same by hand": lambda cast: bring(cast, line(day="03.11.2016")),
    "an entry is changed by hand": lambda cast: Activity.objects.update(minutes=7),
    "its topics are changed": lambda cast: Activity.objects.get().topics.clear(),
    "its people are counted anew": lambda cast: Headcount.objects.update(people=9),
    "the agency ends": lambda cast: Agency.objects.update(is_active=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_between_the_look_and_the_lock_stops_the_import(empty, change):
    cast = empty
    bring(cast, line("A-1"))
    upload = keep(cast, table(line("A-1", minutes="61"), line("A-2", day="03.11.2016")))
    steps = entry_imports.confirm(
        upload,
        expected=planned(upload).fingerprint,
        doubles="",
        notes_too=False,
        by=cast.people["lead"],
    )
    next(steps)
    CHANGES[change](cast)
    there = set(Activity.objects.values_list("pk", "minutes"))
    with pytest.raises(ValidationError, match="nichts eingetragen"):
        exhausted(steps)
    assert set(Activity.objects.values_list("pk", "minutes")) == there


def test_progress_is_told_while_it_goes_on(empty):
    upload = keep(empty, table(*[line(f"A-{n}") for n in range(1_200)]))
    steps = entry_imports.confirm(
        upload,
        expected=planned(upload).fingerprint,
        doubles="",
        notes_too=False,
        by=empty.people["lead"],
    )
    done, seen = exhausted(steps)
    assert done.new == 1_200
    assert [(step.done, step.total) for step in seen if not step.is_writing] == [
        (0, 1_200), (1_000, 1_200),
    ]  # fmt: skip
    assert [step.done for step in seen if step.is_writing] == [500, 1_000, 1_200]


def test_changing_many_keeps_every_row_and_the_rollup(empty):
    cast = empty
    bring(cast, *[line(f"A-{n}") for n in range(700)])
    pks = set(Activity.objects.values_list("pk", flat=True))
    done = bring(cast, *[line(f"A-{n}", minutes="61", counts=f"{n % 7};1;") for n in range(700)])
    assert done.changed == 700
    assert set(Activity.objects.values_list("pk", flat=True)) == pks
    assert rollup.differences() == []
    assert Entry.objects.filter(verb="changed", target_model="activity.activity").count() == 700


@pytest.mark.parametrize("rows", [1, 20, 700])
def test_a_plan_costs_the_same_however_long_the_file(empty, django_assert_max_num_queries, rows):
    bring(empty, *[line(f"A-{n}") for n in range(rows)])
    upload = keep(empty, table(*[line(f"A-{n}", minutes="61") for n in range(rows)]))
    with django_assert_max_num_queries(13):
        assert planned(upload).counts["changed"] == rows


@pytest.mark.django_db(transaction=True)
def test_ten_confirmations_at_the_same_moment_have_one_effect(empty):
    upload = keep(empty, table(*[line() for _ in range(40)]))
    shown, results = planned(upload).fingerprint, []
    start = threading.Barrier(10)

    def run():
        try:
            start.wait()
            results.append(confirm(empty, upload, expected=shown))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done.new for done in results) == [0] * 9 + [40]
    assert Activity.objects.count() == 40
    assert rollup.differences() == []
