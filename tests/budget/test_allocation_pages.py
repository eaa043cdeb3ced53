import base64
import json
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.budget.models import Funding, StateAllocation
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.budget.test_line_pages import BAD_AMOUNTS

__all__ = ["signed_in"]
EURO = "\N{NO-BREAK SPACE}€"


def address(page, row=None):
    return reverse(f"budget:{page}", args=[row.pk] if row else [])


def test_the_list_filters_sorts_counts_and_sums(signed_in, cast):
    make.allocation(2_000_000, year=make.year(2017), reference="Später")
    client, url = signed_in("audit"), address("allocation_list")

    def found(**query):
        return [row.reference for row in client.get(url, query).context["page"].rows]

    first = cast.allocation.reference
    assert found(jahr="2017") == ["Später"]
    assert found(suche="spÄTER") == ["Später"]
    assert found(sortierung="betrag") == [first, "Später"]
    assert found(sortierung="-betrag") == ["Später", first]
    assert len(found(jahr="9" * 30, sortierung="x")) == 2
    page = text(client.get(url))
    assert "2 Bescheide" in page
    for amount in ("3.000.000,00", "114.900,00", "1.000,00", "113.900,00"):
        assert f'<td class="numeric">{amount}{EURO}</td>' in page
    assert "Bescheid eintragen" not in page
    assert "Zu diesem Filter passt kein Bescheid." in text(client.get(url, {"suche": "xyz"}))


@pytest.mark.parametrize("edge", ["0.001", "NaN", "1e400", "x", 5, "5"])
def test_a_made_up_place_in_the_list_shows_a_page(signed_in, cast, edge):
    cursor = base64.urlsafe_b64encode(json.dumps([edge, 1]).encode()).decode()
    query = {"sortierung": "betrag", "nach": cursor}
    assert signed_in("audit").get(address("allocation_list"), query).status_code == 200


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.funding()
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(address("allocation_list"), {"jahr": "2016", "sortierung": "-betrag"})


