from datetime import date
from decimal import Decimal

import pytest

from coordination.council.summary.content import AGENCY, BOROUGH, QUARTER, place
from tests import make
from tests.summary.frames import report, texts

pytestmark = pytest.mark.django_db


def quarter(residents=5_000, year=2016, **fields):
    return make.district(
        population=residents, population_year=None if residents is None else year, **fields
    )


def entries(district, people=30, times=4, **fields):
    for _ in range(times):
        make.activity(people, 0, 0, district=district, **fields)


def rate(found, *places):
    return found.figure("je_1000", *places).value


def test_participants_are_compared_with_the_residents():
    borough = make.borough()
    one, other = quarter(5_000, parent=borough), quarter(2_500, parent=borough)
    entries(one), entries(other)

    found = report()

    assert rate(found, place(QUARTER, one.pk)) == Decimal("24.0")
    assert rate(found, place(QUARTER, other.pk)) == Decimal("48.0")
    assert rate(found, place(BOROUGH, borough.pk)) == rate(found) == Decimal("32.0")


def test_residents_of_different_years_are_never_added_up():
    mixed, same = make.borough(name="Nord"), make.borough(name="Süd")
    one = quarter(5_000, 2015, parent=mixed)
    for row in (one, quarter(5_000, 2016, parent=mixed), quarter(5_000, 2016, parent=same)):
        entries(row)

    found = report()

    assert rate(found, place(QUARTER, one.pk)) == Decimal("24.0")
    assert rate(found, place(BOROUGH, same.pk)) == Decimal("24.0")
    assert rate(found, place(BOROUGH, mixed.pk)) is None
    assert rate(found) is None
    assert any("2015, 2016" in text for text in texts(found, "notes"))


def test_without_the_residents_of_one_quarter_its_borough_has_no_rate():
    borough = make.borough()
    entries(quarter(parent=borough))
    unknown = quarter(None, parent=borough, name="Flughafen")
    found = report()
    assert rate(found, place(BOROUGH, borough.pk)) is None
    assert rate(found, place(QUARTER, unknown.pk)) is None
    assert any("Einwohnerzahl von Flughafen" in text for text in texts(found, "notes"))


def test_a_quarter_without_any_residents_has_no_rate():
    empty = quarter(0)
    entries(empty)
    assert rate(report(), place(QUARTER, empty.pk)) is None


def test_a_hidden_count_has_no_rate():
    few, *more = (quarter(parent=make.borough()) for _ in range(4))
    make.activity(2, 0, 0, district=few)
    for row in more:
        entries(row)

    found = report()

    where = place(QUARTER, few.pk)
    assert found.figure("teilnehmende", where).is_hidden
    assert rate(found, where) is None
    assert where not in str(found.list("small_base"))
    hidden = [
        row.name for row in found.places(QUARTER) if f"teilnehmende.{row.name}" in found.hidden
    ]
    assert len(hidden) > 1
    assert not any(rate(found, name) for name in hidden)


def test_the_work_of_an_agency_is_compared_with_who_did_it():
    holder, district = make.occupancy(fte=Decimal("0.50")), make.district()
    for _ in range(5):
        make.activity(10, 10, worker=holder.worker, minutes=90, district=district)

    found = report()

    agency = place(AGENCY, holder.worker.agency_id)
    assert found.figure("vze_mittel", agency).value == Decimal("0.50")
    assert found.figure("je_vze", agency).value == Decimal("10.0")
    assert found.figure("stunden_je_vze", agency).value == Decimal("15.0")
    assert found.figure("je_vze").value == Decimal("10.0")


def test_nobody_there_no_rate():
    row = make.activity(10)
    assert str(report().figure("je_vze", place(AGENCY, row.agency_id))) == "–"


def test_small_bases_are_named():
    worker = make.worker()
    small = quarter(999, name="Wasserturm")
    entries(small, worker=worker)
    few = quarter(name="Sasserath")
    entries(few, people=3, times=3, worker=worker)
    fine = quarter(1_000)
    entries(fine, worker=worker)
    holder = make.occupancy(
        position=make.position(agency=make.agency(short_name="DRK")),
        starts_on=date(2016, 12, 1),
    )
    for _ in range(9):
        make.activity(20, worker=holder.worker, district=fine)

    found = report()

    assert texts(found, "small_base") == [
        "Wasserturm: weniger als 1.000 Einwohnende",
        "Sasserath: weniger als 10 Teilnehmende",
        "DRK: weniger als 0,50 VZÄ",
    ]
