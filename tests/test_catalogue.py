"""The German catalogue says everything the portal says. Needs no gettext programs."""

import ast
import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(settings.BASE_DIR)
FILE = ROOT / "coordination" / "locale" / "de" / "LC_MESSAGES" / "django.po"
FOLDERS = ["coordination", "districts", "agencies", "volunteers"]
# Which arguments are texts; "c" marks a context. The lazy twins take the same.
KEYWORDS = {
    name + suffix: DEFAULT_KEYWORDS[name] or (1,)
    for name in ("gettext", "ngettext", "pgettext", "npgettext")
    for suffix in ("", "_lazy", "_noop")
    if name in DEFAULT_KEYWORDS
} | {"_": (1,), "ngettext": (1, 2), "ngettext_lazy": (1, 2), "ngettext_noop": (1, 2)}
TEXT = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)", re.S)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w*\}")


def key(name, texts):
    """A text as the catalogue keeps it: (context, id), the id a pair if it has a plural."""
    context = texts.pop(0) if "p" in name.removesuffix("gettext").replace("n", "") else None
    return context, tuple(texts[:2]) if name.startswith("n") else texts[0]


def in_python(path):
    with path.open("rb") as source:
        for _, name, texts, _ in extract_python(source, KEYWORDS, [], {"encoding": "utf-8"}):
            texts = [texts] if isinstance(texts, str) else [text for text in texts if text]
            yield key(re.sub("_lazy|_noop", "", name), texts)


def in_template(text):
    for name, arguments in CALL.findall(templatize(text)):
        yield key(name, [ast.literal_eval(each) for each in re.findall(TEXT, arguments)])


def used():
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            found.update(in_python(path))
    for path in (ROOT / "templates").rglob("*.*"):
        found.update(in_template(path.read_text()))
    return found


@pytest.fixture(scope="module")
def catalogue():
    return read_po(io.BytesIO(FILE.read_bytes()))


def translations(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_nothing_is_missing_and_nothing_is_left_over(catalogue):
    there = {(message.context, message.id) for message in catalogue if message.id}
    wanted = used()
    assert sorted(map(str, wanted - there)) == []
    assert sorted(map(str, there - wanted)) == []
    assert not catalogue.obsolete


def test_extraction_finds_every_way_to_say_something():
    """Whether the test above would notice."""
    assert set(
        in_template(
            '{% load i18n %}{% translate "a" %}{% translate "b" context "c" %}'
            "{% blocktranslate count n=x %}one{% plural %}{{ n }} many{% endblocktranslate %}"
            '{{ _("d") }}{% include "x" with label=_("e") %}'
        )
    ) == {(None, "a"), ("c", "b"), (None, ("one", "%(n)s many")), (None, "d"), (None, "e")}


def test_everything_is_said_in_german(catalogue):
    for message in catalogue:
        if message.id:
            assert not message.fuzzy, message.id
            assert all(translations(message)), message.id


def test_no_value_is_lost_or_invented(catalogue):
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        for original, translation in zip(ids, translations(message), strict=True):
            wanted = sorted(PLACEHOLDER.findall(original))
            assert sorted(PLACEHOLDER.findall(translation)) == wanted, message.id


def test_texts_in_the_code_are_english(catalogue):
    """A German text in the code would show up in the English portal."""
    names = {"Mönchengladbach"}
    for message in catalogue:
        text = " ".join(message.id) if isinstance(message.id, tuple) else message.id
        for name in names:
            text = text.replace(name, "")
        assert not re.search("[äöüßÄÖÜ]", text), text


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    wanted = gettext.GNUTranslations(compiled)._catalog
    with FILE.with_suffix(".mo").open("rb") as built:
        there = gettext.GNUTranslations(built)._catalog
    wanted.pop(""), there.pop("")
    assert there == wanted, "out of date: run `make test`, which compiles it"
