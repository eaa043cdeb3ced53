"""Without a mouse, without scripts: every action stays within reach."""

import pytest
from django.urls import reverse

from coordination.navigation import SECTIONS
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What has the focus, and whether one can see that: an outline or a ring round it.
FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element.tagName === "BODY" ? "" : element.outerHTML.slice(0, 120),
    text: (element.innerText || element.getAttribute("aria-label") || "").trim(),
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== "none",
    part: element.closest("header.site-header, .sidebar, main, footer")?.classList[0],
    inside: box.width > 0 && box.right > 0 && box.left < innerWidth,
  };
}"""


def stops(page, limit=250):
    """Everything the tabulator reaches, in its order."""
    reached = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if not stop["name"]:
            return reached
        reached.append(stop)
    return reached


class TestWithoutAMouse:
    def test_the_first_stop_leads_past_the_navigation(self, visit):
        seen = visit("coordination")
        seen.open("/")
        seen.look(width=1280, theme="light")
        seen.page.keyboard.press("Tab")
        stop = seen.page.evaluate(FOCUSED)
        assert stop["text"] == "Zum Inhalt springen"
        assert stop["inside"]
        assert stop["ring"]
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.id") == "main"
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("!!document.activeElement.closest('main')")

    @pytest.mark.parametrize("page", [first for first, *_ in SECTIONS])
    @pytest.mark.parametrize("width", [320, 1280])
    def test_every_stop_can_be_seen_and_none_is_left_out(self, visit, page, width):
        seen = visit("coordination")
        seen.look(width=width, theme="light")
        seen.open(reverse(page))
        reached = stops(seen.page)
        assert [stop["name"] for stop in reached if not (stop["ring"] and stop["inside"])] == []
        reachable = seen.page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, select, textarea, summary,"
                 + "input:not([type=hidden], [type=radio])")]
               .filter((element) => element.checkVisibility() && !element.disabled).length"""
        )
        assert len(reached) >= reachable
        # Numbers above 0 would tear the order apart.
        tabindex = "[...document.querySelectorAll('[tabindex]')].map((each) => each.tabIndex)"
        assert all(number <= 0 for number in seen.page.evaluate(tabindex))

    def test_the_order_is_header_navigation_page_footer(self, visit):
        seen = visit("coordination")
        seen.look(width=1280, theme="light")
        seen.open("/")
        parts = []
        for stop in stops(seen.page):
            if stop["part"] and stop["part"] not in parts[-1:]:
                parts.append(stop["part"])
        assert parts == ["site-header", "sidebar", "main", "site-footer"]

    def test_the_account_menu_opens_and_closes(self, visit):
        seen = visit("coordination")
        seen.look(width=1280, theme="light")
        seen.open("/")
        seen.page.focus(".account summary")
        seen.page.keyboard.press("Enter")
        assert seen.page.is_visible("text=Abmelden")
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.press("Escape")
        assert not seen.page.is_visible("text=Abmelden")
        assert seen.page.evaluate("document.activeElement.tagName") == "SUMMARY"

    def test_a_click_beside_it_closes_the_account_menu(self, visit):
        seen = visit("coordination")
        seen.open("/")
        seen.page.click(".account summary")
        assert seen.page.is_visible("text=Abmelden")
        seen.page.click("h1")
        assert not seen.page.is_visible("text=Abmelden")

    def test_the_first_wrong_field_has_the_focus_and_the_summary_leads_to_the_others(self, visit):
        seen = visit("coordination")
        seen.open(reverse("agencies:agency_create"))
        seen.page.click("main button.kern-btn--primary")
        first = seen.page.evaluate("document.activeElement.id")
        assert first == seen.page.evaluate("document.querySelector('[aria-invalid]').id")
        links = seen.page.locator(".error-summary a")
        assert links.count() > 0
        links.last.press("Enter")
        target = links.last.get_attribute("href")
        assert seen.page.evaluate("document.querySelector(':target')?.id") == target[1:]


class TestWithoutScripts:
    @pytest.fixture
    def page(self, browser, live_server, cast):
        person = cast.people["worker"]
        person.set_password(make.PASSWORD)
        person.save()
        context = browser.new_context(
            locale="de-DE",
            java_script_enabled=False,
            base_url=live_server.url,
            viewport={"width": 320, "height": 800},
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto("/")
        page.fill("[name=login]", person.email)
        page.fill("[name=password]", make.PASSWORD)
        page.click("main button[type=submit], main .kern-btn--primary")
        yield page
        context.close()

    def test_one_signs_in_walks_through_the_menu_and_signs_out(self, page):
        assert page.inner_text("h1") == "Übersicht"
        labels = page.locator(".menu a").all_inner_texts()
        page.click(".menu summary")
        labels = page.locator(".menu a").all_inner_texts()
        assert "Stadtteile" in labels
        for label in labels:
            if not page.is_visible(".menu a"):
                page.click(".menu summary")
            page.click(f".menu a:text-is('{label}')")
            assert page.locator("h1").count() == 1
            assert page.inner_text(".menu [aria-current]") == label or page.inner_text("h1")
        page.click(".account summary")
        page.click("text=Abmelden")
        page.goto("/")
        assert page.inner_text("h1") == "Anmelden"

    def test_filter_day_and_language_work(self, page):
        page.goto(reverse("agencies:district_list"))
        page.fill("#stichtag", "2017-05-01")
        page.click(".as-of button")
        assert "stichtag=2017-05-01" in page.url
        page.locator(".filter input:not([type=hidden])").first.fill("Eicken")
        page.click(".filter button")
        assert "stichtag=2017-05-01" in page.url
        assert "Eicken" in page.inner_text("main table")
        page.click("text=English")
        assert page.get_attribute("html", "lang") == "en"
        assert "stichtag=2017-05-01" in page.url
