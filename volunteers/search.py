"""Finding volunteers and groups by the beginnings of words, by an index on both databases.

Words are compared without case, accents and the e of ae, oe and ue, so that Müller, Mueller and
MULLER are one word, whichever of them was typed.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import CharField, QuerySet
from django.db.models.lookups import StartsWith

from coordination.text import fold
from volunteers.models import SearchWord, Volunteer, VolunteerGroup

LONGEST, MOST = 100, 20  # signs of a word, words of a name or a search
LANGUAGE = ":"  # stands before a language, so that nobody called Deutsch is taken for one
LAST = "\U0010ffff"
# Letters that no decomposition takes apart, and Greek and Cyrillic ones that look like Latin ones.
PLAIN = str.maketrans(
    {
        "ä": "a", "ö": "o", "ü": "u", "æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
        "þ": "th", "ı": "i",
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j",
        "ѕ": "s", "ԁ": "d", "һ": "h", "к": "k", "м": "m", "т": "t", "в": "b", "н": "h",
        "α": "a", "ο": "o", "ρ": "p", "υ": "u", "ν": "v", "κ": "k", "ι": "i", "τ": "t",
    }
)  # fmt: skip


@CharField.register_lookup
class Begins(StartsWith):
    """``startswith`` that enters an index on SQLite, too: its LIKE ignores case and never does."""

    lookup_name = "begins"

    def get_rhs_op(self, connection, rhs):
        return connection.operators["startswith"] % rhs

    def as_sqlite(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (
            *parameters,
            self.rhs,
            *parameters,
            self.rhs + LAST,
        )


def words(text: str) -> list[str]:
    """The words of a text, comparable; each once, in their order."""
    text = unicodedata.normalize("NFC", fold(text)).translate(PLAIN)
    text = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    text = re.sub("(?<=[aou])e", "", text.translate(PLAIN))
    found = re.findall(r"[^\W_]+", text)
    return list(dict.fromkeys(word[:LONGEST] for word in found))[:MOST]


def index(party: Volunteer | VolunteerGroup) -> None:
    """Make the row findable by what it is called now."""
    party.words.all().delete()
    SearchWord.objects.bulk_create(of(party))


def of(party: Volunteer | VolunteerGroup) -> list[SearchWord]:
    """The words of the row, not saved yet."""
    name = party.words.field.name
    known = [*words(party.name), *(LANGUAGE + word for word in words(party.languages))]
    return [SearchWord(**{name: party}, word=word[:LONGEST]) for word in known]


def named(rows: QuerySet, text: str) -> QuerySet:
    """Rows in whose name each of the words begins a word; none if no word was typed."""
    return _with(rows, words(text))


def speaking(rows: QuerySet, text: str) -> QuerySet:
    """Rows among whose languages each of the words begins one."""
    return _with(rows, [LANGUAGE + word for word in words(text)])


def _with(rows: QuerySet, beginnings: Iterable[str]) -> QuerySet:
    name = rows.model._meta.get_field("words").field.name
    beginnings = list(beginnings)
    if not beginnings:
        return rows.none()
    for beginning in beginnings:
        found = SearchWord.objects.filter(**{f"{name}__isnull": False}, word__begins=beginning)
        rows = rows.filter(pk__in=found.order_by().values(name))
    return rows
