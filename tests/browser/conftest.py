"""A real browser before a real server: one Chromium for all, one sign-in per person and test."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(settings.BASE_DIR, "node_modules", "axe-core", "axe.min.js")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.violatedDirective}: ${event.sourceFile} ${event.lineNumber}`));
"""


def missing(what):
    """A machine that builds must check; at a desk the tests may be left out, loudly."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(f"NOTHING WAS CHECKED IN A BROWSER: {what}")


@pytest.fixture(scope="session")
def browser():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing(f"none of {', '.join(NAMES)} is on the PATH")
    if not AXE.exists():
        missing("axe-core is not installed (npm ci)")
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, and Django would not touch the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visit:
    """One page in one person's browser, and everything that went wrong while it was looked at."""

    def __init__(self, context, server):
        self.server, self.page, self.wrong = server, context.new_page(), []
        self.page.add_init_script(LISTEN)
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("request", self.asked)

    def heard(self, message):
        # For a bare file, which can name no icon, the browser asks for one by itself.
        is_icon = message.location["url"].endswith("/favicon.ico")
        if message.type in ("error", "warning") and not is_icon:
            self.wrong.append(f"console {message.type}: {message.text}")

    def asked(self, request):
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.wrong.append(f"another host was asked: {request.url}")

    def open(self, url):
        self.wrong.clear()
        return self.page.goto(f"{self.server}{url}")

    def look(self, *, width, theme):
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=theme)

    def refused(self):
        """What the content security policy refused."""
        return self.page.evaluate("window.refused")

    def overflow(self):
        """How many pixels the document is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def violations(self, rules=None):
        """What axe finds, one line each; by all the rules, or only by those named."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        return self.page.evaluate(
            """(runOnly) => axe.run(document, {resultTypes: ["violations"], runOnly})
               .then(({violations}) => violations.flatMap(({id, help, nodes}) =>
                 nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`)))""",
            rules or STANDARDS,
        )


@pytest.fixture
def visit(browser, live_server, cast):
    """``visit("lead")``: this person's browser, signed in."""
    contexts = []

    def by(who, **options):
        contexts.append(sign_in(browser, live_server, cast.people[who], **options))
        return Visit(contexts[-1], live_server)

    yield by
    for context in contexts:
        context.close()


def sign_in(browser, server, person, **options):
    context = browser.new_context(locale="de-DE", **options)
    context.set_default_timeout(10_000)
    if person:
        client = Client()
        client.force_login(person)
        # Secure cookies: Chromium sends them to localhost, but takes them from https only.
        url = server.url.replace("http:", "https:")
        context.add_cookies(
            [
                {"name": name, "value": cookie.value, "url": url, "secure": True}
                for name, cookie in client.cookies.items()
            ]
        )
    return context
