"""Answers to the council: computed, sent once, kept for good."""

import json
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import highspy
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.budget.models import Payment
from coordination.council.summary import answered, answers
from coordination.council.summary.compose import compose
from coordination.council.summary.content import Content
from coordination.council.summary.figures import Frame
from coordination.council.summary.models import Answer
from coordination.council.summary.patterns import PATTERNS
from coordination.council.summary.patterns.grid import shown
from tests import make

SPAN = {"von": "2016-07-01", "bis": "2016-09-30"}
DAY = date(2016, 8, 10)


def read(pattern, **parameters):
    computed = answers.compute(PATTERNS[pattern], make.asked(pattern, **parameters))
    return answered.read(computed.content)


def told(pattern, table="", **parameters):
    """The table as {row: [cells as shown]}."""
    found = read(pattern, **parameters).table(table)
    return {row.label: [cell.text for cell in row.cells] for row in found.rows}


def send(pattern="stellen", *, by=None, **fields):
    parameters = fields.pop(
        "parameters", {"stichtag": "2016-09-30"} if pattern == "stellen" else {}
    )
    return answers.send(
        PATTERNS[pattern],
        asked=make.asked(pattern, **parameters),
        **{"text": "Wie viele?", "asked_by": "Ausschuss", "asked_on": date(2016, 9, 1), **fields},
        by=by or make.user("coordination"),
    )


def release(starts_on=date(2016, 7, 1), ends_on=date(2016, 9, 30), hidden=()):
    """A released report about the period, so that answers about it can be sent."""
    report = make.council_report(starts_on=starts_on, ends_on=ends_on)
    return make.release({"hidden": list(hidden), "figures": {}}, report=report)


def entries(number, people, **fields):
    for _ in range(number):
        make.activity(people, **{"day": DAY, **fields})


@pytest.fixture
def staffed(db):
    """The AWO with a filled and a vacant position and money for one of them; the DRK with none."""
    awo = make.agency(short_name="AWO", name="Arbeiterwohlfahrt")
    filled, _vacant = make.position(agency=awo), make.position(agency=awo, fte=Decimal("0.50"))
    make.occupancy(position=filled)
    agreement = make.agreement(24_000, parts={2016: 24_000}, agency=awo)
    commitment = make.commitment(18_000, share=agreement.shares.get())
    make.payout("paid", commitment=commitment, amount=3_000)
    make.agency(short_name="DRK")
    return agreement


# --- What the patterns say ----------------------------------------------------------------------


def test_positions_are_counted_on_the_day_with_the_money_of_its_year(staffed):
    rows = told("stellen", stichtag="2016-12-01")
    money = ["24.000,00\xa0€", "18.000,00\xa0€", "3.000,00\xa0€"]
    assert rows["Arbeiterwohlfahrt"] == ["2", "1,50", "1,00", "0,50", *money]
    assert rows["zusammen"] == rows["Arbeiterwohlfahrt"]
    assert len(rows) == 2  # an agency without positions and money is not there


def test_what_is_booked_after_the_day_does_not_count(staffed):
    paid_on = Payment.objects.get().booked_on
    before = told("stellen", stichtag=(paid_on - timedelta(days=1)).isoformat())
    assert before["zusammen"][-1] == "0,00\xa0€"
    assert told("stellen", stichtag=paid_on.isoformat())["zusammen"][-1] == "3.000,00\xa0€"


def test_a_position_without_an_agreement_has_a_dash_not_a_nought(staffed):
    city = make.agency(short_name="Stadt", name="Stadt")
    make.position(agency=city)
    assert told("stellen", stichtag="2016-12-01")["Stadt"][-3:] == ["–", "–", "–"]


def test_money_is_summed_by_year_and_kind_of_cost(staffed):
    make.agreement(9_000, parts={2015: 6_000, 2016: 3_000}, agency=make.agency())
    rows = told("geld", jahr_von=2015, jahr_bis=2017, stichtag="2016-12-31")
    assert rows["2015 zusammen"][0] == "6.000,00\xa0€"
    assert rows["2016 zusammen"] == [
        "27.000,00\xa0€",
        "18.000,00\xa0€",
        "3.000,00\xa0€",
        "0,00\xa0€",
    ]
    assert rows["alle Jahre"][0] == "33.000,00\xa0€"
    assert len(rows) == 2 * 4 + 1
    assert read("geld", jahr_von=2015, jahr_bis=2017).hints == [
        "Kein Haushaltsjahr ist angelegt für: 2017."
    ]


