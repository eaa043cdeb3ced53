"""The text of a report: placeholders, saving, what the log keeps of it."""

import time

import pytest
from django.core.exceptions import ValidationError

from agencies.reports import figures, narratives
from agencies.reports.models import Narrative
from coordination import editing
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return make.period()


@pytest.fixture
def known(period):
    make.kind(name="Sprachcafé")
    return figures.of(period)


def parsed(text, known):
    return [
        (piece.figure.name if piece.figure else "?" if piece.is_unknown else "", piece.text)
        for piece in narratives.filled(text, known)
    ]


def test_names_in_braces_become_figures(known):
    assert parsed("Es gab {taetigkeiten} an { stunden } Stunden.", known) == [
        ("", "Es gab "),
        ("taetigkeiten", "{taetigkeiten}"),
        ("", " an "),
        ("stunden", "{ stunden }"),
        ("", " Stunden."),
    ]


def test_a_name_may_have_an_argument(known):
    assert parsed("{art:Sprachcafé}{Art: sprachcafé}", known) == [
        ("art:Sprachcafé", "{art:Sprachcafé}"),
        ("art:Sprachcafé", "{Art: sprachcafé}"),
    ]


@pytest.mark.parametrize(
    "text", ["{}", "{ }", "a { b", "} {", "{{", "{1}", "{ 7 * 7 }", "{%x%}", "{a\nb}", "{ä{"]
)
def test_other_braces_are_braces(known, text):
    assert parsed(text, known) == [("", text)]


def test_an_unknown_name_is_marked_with_what_could_be_meant(known):
    (piece,) = narratives.filled("{stundn}", known)
    assert piece.is_unknown
    assert piece.similar == ["stunden"]


@pytest.mark.parametrize(
    "text", ["{" * 20_000, "{a" * 10_000, "{ " * 10_000, "{a}" * 7_000, "{" + "a" * 20_000, "}" * 9]
)
def test_reading_takes_no_longer_than_the_text_is(known, text):
    start = time.perf_counter()
    assert "".join(piece.text for piece in narratives.filled(text, known)) == text
    assert time.perf_counter() - start < 0.5


def test_a_block_reads_with_its_figures(period, known):
    narrative = Narrative(overview="{taetigkeiten} von {Taten}")
    overview = narratives.blocks(narrative, known)[0]
    assert overview.text == "0 von {Taten}"
    assert [piece.text for piece in overview.unknown] == ["{Taten}"]


def test_saving_logs_that_a_block_changed_and_never_what_it_says(period):
    user = make.user()
    narratives.write(period, overview="Frau Muster kam.\r\nZweimal.", by=user)
    assert Narrative.objects.get().overview == "Frau Muster kam.\nZweimal."
    entry = Entry.objects.get()
    assert entry.after == {"overview": "geändert"}
    assert (entry.agency_id, entry.reason) == (period.agency_id, "")
    assert "Muster" not in str(entry.__dict__)


def test_saving_the_same_again_logs_nothing(period):
    for _ in range(2):
        narratives.write(period, overview="Gleich.", by=None)
    assert Entry.objects.count() == 1


def test_a_text_saved_in_spite_of_the_warning_is_counted(period):
    narratives.write(period, overview="geb. 3.4.1998", is_insisted=True, by=None)
    assert Entry.objects.get().reason == "Trotz Datenschutzhinweis gespeichert."


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_the_text_of_a_report_that_was_handed_in_does_not_change(state):
    period = make.period(state)
    with pytest.raises(ValidationError, match="erst wieder ändern"):
        narratives.write(period, overview="Neu", by=None)
    assert not Narrative.objects.exists()


def test_a_text_somebody_else_changed_is_not_overwritten(period):
    narratives.write(period, overview="Alt", by=None)
    seen = editing.fingerprint(narratives.of(period), Narrative.BLOCKS)
    narratives.write(period, focus="Meins", by=None)
    with pytest.raises(ValidationError, match="Inzwischen"):
        narratives.write(period, focus="Deins", seen=seen, by=None)
    assert Narrative.objects.get().focus == "Meins"
