"""The report on paper: two sheets, tagged, with title, language, bookmarks and page numbers."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from coordination.council.summary.compose import compose
from coordination.council.summary.content import Content
from coordination.council.summary.figures import Frame
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]
TEXT = "Im Süden fehlen weiterhin Räume. " * 12 + "\n\n" + "Die Verwaltung verhandelt noch. " * 6


@pytest.fixture
def sample(sample_city, db):
    frame = Frame(date(2016, 12, 1), date(2016, 7, 1), date(2016, 9, 30), date(2016, 9, 22))
    return compose(frame, title="Ratsbericht Herbst", text=TEXT)


def printed(client, release, query=""):
    client.force_login(make.user("council"))
    response = client.get(reverse("summary:release_pdf", args=[release.pk]) + query)
    assert response["Content-Type"] == "application/pdf"
    assert "private" in response["Cache-Control"]
    return PdfReader(BytesIO(response.content))


def headings(outline):
    for item in outline:
        if isinstance(item, list):
            yield from headings(item)
        else:
            yield item.title


def test_the_report_of_the_sample_city_is_two_sheets(client, sample):
    release = make.release(sample, title="Ratsbericht Herbst", number=90)
    file = printed(client, release)
    assert len(file.pages) == 2
    root = file.trailer["/Root"]
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    assert file.metadata.title.startswith("Ratsbericht Herbst (Nr. 90) – Quartiersportal")
    marks = list(headings(file.outline))
    for heading in ("Stellen nach Verband", "Haushalt 2016", "Teilnehmende im Verlauf"):
        assert heading in marks
    text = "\n".join(page.extract_text() for page in file.pages)
    content = Content(sample)
    for measure in ("teilnehmende", "vze_besetzt", "frei", "ohne_federfuehrung"):
        assert content.figure(measure).text.replace("\xa0", " ") in text.replace("\xa0", " ")
    assert "Seite 1 von 2" in text
    assert "Seite 2 von 2" in text
    assert not [page for page in file.pages if page.get("/Annots")]
    full = {**sample, "text": "Ein Satz ohne Ende, und noch einer dazu. " * 36}
    full["lists"] = {
        **sample["lists"],
        "notes": [{"text": "Ein Hinweis, der eine ganze Zeile braucht. " * 3}] * 6,
        "endings": [{"text": "Förderung endet: Quartiersarbeit", "day": "2017-03-31"}] * 9,
        "corrections": [{"text": "Teilnehmende: korrigiert von 412 auf 408"}] * 9,
    }
    overfull = printed(client, make.release(full))
    assert len(overfull.pages) == 2
    assert "Beispieldaten" in text
    assert "6 weitere Zeilen" in "\n".join(page.extract_text() for page in overfull.pages)
    borough = printed(client, release, f"?bezirk={content.places('bezirk')[0].name}")
    assert len(borough.pages) == 2
    assert content.places("bezirk")[0].label in borough.metadata.title
    text = "\n".join(page.extract_text() for page in borough.pages)
    for once in ("Personen nach Zielgruppe", "Geflüchtete", "Teilnehmende im Verlauf"):
        assert text.count(once) == 1, once


def test_an_unknown_borough_is_not_found(client):
    release = make.release()
    client.force_login(make.user("council"))
    address = reverse("summary:release_pdf", args=[release.pk])
    assert client.get(f"{address}?bezirk=bezirk-77").status_code == 404