@pytest.fixture
def places(db):
    nord, sued = make.borough(name="Nord"), make.borough(name="Süd")
    return {
        "eicken": make.district(name="Eicken", parent=nord),
        "hardt": make.district(name="Hardt", parent=nord),
        "rheydt": make.district(name="Rheydt", parent=sued),
        "nord": nord,
        "sued": sued,
        "beratung": make.kind(name="Beratung"),
        "cafe": make.kind(name="Sprachcafé"),
    }


def test_contacts_are_counted_by_kind_and_borough(places):
    entries(4, 3, district=places["eicken"], kind=places["beratung"])
    entries(3, 5, district=places["hardt"], kind=places["beratung"])
    entries(6, 10, district=places["rheydt"], kind=places["beratung"])
    entries(5, 10, district=places["rheydt"], kind=places["cafe"])
    entries(9, 9, district=places["rheydt"], kind=places["cafe"], day=date(2016, 10, 1))
    assert told("kontakte", **SPAN) == {
        "Beratung": ["7", "6", "13"],
        "Sprachcafé": ["0", "5", "5"],
        "zusammen": ["7", "11", "18"],
    }
    people = told("kontakte", "teilnehmende", **SPAN)
    assert people["zusammen"] == ["27", "110", "137"]
    quarters = told("kontakte", bezirk=places["nord"].pk, **SPAN)
    assert quarters["Beratung"] == ["4", "3", "7"]
    assert quarters["zusammen"] == ["4", "3", "7"]


def test_a_small_count_is_hidden_with_its_twin_and_what_would_tell_it(places):
    entries(2, 20, district=places["eicken"], kind=places["beratung"])  # two entries, forty people
    entries(6, 10, district=places["rheydt"], kind=places["beratung"])
    entries(5, 10, district=places["eicken"], kind=places["cafe"])
    entries(5, 10, district=places["rheydt"], kind=places["cafe"])
    assert told("kontakte", **SPAN)["Beratung"][0] == "*"
    assert told("kontakte", "teilnehmende", **SPAN)["Beratung"][0] == "*"
    computed = answers.compute(PATTERNS["kontakte"], make.asked("kontakte", **SPAN))
    for slug in ("eintraege", "teilnehmende"):
        table = next(one for one in computed.content["tables"] if one["slug"] == slug)
        for cells in [row["cells"] for row in table["rows"]]:
            assert cells.count("*") != 1  # else the total of the row tells it
        for column in zip(*[row["cells"] for row in table["rows"]], strict=True):
            assert column.count("*") != 1


def test_entries_without_participants_show_that_nobody_came(places):
    entries(2, 0, district=places["eicken"], kind=places["beratung"])
    entries(5, 0, district=places["rheydt"], kind=places["beratung"])
    assert told("kontakte", **SPAN)["Beratung"][0] == "*"
    assert told("kontakte", "teilnehmende", **SPAN)["Beratung"] == ["0", "0", "0"]


def test_what_is_hidden_cannot_be_computed_from_what_is_shown(places):
    """Every hidden cell keeps at least three possible values, by the check of the protection."""
    kinds = [places["beratung"], places["cafe"], make.kind(name="Begleitung")]
    for number, kind in enumerate(kinds):
        for place, district in enumerate([places["eicken"], places["hardt"], places["rheydt"]]):
            entries(1 + (number * 2 + place) % 5, 2 + number, district=district, kind=kind)
    computed = answers.compute(PATTERNS["kontakte"], make.asked("kontakte", **SPAN))
    content = computed.content
    assert content["hidden"]
    told_values = shown(content)
    assert not set(told_values) & set(content["hidden"])
    # Nothing below three is told but nought, and what is told of a covered cell is no number.
    assert all(value == 0 or value >= 3 for value in told_values.values())


def test_who_helped_is_counted_by_target_group_and_borough(places):
    volunteers = make.target_group("helper", name="Ehrenamtliche")
    for _ in range(4):
        make.activity(0, 0, 3, day=DAY, district=places["eicken"])
    rows = told("ehrenamt", "ehrenamtliche", **SPAN)
    assert volunteers.name in rows
    assert rows["zusammen"] == ["12", "0", "12"]


def looked_after(*numbers):
    for number in numbers:
        agency = make.agency()
        for _ in range(number):
            make.volunteer(agency=agency)


