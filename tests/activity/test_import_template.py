from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from agencies.activity import entry_imports, entry_plans
from tests import make

pytestmark = pytest.mark.django_db
URL = reverse("activity:import_template")


def opened(response):
    assert "attachment" in response.headers["Content-Disposition"]
    return load_workbook(BytesIO(response.content))


def test_the_template_has_a_column_for_everything_and_todays_words(client, cast):
    make.kind(name="Früher", ends_on=date(2016, 6, 30))
    client.force_login(cast.people["lead"])
    book = opened(client.get(URL))
    sheet, lists, hints = book.worksheets
    assert next(sheet.values) == (
        "Nummer", "Datum", "Stadtteil", "Fachkraft", "Art", "Form", "Minuten",
        "Anwohnende", "Ehrenamtliche", "Geflüchtete",
        "Themen", "Dolmetschen", "Angebot", "Notiz",
    )  # fmt: skip
    headings, *rows = lists.values
    words = dict(zip(headings, rows[0], strict=True))
    assert words["Stadtteil"] == cast.district.name
    assert words["Fachkraft"] == cast.worker.name
    topics = {row[headings.index("Themen")] for row in rows} - {None}
    assert (words["Art"], topics) == ("Beratung", {"Begleitung", "Wohnen"})
    assert "Früher" not in str(list(lists.values))
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules["C2:C20001"].startswith("Listen!$A$2")
    assert "Namen einer beratenen Person" in str(list(hints.values))


def test_the_template_filled_in_is_a_file_we_read(client, cast):
    client.force_login(cast.people["lead"])
    book = opened(client.get(URL))
    book.worksheets[0].append(
        ["N1", date(2016, 11, 2), cast.district.name, cast.worker.name, "Beratung", "vor Ort", 30,
         2, None, 1, "Wohnen", "ja", None, "ruhig"]
    )  # fmt: skip
    file = BytesIO()
    book.save(file)
    upload = entry_imports.keep(
        cast.agency, file=SimpleUploadedFile("a.xlsx", file.getvalue()), by=cast.people["lead"]
    )
    plan = entry_plans.planned(cast.agency, bytes(upload.content))
    assert (plan.mistakes, plan.counts["new"], plan.unread) == ([], 1, [])


def test_whoever_has_several_agencies_chooses_one(client, cast):
    client.force_login(cast.people["coordination"])
    assert "Fachkraft" in str(list(opened(client.get(URL)).worksheets[0].values))
    book = opened(client.get(URL, {"verband": cast.agency.pk}))
    assert cast.worker.name in str(list(book.worksheets[1].values))


@pytest.mark.parametrize("chosen", ["0", "x", "9" * 30, "１"])
def test_another_agency_has_no_template_here(client, cast, chosen):
    client.force_login(cast.people["other_lead"])
    assert client.get(URL, {"verband": chosen}).status_code == 404
    assert client.get(URL, {"verband": cast.agency.pk}).status_code == 404
