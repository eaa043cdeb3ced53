"""A later correction stands in the next report, with what was said before."""

from datetime import date

import pytest

from agencies.activity import activities
from coordination.council.summary import corrections, drafts, releases, reports
from tests import make

TODAY = date(2016, 12, 1)
SPRING = {"starts_on": date(2016, 4, 1), "ends_on": date(2016, 6, 30)}
SUMMER = {"starts_on": date(2016, 7, 1), "ends_on": date(2016, 9, 30)}
AUTUMN = {"starts_on": date(2016, 10, 1), "ends_on": date(2016, 11, 30)}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_day(settings):
    settings.PORTAL_DAY = TODAY


@pytest.fixture
def by():
    return make.user("coordination")


@pytest.fixture
def group():
    return make.target_group("refugee", name="Geflüchtete")


@pytest.fixture
def district():
    return make.district(name="Eicken", parent=make.borough(name="Nord"))


@pytest.fixture
def entry(district, group):
    worker = make.worker(agency=make.agency(short_name="AWO"))
    return make.activity(400, worker=worker, district=district, day=date(2016, 5, 3))


def report(by, title="Bericht", span=SUMMER):
    as_of = max(TODAY, span["ends_on"])
    return reports.create(title=title, as_of=as_of, **span, by=by)


def released(by, title="Bericht", span=SPRING):
    row = report(by, title, span)
    ticked = [note.mark for note in drafts.compose(row, on=TODAY).notes]
    return releases.release(row, confirmed=ticked, by=by)


def recount(entry, people, by):
    counts = {row.target_group: people for row in entry.headcounts.all()}
    activities.change(entry, counts=counts, by=by)


def found(draft):
    return drafts.compose(draft, on=TODAY).content["lists"]["corrections"]


def texts(draft):
    return [row["text"] for row in found(draft)]


def test_a_changed_entry_is_a_correction_of_the_next_report(entry, by):
    released(by)
    draft = report(by)
    assert found(draft) == []
    recount(entry, 396, by)
    assert (
        "Teilnehmende, Musterstadt, 2. Quartal 2016: korrigiert am 01.12.2016 von 400 auf 396 "
        "(Ratsbericht Nr. 1)" in texts(draft)
    )
    line = found(draft)[0]
    assert (line["key"], line["was"], line["now"], line["report"], line["day"]) == (
        "teilnehmende.stadt",
        "400",
        "396",
        1,
        "2016-12-01",
    )


def test_what_was_corrected_once_is_not_corrected_again(entry, by):
    released(by)
    recount(entry, 396, by)
    second = released(by, "Sommer", SUMMER)
    assert second.content["lists"]["corrections"]
    assert found(report(by, "Herbst", AUTUMN)) == []


def test_a_second_correction_starts_from_the_first(entry, by):
    released(by)
    recount(entry, 396, by)
    released(by, "Sommer", SUMMER)
    recount(entry, 390, by)
    line = found(report(by, "Herbst", AUTUMN))[0]
    assert (line["was"], line["now"]) == ("396", "390")


def test_a_correction_of_a_period_no_later_report_shows_is_compared_with_the_corrected_value(
    entry, by, district
):
    """After two further reports the spring is no period before any more."""
    released(by)
    released(by, "Sommer", SUMMER)
    recount(entry, 396, by)
    released(by, "Herbst", AUTUMN)
    recount(entry, 390, by)
    later = reports.create(
        title="Winter",
        as_of=date(2017, 1, 31),
        starts_on=date(2016, 12, 1),
        ends_on=date(2017, 1, 31),
        by=by,
    )
    name = "Eicken, 2. Quartal 2016: korrigiert am 01.12.2016 von 396 auf 390"
    assert any(name in text for text in texts(later))


def test_an_entry_that_came_late_is_a_correction_too(entry, by, district):
    for day in (4, 5, 6):
        make.activity(20, worker=entry.worker, district=district, day=date(2016, 5, day))
    released(by)
    make.activity(20, worker=entry.worker, district=district, day=date(2016, 5, 9))
    lines = {(row["label"], row["place"]): row for row in found(report(by))}
    for label, was, now in (("Tätigkeiten", "4", "5"), ("Teilnehmende", "460", "480")):
        line = lines[label, "Musterstadt"]
        assert (line["was"], line["now"]) == (was, now)


def test_what_is_hidden_is_never_corrected_in_the_open(entry, by, district):
    """Neither what was small then nor what is small now, nor what protects it."""
    small = make.district(name="Klein", parent=district.parent)
    other = make.district(name="Neben", parent=district.parent)
    worker = entry.worker
    tiny = make.activity(2, worker=worker, district=small, day=date(2016, 5, 3))
    large = make.activity(50, worker=worker, district=other, day=date(2016, 5, 3))
    first = released(by)
    hidden = set(first.content["hidden"])
    assert f"teilnehmende.stadtteil-{small.pk}" in hidden
    recount(tiny, 30, by)  # large enough now, but hidden once
    recount(large, 1, by)  # small now
    recount(entry, 380, by)
    content = drafts.compose(report(by), on=TODAY).content
    corrected = {row["key"] for row in content["lists"]["corrections"]}
    assert not corrected & hidden
    assert f"teilnehmende.stadtteil-{other.pk}" not in corrected
    now_hidden = {name.partition("@")[0] for name in content["hidden"] if name.endswith("@1")}
    assert not corrected & now_hidden
    assert corrected