@pytest.mark.parametrize(
    ("numbers", "cell"),
    [([1, 1, 1], "*"), ([1, 2], "*"), ([2], "*"), ([4, 4], "8"), ([2, 7, 4], "13")],
)
def test_volunteers_are_told_where_a_report_of_the_day_tells_them(db, numbers, cell):
    """Of three in three agencies a report hides the total: it would say that each has one."""
    looked_after(*numbers)
    day = make.DAY
    span = {"starts_on": date(2016, 10, 1), "ends_on": day}
    report = Content(compose(Frame(as_of=day, **span)))
    answer = told("ehrenamt", "eingetragen", von="2016-10-01", bis=day.isoformat())
    assert [answer["Ganze Stadt"][0], str(report.figure("ehrenamtliche"))] == [cell, cell]


def test_a_total_of_volunteers_that_a_report_or_an_answer_hid_stays_hidden(db):
    looked_after(4, 4)
    span = {"von": "2016-10-01", "bis": make.DAY.isoformat()}
    days = {"starts_on": date(2016, 10, 1), "ends_on": make.DAY}
    release(**days, hidden=["ehrenamtliche.verband-7"])
    assert told("ehrenamt", "eingetragen", **span)["Ganze Stadt"][0] == "8"
    release(**days, hidden=["ehrenamtliche.stadt"])
    assert told("ehrenamt", "eingetragen", **span)["Ganze Stadt"][0] == "*"
    computed = answers.compute(PATTERNS["ehrenamt"], make.asked("ehrenamt", **span))
    assert "eingetragen.zusammen.ehrenamtliche" in computed.content["hidden"]


def test_volunteers_of_a_day_and_of_the_day_before_are_not_both_sent(db):
    """The difference would be one who joined."""
    looked_after(5, 5)
    release(date(2016, 10, 1), make.DAY)
    before = make.DAY - timedelta(days=1)
    with pytest.raises(ValidationError, match="Freigegeben sind"):
        send("ehrenamt", parameters={"von": "2016-10-01", "bis": before.isoformat()})
    assert send("ehrenamt", parameters={"von": "2016-10-01", "bis": make.DAY.isoformat()})


def test_freelancers_and_their_work_are_counted_by_agency(places):
    awo = make.agency(short_name="AWO", name="AWO")
    for _ in range(3):
        worker = make.worker(agency=awo, kind="freelance")
        entries(2, 5, worker=worker, minutes=90, district=places["eicken"])
    make.worker(agency=awo, kind="freelance")  # has no entries
    make.worker(agency=awo)  # is employed
    rows = told("ehrenamt", "honorarkraefte", **SPAN)
    assert rows["AWO"] == ["4", "3", "6", "9"] or rows["AWO"] == ["4", "3", "6", "9,0"]


def test_few_freelancers_are_hidden_with_what_they_did(places):
    for name, people in (("AWO", 2), ("DRK", 3), ("Caritas", 4)):
        agency = make.agency(short_name=name, name=name)
        for _ in range(people):
            worker = make.worker(agency=agency, kind="freelance")
            entries(5, 5, worker=worker, minutes=60, district=places["eicken"])
    rows = told("ehrenamt", "honorarkraefte", **SPAN)
    assert rows["AWO"] == ["*", "*", "*", "*"]
    assert rows["DRK"] == ["*", "*", "*", "*"] or rows["Caritas"] == ["*", "*", "*", "*"]
    assert rows["zusammen"][0] == "9"


def test_an_empty_city_has_nothing_to_say_and_says_it(db):
    for pattern in PATTERNS:
        found = read(pattern)
        assert not found.has_figures
        assert found.method
        with pytest.raises(ValidationError, match="Es gibt nichts zu senden"):
            send(pattern, parameters={})
    assert not Answer.objects.exists()


def test_what_a_released_report_hid_stays_hidden(places):
    entries(5, 10, district=places["eicken"], kind=places["beratung"])
    entries(5, 10, district=places["rheydt"], kind=places["beratung"])
    assert "*" not in told("kontakte", **SPAN)["zusammen"]
    report = make.council_report(starts_on=date(2016, 7, 1), ends_on=date(2016, 9, 30))
    release = make.release(report=report)
    name = f"taetigkeiten.bezirk-{places['nord'].pk}"
    content = {**release.content, "hidden": [name]}
    later = make.council_report(starts_on=date(2016, 10, 1), ends_on=date(2016, 12, 31))
    make.release({**content, "hidden": [f"{name}@1"]}, report=later)
    assert told("kontakte", **SPAN)["zusammen"][0] == "*"


# --- Sending --------------------------------------------------------------------------------------


