import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(request):
    """Tests that commit leave the counted attempts behind: the cache is no model."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue(
            "transactional_db" if "transactional_db" in request.fixturenames else "db"
        )
        cache.clear()


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """``with sent():`` – what waits for the end of the transaction happens then."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
