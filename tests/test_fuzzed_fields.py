"""Whatever is typed, a field reads it or says what is wrong; it never fails otherwise."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from agencies.coverage_forms import PostalCodesField, ShareField
from agencies.forms import FteField
from agencies.offers.forms import HourField
from coordination import as_of
from coordination.forms import DayField, ReasonField

FIELDS = [DayField(), ReasonField(), ShareField(), PostalCodesField(), FteField(), HourField()]
typed = st.text(max_size=40) | st.from_regex(r"-?\d{1,30}[.,]?\d{0,5}([eE][+-]?\d{1,4})?")
typed |= st.from_regex(r"\d{1,4}[.-]\d{1,2}[.-]\d{1,5}")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
@given(text=typed)
def test_a_field_reads_or_refuses(field, text):
    try:
        value = field.clean(text)
    except ValidationError:
        return
    if isinstance(field, ShareField):
        assert 1 <= value <= 100
    if isinstance(field, DayField):
        assert as_of.EARLIEST <= value <= as_of.LATEST


@given(typed)
def test_a_stichtag_is_a_day_or_nothing(text):
    day = as_of.read(text)
    assert day is None or as_of.EARLIEST <= day <= as_of.LATEST
