"""All parts of a report in one: sums, protection, words, queries."""

import json
import random
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from agencies.activity.models import Activity
from agencies.models import Worker
from coordination.council.summary import compose
from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    GROUP,
    QUARTER,
    Content,
    key,
    measure_of,
    place,
    places_of,
)
from coordination.council.summary.figures import Frame, activity, comparison, offers
from coordination.council.summary.measures import MEASURES
from coordination.disclosure import SIGN
from tests import make
from tests.summary.frames import PERIOD, frame, report, texts

pytestmark = pytest.mark.django_db
ASKED = datetime(2016, 11, 7, 9, tzinfo=timezone.get_default_timezone())
COUNTS = ("taetigkeiten", "teilnehmende", "mit_flucht", "ohne_flucht", "helfende", "treffen")


@pytest.fixture
def city():
    """Two boroughs with three quarters each, three agencies, and a year of entries."""
    dice = random.Random(5)
    quarters = [
        make.district(name=f"Q{number}", parent=borough, population=9_000, population_year=2016)
        for borough in (make.borough(name="Nord"), make.borough(name="Süd"))
        for number in range(3)
    ]
    workers = [make.occupancy().worker for _ in range(3)]
    words = {"kind": make.kind(), "format": make.format()}
    # The last quarter has next to nothing.
    make.activity(1, 0, 0, district=quarters[5], worker=workers[0], **words)
    for _ in range(220):
        make.activity(
            dice.randrange(0, 12),
            dice.randrange(0, 12),
            dice.randrange(0, 4),
            district=dice.choice(quarters[:5]),
            worker=dice.choice(workers),
            day=date(2016, 3, 1) + timedelta(days=dice.randrange(0, 330)),
            minutes=dice.randrange(15, 200),
            **words,
        )


def recomputed(first, last):
    """What the entries of these days add up to, by place, without the database's help."""
    sums = {measure: Counter() for measure in (*COUNTS, "gemischt", "minuten")}
    for row in Activity.objects.select_related("district"):
        if not first <= row.day <= last:
            continue
        people = row.refugees + row.others
        one = {
            "taetigkeiten": 1,
            "teilnehmende": people,
            "mit_flucht": row.refugees,
            "ohne_flucht": row.others,
            "helfende": row.helpers,
            "treffen": int(people >= 2),
            "gemischt": int(row.refugees > 0 and row.others > 0),
            "minuten": row.minutes,
        }
        for where in (
            CITY,
            place(BOROUGH, row.district.parent_id),
            place(QUARTER, row.district_id),
            place(AGENCY, row.agency_id),
        ):
            for measure, number in one.items():
                sums[measure][where] += number
    return sums


def test_every_shown_count_is_what_the_entries_add_up_to(city):
    found, compared = report(), 0
    spans = {0: (date(2016, 10, 1), date(2016, 12, 31)), 1: (date(2016, 7, 1), date(2016, 9, 30))}
    for ago, days in spans.items():
        for measure, sums in recomputed(*days).items():
            kinds = (AGENCY,) if measure == "minuten" else (BOROUGH, QUARTER, AGENCY)
            for where in [CITY, *(row.name for kind in kinds for row in found.places(kind))]:
                shown = found.figure(measure, where, ago=ago)
                if not shown.is_hidden:
                    assert shown.value == sums[where], shown.key
                    compared += 1
    assert compared > 150


def test_districts_and_agencies_add_up_where_all_are_shown(city):
    found, compared = report(starts_on=date(2016, 3, 1), ends_on=date(2016, 12, 31)), 0
    for measure in COUNTS:
        for whole, kind in ((CITY, BOROUGH), (CITY, AGENCY)):
            parts = [found.figure(measure, row.name) for row in found.places(kind)]
            if not any(part.is_hidden for part in parts):
                assert sum(part.value for part in parts) == found.figure(measure, whole).value
                compared += 1
    assert compared > 6


def test_hidden_values_are_nowhere_in_the_report():
    """Two quarters of a borough: the small one is hidden, and the other one that would tell it."""
    borough = make.borough()
    small, large, far = (
        make.district(parent=parent, population=5_000, population_year=2016)
        for parent in (borough, borough, make.borough())
    )
    worker = make.worker()
    make.activity(2, district=small, worker=worker)
    for district, people in ((large, 1_987), (far, 1_500)):
        for _ in range(4):
            make.activity(people, district=district, worker=worker)

    found = report()

    text = json.dumps(found.kept)
    assert str(found.figure("teilnehmende", place(QUARTER, small.pk))) == SIGN
    assert str(found.figure("teilnehmende", place(QUARTER, large.pk))) == SIGN
    assert "7950" in text  # the borough
    assert "7948" not in text  # 4 × 1.987
    assert "1589.6" not in text  # per 1,000 residents


def test_nothing_that_hangs_on_a_hidden_figure_is_told(city):
    found = report()
    assert found.hidden
    for name in found.kept["figures"]:
        measure, where = measure_of(name), places_of(name)
        ago = int(name.partition("@")[2] or 0)
        for share, parts in {
            "anteil_ohne": ("ohne_flucht", "teilnehmende"),
            "anteil_gemischt": ("gemischt", "treffen"),
            "veraenderung_teilnehmende": ("teilnehmende",),
            "veraenderung_taetigkeiten": ("taetigkeiten",),
            "je_1000": ("teilnehmende",),
            "je_vze": ("taetigkeiten",),
            "stunden": ("minuten",),
            "stunden_je_vze": ("minuten",),
        }.items():
            if measure == share:
                assert not any(key(part, *where, ago=ago) in found.hidden for part in parts), name


