from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.budget.models import SocialShare
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
LIST, CREATE = "budget:share_list", "budget:share_create"


def test_the_list_shows_which_share_held_when(signed_in, cast):
    make.social_share("3.5", starts_on=date(2014, 1, 1), ends_on=date(2015, 12, 31))
    page = text(signed_in("audit").get(reverse(LIST)))
    assert "2 Anteile" in page
    assert page.index("3,83") < page.index("3,50")
    assert "31.12.2015" in page
    assert "Anteil eintragen" not in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(signed_in, rows, django_assert_max_num_queries):
    for n in range(rows):
        make.social_share(starts_on=date(1990 + n, 1, 1), ends_on=date(1990 + n, 12, 31))
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))


def test_the_list_is_exported(signed_in):
    answer = signed_in("audit").get(reverse(LIST), {"format": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";") == ["3,83", "01.01.2016", "", "§ 4 FlüAG"]


@pytest.mark.parametrize("typed", ["3,9", "3.90", "3,90 %", " 3,9% "])
def test_a_share_is_entered_with_a_comma_and_ends_the_one_before(signed_in, cast, typed):
    data = {"percent": typed, "starts_on": "01.01.2017", "legal_basis": "§ 4 FlüAG 2017"}
    client = signed_in("coordination")
    answer = client.post(reverse(CREATE), data, follow=True)
    assert "Dieser Anteil ist eingetragen: 3,90" in text(answer)
    assert SocialShare.objects.get(starts_on=date(2017, 1, 1)).percent == Decimal("3.90")
    assert SocialShare.objects.get(starts_on=date(2016, 1, 1)).ends_on == date(2016, 12, 31)
    again = client.post(reverse(CREATE), data)
    assert "gilt bereits ein anderer Anteil" in again.context["form"].errors["starts_on"][0]
    assert SocialShare.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("percent", "0,005", "Zahl von 0,01 bis 100"),
        ("percent", "3,835", "höchstens zwei Nachkommastellen"),
        ("percent", "-1", "Zahl von 0,01 bis 100"),
        ("percent", "100,01", "Zahl von 0,01 bis 100"),
        ("percent", "1.234,5", "Zahl von 0,01 bis 100"),
        ("percent", "1e400", "Zahl von 0,01 bis 100"),
        ("percent", "NaN", "Zahl von 0,01 bis 100"),
        ("percent", "viel", "Zahl von 0,01 bis 100"),
        ("starts_on", "31.12.2015", "Wählen Sie einen späteren Tag."),
        ("starts_on", "31.02.2017", "ist kein Datum"),
        ("legal_basis", "", "zwingend"),
        ("legal_basis", "x" * 201, "höchstens 200 Zeichen"),
    ],
)
def test_bad_shares_are_refused_at_their_field_and_kept(signed_in, cast, field, typed, says):
    data = {"percent": "3,9", "starts_on": "2017-01-01", "legal_basis": "§ 4", field: typed}
    form = signed_in("coordination").post(reverse(CREATE), data).context["form"]
    assert says in form.errors[field][0]
    assert form[field].value() == typed
    assert SocialShare.objects.get().ends_on is None
