import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests import make

pytestmark = pytest.mark.django_db
URL = reverse("budget:payout_list")


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


@pytest.fixture
def city(client):
    user = make.user("coordination")
    client.force_login(user)
    client.person = user
    return client


def pks(response):
    return {row.payout.pk for row in response.context["rows"]}


def waiting(response):
    return {row.payout.pk for row in response.context["waiting"]}


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("role", ["coordination", "lead", "audit"])
def test_the_list_costs_the_same_however_long_it_is(
    client, django_assert_max_num_queries, rows, role
):
    membership = make.membership("lead")
    for _ in range(rows):
        agreement = make.agreement(agency=membership.agency)
        commitment = make.commitment(share=agreement.shares.get())
        make.payout("paid", commitment=commitment)
        make.payout("requested", commitment=commitment)
        make.payout(commitment=commitment)
    client.force_login(membership.user if role == "lead" else make.user(role))
    with django_assert_max_num_queries(12):
        response = client.get(URL)
    assert response.context["page"].count == 3 * rows


def test_what_waits_for_the_visitor_comes_first(city):
    requested, granted = make.payout("requested"), make.payout("granted")
    checked = make.payout("content_checked")
    make.payout("requested", requested_by=city.person)
    make.payout("content_checked", content_checked_by=city.person)
    make.payout("content_checked", requested_by=city.person)
    make.payout("planned"), make.payout("paid")
    response = city.get(URL)
    assert waiting(response) == {requested.pk, checked.pk, granted.pk}
    assert reverse("budget:payout_check_content", args=[requested.pk]) in response.text
    assert reverse("budget:payout_check_calculation", args=[checked.pk]) in response.text
    assert reverse("budget:payout_pay", args=[granted.pk]) in response.text
    assert pks(city.get(f"{URL}?wartet=mich")) == waiting(response)


def test_of_many_that_wait_the_first_are_shown_with_a_link_to_all(city):
    for _ in range(6):
        make.payout("requested")
    response = city.get(URL)
    assert len(waiting(response)) == 5
    assert "Alles zeigen, was auf Sie wartet" in response.text


def test_nothing_to_do_is_said(city):
    assert "Nichts: Keine Auszahlung wartet auf eine Prüfung durch Sie" in city.get(URL).text


def test_a_lead_sees_what_can_be_requested_now(client):
    membership = make.membership("lead")

    def instalment(due_on, committed=6_000, **fields):
        agreement = make.agreement(agency=membership.agency, parts={due_on.year: 6_000})
        commitment = make.commitment(committed, share=agreement.shares.get())
        return make.payout(commitment=commitment, due_on=due_on, **fields)

    late, soon = instalment(date(2016, 11, 1)), instalment(date(2016, 12, 31))
    instalment(date(2017, 1, 1))
    instalment(date(2016, 11, 1), committed=0)
    make.payout(due_on=date(2016, 11, 1))  # another agency's
    client.force_login(membership.user)
    response = client.get(URL)
    assert waiting(response) == {late.pk, soon.pk}
    assert "Jetzt abrufen" in response.text
    assert "abrufbar" in response.text
    assert "überfällig" in response.text
    assert 'name="verband"' not in response.text


def test_each_side_reads_its_own_words(client):
    membership = make.membership("lead")
    commitment = make.commitment(share=make.agreement(agency=membership.agency).shares.get())
    make.payout("requested", commitment=commitment)
    client.force_login(membership.user)
    assert "eingereicht" in client.get(URL).text
    assert "sachlich zu prüfen" not in client.get(URL).text
    client.force_login(make.user("audit"))
    assert "sachlich zu prüfen" in client.get(URL).text
    assert "Wartet auf Sie" not in client.get(URL).text


