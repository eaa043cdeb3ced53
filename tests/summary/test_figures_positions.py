from datetime import date
from decimal import Decimal

import pytest

from coordination.council.summary.content import AGENCY, key, place
from tests import make
from tests.summary.frames import report

pytestmark = pytest.mark.django_db
MEASURES = ("stellen", "vze_gefoerdert", "vze_besetzt", "vze_unbesetzt")


def numbers(found, *places):
    return [found.figure(measure, *places).value for measure in MEASURES]


def test_positions_are_those_funded_on_the_day():
    full = make.position()
    half = make.position(agency=full.agency, fte=Decimal("0.50"))
    make.position(agency=full.agency, ends_on=date(2016, 11, 30))  # the day before
    make.position(agency=full.agency, starts_on=date(2016, 12, 2))  # the day after
    make.occupancy(position=full, fte=Decimal("0.75"))
    make.occupancy(position=half, fte=Decimal("0.50"), ends_on=date(2016, 11, 30))

    found = report()

    assert numbers(found) == [2, Decimal("1.50"), Decimal("0.75"), Decimal("0.75")]
    assert str(found.figure("vze_unbesetzt")) == "0,75"


def test_the_first_and_the_last_day_of_funding_count():
    make.position(starts_on=make.DAY)
    make.position(ends_on=make.DAY)
    assert report().figure("stellen").value == 2


def test_withdrawn_holders_hold_nothing():
    make.occupancy(withdrawn_at="2016-05-01T00:00Z")
    found = report()
    assert found.figure("vze_besetzt").value == 0
    assert found.figure("vze_mittel").value == 0


def test_agencies_add_up_to_the_city_even_inactive_ones():
    for fte, is_active in (("1.00", True), ("0.50", True), ("0.25", False)):
        agency = make.agency(is_active=is_active)
        make.occupancy(position=make.position(agency=agency, fte=Decimal(fte)), fte=Decimal(fte))
    make.agency()  # without positions

    found = report()

    agencies = found.places(AGENCY)
    assert len(agencies) == 4
    for measure in (*MEASURES, "vze_mittel"):
        parts = [found.figure(measure, row.name).value for row in agencies]
        assert sum(parts) == found.figure(measure).value, measure


def test_the_average_counts_the_days_somebody_held_the_position():
    row = make.occupancy(
        fte=Decimal("0.50"), starts_on=date(2016, 4, 1), ends_on=date(2016, 10, 31)
    )
    make.occupancy(position=row.position, fte=Decimal("0.50"), starts_on=date(2016, 12, 1))

    found = report()

    # 31 days of October and 31 of December, of 92.
    agency = place(AGENCY, row.position.agency_id)
    assert found.figure("vze_mittel", agency).value == Decimal("0.34")
    assert round(Decimal("0.50") * 62 / 92, 2) == Decimal("0.34")
    assert found.rows(key("vze_mittel", agency)) == 2


def test_each_figure_says_how_many_rows_were_counted():
    position = make.position()
    found = report()
    assert found.rows(key("vze_besetzt", place(AGENCY, position.agency_id))) == 1
    assert found.rows(key("stellen")) == 1
