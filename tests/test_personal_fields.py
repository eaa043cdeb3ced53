"""What the portal keeps about people: ``tests/personal_fields.txt``, column by column, by hand.

The columns are computed from the registry: one that is not in the file fails, and so does a line
without its column. What belongs to a volunteer or to who asked must be in the data export, and
gone after erasure; every model with something about a person has a retention rule, or its reason.
"""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models as db

from agencies.models import Worker
from coordination.access.models import User
from coordination.retention import erasures, holdings
from coordination.retention.rules import KEPT, RULES
from tests import make
from tests.traces import traces
from volunteers.desk.models import Mail, Notice, Question
from volunteers.models import Volunteer, VolunteerGroup

FILE = Path(__file__).with_name("personal_fields.txt")
LINES = [
    line.split(maxsplit=2)
    for line in FILE.read_text().splitlines()
    if line.strip() and not line.startswith("#")
]
CLASSES = {name: kind for name, kind, *_ in LINES}
KINDS = {"none", "staff", "free", "volunteer", "asker", "row"}
HOLDING = db.CharField, db.TextField, db.JSONField, db.BinaryField, db.GenericIPAddressField
PEOPLE = {User, Volunteer, VolunteerGroup, Question, Worker}
THEMSELVES = {Volunteer, VolunteerGroup, Question}  # of these and their rows every column counts