def test_the_list_opens_with_the_current_year(city):
    payout = make.payout()
    agreement = make.agreement(parts={2017: 6_000})
    later = make.payout(commitment=make.commitment(6_000, share=agreement.shares.get()))
    assert pks(city.get(URL)) == {payout.pk}
    assert pks(city.get(f"{URL}?jahr=2017")) == {later.pk}
    assert pks(city.get(f"{URL}?jahr=alle")) == {payout.pk, later.pk}
    assert "Zurücksetzen" not in city.get(URL).text


def test_filters(city):
    commitment = make.commitment()
    paid = make.payout("paid", commitment=commitment)
    planned = make.payout(commitment=commitment, due_on=date(2016, 12, 20))
    other = make.payout("requested")
    cancelled = make.payout("cancelled")
    agreement = commitment.share.agreement
    assert pks(city.get(URL)) == {paid.pk, planned.pk, other.pk}
    assert pks(city.get(f"{URL}?stand=cancelled")) == {cancelled.pk}
    assert pks(city.get(f"{URL}?stand=paid")) == {paid.pk}
    assert pks(city.get(f"{URL}?verband={agreement.agency_id}")) == {paid.pk, planned.pk}
    assert pks(city.get(f"{URL}?vereinbarung={agreement.pk}")) == {paid.pk, planned.pk}
    assert pks(city.get(f"{URL}?frist=ueberfaellig")) == {other.pk}
    assert pks(city.get(f"{URL}?frist=bald")) == {planned.pk}


def test_a_lead_cannot_filter_by_what_another_agency_agreed(client):
    foreign = make.payout()
    client.force_login(make.membership("lead").user)
    response = client.get(f"{URL}?vereinbarung={foreign.commitment.share.agreement_id}")
    assert pks(response) == set()
    assert foreign.commitment.share.agreement.reference not in response.text


def test_the_sums_are_those_of_the_filter_not_of_the_page(city, monkeypatch):
    monkeypatch.setattr("coordination.paging.SIZE", 2)
    make.payout("paid", amount=1_000)
    make.payout("reversed", amount=200)
    make.payout("content_checked", amount=Decimal("30.50"), granted=Decimal("30.25"))
    make.payout(amount=4)
    response = city.get(URL)
    assert response.context["sums"] == {
        "planned": Decimal("1234.50"),
        "requested": Decimal("1230.50"),
        "granted": Decimal("1230.25"),
        "paid": Decimal("1000.00"),
    }
    assert "1.230,25\xa0€" in response.text


def test_sorting_and_paging(city):
    for month in range(1, 61):
        make.payout(due_on=date(2016, 1 + month % 12, 1), amount=month)
    first = city.get(f"{URL}?sortierung=-geplant")
    planned = [row.payout.planned for row in first.context["rows"]]
    assert planned == [60 - n for n in range(50)]
    second = city.get(URL + first.context["page"].next)
    assert [row.payout.planned for row in second.context["rows"]] == [10 - n for n in range(10)]
    for name in ("faellig", "verband", "vereinbarung", "stand"):
        page = city.get(f"{URL}?sortierung={name}")
        assert len(pks(page) | pks(city.get(URL + page.context["page"].next))) == 60


def test_the_export_has_sums_that_agree(city):
    make.payout("paid", amount=1_000)
    make.payout("content_checked", amount=Decimal("30.50"), grant_reason="=1+1")
    book = load_workbook(io.BytesIO(city.get(f"{URL}?format=xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert "Haushaltsjahr: 2016" in rows[0][0]
    assert rows[1][6:11] == ("Status", "Geplant", "Abgerufen", "Bewilligt", "Ausgezahlt")
    assert rows[-1][7:11] == tuple(f"=SUM({column}3:{column}4)" for column in "HIJK")
    assert [row[10] for row in rows[2:4]] == [1000, 0]
    text = city.get(f"{URL}?format=csv").content.decode("utf-8-sig")
    assert "30,50;30,50;30,50;0,00;'=1+1" in text


def test_empty_states(city):
    assert "Hier stehen die Abschläge" in city.get(URL).text
    assert "Zu diesem Filter passt keine Auszahlung." in city.get(f"{URL}?stand=paid").text
