"""Every page of the permission table, in every role that may open it, in a real browser."""

import pytest
from playwright.sync_api import Error

from tests.test_permissions import HEAD, ROWS, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A theme changes colours only: in the dark the rules about colour are enough.
COLOURS = ["color-contrast", "link-in-text-block"]
LOOKS = [(width, *theme) for width in (320, 1280) for theme in (("light", None), ("dark", COLOURS))]
# Main parts already looked at. Sign-in and account pages are the same for everybody; the frame
# round them differs by person, and is looked at on that person's other pages.
KNOWN = set()
MAIN = (
    "document.querySelector('main').innerHTML.replace(/(csrfmiddlewaretoken.*?value=.)\\w+/g, '')"
)


@pytest.mark.parametrize("who", HEAD[2:])
def test_every_page_is_accessible_quiet_and_fits(visit, cast, who):
    """One test per person: signing in and building the city cost more than a page."""
    seen, found = visit(who), []
    for page, row, *answers in ROWS:
        # A PDF is shown by the browser's own viewer, which is not ours to judge.
        if answers[HEAD[2:].index(who)] == "yes" and not page.endswith("_pdf"):
            found += [f"{page}: {line}" for line in look_at(seen, address(page, row, cast))]
    assert not found, "\n".join(found)


def look_at(seen, url):
    """Everything that is wrong with one page, one line each."""
    try:
        response = seen.open(url)
    except Error as error:
        if "Download is starting" in error.message:
            return
        raise
    if response.status != 200:
        yield f"answers {response.status}"
    if not response.headers.get("content-type", "").startswith("text/html"):
        return
    main = seen.page.evaluate(MAIN)
    for width, theme, rules in LOOKS if main not in KNOWN else ():
        seen.look(width=width, theme=theme)
        yield from (f"{width} px, {theme}: {line}" for line in seen.violations(rules))
        if width == 320 and seen.overflow() > 0:
            yield f"320 px: {seen.overflow()} px too wide"
    KNOWN.add(main)
    yield from seen.wrong + seen.refused()


@pytest.mark.parametrize("path", ["/gibt-es-nicht/", "/protokoll/\N{REPLACEMENT CHARACTER}?a=%00"])
def test_error_pages_are_accessible_too(visit, path):
    seen = visit("worker")
    response = seen.open(path)
    assert response.status in (400, 404)
    for width, theme, rules in LOOKS:
        seen.look(width=width, theme=theme)
        assert seen.violations(rules) == []
        assert width != 320 or seen.overflow() <= 0


def test_the_role_less_are_told_what_to_do(visit):
    seen = visit("stranger")
    assert seen.open("/").status == 403
    assert "noch keine Rolle" in seen.page.inner_text("main")
    assert seen.violations() == []


class TestTheCensusItself:
    """Red controls: what the census must find, it finds."""

    def test_it_finds_an_image_without_a_text(self, visit):
        seen = visit("worker")
        seen.open("/")
        seen.page.evaluate("document.querySelector('main').append(new Image(9, 9))")
        assert any(line.startswith("image-alt") for line in seen.violations())

    def test_it_finds_faint_text_in_the_dark_only(self, visit):
        seen = visit("worker")
        seen.open("/")
        seen.page.evaluate("document.querySelector('h1').style.color = '#222'")
        seen.look(width=1280, theme="light")
        assert seen.violations() == []
        seen.look(width=1280, theme="dark")
        assert any(line.startswith("color-contrast") for line in seen.violations())

    def test_it_finds_an_inline_style(self, visit):
        seen = visit("worker")
        seen.open("/")
        assert seen.refused() == []
        seen.page.evaluate("document.querySelector('h1').setAttribute('style', 'color: red')")
        assert [line.split(":")[0] for line in seen.refused()] == ["style-src-attr"]
        assert any("Content Security Policy" in line for line in seen.wrong)

    def test_it_finds_a_page_that_is_too_wide(self, visit):
        seen = visit("worker")
        seen.open("/")
        seen.look(width=320, theme="light")
        assert seen.overflow() <= 0
        seen.page.evaluate("document.querySelector('footer').style.width = '400px'")
        assert seen.overflow() > 0

    def test_it_finds_a_request_to_another_host(self, visit):
        seen = visit("worker")
        seen.open("/")
        assert seen.wrong == []
        seen.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})")
        seen.page.wait_for_timeout(200)
        assert seen.wrong
