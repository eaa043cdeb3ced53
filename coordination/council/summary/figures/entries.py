"""What everybody knows of how counts come about, so that it gives no small count away.

A gathering has two participants at least, a mixed one some of both backgrounds; any other entry
has one participant or none. So where there is no gathering, participants are no more than entries.
These ties run through numbers no report ever says: entries without participants, with a single
one, gatherings of one background, people in them. Which ones there really are does not matter: any
that fit show the solver what else a reader must hold for possible. Sorts of gatherings that are
not there stay away, which hides a little more than needed.
"""

from agencies.activity.summaries import Sums
from coordination.council.summary.content import key
from coordination.council.summary.figures import Part
from coordination.disclosure import Bound, Relation

SIDES = {"mit": "mit_flucht", "ohne": "ohne_flucht"}


def tie(part: Part, where: str, sums: Sums, ago: int) -> None:
    """Tie the counts of one place together. What places add up to is tied by its parts."""

    def cell(measure):
        return key(measure, where, ago=ago)

    def unsaid(measure, value):
        part.unsaid[cell(measure)] = value
        return cell(measure)

    rest = sums.entries - sums.gatherings
    entries, gatherings = [cell("treffen")], [cell("gemischt")]
    for (side, measure), (alone, pure, within, mixed) in zip(
        SIDES.items(), _made_of(sums), strict=True
    ):
        rest -= alone
        entries.append(unsaid(f"einzeln_{side}", alone))
        people = [entries[-1]]
        if pure:
            gatherings.append(unsaid(f"treffen_{side}", pure))
            people.append(unsaid(f"darin_{side}", within))
            part.bounds.append(Bound(gatherings[-1], people[-1], factor=2))
        if sums.mixed:
            people.append(unsaid(f"gemischt_{side}", mixed))
            part.bounds.append(Bound(cell("gemischt"), people[-1]))
        part.relations.append(Relation(cell(measure), tuple(people)))
    entries.append(unsaid("ohne_teilnehmende", rest))
    part.relations += [
        Relation(cell("treffen"), tuple(gatherings)),
        Relation(cell("taetigkeiten"), tuple(entries)),
    ]


def _made_of(sums: Sums) -> list[tuple[int, int, int, int]]:
    """Entries that yield these counts, for each background: single participants, gatherings of that
    background alone, people in those, people in mixed ones.
    """
    people, pure = (sums.refugees, sums.others), sums.gatherings - sums.mixed
    rest = sums.entries - sums.gatherings
    for first in range(pure + 1):
        gatherings = (first, pure - first)
        least = [2 * count + sums.mixed for count in gatherings]
        spare = [there - needed for there, needed in zip(people, least, strict=True)]
        # Whoever is left over is in a gathering that may hold them, else alone.
        alone = [
            0 if count or sums.mixed else left
            for count, left in zip(gatherings, spare, strict=True)
        ]
        if min(spare) >= 0 and sum(alone) <= rest:
            within = [
                2 * count + (left if count and not sums.mixed else 0)
                for count, left in zip(gatherings, spare, strict=True)
            ]
            mixed = [sums.mixed + left if sums.mixed else 0 for left in spare]
            return list(zip(alone, gatherings, within, mixed, strict=True))
    raise ValueError(f"No entries yield {sums}.")