def test_a_sent_answer_is_kept_with_who_asked_what_and_logged(staffed):
    group = make.group(short_name="Mehrheit")
    by = make.user("coordination")
    answer = send(group=group, asked_by="wird nicht gebraucht", by=by)
    answer.refresh_from_db()
    assert (answer.number, answer.pattern, answer.asked_by) == (1, "stellen", "Mehrheit")
    assert answer.parameters == {"stichtag": "2016-09-30"}
    assert answers.spoiled() == []
    entry = Entry.objects.about(answer).get()
    assert (entry.verb, entry.by, entry.after["digest"]) == ("released", by, answer.digest)
    assert send().number == 2


def test_no_number_of_an_answer_is_a_float_and_no_hidden_value_is_kept(places):
    entries(2, 17, district=places["eicken"], kind=places["beratung"])
    entries(5, 10, district=places["rheydt"], kind=places["beratung"])
    entries(5, 10, district=places["rheydt"], kind=places["cafe"])
    entries(5, 10, district=places["eicken"], kind=places["cafe"])
    release()
    kept = json.dumps(send("kontakte", parameters=SPAN).content)
    cells = [
        cell
        for table in json.loads(kept)["tables"]
        for row in table["rows"]
        for cell in row["cells"]
    ]
    assert 34 not in cells

    def refuse(text):
        raise AssertionError(f"a float: {text}")

    json.loads(kept, parse_float=refuse)


def test_figures_that_changed_since_they_were_looked_at_are_not_sent(staffed):
    asked = make.asked("stellen", stichtag="2016-09-30")
    seen = answers.compute(PATTERNS["stellen"], asked).seen
    make.position(agency=staffed.agency)
    with pytest.raises(ValidationError, match="Die Zahlen haben sich geändert"):
        send(seen=seen)
    assert not Answer.objects.exists()


def test_a_form_sent_twice_makes_one_answer(staffed):
    form_id = uuid4()
    assert send(form_id=form_id) == send(form_id=form_id)
    assert (
        Answer.objects.count() == Entry.objects.filter(target_model="summary.answer").count() == 1
    )
    with pytest.raises(ValidationError, match="Antwort Nr. 1"):
        send(form_id=form_id, text="Etwas anderes?")


def test_a_question_of_tomorrow_is_refused(staffed):
    with pytest.raises(ValidationError) as refused:
        send(asked_on=today() + timedelta(days=1))
    assert "asked_on" in refused.value.message_dict


def test_several_answers_about_the_same_days_show_parts_of_one_pattern(places):
    """The borough's 1 and 2 of one kind are hidden there, so the city must not show their sum."""
    entries(1, 5, district=places["eicken"], kind=places["beratung"])
    entries(2, 5, district=places["hardt"], kind=places["beratung"])
    entries(9, 5, district=places["eicken"], kind=places["cafe"])
    entries(9, 5, district=places["hardt"], kind=places["cafe"])
    entries(9, 5, district=places["rheydt"], kind=places["beratung"])
    entries(9, 5, district=places["rheydt"], kind=places["cafe"])
    release()
    parts = [
        send("kontakte", parameters={**SPAN, "bezirk": borough}).content
        for borough in (places["nord"].pk, "", places["sued"].pk)
    ]
    assert parts[0]["hidden"] == parts[1]["hidden"] == parts[2]["hidden"]
    known = {name: value for part in parts for name, value in shown(part).items()}
    assert not known.keys() & set(parts[0]["hidden"])
    for slug in ("eintraege", "teilnehmende"):
        every = {name for name in [*known, *parts[0]["hidden"]] if name.startswith(f"{slug}.")}
        assert len(every) == 3 * (3 + 2 + 1)  # two kinds and their sum, in each place
        for one in every - known.keys():
            low, high = possible(one, every, known, places)
            assert high - low >= 2, one


def possible(one, every, known, places):
    """The least and the most a cell can be for somebody who has all the answers."""
    columns = sorted(every)
    sums = {
        f"bezirk-{places['nord'].pk}": [f"stadtteil-{places[p].pk}" for p in ("eicken", "hardt")],
        f"bezirk-{places['sued'].pk}": [f"stadtteil-{places['rheydt'].pk}"],
    }
    sums["zusammen"] = list(sums)
    kinds = [f"art-{places[kind].pk}" for kind in ("beratung", "cafe")]
    slug = one.partition(".")[0]
    rows = []

    def row(whole, parts):
        weights = dict.fromkeys(parts, 1) | {whole: -1}
        rows.append([weights.get(name, 0) for name in columns])

    for kind in [*kinds, "zusammen"]:
        for whole, parts in sums.items():
            row(f"{slug}.{kind}.{whole}", [f"{slug}.{kind}.{part}" for part in parts])
    for column in {name.split(".")[2] for name in every}:
        row(f"{slug}.zusammen.{column}", [f"{slug}.{kind}.{column}" for kind in kinds])
    bounds = [(known.get(name, 1), known.get(name, 1_000)) for name in columns]
    solver = highspy.Highs()
    solver.silent()
    for low, high in bounds:
        solver.addVar(low, high)
    for weights in rows:
        cells = [number for number, weight in enumerate(weights) if weight]
        solver.addRow(0, 0, len(cells), cells, [weights[number] for number in cells])
    integer = [highspy.HighsVarType.kInteger] * len(columns)
    solver.changeColsIntegrality(len(columns), list(range(len(columns))), integer)
    found = []
    for sign in (1, -1):
        solver.changeColCost(columns.index(one), sign)
        solver.run()
        assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found.append(round(solver.getSolution().col_value[columns.index(one)]))
    return found


