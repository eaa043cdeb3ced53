"""Terms of the central lists, through the operations."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from agencies.lists import terms
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from coordination.audit.models import Entry
from coordination.demo import lists
from tests import make
from tests.people.desks import REFUSED, at_once

DAY = date(2016, 11, 15)  # of every entry here
SINCE = date(2016, 1, 1)


def create(model=Kind, **fields):
    return terms.create(model, **{"name": "Begleitung", "starts_on": SINCE, "by": None, **fields})


def refused(field, act, *args, **fields):
    with pytest.raises(ValidationError) as error:
        act(*args, by=None, **fields)
    return " ".join(error.value.message_dict[field])


def used(model):
    """A term of the list that one entry has."""
    if model is TargetGroup:
        group = make.target_group("refugee")
        make.activity(3)
        return group
    term = {Kind: make.kind, Format: make.format, Topic: make.topic}[model]()
    fields = {Kind: {"kind": term}, Format: {"format": term}, Topic: {"topics": [term]}}
    make.activity(**fields[model])
    return term


MODELS = list(terms.LISTS.values())


def test_a_new_term_stands_in_the_log(db):
    who = make.user("coordination")
    term = terms.create(Topic, name="Wohnen", starts_on=SINCE, by=who)
    entry = Entry.objects.about(term).get()
    assert (entry.verb, entry.by, entry.agency_id) == ("created", who, None)


@pytest.mark.parametrize("name", ["begleitung", " BEGLEITUNG ", "Begleitung"])
def test_a_name_stands_once_whatever_its_case(db, name):
    create()
    assert "diesen Namen" in refused("name", create_other, name=name).lower().replace(
        "diesen namen", "diesen Namen"
    )


def create_other(by, **fields):
    return create(by=by, **fields)


def test_two_lists_may_have_the_same_name(db):
    create()
    create(Format)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_name_at_once_one_is_refused():
    results = at_once([lambda: create(name="Umzug") for _ in range(4)])
    assert results.count(REFUSED) == 3
    assert Kind.objects.count() == 1


def test_a_term_ends_and_entries_keep_it(db):
    kind = used(Kind)
    terms.change(kind, ends_on=DAY, by=None)
    assert Entry.objects.about(kind).get().verb == "ended"
    assert kind.activities.get().kind == kind


@pytest.mark.parametrize("model", MODELS)
def test_the_days_of_entries_stay_within_the_term(db, model):
    term = used(model)
    assert "vor dem 16.11.2016" in refused(
        "starts_on", terms.change, term, starts_on=date(2016, 11, 16)
    )
    assert "nach dem 14.11.2016" in refused(
        "ends_on", terms.change, term, ends_on=date(2016, 11, 14)
    )
    terms.change(term, starts_on=DAY, ends_on=DAY, by=None)


def test_how_people_are_counted_stays_once_entries_count_them(db):
    group = used(TargetGroup)
    assert "Summen" in refused("background", terms.change, group, background="other")
    terms.change(group, background="refugee", name="Geflüchtete", by=None)
    unused = make.target_group("helper")
    assert terms.change(unused, background="other", by=None).background == "other"


def test_the_first_day_is_not_after_the_last(db):
    with pytest.raises(ValidationError):
        create(starts_on=DAY, ends_on=SINCE)


@pytest.mark.parametrize("model", MODELS)
def test_usage_counts_the_entries_of_the_year_within_reach(db, model):
    from coordination.access.permissions import Scope

    term = used(model)
    here, city = make.agency(), Scope(citywide=True)
    assert terms.usage(model, 2016, city) == {term.pk: 1}
    assert terms.usage(model, 2015, city) == {}
    assert terms.usage(model, 2016, Scope(agencies=frozenset([here.pk]))) == {}


def test_the_sample_lists_are_complete(db):
    lists.build(None)
    assert [model.objects.count() for model in MODELS] == [16, 8, 5, 11]
    assert Kind.objects.on(date(2016, 12, 1)).count() == 15
    assert all(term.definition for model in MODELS for term in model.objects.all())
