"""Comparing what people type."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import iban

SHORTEST_IBAN, LONGEST_IBAN = 15, 34
LONGEST_TEXT = 2_000  # signs that are looked through; no field of the portal takes more
BANK_DATA = _("This looks like an IBAN. The portal keeps no bank data; leave it out.")


def fold(text: str) -> str:
    """One spelling per word: Unicode-normalised (NFKC), case-folded, trimmed, single spaces.

    SQLite ignores case for ASCII only, so everything that is searched or must be unique whatever
    its case is compared in this form, on both databases.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def holds_iban(text: str) -> bool:
    """Whether an IBAN (ISO 13616) stands in the text, however it is grouped.

    By country, length and check digits, so that a long reference is not taken for one.
    """
    signs = re.sub(r"[\W_]", "", text[:LONGEST_TEXT]).upper()
    starts = (match.start() for match in re.finditer("(?=[A-Z]{2}[0-9]{2})", signs))
    return any(
        iban.is_valid(signs[start : start + length])
        for start in starts
        for length in range(SHORTEST_IBAN, LONGEST_IBAN + 1)
    )


def refuse_bank_data(field: str, text: str) -> None:
    """The portal keeps no bank data: a ValidationError under the form's field."""
    if holds_iban(text):
        raise ValidationError({field: BANK_DATA})


class FoldedField(models.CharField):
    """Another column of the row, folded; filled whenever the row is saved, in bulk too.

    So that a search ignores case in the database, alike on SQLite and PostgreSQL.
    """

    def __init__(self, *, of: str, **kwargs):
        self.of = of
        super().__init__(**{**kwargs, "editable": False})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, row, add):
        folded = fold(getattr(row, self.of))[: self.max_length]
        setattr(row, self.attname, folded)
        return folded
