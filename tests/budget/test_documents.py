from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from coordination.budget import documents
from coordination.budget.models import Document
from tests import make
from tests.budget.test_agreements import refused

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def file(content=make.PDF, name="vereinbarung.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def add(content=make.PDF, name="vereinbarung.pdf", **to):
    upload = file(content)
    upload._name = name  # as a browser of bad intent would send it
    return documents.add(upload, by=make.user(), **(to or {"agreement": make.agreement()}))


def test_a_pdf_is_kept_as_it_is():
    document = add()
    assert bytes(Document.objects.get().content) == make.PDF
    assert (document.media_type, document.size) == ("application/pdf", len(make.PDF))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00" + b"0" * 100, "Nur PDF-Dateien"),
        (b"<script>alert(1)</script>%PDF-1.4", "Nur PDF-Dateien"),
        (PNG, "Nur PDF-Dateien"),
        (b"", "Die Datei ist leer"),
    ],
)
def test_what_is_no_pdf_is_refused_whatever_it_is_called(content, said):
    assert said in refused(None, add, content)
    assert not Document.objects.exists()


def test_a_file_over_the_limit_is_refused_with_both_sizes(settings):
    settings.DOCUMENT_MAX_BYTES = len(make.PDF)
    add()
    assert "höchstens" in refused(None, add, make.PDF + b"\n")


def test_a_receipt_may_be_a_picture():
    assert add(PNG, "beleg.png", expense=make.expense()).name == "beleg.png"


def test_the_same_file_is_kept_once_for_an_agreement():
    agreement = make.agreement()
    add(agreement=agreement)
    assert "als „vereinbarung.pdf“" in refused(None, add, name="kopie.pdf", agreement=agreement)
    add(agreement=make.agreement())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Ablage\\Vertrag.PDF", "Vertrag.pdf"),
        ("virus.exe", "virus.pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.pdf"),
        ("a\r\nSet-Cookie: b=c.pdf", "aSet-Cookie: b=c.pdf"),
        ('"; filename=x.exe', '"; filename=x.pdf'),
        (".pdf", "pdf.pdf"),
        ("", "Dokument.pdf"),
        ("ä" * 400 + ".pdf", "ä" * 190 + ".pdf"),
    ],
)
def test_names_are_safe(name, kept):
    assert add(name=name).name == kept


def test_the_beginning_is_read_from_the_start():
    content = BytesIO(make.PDF)
    upload = file(content.read())
    upload.read()
    assert documents.check(upload) == "application/pdf"
