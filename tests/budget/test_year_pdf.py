"""The year on paper."""

from io import BytesIO

import pypdf
import pytest
from django.urls import reverse

from coordination import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]


def pages(client, cast, who):
    client.force_login(cast.people[who])
    response = client.get(reverse("budget:year_pdf") + "?jahr=2016&stichtag=2016-12-01")
    assert response["Content-Type"] == "application/pdf"
    return pypdf.PdfReader(BytesIO(response.content))


def test_the_year_is_printed_with_date_and_page_numbers(client, cast):
    assert pdf.is_available()
    document = pages(client, cast, "coordination")
    text = "\n".join(page.extract_text() for page in document.pages)
    assert "Haushalt 2016" in text
    assert cast.line.code in text
    assert "Seite 1 von" in text
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_an_agency_prints_its_own_money(client, cast):
    text = "\n".join(page.extract_text() for page in pages(client, cast, "lead").pages)
    assert "AWO" in text
    assert cast.line.code not in text
