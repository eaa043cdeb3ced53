from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Max, Min

from agencies.activity.models import Activity
from agencies.coverage import Gap, board_on
from agencies.models import Agency, Assignment, Position, Worker
from coordination.access.models import User
from coordination.access.permissions import Scope
from coordination.audit.models import Entry
from coordination.budget.models import Agreement, BudgetYear, LineBooking, Payout
from coordination.demo.city import ACCOUNTS, ACCOUNTS_OF_WORKERS
from districts.models import District

DAY = date(2016, 12, 1)


@pytest.fixture
def city(sample_city, db):
    return board_on(DAY, Scope(citywide=True))


def test_the_sample_city_is_complete(city):
    assert District.objects.quarters().count() == 44
    assert District.objects.boroughs().count() == 4
    assert Agency.objects.filter(kind="association").count() == 5
    assert Position.objects.filter(agency__kind="association").count() == 5
    assert Position.objects.filter(agency__kind="city").count() == 4
    assert Worker.objects.filter(kind="freelance", agency__short_name="AWO").count() == 5
    assert Entry.objects.count() > Assignment.objects.count()


def test_it_shows_gaps_a_vacancy_and_an_overlap(city):
    found = {gap: [cover.district.name for cover in covers] for gap, covers in city.gaps}
    assert found[Gap.NO_LEAD] == ["Hardter Wald", "Flughafen", "Hauptquartier"]
    assert found[Gap.OVERLAP] == ["Eicken"]
    assert found[Gap.PARTLY] == ["Uedding"]
    assert len(found[Gap.VACANT]) == 5
    assert [load.position.title for load in city.vacant] == ["Quartiersarbeit Ost"]
    assert found[Gap.NO_DEPUTY]


def test_every_sample_account_can_sign_in(city):
    assert (len(ACCOUNTS), len(ACCOUNTS_OF_WORKERS)) == (10, 2)
    for address, *_rest in [*ACCOUNTS, *ACCOUNTS_OF_WORKERS]:
        assert User.objects.get(email=f"{address}@example.org").check_password("quartier-demo")


def test_the_city_is_entered_once_only(city):
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo")


def test_never_outside_the_demo(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        call_command("seed_demo")


def test_the_money_has_the_real_shape_and_every_case(city):
    year = BudgetYear.objects.with_sums().get(year=2017)
    assert year.committed > 400_000
    posts = Agreement.objects.filter(kind="positions")
    assert [row.amount for row in posts] == [Decimal("123800.00")] * 5
    assert Agreement.objects.filter(predecessor__isnull=False).count() == 1
    assert set(LineBooking.objects.values_list("kind", flat=True)) == set(LineBooking.Kind.values)
    seen = set(Payout.objects.values_list("status", flat=True))
    assert seen == set(Payout.Status.values) - {Payout.Status.CANCELLED}
    assert Payout.objects.filter(granted__lt=F("requested")).exists()
    assert BudgetYear.objects.get(year=2015).is_closed


def test_the_entries_of_two_years_cover_every_quarter_agency_and_freelancer(city):
    entries = Activity.objects.all()
    assert 4_000 <= entries.count() <= 6_000
    days = entries.aggregate(first=Min("day"), last=Max("day"))
    assert (days["first"].year, days["last"]) == (2014, date(2016, 11, 30))
    assert entries.values("district").distinct().count() == 44
    associations = entries.filter(agency__kind="association")
    assert associations.values("agency").distinct().count() == 5
    assert entries.filter(worker__kind="freelance").values("worker").distinct().count() == 5
    assert entries.exclude(offer=None).values("offer").distinct().count() >= 5
    assert not entries.filter(day__week_day=1).exists()  # Sundays


def test_the_books_of_the_sample_city_agree(city, capsys):
    call_command("verify_books")
    assert capsys.readouterr().err == ""
