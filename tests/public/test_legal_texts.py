"""The city's own words as HTML: whatever is typed, only harmless markup comes out."""

import re
from time import process_time

import pytest

from coordination.public import texts

TAGS = re.compile(r"<\s*/?\s*([a-z0-9]+)", re.IGNORECASE)
HARMLESS = {"h2", "h3", "h4", "h5", "h6", "p", "a", "ul", "ol", "li", "strong", "em", "code", "pre"}
HARMLESS |= {"blockquote", "hr", "br", "mark", "div", "table", "thead", "tbody", "tr", "th", "td"}


def html(text):
    return texts.render(text).html


def addresses(text):
    return re.findall(r'(?:href|src)="([^"]*)"', html(text))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    "<!-- --><svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](https:evil.example)",
    "<javascript:alert(1)>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    '[x](https://example.org "\\" onmouseover=alert(1) ")',
    '[x](https://example.org/"onmouseover=alert(1))',
    "`<script>`",
    "```<script>\n</script>\n```",
    "# <script>alert(1)</script>",
    "|<script>|\n|-|\n|<img onerror=x>|",
    "[bitte ergänzen: <script>alert(1)</script>]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<scr<script>ipt>",
    "\u202e<script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_harmless(text):
    found = html(text)
    assert set(TAGS.findall(found)) <= HARMLESS
    assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', found))
    for address in addresses(text):
        assert re.match(r"https?://[\w.]+|mailto:|tel:|/(?!/|\\)|#", address), address
        assert not address.startswith("http") or "evil" not in address


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c",
        "http://example.org",
        "mailto:rathaus@example.org",
        "tel:+4921610000",
        "/datenschutz/",
        "#abschnitt-1",
    ],
)
def test_plain_links_stay(address):
    assert addresses(f"[Wort]({address})") == [address]


def test_images_are_left_out():
    found = html("![Das Wappen](https://example.org/wappen.png)")
    assert "<img" not in found


def test_headings_begin_below_the_pages_own_and_skip_none():
    found = html("# Eins\n\n### Drei\n\n###### Sechs\n\n# Noch eins")
    assert re.findall(r"<(h\d)", found) == ["h2", "h3", "h4", "h2"]
    assert re.findall(r"<(h\d)", html("### Nur\n\n#### Tiefe")) == ["h2", "h3"]


def test_the_contents_lead_to_the_headings():
    rendered = texts.render("## Kontakt\n\n### Telefon\n\n## Ihre **Rechte** & `§ 5`")
    assert rendered.contents == [
        ("abschnitt-1", "Kontakt"),
        ("abschnitt-2", "Ihre Rechte & § 5"),
    ]
    for name, _words in rendered.contents:
        assert f'id="{name}"' in rendered.html


def test_a_new_line_of_an_address_stays_one():
    assert "Stadt<br />\nMusterplatz 1" in html("Stadt\nMusterplatz 1")


def test_open_places_are_marked_and_counted():
    rendered = texts.render("Telefon: [bitte ergänzen: Nummer]\n\nE-mail: [please add: address]")
    assert rendered.open_points == 2
    assert '<mark class="open-point">[bitte ergänzen: Nummer]</mark>' in rendered.html
    assert texts.render("[bitte](https://example.org)").open_points == 0


LONG = {
    "one word": "x" * 50_000,
    "brackets": "[" * 50_000,
    "images": "![" * 25_000,
    "quotations": "> " * 25_000,
    "lazy quotations": ">" * 40 + "a\n" * 24_000,
    "stars": "*a " * 16_000,
    "ticks": "".join("`" * number + " " for number in range(310)),
    "table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 8_300,
    "wide table": "|" + "a|" * 8_000 + "\n|" + "-|" * 8_000 + "\n" + "|\n" * 9_000,
    "links": "[a](http://b) " * 3_500,
    "references": "".join(f"[{number}]: http://x\n" for number in range(2_500)),
    "headings": "# a\n" * 12_500,
    "open places": "[bitte ergänzen: " * 2_900,
}


@pytest.mark.parametrize("name", LONG)
def test_fifty_thousand_signs_are_quick(name):
    started = process_time()
    html(LONG[name][:50_000])
    assert process_time() - started < 10  # seconds of the processor; the slowest needs two