def columns():
    """Everything that can hold something about a person, as ``app.Model.field``."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            related = field.related_model and field.related_model._meta.concrete_model
            if isinstance(field, HOLDING) or related in PEOPLE or is_theirs(model, field):
                yield f"{model._meta.label}.{field.name}"


def is_theirs(model, field):
    """Days, moments, numbers: what a birth date would be, too."""
    fields = model._meta.concrete_fields
    return (
        not field.primary_key
        and field.concrete
        and not field.many_to_many
        and (model in THEMSELVES or any(one.related_model in THEMSELVES for one in fields))
    )


def test_every_column_is_classified_and_every_line_has_its_column():
    found = list(columns())
    assert sorted(set(found) - set(CLASSES)) == []
    assert sorted(set(CLASSES) - set(found)) == []
    assert len(CLASSES) == len(LINES)


def test_the_classes_are_known():
    assert set(CLASSES.values()) == KINDS


def test_the_lines_stand_in_order():
    assert list(CLASSES) == sorted(CLASSES)


def model_of(name):
    return name.rpartition(".")[0]


def governed():
    """Models with a rule, or with the reason why they stay."""
    ruled = {rule.due_model for rule in RULES} | {m for rule in RULES for m in rule.models}
    return ruled | {model for kept in KEPT for model in kept.models}


def test_every_model_with_something_about_a_person_has_a_rule_or_a_reason():
    personal = {model_of(name) for name, kind in CLASSES.items() if kind != "none"}
    assert sorted(personal - governed()) == []


def test_rules_and_reasons_name_models_there_are():
    for label in governed():
        apps.get_model(label)


@pytest.mark.parametrize("kind", ["volunteer", "asker"])
def test_what_is_theirs_never_stays_without_a_rule(kind):
    """A reason to keep is for staff, free text and what is published."""
    ruled = {rule.due_model for rule in RULES} | {m for rule in RULES for m in rule.models}
    assert {model_of(name) for name, k in CLASSES.items() if k == kind} - ruled == set()


# --- Nothing is left out, and nothing is left behind ---------------------------------------------

ADDRESS = "kanarie-adresse@verein.example"
NAME = "kanarie-name"
THEIRS = sorted(name for name, kind in CLASSES.items() if kind in ("volunteer", "asker"))
# Not searched for the person: a file is there for a day at most, and erasing deletes all of them.
NOT_EXPORTED = {"volunteers.VolunteerUpload.content"}


def canary(name):
    """A word that stands in this column and nowhere else, but for what ties the rows together."""
    if name.endswith(".email"):
        return ADDRESS
    if name in ("volunteers.Volunteer.name", "volunteers.Volunteer.name_key"):
        return NAME
    return "kanarie-" + name.replace(".", "-").replace("_", "-").lower()


def fill(row):
    """A canary into every column of the row that is theirs, past forms and checks."""
    for field in row._meta.concrete_fields:
        name = f"{row._meta.label}.{field.name}"
        if name not in THEIRS or field.remote_field:
            continue
        text = canary(name)
        if name == "volunteers.VolunteerGroup.spokesperson":
            text = f"{NAME} {text}"
        if name == "desk.Question.postal_code":
            text = "98765"
        value = text.encode() if isinstance(field, db.BinaryField) else text[: field.max_length]
        # Past the field too: it would fold another column into this one.
        type(row)._base_manager.filter(pk=row.pk).update(**{field.name: value})


@pytest.fixture
def marked(cast):
    """A volunteer in whom every column is a canary, with everything that can belong to one."""
    volunteer = make.volunteer(agency=cast.agency, districts=[cast.district])
    group = make.volunteer_group(agency=cast.agency)
    question = make.question(district=cast.district, agency=cast.agency, topic=cast.topic)
    message = question.messages.get()
    Mail.objects.create(question=question, kind="answer", message=message)
    rows = [
        volunteer,
        group,
        make.group_member(volunteer=volunteer, group=group),
        make.contact(volunteer=volunteer, worker=cast.worker),
        make.talk(volunteer=volunteer, worker=cast.worker),
        make.declaration(volunteer=volunteer, text=cast.declaration_text),
        make.certificate(volunteer=volunteer),
        make.volunteer_upload(user=cast.people["lead"]),
        volunteer.words.first(),
        question,
        message,
        make.link(question=question),
        make.feedback(),
    ]
    volunteer.interests.add(cast.topic)
    make.faq(released=False, question=question)
    make.faq(question=question)
    Notice.objects.create(
        question=question, user=cast.account, stage="lead", waits_since=question.waits_since
    )
    for row in rows:
        fill(row)
    cast.marked = Volunteer.objects.get(pk=volunteer.pk)
    cast.marked_group, cast.marked_question = group, question
    return cast


def words_of(names):
    special = {"desk.Question.postal_code": "98765"}
    relations = {n for n in names if _field(n).remote_field}
    return {n: special.get(n, canary(n)) for n in names if n not in relations}


def _field(name):
    return apps.get_model(model_of(name))._meta.get_field(name.rpartition(".")[2])


def test_every_column_of_theirs_can_be_found_where_it_was_put(marked):
    """Whether the tests below would notice anything."""
    words = words_of(THEIRS)
    found = {word for _place, word in traces(words.values())}
    assert found == set(words.values())


def test_the_data_export_holds_every_column_of_theirs(marked):
    content = json.dumps([h.as_json() for h in holdings.of(marked.marked)], default=str)
    words = words_of(set(THEIRS) - NOT_EXPORTED)
    assert [name for name, word in words.items() if word not in content] == []


def test_the_data_export_holds_every_table_of_theirs(marked):
    """Tables that only point at them have no words, but the rows count, too."""
    tables = {holding.model._meta.label for holding in holdings.of(marked.marked)}
    # In the row itself as lists.
    within = {"volunteers.Volunteer_districts", "volunteers.Volunteer_interests"}
    theirs = {model_of(name) for name in set(THEIRS) - NOT_EXPORTED} - within
    assert theirs - tables == set()


def test_after_erasure_nothing_of_theirs_is_anywhere(marked):
    coordinator = marked.people["coordination"]
    erasures.erase_volunteer(marked.marked, reason="request", by=coordinator)
    erasures.erase_group_contact(marked.marked_group, reason="request", by=coordinator)
    assert traces(words_of(THEIRS).values()) == set()


def test_after_erasure_nothing_points_at_them(marked):
    pk = marked.marked.pk
    erasures.erase_volunteer(marked.marked, reason="request", by=marked.people["coordination"])
    for name in THEIRS:
        field = _field(name)
        if field.related_model is Volunteer:
            assert not field.model._base_manager.filter(**{field.name: pk}).exists(), name
        if field.related_model is Question:
            rows = field.model._base_manager.filter(**{field.name: marked.marked_question.pk})
            assert not rows.exists(), name


def test_a_column_that_erasing_forgot_would_be_found(marked):
    """Something of theirs is still in the database, in a table nobody thinks of."""
    erasures.erase_volunteer(marked.marked, reason="request", by=marked.people["coordination"])
    make.agency(name=f"Verein von {NAME.upper()}")
    assert traces([NAME]) == {("agencies_agency.name", NAME)}
