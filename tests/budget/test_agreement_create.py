from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from coordination.audit.models import Entry
from coordination.budget.models import Agreement, BudgetYear
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
URL = "/haushalt/vereinbarungen/neu/"


@pytest.fixture
def typed(cast):
    return {
        "agency": cast.agency.pk,
        "kind": "positions",
        "reference": "50.2-77",
        "subject": "Quartiersarbeit",
        "starts_on": "01.04.2016",
        "ends_on": "31.03.2018",
        "amount": "123.800,00",
        "signed_on": "",
        "predecessor": "",
        "positions": [cast.position.pk],
    }


def rows(*parts):
    """The split as the page sends it."""
    sent = {"anteile-TOTAL_FORMS": len(parts), "anteile-INITIAL_FORMS": 0}
    for number, (year, kind, amount) in enumerate(parts):
        place = f"anteile-{number}"
        sent |= {f"{place}-year": year, f"{place}-cost_kind": kind, f"{place}-amount": amount}
    return sent


NINE_TWELVE_THREE = rows(
    (2016, "staff", "46.636,99"), (2017, "staff", "61.900,00"), (2018, "staff", "15.263,01")
)


def shown(response):
    return [(row["year"].value(), row["amount"].value()) for row in response.context["rows"].filled]


def test_the_split_is_proposed_before_anything_is_saved(signed_in, cast, typed):
    answer = signed_in("coordination").post(URL, {**typed, "vorschlagen": "1"})
    assert shown(answer) == [
        (2016, "46.636,99"),
        (2017, "61.900,00"),
        (2018, "15.263,01"),
    ]
    assert 'value="46.636,99"' in text(answer)
    assert len(answer.context["rows"].spare) == 3
    assert Agreement.objects.count() == 1


def test_saving_keeps_what_was_proposed_or_changed(signed_in, cast, typed):
    changed = rows(
        (2016, "staff", "40000"), (2016, "material", "6.636,99"), (2017, "staff", "61.900,00 €"),
        (2018, "staff", "15263.01"), ("", "staff", ""), (2018, "fees", "0"),
    )  # fmt: skip
    answer = signed_in("coordination").post(URL, typed | changed)
    agreement = Agreement.objects.get(reference="50.2-77")
    assert urlsplit(answer.headers["Location"]).path == f"/haushalt/vereinbarungen/{agreement.pk}/"
    assert [share.amount for share in agreement.shares.all()] == [
        Decimal("6636.99"), 40_000, 61_900, Decimal("15263.01"),
    ]  # fmt: skip
    assert list(agreement.positions.all()) == [cast.position]
    assert BudgetYear.objects.filter(year=2018).exists()
    assert Entry.objects.filter(target_model="budget.agreement", target_id=agreement.pk).exists()


def test_a_sum_that_is_not_exact_is_refused_with_the_difference(signed_in, cast, typed):
    wrong = rows((2016, "staff", "46.636,99"), (2017, "staff", "61.900,00"))
    answer = signed_in("coordination").post(URL, typed | wrong)
    form = answer.context["form"]
    assert "es fehlen 15.263,01" in form.errors["amount"][0]
    assert shown(answer) == [("2016", "46.636,99"), ("2017", "61.900,00")]
    assert form["subject"].value() == "Quartiersarbeit"
    assert Agreement.objects.count() == 1


