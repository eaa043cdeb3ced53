import re
from datetime import date

import pytest

from tests import make
from tests.summary.published import LINE, kept, release, url

pytestmark = pytest.mark.django_db


def page(client, row):
    return client.get(url(row)).content.decode()


def test_it_names_the_report_its_days_and_its_files(client):
    row = release()
    found = page(client, row)
    for text in (
        row.title,
        "01.12.2016",
        "01.10.2016–31.12.2016",
        "zahlen-v1.csv",
        "zahlen-v1.json",
    ):
        assert text in found
    assert len(re.findall(r"<code>[0-9a-f]{64}</code>", found)) == 2


def test_what_is_hidden_is_a_sign_and_leads_nowhere(client):
    row = release()
    assert kept(row).hidden
    found = page(client, row)
    assert ">*<" in found
    assert "/rat/" not in found  # nothing that only the council may open


def test_it_says_what_each_figure_counts(client):
    row = release()
    found = page(client, row)
    for words in kept(row).kept["measures"].values():
        assert words["label"] in found
    assert "Die Spalten der Dateien" in found


def test_it_shows_corrections_but_no_list_that_somebody_wrote(client):
    secret = "Frau Mustermann wechselt"
    named = ("changes", "endings", "tasks", "motions", "notes")
    lists = {name: [{"text": secret, "kind": "x"}] for name in named}
    row = release(text=secret, lists={**lists, "corrections": [LINE]})
    found = page(client, row)
    assert secret not in found
    assert "412" in found
    assert "408" in found


def test_an_empty_report_is_shown_too(client):
    row = make.release()
    assert row.as_of == date(2016, 12, 1)
    assert "Was die Zahlen zählen" in page(client, row)