@pytest.mark.parametrize("module", [activity, comparison, offers])
def test_derived_figures_need_what_they_are_derived_from_to_be_shown(module, city):
    """Hide everything: nothing is left to derive from, so nothing can be told by it."""
    make.offer()
    kept = report().kept
    bare = {**kept, "figures": {}, "hidden": sorted(kept["figures"])}
    assert module.derive(Content(kept), frame())
    assert module.derive(Content(bare), frame()) == {}


def test_minutes_are_hidden_with_their_entries():
    worker = make.worker()
    make.activity(5, worker=worker, minutes=777)
    other = make.worker()
    for _ in range(4):
        make.activity(5, worker=other, minutes=60)
    found = report()
    assert found.figure("minuten", place(AGENCY, worker.agency_id)).is_hidden
    assert "stunden." + place(AGENCY, worker.agency_id) not in found
    assert "777" not in json.dumps(found.kept["figures"])


def test_an_empty_city_has_an_empty_report():
    found = report(since=date(2016, 9, 1))
    assert found.figure("taetigkeiten").value == 0
    assert found.figure("stellen").value == 0
    assert found.figure("stadtteile").value == 0
    assert found.figure("angebote").value == 0
    assert str(found.figure("anteil_ohne")) == "–"
    assert found.places(QUARTER) == []
    assert texts(found, "changes") == texts(found, "endings") == texts(found, "tasks") == []
    assert any("keine Tätigkeiten" in text for text in texts(found, "notes"))
    json.dumps(found.kept)


def test_a_day_far_from_the_period_is_no_trouble():
    """Districts and agencies that only exist on the day are places of the report, too."""
    district = make.district(starts_on=date(2010, 1, 1), ends_on=date(2012, 12, 31))
    make.position(
        agency=make.agency(is_active=False), starts_on=date(2011, 1, 1), ends_on=date(2011, 12, 31)
    )
    found = report(as_of=date(2011, 6, 1))
    assert found.figure("stadtteile").value == 1
    assert found.place(place(QUARTER, district.pk))
    assert found.figure("stellen").value == 1
    assert [found.figure("stellen", row.name).value for row in found.places(AGENCY)] == [1]


def test_every_figure_has_its_words_in_german(city):
    make.offer()
    make.commitment()
    with translation.override("en"):
        found = report()
    used = {measure_of(name) for name in [*found.kept["figures"], *found.hidden]}
    assert used == set(found.kept["measures"])
    for name, words in found.kept["measures"].items():
        measure = MEASURES[name]
        with translation.override("en"):
            for part in ("label", "definition", "query"):
                english = str(getattr(measure, part))
                assert words[part], name
                assert words[part] != english, (name, part)


def test_every_figure_says_how_many_rows_were_counted(city):
    """But where the number of rows is hidden itself, for it is as small."""
    make.commitment()
    found = report()
    for name in found.kept["figures"]:
        if found.rows(name) is None:
            measure, ago = MEASURES[measure_of(name)], int(name.partition("@")[2] or 0)
            places = [where for where in places_of(name) if not where.startswith(GROUP)]
            assert key(measure.rows_of, *places, ago=ago) in found.hidden, name


def fill(times):
    """Rows of everything a report speaks of, so many times."""
    year = make.year()
    for number in range(times):
        borough = make.borough()
        district = make.district(
            "41061", parent=borough, population=5_000, population_year=2010 + number
        )
        holder = make.occupancy(ends_on=date(2017, 1, 31))
        post = {"district": district, "position": holder.position}
        make.assignment(**post, starts_on=date(2016, 10, 1), ends_on=date(2017, 3, 31))
        make.assignment("41061", **{**post, "district": make.district(parent=borough)})
        make.occupancy(starts_on=date(2016, 10, 1))
        make.assignment(district=district, starts_on=date(2017, 4, 1))
        share = make.agreement(
            agency=holder.worker.agency, signed_on=date(2016, 10, 1)
        ).shares.get()
        share.agreement.positions.add(holder.position)
        make.payout("paid", commitment=make.commitment(share=share, line=make.line(year=year)))
        make.expense(share=share)
        make.allocation(issued_on=date(2016, 11, 1))
        for _ in range(4):
            make.activity(5, 5, 5, district=district, worker=holder.worker)
        make.activity(5, 5, 5, district=district, worker=holder.worker, day=date(2016, 7, 10))
        make.offer(district=district, agency=holder.worker.agency)
        motion = make.motion(make.group(), submitted_on=date(2016, 11, 2))
        motion.districts.add(district)
        resolution = make.resolution(make.motion(), day=date(2016, 11, 3))
        resolution.districts.add(district)
        make.task(resolution=resolution)
        make.task("done", resolution=resolution, closed_on=date(2016, 11, 20))
        make.period(agency=holder.worker.agency, **PERIOD)
        make.volunteer(agency=holder.worker.agency, districts=[district])
        make.volunteer_group(agency=holder.worker.agency, districts=[district])
        make.question(at=ASKED)


def test_a_report_takes_as_many_queries_for_a_large_city_as_for_a_small_one():
    taken = []
    for times in (1, 19):
        fill(times)
        with CaptureQueriesContext(connection) as queries:
            compose.collected(
                Frame(make.DAY, date(2016, 10, 2), date(2016, 12, 30), date(2016, 9, 1))
            )
        taken.append(len(queries))
    assert taken[0] == taken[1], taken
    assert taken[0] <= 58


def test_rates_are_computed_from_the_figures_as_shown(city):
    found = report()
    told = [name for name in found.kept["figures"] if measure_of(name) == "stunden_je_vze"]
    assert len(told) >= 2
    for name in told:
        (where,) = places_of(name)
        hours, fte = found.number(f"stunden.{where}"), found.number(f"vze_mittel.{where}")
        assert found.number(name) == (hours / fte).quantize(Decimal("0.1"))
    assert Worker.objects.count() == 3
