"""Markdown of the city's own staff as HTML: no markup of theirs, no images, only plain links.

CommonMark and tables; a new line stays one. What is HTML in the text is shown as the signs it
consists of; links lead to web pages, mail addresses, telephone numbers or pages of the portal and
nowhere else.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# A path of the portal, but not //elsewhere nor /\elsewhere, which browsers take for hosts.
LINK = re.compile(r"(?:https?://[^/\\]|mailto:|tel:|/(?![/\\])|#)", re.IGNORECASE)
# What somebody still has to write: it is marked in the text, in each language's words.
OPEN_POINT = re.compile(r"\[(?:bitte ergänzen|please add): [^\[\]\n]{1,200}\]")
HEADINGS = {2: "kern-heading-medium", 3: "kern-heading-small"}
LOWEST = 6


@dataclass(frozen=True)
class Rendered:
    html: SafeString
    contents: list[tuple[str, str]]  # id and words of each heading of the first level
    open_points: int


def open_points(text: str) -> list[str]:
    """What is still to be written, as it stands in the text."""
    return OPEN_POINT.findall(text)


@lru_cache(maxsize=12)
def render(text: str) -> Rendered:
    tokens = MARKDOWN.parse(text)
    contents = _dress(tokens)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    # Every sign of the text went through the renderer, which escapes it.
    return Rendered(mark_safe(html), contents, len(open_points(text)))


def _dress(tokens: list[Token]) -> list[tuple[str, str]]:
    """Give the elements their classes and headings their level; return the highest headings.

    The page has the one heading of level 1, so the text's begin at 2 and skip none.
    """
    contents, top, above = [], _highest(tokens), 1
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            level = min(int(token.tag[1]) - top + 2, above + 1, LOWEST)
            token.tag = tokens[place + 2].tag = f"h{level}"
            token.attrSet("class", HEADINGS.get(level, "kern-title"))
            above = level
            if level == 2:
                name = f"abschnitt-{len(contents) + 1}"
                token.attrSet("id", name)
                contents.append((name, _words(tokens[place + 1])))
        elif token.type == "paragraph_open":
            token.attrSet("class", "kern-body")
        elif token.type == "table_open":
            token.attrSet("class", "kern-table kern-table--small")
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "inline":
            for child in token.children or []:
                if child.type == "link_open":
                    child.attrSet("class", "kern-link")
    return contents


def _highest(tokens: list[Token]) -> int:
    return min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _text(renderer, tokens, place, options, env) -> str:
    return OPEN_POINT.sub(
        lambda match: f'<mark class="open-point">{match[0]}</mark>', escape(tokens[place].content)
    )


def _table_open(renderer, tokens, place, options, env) -> str:
    opening = renderer.renderToken(tokens, place, options, env)
    return f'<div class="kern-table-responsive" tabindex="0">{opening}'


def _table_close(renderer, tokens, place, options, env) -> str:
    return "</table></div>\n"


def _markdown() -> MarkdownIt:
    # Deeper quotations and lists nobody writes; each level is looked for in each line.
    found = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    found.enable("table").disable("image")
    found.validateLink = lambda url: LINK.match(url.strip()) is not None
    found.add_render_rule("text", _text)
    found.add_render_rule("table_open", _table_open)
    found.add_render_rule("table_close", _table_close)
    return found


MARKDOWN = _markdown()
