from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils import timezone

from agencies.activity import drafts
from agencies.activity.models import Draft
from tests import make


@pytest.fixture
def user(db):
    return make.user()


def typed(**fields):
    query = QueryDict(mutable=True)
    query.update(fields)
    return query


def test_a_draft_is_what_was_typed_last(user):
    drafts.keep(typed(minutes="30"), by=user)
    drafts.keep(typed(minutes="45", count_7="3"), by=user)
    assert drafts.of(user).typed == "minutes=45&count_7=3"
    assert drafts.of(make.user()) is None


def test_only_the_fields_of_the_form_are_kept(user):
    drafts.keep(typed(csrfmiddlewaretoken="x", typed_by="y", password="z", note="a"), by=user)
    assert Draft.objects.get().typed == "note=a"


def test_what_is_beyond_all_measure_is_not_kept(user):
    drafts.keep(typed(minutes="30"), by=user)
    drafts.keep(typed(note="x" * 10_001), by=user)
    assert drafts.of(user).typed == "minutes=30"


def test_a_late_draft_of_a_saved_form_is_none(user):
    entry = make.activity(form_id=uuid4())
    drafts.keep(typed(form_id=str(entry.form_id), minutes="30"), by=user)
    assert not Draft.objects.exists()
    Draft.objects.create(user=user, typed=f"form_id={entry.form_id}")
    assert drafts.of(user) is None


def test_after_a_week_a_draft_is_gone(user):
    drafts.keep(typed(minutes="30"), by=user)
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert drafts.of(user) is None
    drafts.keep(typed(minutes="45"), by=make.user())
    assert Draft.objects.count() == 1
