"""What is mailed opens one question, once, for a while; what is kept opens nothing."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from tests import make
from tests.people.desks import at_once
from volunteers.desk import links
from volunteers.desk.models import Link

Purpose = links.Purpose


def test_the_database_keeps_a_hash_and_never_the_link(db):
    token = links.issue(make.question(), Purpose.REPLY)
    row = Link.objects.values().get()
    assert row["token_hash"] == sha256(token.encode()).hexdigest()
    assert token not in str(row)
    assert len(token) >= 43  # 256 bits


def test_no_two_links_are_alike(db):
    question = make.question()
    tokens = {links.issue(question, Purpose.REPLY) for _number in range(20)}
    assert len(tokens) == 20


@pytest.mark.parametrize(
    ("purpose", "question", "days"),
    [(Purpose.CONFIRM, make.unconfirmed, 7), (Purpose.REPLY, make.question, 30)],
)
def test_a_link_lives_for_its_days(db, purpose, question, days):
    token = links.issue(question(), purpose)
    left = Link.objects.get().expires_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)
    assert links.find(token, purpose)
    Link.objects.update(expires_at=timezone.now())
    assert links.find(token, purpose) is None
    assert not links.use(token, purpose)


def test_a_link_for_one_purpose_opens_no_other(db):
    confirm = links.issue(make.unconfirmed(), Purpose.CONFIRM)
    reply = links.issue(make.question(), Purpose.REPLY)
    assert links.find(confirm, Purpose.REPLY) is None
    assert links.find(reply, Purpose.CONFIRM) is None
    assert not links.use(confirm, Purpose.REPLY)


@pytest.mark.parametrize(
    ("purpose", "question"), [(Purpose.CONFIRM, make.unconfirmed), (Purpose.REPLY, make.question)]
)
def test_no_link_opens_a_question_that_was_erased(db, purpose, question):
    token = links.issue(question(email=""), purpose)
    assert links.find(token, purpose) is None


def test_what_stands_in_the_database_is_no_key(db):
    links.issue(make.question(), Purpose.REPLY)
    assert links.find(Link.objects.get().token_hash, Purpose.REPLY) is None


def test_a_link_is_used_once(db):
    token = links.issue(make.question(), Purpose.REPLY)
    assert links.use(token, Purpose.REPLY)
    assert not links.use(token, Purpose.REPLY)
    assert links.find(token, Purpose.REPLY) is None


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_use_it_at_once_one_wins():
    token = links.issue(make.question(), Purpose.REPLY)
    assert sum(at_once([lambda: links.use(token, Purpose.REPLY)] * 20)) == 1
