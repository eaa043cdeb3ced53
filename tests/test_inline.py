"""What no page contains: styles and scripts of its own, and anything of somebody else.

``test_permissions`` looks for it wherever it opens a page.
"""

from html.parser import HTMLParser

from django.http import HttpResponse


class Inline(HTMLParser):
    """Everything on a page that a strict policy forbids, and every address of somebody else."""

    DATA = ("application/json", "application/ld+json")

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        script = tag == "script" and "src" not in attributes
        if tag == "style" or (script and attributes.get("type") not in self.DATA):
            self.found.append(f"<{tag}>")
        for name, value in attributes.items():
            if name == "style" or name.startswith("on"):
                self.found.append(f"{tag} {name}={value}")
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")
            loads = name in ("src", "srcset") or (tag == "link" and name == "href")
            if loads and (value or "").lstrip().startswith(("http:", "https:", "//")):
                self.found.append(f"{tag} {name}={value}")


def inline_in(response):
    """What the page holds of it; of what is no page: nothing."""
    reader = Inline()
    if response.headers.get("Content-Type", "").startswith("text/html"):
        reader.feed(response.content.decode())
    return reader.found


def test_inline_styles_and_scripts_would_be_found():
    html = """<style>a{}</style><script>x()</script><script type="application/json">{}</script>
        <p style="a" onclick="x()"><a href=" javascript:x()">
        <script src="https://cdn.example/x.js"></script><link href="//cdn.example/x.css">"""
    assert len(inline_in(HttpResponse(html))) == 7
    assert inline_in(HttpResponse(html, content_type="text/csv")) == []
