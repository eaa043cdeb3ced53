"""Alive without a database, ready only with one; without one a page that says so, not an error."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from coordination import health
from tests.test_settings import PRODUCTION

VISIT = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "portal.example.org"})
client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
for path in sys.argv[1:]:
    answer = client.get(path, secure=True)
    print(json.dumps([answer.status_code, answer.get("Retry-After"), answer.content.decode()]))
"""
AWAY = [
    "sqlite:////nowhere/at/all.sqlite3",
    "postgresql://portal@%2Fnowhere/portal?connect_timeout=1",
]


def visit(database, *paths):
    """Each page's status, Retry-After and text, asked with a session cookie."""
    environment = PRODUCTION | {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "coordination.settings",
    }
    ran = subprocess.run(
        [sys.executable, "-c", VISIT, *paths],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr


@pytest.mark.parametrize("database", AWAY, ids=["sqlite", "postgresql"])
def test_without_its_database_the_portal_says_so(database):
    paths = [reverse("alive"), reverse("overview:start"), reverse("ready")]
    (alive, start, ready), log = visit(database, *paths)
    assert alive == [200, None, '{"alive": true}']
    assert start[:2] == [503, "30"]
    assert "kurze Pause" in start[2]
    assert ready[0] == 503
    assert json.loads(ready[2]) | {"disk": True} == {
        "database": False,
        "migrations": False,
        "disk": True,
    }
    # The session of whoever asked is in no log.
    assert "a" * 32 not in log


def test_ready_with_everything_in_place(client, db):
    response = client.get(reverse("ready"))
    assert response.status_code == 200
    assert response.json() == {"database": True, "migrations": True, "disk": True}


def test_not_ready_with_a_migration_missing(client, db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit'")
    response = client.get(reverse("ready"))
    assert response.status_code == 503
    assert response.json()["migrations"] is False


def test_not_ready_before_the_disk_is_full(client, db, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    response = client.get(reverse("ready"))
    assert response.status_code == 503
    assert response.json()["disk"] is False


def test_health_is_asked_without_signing_in_and_not_cached(client, db):
    for page in ("alive", "ready"):
        response = client.get(reverse(page))
        assert "no-store" in response.headers["Cache-Control"]
        assert client.post(reverse(page)).status_code == 405
