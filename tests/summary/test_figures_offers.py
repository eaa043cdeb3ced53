from datetime import date
from decimal import Decimal

import pytest

from coordination.council.summary.content import BOROUGH, CITY, QUARTER, place
from tests import make
from tests.summary.frames import report

pytestmark = pytest.mark.django_db


def counts(found, where=CITY):
    measures = ("angebote", "angebote_offen", "anteil_offene_angebote")
    return tuple(found.figure(measure, where).value for measure in measures)


def test_offers_of_a_day_of_the_period_count():
    borough = make.borough()
    quarter = make.district(parent=borough)
    make.offer(district=quarter, starts_on=date(2016, 12, 31))
    make.offer(district=quarter, ends_on=date(2016, 10, 1), is_open_to_all=False)
    make.offer(district=make.district(parent=borough), ends_on=None)
    make.offer(district=quarter, ends_on=date(2016, 9, 30))  # the day before
    make.offer(district=quarter, starts_on=date(2017, 1, 1))  # the day after

    found = report()

    assert counts(found, place(QUARTER, quarter.pk)) == (2, 1, Decimal("50.0"))
    assert counts(found, place(BOROUGH, borough.pk)) == (3, 2, Decimal("66.7"))
    assert counts(found) == (3, 2, Decimal("66.7"))


def test_without_offers_there_is_no_share():
    make.district()
    found = report()
    assert counts(found) == (0, 0, None)
    assert str(found.figure("anteil_offene_angebote")) == "–"


def test_boroughs_add_up_even_with_an_offer_in_a_district_that_is_gone():
    make.offer(district=make.district(ends_on=date(2015, 12, 31)))
    make.offer(district=make.district(parent=make.borough()))
    found = report()
    parts = [found.figure("angebote", row.name).value for row in found.places(BOROUGH)]
    assert sum(parts) == found.figure("angebote").value == 2
