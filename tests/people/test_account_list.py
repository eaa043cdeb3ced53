from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests import make

URL = reverse("people:account_list")


def names(response):
    return [account.name for account in response.context["page"].rows]


def test_coordination_sees_everybody_with_roles_and_second_factor(client, cast):
    client.force_login(cast.people["coordination"])
    page = client.get(URL).content.decode()
    for who in ("council", "audit", "lead", "worker", "stranger"):
        assert cast.people[who].email in page
    for text in ("Rechnungsprüfung", "Zweiter Faktor", "Letzte Anmeldung", "Person einladen"):
        assert text in page


def test_audit_reads_and_is_offered_nothing_to_change(client, cast):
    client.force_login(cast.people["audit"])
    page = client.get(URL).content.decode()
    assert cast.people["other_lead"].email in page
    assert "Person einladen" not in page


def test_a_lead_sees_only_accounts_of_the_own_agency_and_only_its_places(client, cast):
    both = make.membership("worker", agency=cast.agency, user=make.user("council"))
    make.membership("lead", agency=cast.other_agency, user=both.user)
    client.force_login(cast.people["lead"])
    response = client.get(URL)
    assert set(names(response)) == {
        str(cast.people["lead"]),
        str(cast.people["worker"]),
        str(both.user),
    }
    page = response.content.decode()
    assert "DRK" not in page
    assert "Rat</div>" not in page
    assert "Letzte Anmeldung" not in page  # when somebody works is not the lead's business
    exported = client.get(URL, {"format": "csv"}).content.decode()
    assert "DRK" not in exported
    assert "Anmeldung" not in exported


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"suche": "ÖZLEM"}, {"Özlem Ärztin"}),
        ({"suche": "OEZLEM@"}, {"Özlem Ärztin"}),
        ({"rolle": "council"}, {"Özlem Ärztin"}),
        ({"rolle": "lead"}, {"Lead A"}),
        ({"konto": "deaktiviert"}, {"Weg"}),
        ({"suche": "gibt es nicht"}, set()),
    ],
)
def test_filters(client, db, query, expected):
    desk = make.user("coordination", name="Pult")
    make.user("council", name="Özlem Ärztin", email="oezlem@stadt.example")
    make.user(name="Weg", is_active=False)
    make.membership("lead", user=make.user(name="Lead A"))
    client.force_login(desk)
    assert set(names(client.get(URL, query))) == expected


def test_filtering_by_agency_and_sorting(client, cast):
    client.force_login(cast.people["coordination"])
    response = client.get(URL, {"verband": cast.agency.pk, "sortierung": "-email"})
    emails = [account.email for account in response.context["page"].rows]
    assert emails == sorted([cast.people["lead"].email, cast.people["worker"].email], reverse=True)


def test_a_lead_cannot_filter_by_a_foreign_agency(client, cast):
    client.force_login(cast.people["lead"])
    response = client.get(URL, {"verband": cast.other_agency.pk})
    assert response.context["filter"].form.errors["verband"]


def test_the_export_says_what_the_page_says(client, cast):
    client.force_login(cast.people["coordination"])
    response = client.get(URL, {"format": "xlsx", "rolle": "council"})
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert rows[1][:3] == ("Name", "E-Mail-Adresse", "Rollen")
    assert [row[1] for row in rows[2:]] == [cast.people["council"].email]


def test_nothing_found_offers_the_invitation(client, cast):
    client.force_login(cast.people["coordination"])
    page = client.get(URL, {"suche": "niemand"}).content.decode()
    assert "Kein Konto entspricht der Auswahl" in page


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("who", ["coordination", "lead"])
def test_the_list_costs_the_same_however_long_it_is(
    client, cast, django_assert_max_num_queries, rows, who
):
    for _row in range(rows):
        make.membership("worker", agency=cast.agency, user=make.user("council"))
    client.force_login(cast.people[who])
    with django_assert_max_num_queries(12):
        client.get(URL)
