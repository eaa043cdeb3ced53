"""One settings file: the demo needs nothing, production refuses to start half configured."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "PORTAL_DEMO": "0",
    "PORTAL_CITY": "Musterstadt",
    "DJANGO_SECRET_KEY": "k7-" + "a1b2c3d4e5f6g7h8i9j0" * 3,
    "DJANGO_ALLOWED_HOSTS": "portal.example.org",
}


def run(*arguments, **environment):
    """``manage.py`` in a process of its own, with this environment and nothing else."""
    environment |= {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


def show(expression, **environment):
    code = f"from django.conf import settings; print({expression})"
    ran = run("shell", "--no-imports", "--command", code, **environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_the_demo_needs_nothing():
    assert run("check", PORTAL_DEMO="1").returncode == 0


def test_production_passes_the_deployment_checks():
    ran = run("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert "no issues (0 silenced)" in ran.stdout, ran.stdout + ran.stderr


def test_the_deployment_checks_would_find_something():
    ran = run("check", "--deploy", "--fail-level", "INFO", PORTAL_DEMO="1")
    assert "security.W004" in ran.stderr


@pytest.mark.parametrize("missing", ["DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOSTS"])
def test_production_says_in_one_sentence_what_is_missing(missing):
    ran = run("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"{missing} is not set.")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", ["PORTAL_PROXIES", "DATABASE_POOL_SIZE", "EMAIL_PORT"])
def test_what_is_no_number_is_named(name):
    database = "postgresql://nobody@localhost/none"
    ran = run("check", **PRODUCTION, **{name: "viele"}, DATABASE_URL=database)
    assert ran.stderr.strip() == f"{name} is “viele”; it must be a whole number."


def test_without_a_proxy_its_headers_are_not_believed():
    proxied = "settings.SECURE_PROXY_SSL_HEADER, settings.ALLAUTH_TRUSTED_PROXY_COUNT"
    assert show(proxied, **PRODUCTION) == "('HTTP_X_FORWARDED_PROTO', 'https') 1"
    assert show(proxied, **PRODUCTION, PORTAL_PROXIES="0") == "None 0"
    assert show(proxied, PORTAL_DEMO="1") == "None 0"


def test_the_second_factor_is_off_in_the_demo_only():
    assert show("settings.REQUIRE_SECOND_FACTOR", **PRODUCTION) == "True"
    assert show("settings.REQUIRE_SECOND_FACTOR", PORTAL_DEMO="1") == "False"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "https://portal.example.org"),
        ({"DJANGO_ALLOWED_HOSTS": ".stadt.example portal.example"}, "https://stadt.example"),
        ({"DJANGO_ALLOWED_HOSTS": "*"}, ""),
        ({"PORTAL_URL": "https://quartiere.example:8443/"}, "https://quartiere.example:8443"),
        ({"PORTAL_DEMO": "1"}, "http://127.0.0.1:8000"),
    ],
)
def test_links_in_mails_begin_with_the_first_host_or_what_is_set(environment, expected):
    assert show("settings.PORTAL_URL", **{**PRODUCTION, **environment}) == expected


@pytest.mark.parametrize("typed", ["portal.example.org", "ftp://a", "https://a/b", "https://a?b"])
def test_an_address_that_is_none_is_named(typed):
    ran = run("check", **PRODUCTION, PORTAL_URL=typed)
    assert ran.stderr.strip() == (
        f"PORTAL_URL is “{typed}”; it must be an address like https://portal.example.org."
    )


def test_a_folder_with_odd_characters_can_hold_the_database():
    address = "sqlite:////srv/Quartier%20%231/portal.sqlite3"
    name = show("settings.DATABASES['default']['NAME']", PORTAL_DEMO="1", DATABASE_URL=address)
    assert name == "/srv/Quartier #1/portal.sqlite3"
