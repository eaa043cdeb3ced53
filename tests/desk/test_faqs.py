"""Frequent questions: proposed by one person, released by another, read by everybody."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination import editing
from coordination.audit.models import Entry
from tests import make
from tests.desk.staff import FRIDAY, at, question, staffed
from volunteers.desk import faqs
from volunteers.desk.models import Faq

WORDS = {
    "asked": "Wer hilft beim Antrag auf einen Kitaplatz?",
    "answer": "Die Sprechstunde im Stadtteilbüro.",
    "topic": None,
    "language": "de",
}


@pytest.fixture
def place(db, settings):
    settings.PORTAL_DAY = FRIDAY
    return staffed()


@pytest.fixture
def row(place):
    return question(place, waits=False, first_answered_at=at(FRIDAY, 16))


def proposed(place, row, **words):
    return faqs.propose(row, **{**WORDS, **words}, by=place.lead.user)


def test_of_an_erased_question_nothing_is_proposed(place, row):
    """Its words are gone everywhere; they do not come back by a page that was open."""
    type(row).objects.filter(pk=row.pk).update(email="")
    with pytest.raises(ValidationError, match="zurückgezogen"):
        proposed(place, row)
    assert not Faq.objects.exists()


def test_it_is_public_only_after_the_second_look(place, row):
    faq = proposed(place, row)
    assert list(Faq.objects.released()) == []
    faqs.release(faq, by=place.coordinator)
    assert list(Faq.objects.released()) == [faq]
    faqs.withdraw(faq, by=place.coordinator)
    assert list(Faq.objects.released()) == []
    verbs = Entry.objects.about(faq).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["created", "released", "withdrawn"]


def test_nobody_releases_what_they_proposed(place, row):
    faq = faqs.propose(row, **WORDS, by=place.coordinator)
    with pytest.raises(ValidationError, match="jemand anderes"):
        faqs.release(faq, by=place.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Faq.objects.filter(pk=faq.pk).update(
            released_by=place.coordinator, released_at=timezone.now()
        )
    faqs.release(faq, by=make.user("coordination"))


def test_whoever_changes_a_proposal_does_not_release_it(place, row):
    faq = proposed(place, row)
    faqs.change(faq, **{**WORDS, "answer": "Jeden Dienstag."}, by=place.coordinator)
    with pytest.raises(ValidationError, match="jemand anderes"):
        faqs.release(faq, by=place.coordinator)
    faqs.release(faq, by=make.user("coordination"))
    faq.refresh_from_db()
    assert faq.answer == "Jeden Dienstag."


@pytest.mark.parametrize("field", ["asked", "answer"])
@pytest.mark.parametrize("case", ["Frau Haddad fragt.", "Anruf unter 0170 1234567."])
def test_the_privacy_guard_lets_no_case_through(place, row, field, case):
    with pytest.raises(ValidationError) as refused:
        proposed(place, row, **{field: case})
    assert list(refused.value.message_dict) == [field]
    faq = proposed(place, row)
    with pytest.raises(ValidationError):
        faqs.change(faq, **{**WORDS, field: case}, by=place.lead.user)
    # What came in by another way is stopped at the second look.
    Faq.objects.filter(pk=faq.pk).update(**{field: case})
    with pytest.raises(ValidationError):
        faqs.release(faq, by=place.coordinator)
    assert not Faq.objects.released().exists()


def test_only_what_is_answered_can_be_proposed(place):
    with pytest.raises(ValidationError, match="beantwortete"):
        proposed(place, question(place))


def test_the_same_proposal_twice_is_one(place, row):
    proposed(place, row)
    with pytest.raises(ValidationError) as refused:
        proposed(place, row)
    assert refused.value.code == "done"
    assert Faq.objects.count() == 1


def test_what_changed_since_the_page_was_opened_is_not_released(place, row):
    faq = proposed(place, row)
    seen = editing.fingerprint(faq, faqs.WORDS)
    faqs.change(faq, **{**WORDS, "answer": "Ganz anders."}, by=place.lead.user)
    with pytest.raises(ValidationError):
        faqs.release(faq, seen=seen, by=place.coordinator)
    assert not Faq.objects.released().exists()


def test_what_is_settled_stays_settled(place, row):
    faq = proposed(place, row)
    faqs.release(faq, by=place.coordinator)
    with pytest.raises(ValidationError, match="schon freigegeben"):
        faqs.release(faq, by=make.user("coordination"))
    with pytest.raises(ValidationError, match="schon freigegeben"):
        faqs.change(faq, **WORDS, by=place.lead.user)
    faqs.withdraw(faq, by=place.coordinator)
    for act in (faqs.release, faqs.withdraw):
        with pytest.raises(ValidationError, match="schon zurückgezogen"):
            act(faq, by=make.user("coordination"))


def test_the_log_holds_no_word_of_a_proposal(place, row):
    faq = proposed(place, row)
    faqs.withdraw(faq, by=place.coordinator)
    for entry in Entry.objects.about(faq):
        assert entry.target_label == f"Häufige Frage {faq.pk}"
        assert "Kitaplatz" not in str(entry.before) + str(entry.after)


def test_an_entry_outlives_its_question(place, row):
    faq = proposed(place, row)
    row.messages.all().delete()
    row.delete()
    faq.refresh_from_db()
    assert faq.question is None
