from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from time import sleep

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from coordination.audit.models import Entry
from tests import make
from volunteers import declarations
from volunteers.models import Declaration, DeclarationText, Volunteer
from volunteers.papers import Papers, State, of

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def in_december(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def volunteer():
    return make.volunteer(name="Erika Beispiel")


def states(volunteer, day=DAY):
    return {paper.text.kind: paper.state for paper in of(volunteer, day) if paper.text}


def test_versions_are_counted_for_each_declaration():
    by = make.user("coordination")
    first, second, other = (
        declarations.write(kind=kind, starts_on=date(2016, month, 1), text="Ich schweige.", by=by)
        for month, kind in ((1, "confidentiality"), (2, "confidentiality"), (3, "privacy"))
    )
    assert (first.version, second.version, other.version) == (1, 2, 1)
    assert str(second) == "Verschwiegenheit, Fassung 2"


@pytest.mark.parametrize("starts_on", [date(2016, 4, 1), date(2016, 3, 31)])
def test_the_next_version_starts_later(starts_on):
    make.declaration_text(starts_on=date(2016, 4, 1))
    with pytest.raises(ValidationError, match="Fassung 1 gilt ab 01.04.2016") as refused:
        declarations.write(
            kind="confidentiality", starts_on=starts_on, text="Neu.", by=make.user("coordination")
        )
    assert list(refused.value.message_dict) == ["starts_on"]
    assert DeclarationText.objects.count() == 1


def test_of_each_declaration_one_version_is_valid_on_a_day():
    old, new, coming = (
        make.declaration_text(starts_on=day)
        for day in (date(2016, 1, 1), date(2016, 6, 1), date(2017, 1, 1))
    )
    privacy = make.declaration_text("privacy", starts_on=date(2016, 3, 1))
    on = DeclarationText.objects.on
    assert set(on(date(2015, 12, 31))) == set()
    assert set(on(date(2016, 5, 31))) == {old, privacy}
    assert set(on(date(2016, 6, 1))) == {new, privacy}
    assert set(on(date(2017, 1, 1))) == {coming, privacy}


def test_a_declaration_is_missing_then_in_order_then_outdated(volunteer):
    text = make.declaration_text(starts_on=date(2016, 4, 1))
    make.declaration_text(starts_on=date(2016, 9, 1))
    assert states(volunteer, date(2016, 3, 31)) == {}
    assert states(volunteer, date(2016, 4, 30)) == {"confidentiality": State.MISSING}
    make.declaration(volunteer=volunteer, text=text, signed_on=date(2016, 5, 1))
    assert states(volunteer, date(2016, 4, 30)) == {"confidentiality": State.MISSING}
    assert states(volunteer, date(2016, 5, 1)) == {"confidentiality": State.FINE}
    assert states(volunteer, date(2016, 8, 31)) == {"confidentiality": State.FINE}
    assert states(volunteer, date(2016, 9, 1)) == {"confidentiality": State.OUTDATED}


def test_an_older_paper_that_turns_up_later_changes_nothing(volunteer):
    old = make.declaration_text(starts_on=date(2016, 4, 1))
    new = make.declaration_text(starts_on=date(2016, 9, 1))
    make.declaration(volunteer=volunteer, text=new, signed_on=date(2016, 9, 5))
    make.declaration(volunteer=volunteer, text=old, signed_on=date(2016, 9, 6))
    assert states(volunteer) == {"confidentiality": State.FINE}


def test_of_others_signatures_nothing_is_counted(volunteer):
    make.declaration(text=make.declaration_text(), signed_on=date(2016, 5, 1))
    make.declaration(
        volunteer=volunteer, text=make.declaration_text("privacy"), signed_on=date(2016, 5, 1)
    )
    assert states(volunteer) == {"confidentiality": State.MISSING, "privacy": State.FINE}


def test_several_are_signed_on_one_day(volunteer):
    texts = [make.declaration_text(kind) for kind in ("confidentiality", "privacy")]
    day = date(2016, 11, 30)
    declarations.sign(volunteer, texts=texts, signed_on=day, by=make.user())
    assert {row.text for row in volunteer.declarations.all()} == set(texts)
    assert {row.signed_on for row in volunteer.declarations.all()} == {day}


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (DAY + timedelta(days=1), "Zukunft"),
        (date(2016, 3, 31), "Fassung 1 gilt erst ab 01.04.2016"),
    ],
)
def test_nobody_signs_in_the_future_or_before_there_is_a_text(volunteer, day, message):
    text = make.declaration_text(starts_on=date(2016, 4, 1))
    with pytest.raises(ValidationError, match=message) as refused:
        declarations.sign(volunteer, texts=[text], signed_on=day, by=make.user())
    assert list(refused.value.message_dict) == ["signed_on"]
    assert not Declaration.objects.exists()


