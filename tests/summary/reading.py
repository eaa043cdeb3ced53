"""Reading a council report's pages in tests."""

import re
from html import unescape

FIGURE = re.compile(r'<a class="figure" href="([^"]+)">([^<]*)</a>')


def figures(html: str) -> dict[str, str]:
    """Each figure of a page: the address of its origin, and the text it is shown as."""
    return {unescape(url): unescape(text) for url, text in FIGURE.findall(html)}


def bare_numbers(html: str) -> list[str]:
    """What stands in a column of figures without leading anywhere."""
    cells = re.findall(r'<td class="numeric[^"]*">(.*?)</td>', html, re.S)
    return [cell for cell in cells if "<a " not in cell and re.search(r"[\d*]", cell)]
