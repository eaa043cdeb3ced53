from datetime import date

import pytest
from django.urls import reverse

from districts import imports
from districts.imports import Options
from districts.models import District
from tests import make
from tests.districts import cities

pytestmark = pytest.mark.django_db
URL = "agencies:district_detail"


@pytest.fixture
def show(client, cast):
    def get(who="coordination", day="2016-12-01", district=cast.district):
        client.force_login(cast.people[who])
        return client.get(reverse(URL, args=[district.pk]), {"stichtag": day}).content.decode()

    return get


def test_the_page_says_who_is_responsible_and_how_to_reach_them(show, cast):
    worker = cast.worker
    worker.phone, worker.email, worker.languages = "02161 1", "fachkraft@example.org", "Arabisch"
    worker.save()
    deputy = make.occupancy(position=make.position(agency=cast.other_agency))
    make.assignment(district=cast.district, position=deputy.position, role="deputy")
    page = show()
    for text in (worker.name, "02161 1", "fachkraft@example.org", "Arabisch", deputy.worker.name):
        assert text in page
    assert "41061, 41063" in page


def test_a_vacant_lead_names_the_agency_to_ask(show, cast):
    cast.agency.phone = "02161 99"
    cast.agency.save()
    cast.occupancy.delete()
    page = show()
    assert "Stelle ist unbesetzt" in page
    assert "02161 99" in page


def test_a_gap_says_whom_to_ask_instead(show, cast):
    assert "wenden Sie sich an die Koordination der Stadt" in show(day="2019-01-01")
    make.agency(name="Stadt Musterstadt", kind="city", email="koordination@example.org")
    page = show(day="2019-01-01")
    assert "Stadt Musterstadt" in page
    assert "koordination@example.org" in page


def test_a_lead_for_a_part_only_says_which_codes_are_open(show, cast):
    cast.assignment.delete()
    make.assignment("41061", district=cast.district, position=cast.position)
    assert "Ohne Federführung: 41063." in show()


def test_history_is_for_those_who_may_see_the_coverage(show, cast):
    assert "Verlauf" in show("lead")
    assert "Verlauf" not in show("council")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("coordination", True),
        ("audit", True),
        ("lead", True),
        ("worker", True),
        ("other_lead", False),
        ("council", False),
    ],
)
def test_share_and_reason_are_open_only_where_one_may_see_staffing(show, cast, who, sees):
    cast.assignment.share, cast.assignment.reason = 37, "Übergabe nach Elternzeit"
    cast.assignment.save()
    page = show(who)
    assert ("37\N{NO-BREAK SPACE}%" in page) is sees
    assert ("Elternzeit" in page) is sees


def test_history_names_who_held_the_position_then(show, cast):
    cast.occupancy.ends_on = date(2016, 8, 31)
    cast.occupancy.save()
    later = make.occupancy(position=cast.position, starts_on=date(2016, 9, 1))
    withdrawn = make.assignment(
        district=cast.district, withdrawn_at="2016-01-01T00:00Z", reason="X"
    )
    lead, history = show("other_lead").split('id="history"')
    assert later.worker.name in lead
    assert cast.worker.name not in lead
    assert f"{cast.worker.name}, {later.worker.name}" in history
    assert withdrawn.position.title in history
    assert "zurückgenommen" in history
    assert withdrawn.position.agency.short_name not in lead


@pytest.mark.parametrize("who", ["council", "lead", "audit"])
def test_only_the_coordination_is_offered_to_edit_and_assign(show, cast, who):
    edit = reverse("districts:district_edit", args=[cast.district.pk])
    assign = f"{reverse('agencies:assignment_create')}?stadtteil={cast.district.pk}"
    assert edit in show()
    assert assign in show()
    assert edit not in show(who)
    assert assign not in show(who)


@pytest.fixture
def town(cast):
    """Three squares in a row; Eicken in the west, then Mitte, then Ost."""
    third = [[x + 0.2, y] for x, y in cities.SQUARE]
    file = cities.collection(
        cities.feature(cast.district.key, "Eicken", schematic=True),
        cities.feature("R8", "Mitte", cities.BESIDE, borough="Nord", schematic=True),
        cities.feature("R9", "Ost", third, borough="Nord", schematic=True),
    )
    imports.run(file, Options(valid_from=date(2010, 1, 1)), by=None)


def test_neighbours_are_links_with_their_lead_and_drawn(show, town, cast):
    mitte = District.objects.get(name="Mitte")
    make.assignment(district=mitte, position=cast.position)
    page = show()
    around = page.partition('id="around"')[2]
    assert reverse(URL, args=[mitte.pk]) in around
    assert f"AWO: {cast.worker.name}" in around
    assert "Ost" not in around.partition("</section>")[0]
    assert around.count("map__area") == 2
    assert "map__shape--current" in around
    assert "schematisch" in around


def test_a_borough_lists_its_quarters(show, town, cast):
    page = show(district=cast.borough)
    for name in ("Eicken", "Mitte", "Ost"):
        assert reverse(URL, args=[District.objects.get(name=name).pk]) in page
    assert "Wer ist zuständig" not in page


def test_a_district_that_has_ended_says_so(show, cast):
    District.objects.filter(pk=cast.district.pk).update(ends_on=date(2016, 6, 30))
    assert "Diesen Stadtteil gab es bis zum 30.06.2016." in show()
    District.objects.filter(pk=cast.district.pk).update(ends_on=None, starts_on=date(2018, 1, 1))
    assert "erst ab dem 01.01.2018" in show()


@pytest.mark.parametrize("number", [1, 20])
def test_the_page_costs_the_same_however_much_there_is(
    client, cast, django_assert_max_num_queries, number
):
    for _ in range(number - 1):
        near = make.district("41061", parent=cast.borough)
        cast.district.neighbours.add(near)
        make.assignment("41061", district=near, share=1)
        make.assignment(district=cast.district, share=1, role="deputy")
    client.force_login(cast.people["coordination"])
    for day in ("2016-12-01", "2019-01-01"):
        for row in (cast.district, cast.borough):
            with django_assert_max_num_queries(12):
                client.get(reverse(URL, args=[row.pk]), {"stichtag": day})