def test_the_same_form_sent_twice_makes_one_agreement(signed_in, cast, typed):
    client = signed_in("coordination")
    client.post(URL, typed | NINE_TWELVE_THREE)
    again = client.post(URL, typed | NINE_TWELVE_THREE)
    assert "reference" in again.context["form"].errors
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", "0,005", "ganze Cent"),
        ("amount", "-1", "mindestens 0,01"),
        ("amount", "1e9", "kein Betrag"),
        ("amount", "1000000000", "höchstens 999.999.999,99"),
        ("amount", "1.234,5.6", "kein Betrag"),
        ("amount", "1,234.56", "kein Betrag"),
        ("amount", "0", "mindestens 0,01"),
        ("starts_on", "31.02.2016", "kein Datum"),
        ("starts_on", "01.04.2018", None),
        ("ends_on", "31.03.2016", "vor dem ersten"),
        ("ends_on", "31.03.2036", "höchstens 10 Haushaltsjahre"),
        ("starts_on", "01.04.1999", None),
        ("reference", "", "erforderlich"),
        ("reference", "x" * 61, "60"),
        ("agency", "999999", "gültige Auswahl"),
        ("kind", "x", "gültige Auswahl"),
        ("predecessor", "999999", "gültige Auswahl"),
        ("positions", ["999999"], "gültige"),
        ("positions", ["9223372036854775808"], "gültige"),
    ],
)
@pytest.mark.parametrize("act", [{"vorschlagen": "1"}, NINE_TWELVE_THREE])
def test_bad_input_is_said_at_its_field_and_stays_typed(
    signed_in, cast, typed, field, value, said, act
):
    answer = signed_in("coordination").post(URL, typed | act | {field: value})
    form = answer.context["form"]
    assert answer.status_code == 200
    assert form[field].value() == value
    if said:
        assert said in str(form.errors[field])
    assert form.errors
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ((2016, "staff", "0,005"), "ganze Cent"),
        ((2016, "staff", "-1"), "mindestens 0,00"),
        ((2016, "staff", "1.234,5.6"), "kein Betrag"),
        (("", "staff", "100"), "Zu welchem Haushaltsjahr"),
        (("zweitausend", "staff", "100"), "ganze Zahl"),
        ((1999, "staff", "100"), "2000"),
        ((2019, "staff", "15.263,01"), "2019 liegt außerhalb"),
        ((2017, "staff", "15.263,01"), "zweimal"),
        ((2016, "x", "100"), "gültige Auswahl"),
    ],
)
def test_a_wrong_row_is_named_in_the_summary(signed_in, cast, typed, part, said):
    sent = rows((2016, "staff", "46.636,99"), (2017, "staff", "61.900,00"), part)
    answer = signed_in("coordination").post(URL, typed | sent)
    assert said in " ".join(answer.context["form"].non_field_errors())
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("forms", ["", "x", "-1", "999999999999"])
def test_a_mangled_form_saves_nothing(signed_in, cast, typed, forms):
    sent = typed | NINE_TWELVE_THREE | {"anteile-TOTAL_FORMS": forms}
    assert signed_in("coordination").post(URL, sent).status_code == 200
    assert Agreement.objects.count() == 1


def test_a_closed_year_takes_no_share(signed_in, cast, typed):
    make.year(2018, closed_at="2019-02-01T00:00:00Z")
    answer = signed_in("coordination").post(URL, typed | NINE_TWELVE_THREE)
    assert "2018 ist abgeschlossen" in str(answer.context["form"].errors)
    assert Agreement.objects.count() == 1


def test_an_extension_takes_over_what_stays(signed_in, cast):
    answer = signed_in("coordination").get(f"{URL}?vorgaenger={cast.agreement.pk}")
    assert 'value="2018-01-01"' in text(answer)
    form = answer.context["form"]
    assert form["agency"].value() == cast.agency.pk
    assert form["subject"].value() == cast.agreement.subject
    assert form["predecessor"].value() == cast.agreement.pk
    assert form["positions"].value() == [cast.position.pk]


def test_what_cannot_be_extended_is_no_predecessor(signed_in, cast, typed):
    client = signed_in("coordination")
    for odd in ("0", "x", "²", "9" * 15, "9" * 40):
        assert client.get(f"{URL}?vorgaenger={odd}").status_code in (200, 404)
    early = typed | {"predecessor": cast.agreement.pk, "vorschlagen": "1"}
    assert "bis 31.12.2017" in str(client.post(URL, early).context["form"].errors["predecessor"])
    after = {"starts_on": "01.01.2018", "positions": []}
    client.post(URL, early | after | rows((2018, "staff", "123.800,00")) | {"vorschlagen": ""})
    extension = make.agreement(parts={2018: 5}, agency=cast.agency, predecessor=cast.agreement)
    assert extension.starts_on == date(2018, 1, 1)
    assert client.get(f"{URL}?vorgaenger={cast.agreement.pk}").status_code == 404
