"""Comparing what people type, and finding bank data in it."""

import pytest
from django.core.exceptions import ValidationError

from coordination.forms import ReasonField
from coordination.text import fold, holds_iban

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    "text",
    [
        IBAN,
        IBAN.replace(" ", ""),
        IBAN.replace(" ", "-"),
        IBAN.replace(" ", "\xa0"),
        IBAN.lower(),
        f"{IBAN} 2016",
        f"IBAN{IBAN}",
        f"Konto {IBAN.replace(' ', '')}4711, bitte",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NL91 ABNA 0417 1643 00",
    ],
)
def test_an_iban_is_found_however_it_is_written(text):
    assert holds_iban(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HÜL-2016-0007",
        "DE88 3704 0044 0532 0130 00",
        "Kassenzeichen 5020 1600 0712 3456 7890",
        "Rechnung 2016/4711 vom 15.11.2016 über 1.234,50 €",
        "AB12",
        "x" * 100_000,
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not holds_iban(text)


def test_no_reason_takes_one():
    field = ReasonField()
    with pytest.raises(ValidationError, match="IBAN"):
        field.clean(f"zurück an {IBAN}")
    assert field.clean("zurück an die Kasse") == "zurück an die Kasse"


def test_one_spelling_for_a_word():
    assert fold("  STRASSE  Ärger ") == fold("strasse ärger")