def test_the_list_is_exported_as_it_is_filtered(signed_in, cast):
    make.allocation(2_000_000, year=make.year(2017))
    query = {"jahr": "2016", "format": "csv"}
    answer = signed_in("coordination").get(address("allocation_list"), query)
    head, *lines = [line.split(";") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert head[-3:] == [
        "Für soziale Betreuung bestimmt",
        "Auf Haushaltsstellen verteilt",
        "Noch zu verteilen",
    ]
    assert [line[-3:] for line in lines] == [["38300,00", "1000,00", "37300,00"]]


def test_a_notice_spells_out_its_share_and_leads_along_the_money(signed_in, cast):
    page = text(signed_in("audit").get(address("allocation_detail", cast.allocation)))
    space = "\N{NO-BREAK SPACE}"
    assert f"1.000.000,00{EURO} × 3,83{space}% = <strong>38.300,00{EURO}</strong>" in page
    assert "gilt ab 01.01.2016" in page
    for name, row in [
        ("line_detail", cast.line),
        ("commitment_detail", cast.commitment),
        ("agreement_detail", cast.agreement),
    ]:
        assert f'href="{address(name, row)}' in page
    assert reverse("agencies:position_detail", args=[cast.position.pk]) in page
    assert "/verteilen/" not in page
    assert "/stornieren/" not in page


@pytest.mark.parametrize("rows", [1, 20])
def test_a_notice_costs_the_same_whatever_hangs_on_it(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        commitment = make.commitment(100)
        commitment.share.agreement.positions.add(make.position())
        make.funding(1, allocation=cast.allocation, line=commitment.line)
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(address("allocation_detail", cast.allocation))


def notice(cast, **fields):
    wanted = {
        "year": cast.year.pk,
        "reference": "50.16",
        "legal_basis": "§ 4 FlüAG",
        "issued_on": "2016-02-01",
        "amount": "1.000,01",
    }
    rows = {f"{name}_{n}": "" for n in (1, 2, 3, 4) for name in ("due_on", "part")}
    return {**wanted, **rows, **fields}


def parts(reference="50.16"):
    allocation = StateAllocation.objects.get(reference=reference)
    return [(row.due_on.isoformat(), row.amount) for row in allocation.instalments.all()]


def test_a_notice_is_entered_once_and_paid_in_four_parts(signed_in, cast):
    client, url = signed_in("coordination"), address("allocation_create")
    answer = client.post(url, notice(cast), follow=True)
    assert f"38,30{EURO} sind für soziale Betreuung bestimmt." in text(answer)
    assert parts()[0] == ("2016-03-01", Decimal("250.00"))
    assert sum(amount for _day, amount in parts()) == Decimal("1000.01")
    again = client.post(url, notice(cast))
    assert list(again.context["form"].errors) == ["reference"]


def test_the_notice_may_name_other_instalments(signed_in, cast):
    rows = {"due_on_1": "15.4.2016", "part_1": "1000", "due_on_2": "15.10.2016", "part_2": "0,01"}
    signed_in("coordination").post(address("allocation_create"), notice(cast, **rows))
    assert parts() == [("2016-04-15", Decimal(1000)), ("2016-10-15", Decimal("0.01"))]


@pytest.mark.parametrize(
    ("rows", "field", "says"),
    [
        *[({"amount": typed}, "amount", says) for typed, says in BAD_AMOUNTS],
        ({"amount": "-1"}, "amount", "mindestens 0,01"),
        ({"amount": "0"}, "amount", "mindestens 0,01"),
        ({"issued_on": "01.02.2014"}, "issued_on", "Am 01.02.2014 gilt kein Anteil"),
        ({"issued_on": "32.1.2016"}, "issued_on", "ist kein Datum"),
        ({"reference": "x" * 61}, "reference", "höchstens 60 Zeichen"),
        ({"due_on_1": "1.3.2016"}, "part_1", "Eine Rate hat einen Tag und einen Betrag."),
        ({"part_2": "5"}, "due_on_2", "Eine Rate hat einen Tag und einen Betrag."),
        ({"due_on_2": "1.3.2016", "part_2": "1000,01"}, "due_on_2", "von der ersten an"),
        ({"due_on_1": "1.3.2017", "part_1": "1000,01"}, "due_on_1", "nicht im Haushaltsjahr 2016"),
        ({"due_on_1": "1.3.2016", "part_1": "1000"}, "part_1", "statt 1.000,01"),
        ({"due_on_1": "1.3.2016", "part_1": "0,005"}, "part_1", "ganze Cent"),
        ({"due_on_1": "1.3.2016", "part_1": "1.234,5.6"}, "part_1", "kein Betrag"),
        (
            {"due_on_1": "1.3.2016", "part_1": "1000", "due_on_2": "1.3.2016", "part_2": "0,01"},
            "due_on_2",
            "bereits eine andere Rate",
        ),
    ],
)
def test_bad_notices_are_refused_at_their_field_and_kept(signed_in, cast, rows, field, says):
    url = address("allocation_create")
    answer = signed_in("coordination").post(url, notice(cast, **rows))
    form = answer.context["form"]
    assert says in form.errors[field][0]
    assert all(form[name].value() == typed for name, typed in rows.items())
    assert not StateAllocation.objects.filter(reference=notice(cast)["reference"]).exists()


def test_no_notice_is_entered_for_a_closed_year(signed_in, cast):
    data = notice(cast, year=cast.closed_year.pk)
    answer = signed_in("coordination").post(address("allocation_create"), data)
    assert "abgeschlossenes ändert sich nicht" in answer.context["form"].errors["year"][0]


def distribution(client, cast, **fields):
    url = address("allocation_distribute", cast.allocation)
    mark = client.get(url).context["form"]["seen"].value()
    wanted = {"line": cast.line.pk, "amount": "300", "booked_on": "2016-04-01", "reason": ""}
    return url, {**wanted, "seen": mark, **fields}


def left(allocation):
    return StateAllocation.objects.with_sums().get(pk=allocation.pk).undistributed


def test_the_rest_is_proposed_and_distributed_once(signed_in, cast):
    client = signed_in("coordination")
    url, data = distribution(client, cast)
    page = text(client.get(url))
    assert 'value="37.300,00"' in page
    assert f"99.000,00{EURO} ohne Finanzierung" in page
    client.post(url, data)
    again = client.post(url, data)
    assert "sind hier 300,00" in text(again)
    assert left(cast.allocation) == 37_000


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        *[("amount", typed, says) for typed, says in BAD_AMOUNTS],
        ("amount", "-1", "mindestens 0,01"),
        ("amount", "37.300,01", f"nur noch 37.300,00{EURO} nicht verteilt"),
        ("booked_on", "01.01.2017", "nicht im Haushaltsjahr 2016"),
        ("line", "999999999999999999999", "aus dem Jahr der Zuweisung"),
    ],
)
def test_bad_distributions_are_refused_at_their_field_and_kept(signed_in, cast, field, typed, says):
    client = signed_in("coordination")
    url, data = distribution(client, cast, **{field: typed})
    form = client.post(url, data).context["form"]
    assert says in form.errors[field][0]
    assert form[field].value() == typed
    assert left(cast.allocation) == 37_300


def test_only_lines_of_the_notices_year_are_offered(signed_in, cast):
    later = make.line(year=make.year(2017))
    client = signed_in("coordination")
    url, data = distribution(client, cast, line=later.pk)
    assert "line" in client.post(url, data).context["form"].errors


def test_a_distribution_is_reversed_with_a_reason_and_once(signed_in, cast):
    client, url = signed_in("coordination"), address("funding_reverse", cast.funding)
    data = {"booked_on": "2016-04-01", "reason": "Falsche Haushaltsstelle"}
    assert "reason" in client.post(url, {**data, "reason": ""}).context["form"].errors
    outside = client.post(url, {**data, "booked_on": "2017-04-01"})
    assert "booked_on" in outside.context["form"].errors
    client.post(url, data)
    again = client.post(url, data)
    assert "bereits storniert" in text(again)
    assert left(cast.allocation) == 38_300
    assert Funding.objects.count() == 2
    page = text(client.get(address("allocation_detail", cast.allocation)))
    assert "/stornieren/" not in page
