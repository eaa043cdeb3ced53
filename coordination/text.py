"""Comparing what people type."""

import unicodedata


def fold(text: str) -> str:
    """One spelling per word: Unicode-normalised (NFKC), case-folded, trimmed, single spaces.

    SQLite ignores case for ASCII only, so everything that is searched or must be unique whatever
    its case is compared in this form, on both databases.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