def test_a_version_is_signed_once_and_nothing_of_the_rest_is_kept(volunteer):
    text, other = make.declaration_text(), make.declaration_text("privacy")
    make.declaration(volunteer=volunteer, text=text)
    with pytest.raises(ValidationError, match="schon unterschrieben"):
        declarations.sign(volunteer, texts=[other, text], signed_on=DAY, by=make.user())
    assert volunteer.declarations.get().text == text


def test_what_was_noted_by_mistake_is_deleted_once(volunteer):
    declaration, by = make.declaration(volunteer=volunteer), make.user()
    declarations.delete(declaration, by=by)
    declarations.delete(declaration, by=by)
    assert not volunteer.declarations.exists()
    assert Entry.objects.filter(verb="deleted").count() == 1


def test_the_log_names_nobody_and_no_day(volunteer):
    text = make.declaration_text()
    (declaration,) = declarations.sign(
        volunteer, texts=[text], signed_on=date(2016, 11, 17), by=make.user()
    )
    declarations.delete(declaration, by=make.user())
    for entry in Entry.objects.all():
        said = f"{entry.target_label} {entry.before} {entry.after}"
        named = f"Ehrenamtliche Person {volunteer.pk}: Verschwiegenheit, Fassung 1"
        assert entry.target_label == named
        assert "Erika" not in said
        assert "2016" not in said
        assert entry.agency_id == volunteer.agency_id


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_next_version_at_once_write_two():
    make.declaration_text(starts_on=date(2016, 1, 1))
    by = make.user("coordination")

    def write(month):
        try:
            declarations.write(
                kind="confidentiality", starts_on=date(2016, month, 1), text="Neu.", by=by
            )
        except ValidationError:
            return 0  # who comes second with the earlier day
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(2) as pool:
        written = sum(pool.map(write, [5, 6]))
    versions = DeclarationText.objects.order_by("version").values_list("version", "starts_on")
    assert [number for number, _day in versions] == list(range(1, written + 2))
    assert [day for _number, day in versions] == sorted(day for _number, day in versions)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("starts_on", [date(2016, 1, 1), date(2016, 6, 1)])
def test_who_writes_the_first_version_a_moment_later_is_told_in_words(starts_on):
    by = make.user("coordination")

    def write():
        try:
            return declarations.write(
                kind="confidentiality", starts_on=starts_on, text="Neu.", by=by
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            make.declaration_text(starts_on=date(2016, 1, 1))
            late = pool.submit(write)
            sleep(0.5)  # PostgreSQL: it has looked, found nothing, and waits to write version 1
            assert not late.done()
        if connection.vendor == "sqlite" and starts_on > date(2016, 1, 1):
            assert late.result().version == 2  # there it waited before it looked
        else:
            with pytest.raises(ValidationError, match="Fassung"):
                late.result()
    versions = DeclarationText.objects.values_list("version", flat=True)
    assert len(set(versions)) == len(versions)


def test_states_are_added_without_another_query_per_row(django_assert_num_queries):
    make.declaration_text()
    for _number in range(3):
        make.declaration(text=DeclarationText.objects.get())
    papers = Papers(DAY)
    rows = papers.with_papers(papers.with_states(Volunteer.objects.all()))
    with django_assert_num_queries(2):
        found = [papers.of(row) for row in rows]
    assert [paper.state for row in found for paper in row if paper.text] == [State.FINE] * 3
