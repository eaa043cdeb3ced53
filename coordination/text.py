"""Comparing what people type."""

import unicodedata

from django.db import models


def fold(text: str) -> str:
    """One spelling per word: Unicode-normalised (NFKC), case-folded, trimmed, single spaces.

    SQLite ignores case for ASCII only, so everything that is searched or must be unique whatever
    its case is compared in this form, on both databases.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


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