def test_a_line_says_nothing_that_the_tables_of_the_report_hide(entry, by, district):
    """Whatever is corrected stands in the report's own table of the period before, if it is in."""
    quarters = [make.district(parent=district.parent) for _ in range(4)]
    rows = [
        make.activity(people, worker=entry.worker, district=row, day=date(2016, 5, 3))
        for people, row in zip([1, 4, 9, 30], quarters, strict=True)
    ]
    released(by)
    for row, people in zip(rows, [3, 2, 12, 28], strict=True):
        recount(row, people, by)
    content = drafts.compose(report(by), on=TODAY).content
    for line in content["lists"]["corrections"]:
        name = f"{line['key']}@1"
        assert name not in content["hidden"]
        if name in content["figures"] and isinstance(line["value"], int):
            assert content["figures"][name] == line["value"]


def test_what_another_table_hides_is_not_listed_though_this_one_shows_it(entry, by):
    released(by)
    recount(entry, 396, by)
    frame = reports.frame_of(report(by))
    known = corrections.past(frame)
    again = corrections.recounted(known)
    content = drafts.composing.compose(frame)
    before = {line["key"] for line in corrections.lines(known, again, content, TODAY)}
    known.hidden.add(corrections.identity(known.releases[0].frame, "teilnehmende.stadt"))
    after = {line["key"] for line in corrections.lines(known, again, content, TODAY)}
    assert before - after == {"teilnehmende.stadt"}


def test_by_another_rule_is_no_correction(entry, by, monkeypatch):
    first = released(by)
    recount(entry, 396, by)
    for words in first.content["measures"].values():
        words["rule"] = 0
    first = corrections.Earlier(
        1, reports.frame_of(first.report), corrections.Content(first.content), {}
    )
    assert not corrections._is_comparable("teilnehmende.stadt", first)
    assert found(report(by))


def test_many_corrections_are_counted(entry, by, monkeypatch):
    monkeypatch.setattr(corrections, "MOST", 3)
    released(by)
    recount(entry, 396, by)
    lines = found(report(by))
    assert len(lines) == 4
    assert lines[-1]["kind"] == "more"
    assert lines[-1]["text"].startswith("und ")
    assert "weitere Korrektur" in lines[-1]["text"]
    assert lines[0]["places"] == ["stadt"]


def test_periods_are_called_as_people_call_them():
    assert corrections.in_words((date(2016, 7, 1), date(2016, 9, 30))) == "3. Quartal 2016"
    assert corrections.in_words((date(2016, 7, 1), date(2016, 12, 31))) == "2. Halbjahr 2016"
    assert corrections.in_words((date(2016, 1, 1), date(2016, 12, 31))) == "Jahr 2016"
    assert corrections.in_words((date(2016, 8, 1), date(2016, 9, 30))) == "01.08.2016–30.09.2016"


def test_without_what_was_hidden_before_the_next_report_would_show_it(
    entry, by, district, monkeypatch
):
    """The red control of what ``always`` is for."""
    small = make.district(name="Klein", parent=district.parent)
    tiny = make.activity(2, worker=entry.worker, district=small, day=date(2016, 5, 3))
    released(by)
    recount(tiny, 30, by)
    name = f"teilnehmende.stadtteil-{small.pk}@1"
    assert name in drafts.compose(report(by), on=TODAY).content["hidden"]
    monkeypatch.setattr(corrections.Past, "always", lambda known, frame: frozenset())
    assert name not in drafts.compose(report(by), on=TODAY).content["hidden"]


def test_what_a_month_hid_its_quarter_hides_as_well(by, district):
    """Else the quarter less its other months would tell it."""
    kind = {"worker": make.worker(agency=make.agency(short_name="AWO"))}
    other = make.district(name="Hardt", parent=district.parent)
    for quarter in (district, other):
        make.activity(2, district=quarter, day=date(2016, 5, 3), **kind)
        for day in (4, 5, 6):
            make.activity(9, 8, district=quarter, day=date(2016, 6, day), **kind)
    may = released(by, "Mai", {"starts_on": date(2016, 5, 1), "ends_on": date(2016, 5, 31)})
    hidden = {name for name in may.content["hidden"] if "@" not in name}
    assert hidden
    draft = drafts.compose(report(by, "Quartal", SPRING), on=TODAY)
    assert hidden <= set(draft.content["hidden"])
    assert any(
        "überschneidet sich mit dem des Berichts Nr. 1 (01.05.2016 bis 31.05.2016)" in note.text
        for note in draft.notes
    )
