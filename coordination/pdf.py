"""Documents as PDF, for printing and filing: tagged (PDF/UA-1), with their fonts inside.

Nothing is fetched from anywhere: of the addresses a document names, only the portal's own style
sheets and fonts are read, and those from the disk. What else it names stays empty on the page.
"""

import logging
from functools import cache
from io import BytesIO
from pathlib import PurePosixPath
from threading import Lock
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from coordination.exports import named

# WeasyPrint promises nothing about threads. It also keeps one list from taking every core.
ONE_AT_A_TIME = Lock()
RETRY_AFTER = 5  # seconds
# Its warnings are about CSS it does not know, its errors about files it did not get.
logging.getLogger("weasyprint").setLevel(logging.ERROR)


def is_available() -> bool:
    """Whether this machine can make a PDF: WeasyPrint needs the system's Pango."""
    return _weasyprint() is not None


def pdf(
    request: HttpRequest,
    template: str,
    context: dict,
    *,
    name: str,
    most_pages: int | None = None,
    patience: float = -1,
) -> HttpResponse:
    """A template that extends ``pdf.html``, as a PDF the browser opens.

    ``name`` and the Stichtag make the file name. The template knows what every page knows,
    ``context`` and ``printed``, the moment of printing. A row of a table takes about 10 ms: this
    is for documents; long lists are better as XLSX. Without Pango the answer is a page that says
    so, with status 503. What has more than ``most_pages`` is set once more with ``is_tight``.

    ``patience`` is for documents anybody may ask for: so many seconds at most it waits for others
    to be done, and answers 503 then. Else whoever asks for enough of them would take every thread.
    """
    weasyprint = _weasyprint()
    if weasyprint is None:
        return render(request, "503_pdf.html", status=503)
    context = {"printed": timezone.localtime(), "is_tight": False, **context}

    def laid_out():
        return weasyprint.HTML(
            string=render_to_string(template, context, request),
            base_url=request.build_absolute_uri("/"),
            url_fetcher=_own_files(request.build_absolute_uri(settings.STATIC_URL)),
        ).render(pdf_variant="pdf/ua-1")

    if not ONE_AT_A_TIME.acquire(timeout=patience):
        response = render(request, "503_pdf_busy.html", status=503)
        response["Retry-After"] = RETRY_AFTER
        return response
    try:
        document = laid_out()
        if most_pages and len(document.pages) > most_pages:
            context["is_tight"] = True
            document = laid_out()
        content = document.write_pdf(pdf_variant="pdf/ua-1")
    finally:
        ONE_AT_A_TIME.release()
    response = HttpResponse(content, content_type="application/pdf")
    return named(response, request, name, "pdf", inline=True)


@cache
def _weasyprint():
    """The library, or None. Loaded when first needed, so that the portal starts without Pango.

    Tried once: each time it fails, WeasyPrint prints half a page about it.
    """
    try:
        import weasyprint
    except OSError:
        return None
    return weasyprint


def _own_files(prefix: str):
    """What WeasyPrint asks for files: answers to style sheets and fonts below ``prefix`` only."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        def fetch(self, url, headers=None):
            name = unquote(url.removeprefix(prefix))
            ending = PurePosixPath(name).suffix
            if url.startswith(prefix) and ending == ".css":
                return URLFetcherResponse(url, _read(name), {"Content-Type": "text/css"})
            if url.startswith(prefix) and ending == ".woff2":
                return URLFetcherResponse(url, _unpacked(name), {"Content-Type": "font/ttf"})
            raise ValueError("Not a style sheet or font of the portal.")

    return OwnFiles()


def _read(name: str) -> bytes:
    """A file from where they were collected: only there are the names with a hash."""
    with staticfiles_storage.open(name) as file:
        return file.read()


@cache
def _unpacked(name: str) -> bytes:
    """A WOFF2 font as TrueType. WeasyPrint would unpack it anew for each PDF: most of its time."""
    from fontTools.ttLib import woff2

    font = BytesIO()
    woff2.decompress(BytesIO(_read(name)), font)
    return font.getvalue()
