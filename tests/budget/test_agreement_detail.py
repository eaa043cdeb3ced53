import pytest
from django.urls import reverse

from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]


@pytest.fixture
def url(cast):
    return reverse("budget:agreement_detail", args=[cast.agreement.pk])


def test_the_split_reconciles_with_the_agreement(signed_in, cast, url):
    answer = signed_in("lead").get(url)
    sums = answer.context["sums"]
    assert sums["amount"] == cast.agreement.amount
    assert sums == {
        "amount": 32_000,
        "committed": 18_000,
        "requested": 9_000,
        "paid": 3_000,
        "declared": 500,
        "drawable": 6_000,
    }
    assert "<tfoot>" in text(answer)


def test_the_city_may_bind_what_is_not_bound_and_the_agency_may_not(signed_in, cast, url):
    bind = reverse("budget:commitment_create", args=[cast.share.pk])
    assert bind in text(signed_in("coordination").get(url))
    assert bind not in text(signed_in("audit").get(url))
    own = text(signed_in("lead").get(url))
    assert bind not in own
    assert "nicht gebunden" in own


def test_the_lead_finds_what_to_do_and_the_audit_office_does_not(signed_in, cast, url):
    declare = reverse("budget:expense_create", args=[cast.agreement.pk])
    lead, audit = text(signed_in("lead").get(url)), text(signed_in("audit").get(url))
    assert "Mittel abrufen" in lead
    assert declare in lead
    assert "Mittel abrufen" not in audit
    assert declare not in audit
    for page in (lead, audit):
        assert f"{reverse('budget:payout_list')}?vereinbarung={cast.agreement.pk}" in page
        assert f"{reverse('budget:expense_list')}?vereinbarung={cast.agreement.pk}" in page


def test_the_lead_reads_the_code_of_the_line_and_not_its_purpose(signed_in, cast, url):
    page = text(signed_in("lead").get(url))
    assert cast.line.code in page
    assert cast.line.title not in page


def test_predecessor_and_successor_lead_to_each_other(signed_in, cast, url):
    later = make.agreement(parts={2018: 100}, agency=cast.agency, predecessor=cast.agreement)
    there = reverse("budget:agreement_detail", args=[later.pk])
    client = signed_in("coordination")
    assert there in text(client.get(url))
    assert "?vorgaenger=" not in text(client.get(url))
    back = text(client.get(there))
    assert url in back
    assert f"?vorgaenger={later.pk}" in back


def test_the_trail_goes_on_to_position_commitment_document_and_log(signed_in, cast, url):
    page = text(signed_in("coordination").get(url))
    for name, pk in [
        ("agencies:position_detail", cast.position.pk),
        ("budget:position_money", cast.position.pk),
        ("budget:commitment_detail", cast.commitment.pk),
        ("budget:document_download", cast.document.pk),
    ]:
        assert reverse(name, args=[pk]) in page
    assert f"objekt=budget.agreement:{cast.agreement.pk}" in page


@pytest.mark.parametrize("rows", [1, 10])
def test_a_page_costs_the_same_whatever_hangs_on_it(
    signed_in, cast, rows, django_assert_max_num_queries
):
    agreement = make.agreement(
        parts={year: 100 for year in range(2010, 2010 + rows)}, agency=cast.agency
    )
    for share in agreement.shares.all():
        make.commitment(10, share=share)
        make.document(agreement=agreement)
        agreement.positions.add(make.position(agency=cast.agency))
    client = signed_in("lead")
    with django_assert_max_num_queries(12):
        client.get(reverse("budget:agreement_detail", args=[agreement.pk]))
