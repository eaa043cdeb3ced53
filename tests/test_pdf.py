"""Documents as PDF: tagged, in one piece, and asking nobody for anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from urllib.request import OpenerDirector

import pytest
from pypdf import PdfReader

from coordination import pdf as module
from coordination.pdf import is_available, pdf

pytestmark = pytest.mark.usefixtures("pango")

DOCUMENT = """
{% extends "pdf.html" %}
{% block title %}Mittel{% endblock %}
{% block content %}
  <h1>Mittel im Überblick</h1>
  {# "safe" lets the markup through that the tests try to fetch files with. #}
  {{ hostile|safe }}
  <table>
    <thead><tr><th scope="col">Zweck</th><th scope="col" class="numeric">Betrag</th></tr></thead>
    <tbody>
      {% for row in rows %}
        <tr><td>{{ row }}</td><td class="numeric">1.234,50 €</td></tr>
      {% endfor %}
    </tbody>
    <tfoot><tr><th scope="row">Summe</th><td class="numeric">2.469,00 €</td></tr></tfoot>
  </table>
{% endblock %}
"""
ELSEWHERE = [
    '<img src="https://example.org/a.png" alt="">',
    '<img src="//example.org/a.png" alt="">',
    '<img src="file:///etc/passwd" alt="">',
    '<img src="/etc/passwd" alt="">',
    '<img src="ftp://example.org/a.png" alt="">',
    '<link rel="stylesheet" href="https://example.org/a.css">',
    '<style>@import url("http://example.org/a.css");</style>',
    "<style>@font-face { font-family: X; src: url(http://example.org/x.woff2); }</style>",
    '<p style="background: url(http://example.org/a.png)">x</p>',
    '<object data="http://example.org/a.svg"></object>',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<base href="http://example.org/"><img src="/static/css/pdf.css" alt="">',
]


@pytest.fixture
def request_(rf, settings, tmp_path):
    (tmp_path / "document.html").write_text(DOCUMENT)
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    request = rf.get("/mittel/")
    request.as_of = date(2016, 12, 1)
    return request


def made(request, rows=("Miete", "Sprachkurs"), patience=-1, **context):
    context = {"rows": rows, "hostile": "", **context}
    name = 'Mittel "Nord"\r\nX: y'
    return pdf(request, "document.html", context, name=name, patience=patience)


def read(response):
    return PdfReader(BytesIO(response.content))


@pytest.fixture
def asked(monkeypatch):
    """What would have been opened: the network and the disk alike go through here."""
    addresses = []

    def refuse(self, request, *args, **kwargs):
        addresses.append(request.full_url)
        raise OSError("refused by the test")

    monkeypatch.setattr(OpenerDirector, "open", refuse)
    return addresses


def test_the_file_opens_in_the_browser_under_a_safe_name(request_):
    response = made(request_)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="mittel-nord-x-y-2016-12-01.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_its_text_can_be_read_and_stays_text(request_):
    text = read(made(request_, rows=["Äpfel & <b>Öl</b>", "{{ request }}"])).pages[0].extract_text()
    for words in ("Mittel im Überblick", "Äpfel & <b>Öl</b>", "{{ request }}", "1.234,50 €"):
        assert words in text


def test_every_page_has_its_heading_and_its_foot(request_):
    pages = [page.extract_text() for page in read(made(request_, rows=["Miete"] * 60)).pages]
    assert len(pages) == 2
    for number, text in enumerate(pages, start=1):
        assert f"Seite {number} von 2" in text
        assert "Gedruckt am " in text
        assert "Mittel im Überblick" in text
        assert "Betrag" in text
    assert ["Summe" in text for text in pages] == [False, True]


def test_the_day_of_printing_may_be_given(request_):
    text = read(made(request_, printed=date(2016, 12, 1))).pages[0].extract_text()
    assert "Gedruckt am 01.12.2016" in text


def test_it_says_what_it_is_and_reads_aloud(request_):
    file = read(made(request_))
    root = file.trailer["/Root"]
    assert file.metadata.title == "Mittel – Quartiersportal Musterstadt"
    assert root["/Lang"] == "de"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert {"/H1", "/P", "/Table", "/TH", "/TD"} <= set(kinds(root["/StructTreeRoot"]))


def kinds(node):
    """The kinds of all elements of the structure, from the root down."""
    below = node.get("/K", [])
    for each in below if isinstance(below, list) else [below]:
        each = each.get_object()
        if hasattr(each, "get") and "/S" in each:
            yield each["/S"]
            yield from kinds(each)


def test_its_fonts_are_inside(request_):
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()
        for page in read(made(request_)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    for font in fonts:
        assert "Fira-Sans" in font["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"])


@pytest.mark.parametrize("hostile", ELSEWHERE)
def test_nothing_is_fetched(request_, asked, hostile):
    assert "Miete" in read(made(request_, hostile=hostile)).pages[0].extract_text()
    assert asked == []


@pytest.mark.parametrize("hostile", ELSEWHERE)
def test_what_would_be_fetched_is_found(request_, asked, hostile, monkeypatch):
    """With WeasyPrint's own way to files: whether the test above would notice."""
    from weasyprint.urls import URLFetcher

    monkeypatch.setattr(module, "_own_files", lambda prefix: URLFetcher())
    made(request_, hostile=hostile)
    own = "http://testserver/static/css/pdf.css"
    assert [address for address in asked if address != own]


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/static/css/pdf.css",
        "http://testserver/css/pdf.css",
        "http://testserver/static/../manage.py",
        "http://testserver/static/%2e%2e/%2e%2e/pyproject.css",
        "http://testserver/static//etc/a.css",
        "http://testserver/static/js/menu.js",
        "http://testserver/static/css/none.css",
        "file:///etc/passwd",
        "data:text/css,a{}",
    ],
)
def test_only_own_style_sheets_and_fonts_are_read(path):
    with pytest.raises(Exception, match=r"portal|located outside|No such file"):
        module._own_files("http://testserver/static/").fetch(path)


def test_several_at_once_do_not_disturb_each_other(request_):
    with ThreadPoolExecutor(4) as threads:
        files = list(threads.map(lambda n: made(request_, rows=[f"Zeile {n}"]), range(8)))
    for number, file in enumerate(files):
        assert f"Zeile {number}" in read(file).pages[0].extract_text()


def test_who_must_not_wait_long_is_told_when_to_come_again(request_):
    with module.ONE_AT_A_TIME:
        response = made(request_, patience=0.01)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "in einigen Sekunden neu" in response.content.decode()
    assert made(request_, patience=0.01).status_code == 200  # the next one has its turn


def test_a_document_that_fails_lets_the_next_one_in(request_, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(module, "render_to_string", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made(request_)
    assert made(request_, patience=0.01).status_code == 200


def test_without_pango_a_page_says_so(request_, monkeypatch):
    def import_(name, *args, real=__import__, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    module._weasyprint.cache_clear()
    with monkeypatch.context() as without:
        without.setattr("builtins.__import__", import_)
        assert not is_available()
    response = made(request_)
    module._weasyprint.cache_clear()
    assert response.status_code == 503
    assert "PDF braucht auf dem Server die Bibliothek Pango" in response.content.decode()
