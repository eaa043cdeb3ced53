"""What everybody knows of entries gives no small count away."""

import random

import pytest

from agencies.activity.summaries import Sums
from coordination import disclosure
from coordination.council.summary.content import CITY, key
from coordination.council.summary.figures import Part
from coordination.council.summary.figures.activity import COUNTS, _count
from coordination.council.summary.figures.entries import tie

SMALL = ["mit_flucht", "ohne_flucht", "teilnehmende"]


def sums_of(entries: list[tuple[int, int]]) -> Sums:
    """Of entries with so many participants of each background."""
    return Sums(
        entries=len(entries),
        refugees=sum(first for first, _second in entries),
        others=sum(second for _first, second in entries),
        gatherings=sum(sum(entry) >= 2 for entry in entries),
        mixed=sum(min(entry) > 0 for entry in entries),
    )


def part_of(sums: Sums) -> Part:
    part = Part()
    _count(part, CITY, sums, 0)
    tie(part, CITY, sums, 0)
    return part


def hidden(part: Part, **more) -> frozenset[str]:
    counts = {name: value for name, value in part.counts.items() if name not in part.tied}
    return disclosure.hidden(counts | part.unsaid, part.relations, part.bounds, **more)


@pytest.mark.parametrize("seed", range(200))
def test_entries_are_found_that_yield_the_counts(seed):
    chance = random.Random(seed)
    most = chance.choice([1, 2, 3, 9])
    entries = [
        (chance.randint(0, most), chance.choice([0, 0, chance.randint(0, most)]))
        for _entry in range(chance.randint(0, 8))
    ]
    part = part_of(sums_of(entries))
    assert all(value >= 0 for value in part.unsaid.values())
    for relation in part.relations:
        both = part.counts | part.unsaid
        assert both[relation.total] == sum(both[name] for name in relation.parts), relation


def test_single_consultations_do_not_tell_who_came():
    """Three entries, no gathering, two backgrounds: nobody may reckon that each had one person."""
    part = part_of(sums_of([(1, 0), (1, 0), (0, 1)]))
    assert key("taetigkeiten") in hidden(part, unsaid=part.unsaid)
    assert {key(measure) for measure in SMALL} <= hidden(part, unsaid=part.unsaid)


def test_without_these_ties_the_number_of_entries_would_be_shown():
    part = Part()
    _count(part, CITY, sums_of([(1, 0), (1, 0), (0, 1)]), 0)
    assert key("taetigkeiten") not in hidden(part)


def test_what_is_never_said_is_not_among_what_is_hidden():
    part = part_of(sums_of([(1, 0), (2, 3), (0, 1), (4, 0)]))
    found = hidden(part, unsaid=part.unsaid)
    assert found
    assert found <= {key(measure) for measure in COUNTS}