def test_what_another_answer_shows_cannot_be_hidden_any_more_so_nothing_is_sent(places):
    """Since the first one an entry was added: the borough has a small count by now."""
    cells = [(q, k) for q in ("eicken", "hardt", "rheydt") for k in ("beratung", "cafe")]
    for quarter, kind in cells[1:]:
        entries(9, 5, district=places[quarter], kind=places[kind])
    release()
    first = send("kontakte", parameters={**SPAN, "bezirk": places["nord"].pk})
    assert first.content["hidden"] == []
    entries(1, 5, district=places["eicken"], kind=places["beratung"])
    for borough in ("", places["nord"].pk, places["sued"].pk):
        with pytest.raises(ValidationError, match=f"Antwort Nr. {first.number} zeigt"):
            send("kontakte", parameters={**SPAN, "bezirk": borough})


@pytest.mark.parametrize("pattern", ["kontakte", "ehrenamt"])
def test_counts_are_sent_only_for_the_period_of_a_released_report(places, pattern):
    entries(5, 5, district=places["rheydt"], kind=places["cafe"])
    make.target_group("helper")
    make.activity(0, 0, 5, day=DAY, district=places["rheydt"], kind=places["cafe"])
    with pytest.raises(ValidationError, match="Noch ist kein Bericht freigegeben"):
        send(pattern, parameters=SPAN)
    release()
    release(date(2016, 4, 1), date(2016, 6, 30))
    for span in (
        ("2016-07-01", "2016-09-29"),
        ("2016-07-02", "2016-09-30"),
        ("2016-04-01", "2016-09-30"),
        ("2016-08-01", "2016-08-31"),
    ):
        named = r"Freigegeben sind: 3\. Quartal 2016, 2\. Quartal 2016\."
        with pytest.raises(ValidationError, match=named):
            send(pattern, parameters=dict(zip(("von", "bis"), span, strict=True)))
    assert not Answer.objects.exists()
    assert send(pattern, parameters=SPAN).number == 1


def test_what_an_earlier_answer_hid_stays_hidden(places):
    entries(1, 5, district=places["eicken"], kind=places["beratung"])
    entries(9, 5, district=places["rheydt"], kind=places["beratung"])
    entries(9, 5, district=places["rheydt"], kind=places["cafe"])
    entries(9, 5, district=places["eicken"], kind=places["cafe"])
    release()
    earlier = send("kontakte", parameters=SPAN)
    entries(2, 5, district=places["eicken"], kind=places["beratung"])  # three by now
    later = send("kontakte", parameters=SPAN)
    assert set(earlier.content["hidden"]) <= set(later.content["hidden"])


def test_nobody_changes_or_deletes_an_answer(staffed):
    answer = send()
    for statement in (
        "UPDATE summary_answer SET question = 'anders'",
        "DELETE FROM summary_answer",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(question="anders")
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        answer.delete()


@pytest.mark.django_db(transaction=True)
def test_twenty_of_the_same_form_in_parallel_make_one_answer():
    awo = make.agency(short_name="AWO")
    make.position(agency=awo)
    by, form_id, start = make.user("coordination"), uuid4(), Barrier(20)
    found, failed = [], []

    def one():
        start.wait()
        try:
            found.append(send(form_id=form_id, by=by).pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(found) == 20
    assert len(set(found)) == 1
    assert Answer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_sent_in_parallel_have_numbers_of_their_own():
    make.position(agency=make.agency(short_name="AWO"))
    by, start, failed = make.user("coordination"), Barrier(8), []

    def one():
        start.wait()
        try:
            send(by=by)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(Answer.objects.values_list("number", flat=True)) == list(range(1, 9))
