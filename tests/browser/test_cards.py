"""Long tables: cards on a phone, tables on paper, and on paper nothing to press."""

import pytest

from tests.test_permissions import address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    ("volunteers:volunteer_list", "-"),
    ("volunteers:group_list", "-"),
    ("volunteers:care_list", "-"),
    ("volunteers:due_list", "-"),
    ("volunteers:volunteer_detail", "volunteer"),
    ("desk:question_list", "-"),
    ("desk:faq_list", "-"),
]
HIDDEN = """[...document.querySelectorAll(".cards")]
  .map((table) => table.parentElement.scrollWidth - table.parentElement.clientWidth)"""


def opened(visit, cast, pages):
    """Each of these pages before the coordination, one after the other."""
    seen = visit("coordination")
    for page, row in pages:
        seen.look(width=1280, theme=None)
        assert seen.open(address(page, row, cast)).status == 200
        yield page, seen


def test_on_a_phone_nothing_of_a_row_is_off_the_screen(visit, cast):
    for page, seen in opened(visit, cast, PAGES):
        label = seen.page.locator(".cards tbody .on-card").first
        assert not label.is_visible(), page
        seen.look(width=320, theme=None)
        assert label.is_visible(), page
        assert set(seen.page.evaluate(HIDDEN)) == {0}, page
        heads = seen.page.locator(".cards thead:has(a)").all()  # what the tabulator reaches
        assert all(head.bounding_box()["width"] > 100 for head in heads), page


def test_on_paper_a_list_is_a_table_and_offers_nothing_to_press(visit, cast):
    for page, seen in opened(visit, cast, PAGES):
        seen.look(width=680, theme=None)  # A4 without its margins
        seen.page.emulate_media(media="print")
        assert seen.page.locator(".cards thead").first.bounding_box()["width"] > 300, page
        assert not seen.page.locator(".cards tbody .on-card").first.is_visible(), page
        cells = seen.page.locator("td a:not([href^='mailto:']), td input")
        assert [one.inner_text() for one in cells.all() if one.is_visible()] == [], page


def test_the_kinds_of_a_talk_stand_in_the_middle_of_their_buttons(visit, cast):
    seen = visit("coordination")
    seen.open(address("volunteers:talk_create", "volunteer", cast))
    above, below = seen.page.evaluate("""() => {
      const button = document.querySelector(".talk-kinds .kern-btn");
      const outer = button.getBoundingClientRect();
      const inner = button.firstElementChild.getBoundingClientRect();
      return [inner.top - outer.top, outer.bottom - inner.bottom];
    }""")
    assert above == pytest.approx(below, abs=1)
