"""Putting a report together: collect, protect small counts, derive, and keep the words with it."""

import hashlib
import json
from collections.abc import Collection, Sequence

from django.utils import translation

from coordination import disclosure
from coordination.council.summary.content import FORMAT, Content, kept, measure_of
from coordination.council.summary.figures import (
    Frame,
    Part,
    activity,
    changes,
    comparison,
    coverage,
    endings,
    groups,
    money,
    notes,
    offers,
    places,
    positions,
    tasks,
    volunteers,
)
from coordination.council.summary.measures import MEASURES
from coordination.transactions import one_state

MODULES = [
    places,
    activity,
    groups,
    positions,
    coverage,
    money,
    offers,
    volunteers,
    comparison,
    changes,
    endings,
    tasks,
    notes,
]
# Those with figures that can be asked again for a past day.
DATED = [activity, groups, positions, coverage, offers, tasks]
# Whoever changes how small counts are protected gives it a new number.
PROTECTION_RULE = 1


def compose(frame: Frame, *, title: str = "", text: str = "", always: Collection[str] = ()) -> dict:
    """The content of a report, ready to be kept as JSON. In German, the language of the council.

    ``always`` names counts that an earlier report hid and that stay hidden.
    """
    with translation.override("de"):
        whole = collected(frame)
        hidden = _hidden(whole, always)
        content = {
            "format": FORMAT,
            "title": title,
            "text": text,
            "frame": {
                "as_of": frame.as_of.isoformat(),
                "starts_on": frame.starts_on.isoformat(),
                "ends_on": frame.ends_on.isoformat(),
                "since": frame.since.isoformat() if frame.since else None,
            },
            "rules": {"geheimhaltung": PROTECTION_RULE},
            "figures": {
                name: kept(value)
                for name, value in {**whole.counts, **whole.figures}.items()
                if name not in hidden
            },
            "hidden": sorted(hidden),
            "rows": whole.rows,
            # Numbered: PostgreSQL keeps the names of an object in an order of its own.
            "places": {
                name: {"order": order, **facts}
                for order, (name, facts) in enumerate(whole.places.items())
            },
            "lists": whole.lists,
            "measures": {},
        }
        for module in MODULES:
            if hasattr(module, "derive"):
                derived = module.derive(Content(content), frame)
                content["figures"] |= {name: kept(value) for name, value in derived.items()}
        for module in MODULES:
            if hasattr(module, "remark"):
                for name, lines in module.remark(Content(content), frame).items():
                    content["lists"][name] = [*content["lists"].get(name, []), *lines]
        used = {measure_of(name) for name in [*content["figures"], *hidden]}
        content["measures"] = {
            name: _words(MEASURES[name]) for name in sorted(used) if name in MEASURES
        }
    return content


def collected(frame: Frame, modules: Sequence = MODULES) -> Part:
    """What the parts of a report contribute, of one state of the database and not protected yet."""
    whole = Part()
    with one_state():
        ground = places.ground(frame)
        for module in modules:
            if hasattr(module, "collect"):
                whole.add(module.collect(frame, ground))
    return whole


def digest(content: dict) -> str:
    """SHA-256 of the content in one spelling, so that a copy can be compared with the original."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _hidden(whole: Part, always: Collection[str]) -> frozenset[str]:
    """What to hide: small counts and what would give them away, then what is tied to those."""
    people = {name: value for name, value in whole.counts.items() if name not in whole.tied}
    relations = [row for row in whole.relations if row.total in people]
    hidden = disclosure.hidden(
        # Nought tells of nobody, and could not be hidden among noughts.
        people | whole.unsaid,
        relations,
        whole.bounds,
        unsaid=whole.unsaid,
        always=[name for name in always if people.get(name)],
    )
    if not whole.tied:
        return hidden
    tied = {name: whole.counts[name] for name in whole.tied}
    relations = [row for row in whole.relations if row.total in tied]
    covered = [
        name
        for name, count in whole.tied.items()
        if tied[name] and (count in hidden or name in always)
    ]
    return hidden | disclosure.hidden(tied, relations, always=covered)


def _words(measure) -> dict:
    return {
        "label": str(measure.label),
        "definition": str(measure.definition),
        "query": str(measure.query),
        "unit": measure.unit,
        "rows_of": measure.rows_of,
        "is_protected": measure.is_protected,
        "is_of_period": measure.is_of_period,
        "rule": measure.rule,
    }
