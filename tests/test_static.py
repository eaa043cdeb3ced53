"""Style sheets, scripts and fonts: from here only, small, and named by what they contain."""

import json
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.test import Client

from coordination import settings as production

ROOT = Path(settings.BASE_DIR)
BUILT = Path(settings.STATIC_ROOT)
LARGEST_FIRST_VIEW = 120_000  # bytes, compressed, without fonts
OURS = sorted(
    path
    for folder in ("static", "templates")
    for path in (ROOT / folder).rglob("*.*")
    if path.suffix in {".css", ".js", ".html", ".svg", ".txt"}
)
NAMESPACES = ("http://www.w3.org/",)


@pytest.fixture(scope="module")
def manifest():
    return json.loads((BUILT / "staticfiles.json").read_text())["paths"]


def others(text):
    """Addresses of somebody else, apart from XML's names and the links a person may follow."""
    text = re.sub(r'<a [^>]*href="https://[^"]*"', "", text)
    found = re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"')]*", text)
    return [address for address in found if not address.startswith(NAMESPACES)]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_loaded_from_elsewhere(path):
    assert others(path.read_text()) == []


def test_what_is_loaded_from_elsewhere_would_be_found():
    assert others('<script src="https://cdn.example.org/x.js">')
    assert others("@import url(//fonts.example.org/css)")
    assert not others('<svg xmlns="http://www.w3.org/2000/svg">')


def test_every_file_a_template_names_is_built(manifest):
    for path in (ROOT / "templates").rglob("*.html"):
        for name in re.findall(r'{% static "([^"]+)" %}', path.read_text()):
            assert name in manifest, f"{path}: {name}; run `make test`, which collects the files"


def test_text_files_are_compressed_ahead(manifest):
    for name, hashed in manifest.items():
        source = BUILT / hashed
        if source.suffix in {".css", ".js"} and source.stat().st_size > 1_000:
            assert (BUILT / f"{hashed}.br").exists(), name
            assert (BUILT / f"{hashed}.gz").exists(), name


def test_a_name_with_its_hash_may_be_kept_for_ever(manifest, settings, db):
    settings.STORAGES = production.STORAGES
    response = Client().get(f"/static/{manifest['kern/kern.min.css']}")
    assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    response.close()
    response = Client().get("/static/kern/kern.min.css")
    assert "immutable" not in response.headers["Cache-Control"]
    response.close()


def test_the_first_view_is_small(manifest, client, cast):
    """Page, style sheets and scripts of the start page, as a browser loads them."""
    client.force_login(cast.people["coordination"])
    html = client.get("/").content
    names = re.findall(r'(?:href|src)="/static/([^"?]+)"', html.decode())
    files = [BUILT / f"{manifest[name]}.br" for name in names if name.endswith((".css", ".js"))]
    size = len(brotli.compress(html)) + sum(path.stat().st_size for path in files)
    assert files
    assert size <= LARGEST_FIRST_VIEW
