"""Nobody floods the desk, or somebody's mailbox; and counting tells nobody who asked."""

import pytest
from django.core.cache import cache
from django.db import connection

from tests import make
from tests.desk.asking import ADDRESS, ASK, WORDS, typed
from tests.people.desks import at_once
from volunteers.desk.models import Mail, Question

IP = "203.0.113.7"


@pytest.fixture
def district(db):
    return make.district()


def ask(client, district, email=ADDRESS, *, ip=IP, **more):
    headers = {"HTTP_X_FORWARDED_FOR": ip}
    return client.post(ASK, typed(district=district.pk, email=email, **more), **headers)


def several(client, district, times, **fields):
    return [
        ask(client, district, f"p{number}@verein.example", **fields).status_code
        for number in range(times)
    ]


def test_a_visitor_asks_ten_times_an_hour(client, district):
    assert several(client, district, 12) == [302] * 10 + [429] * 2
    assert (Question.objects.count(), Mail.objects.count()) == (10, 10)
    assert ask(client, district, ip="203.0.113.8").status_code == 302


def test_over_the_limit_the_page_says_so_and_what_was_typed_is_kept(client, district, settings):
    settings.PORTAL_FORM_LIMITS = {"visitor": "1/h/key", "address": "9/h/key"}
    ask(client, district)
    response = ask(client, district)
    page = response.content.decode()
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "3600"
    assert "zu viele Fragen gesendet" in page
    assert WORDS in page
    assert f'value="{ADDRESS}"' in page
    assert Question.objects.count() == 1


def test_an_address_is_asked_to_confirm_five_times_an_hour_wherever_from(client, district):
    answers = [
        ask(client, district, ip=f"203.0.113.{number}").status_code for number in range(10, 17)
    ]
    assert answers == [302] * 5 + [429] * 2
    assert ask(client, district, ADDRESS.upper(), ip="203.0.113.99").status_code == 429
    assert ask(client, district, "neu@verein.example", ip="203.0.113.99").status_code == 302


def test_who_writes_another_visitor_into_the_header_is_counted_all_the_same(client, district):
    """What the proxy itself has seen is the last of the list."""
    forged = [
        ask(client, district, f"p{number}@verein.example", ip=f"198.51.100.{number}, {IP}")
        for number in range(12)
    ]
    assert [response.status_code for response in forged].count(429) == 2


def test_a_whole_network_of_version_six_is_one_visitor(client, district, settings):
    settings.PORTAL_FORM_LIMITS = {"visitor": "1/h/key", "address": "9/h/key"}
    assert ask(client, district, ip="2001:db8::1").status_code == 302
    assert ask(client, district, "b@verein.example", ip="2001:db8::2").status_code == 429


def test_mistakes_and_looking_are_not_counted(client, district):
    for _time in range(15):
        assert client.get(ASK, HTTP_X_FORWARDED_FOR=IP).status_code == 200
        assert ask(client, district, text="").status_code == 200
    assert ask(client, district).status_code == 302


def cached():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        return cursor.fetchall()


def test_the_cache_knows_no_visitor_and_no_address(client, district):
    ask(client, district)
    rows = str(cached())
    assert "desk" in rows  # something was counted
    assert IP not in rows
    assert ADDRESS not in rows
    assert "verein" not in rows


def test_who_reads_the_cache_cannot_try_out_all_visitors(client, district, settings):
    """The hash needs the portal's key: the four billion addresses are hashed in minutes."""
    ask(client, district)
    before = {key for key, _value in cached()}
    cache.clear()
    settings.SECRET_KEY = "another-key-altogether"
    ask(client, district)
    assert before.isdisjoint(key for key, _value in cached())


def test_many_others_do_not_make_the_portal_forget_a_visitor(client, district, settings):
    """A cache that is full throws out what still counts."""
    settings.PORTAL_FORM_LIMITS = {"visitor": "1/h/key", "address": "9/h/key"}
    assert ask(client, district).status_code == 302
    for number in range(400):
        cache.set(f"other:{number}", [number], 3_600)
    assert ask(client, district).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_workers_count_together(client):
    """Each thread has its own connection, as each worker has; the count is the database's."""
    district = make.district()
    sends = [
        lambda number=number: ask(type(client)(), district, f"p{number}@verein.example").status_code
        for number in range(16)
    ]
    answers = at_once(sends)
    assert set(answers) == {302, 429}
    assert Question.objects.count() == answers.count(302) <= 10
