"""The sample city's entries: two years of what agencies, freelancers and city did.

The share of people without refugee background grows, as the council wanted; it differs by quarter.
Counts, kinds and days follow fixed patterns and a generator with a fixed seed: two runs enter the
same. ``fill`` enters any number more, to see how the portal behaves with many.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, islice
from random import Random

from dateutil.relativedelta import relativedelta
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Min

from agencies.activity import activities
from agencies.activity.activities import Counts
from agencies.activity.models import Activity, Headcount
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from agencies.models import Assignment, Occupancy, Worker
from agencies.offers.dates import dates
from agencies.offers.models import Offer
from coordination.access.models import User
from coordination.as_of import today
from coordination.holidays import name_of
from coordination.periods import ONE_DAY
from districts.models import District

SEED = 2016
BATCH = 2_000
MADE_ONE_BY_ONE = 10_000
FIRST, LAST = date(2014, 12, 1), date(2016, 11, 30)
FREELANCERS_SINCE = date(2015, 1, 1)  # their agreement of 2015
BOROUGHS_SINCE = date(2009, 10, 22)
# Entries a week of somebody at full strength.
OF_A_POST, OF_THE_CITY, OF_A_FREELANCER, OF_THE_COORDINATOR = 13, 4, 2.2, 1.2
WEEKDAYS = [1.0, 1.15, 0.95, 1.2, 0.7, 0.12, 0]  # from Monday on
SEASON = {1: 0.9, 7: 0.8, 8: 0.6, 12: 0.65}  # months in which less happens
# Hardly anybody lives there: Hardter Wald, Flughafen, Hauptquartier.
ALMOST_EMPTY = {"110": 0.2, "205": 0.2, "407": 0.1}
ONCE_IDLE = "Paritätischer"  # hands in a nil report on a quarter
COORDINATOR = "Flüchtlingskoordination"
INTERPRETED = 0.22  # of the entries with refugees


@dataclass(frozen=True)
class Pattern:
    """What a kind of activity usually looks like. Counts are the lowest and the highest."""

    kind: str
    weight: float
    formats: tuple[str, ...]
    minutes: tuple[int, ...]
    people: tuple[int, int]  # participants
    helpers: tuple[int, int]
    topics: tuple[str, ...] = ()
    openness: float = 0.0  # on top of the usual share without refugee background


DESK = ("Sprechstunde", "vor Ort", "telefonisch")
AGENDA = ("Aufenthalt und Behörden", "Finanzen", "Gesundheit", "Familie", "Schule und Kita")
PATTERNS = [
    Pattern("Einzelfallberatung", 26, DESK, (20, 30, 45, 60), (1, 3), (0, 0), AGENDA),
    Pattern("Aufsuchende Arbeit", 9, ("aufsuchend",), (60, 90, 120), (2, 9), (0, 1), AGENDA),
    Pattern("Begleitung", 8, ("unterwegs",), (60, 90, 120, 180), (1, 4), (0, 1), AGENDA),
    Pattern("Vermittlung", 7, ("telefonisch", "schriftlich"), (15, 20, 30), (1, 2), (0, 1), AGENDA),
    Pattern(
        "Gruppenangebot", 7, ("Gruppe",), (90, 120), (4, 14), (1, 3),
        ("Familie", "Freizeit und Begegnung", "Gesundheit"), 0.05,
    ),
    Pattern("Sprachcafé", 7, ("Gruppe",), (90, 120), (5, 18), (1, 4), ("Sprache",), 0.1),
    Pattern(
        "Quartiersangebot", 6, ("Gruppe", "vor Ort"), (120, 180, 240), (8, 45), (2, 7),
        ("Zusammenleben", "Freizeit und Begegnung"), 0.3,
    ),
    Pattern("Ehrenamtsbegleitung", 8, ("vor Ort", "telefonisch"), (30, 45, 60), (0, 0), (1, 5),
            ("Ehrenamt",)),
    Pattern("Qualifizierung", 2, ("Gruppe",), (120, 180), (0, 0), (5, 16), ("Ehrenamt",)),
    Pattern("Gewinnung von Ehrenamtlichen", 2, ("vor Ort", "telefonisch"), (30, 60), (0, 4), (1, 4),
            ("Ehrenamt",), 0.6),
    Pattern("Dolmetschen", 3, ("vor Ort", "telefonisch"), (30, 60), (1, 3), (1, 1), AGENDA),
    Pattern("Netzwerkarbeit", 6, ("vor Ort", "online"), (60, 90, 120), (0, 0), (3, 14),
            ("Zusammenleben",)),
    Pattern("Wohnungssuche", 5, ("unterwegs", "telefonisch"), (30, 60, 90), (1, 5), (0, 1),
            ("Wohnen",)),
    Pattern("Öffentlichkeitsarbeit", 2, ("schriftlich", "vor Ort"), (60, 120), (0, 0), (0, 2)),
    Pattern("Dokumentation", 3, ("schriftlich",), (30, 60), (0, 0), (0, 0)),
    Pattern("Kleiderkammer", 3, ("vor Ort",), (120, 180), (6, 25), (2, 5), ("Finanzen",)),
]  # fmt: skip
OF_THE_COORDINATION = ("Netzwerkarbeit", "Ehrenamtsbegleitung", "Öffentlichkeitsarbeit")
NOTES = {
    "Wohnungssuche": "Besichtigung, Rückmeldung der Vermietung steht aus",
    "Netzwerkarbeit": "Runder Tisch im Stadtteil",
    "Quartiersangebot": "Mit der Nachbarschaft vorbereitet",
}


@dataclass(frozen=True)
class Stint:
    """Somebody works in some districts for a while."""

    worker: Worker
    districts: list[District]
    weights: list[float]
    starts_on: date
    ends_on: date
    a_week: float
    kinds: tuple[str, ...] = ()  # empty: all


class Words:
    """The central lists, read once; what is chosen from them is valid on the day."""

    def __init__(self):
        self.kinds = {row.name: row for row in Kind.objects.all()}
        self.formats = {row.name: row for row in Format.objects.all()}
        self.topics = {row.name: row for row in Topic.objects.all()}
        self.groups = {}
        for group in TargetGroup.objects.in_order():
            self.groups.setdefault(group.background, []).append(group)
        self.patterns = [row for row in PATTERNS if row.kind in self.kinds]
        self.of_kind = {row.kind: row for row in self.patterns}
        self.bounds = list(accumulate(row.weight for row in self.patterns))

    def pattern(self, chance: Random, day: date, kinds: tuple[str, ...] = ()) -> Pattern:
        while True:
            if kinds:
                pattern = self.of_kind[chance.choice(kinds)]
            else:
                (pattern,) = chance.choices(self.patterns, cum_weights=self.bounds)
            if self.kinds[pattern.kind].is_on(day):
                return pattern


Entry = tuple[Activity, Counts, list[Topic]]


def build(by: User | None) -> None:
    """Enter the two years."""
    words, chance = Words(), Random(SEED)
    quarters = list(District.objects.quarters().without_shapes().order_by("key"))
    found = list(_of_offers(words, chance, by))
    for stint in _stints(quarters):
        for day in _days(stint.starts_on, stint.ends_on):
            expected = stint.a_week / 5 * WEEKDAYS[day.weekday()] * SEASON.get(day.month, 1)
            for _one in range(int(expected + chance.random())):
                (district,) = chance.choices(stint.districts, stint.weights)
                pattern = words.pattern(chance, day, stint.kinds)
                found.append(_entry(words, chance, stint.worker, day, district, pattern, by))
    found.sort(key=lambda entry: entry[0].day)
    for activity, counts, topics in found:
        activities.check(activity, counts=counts, topics=topics)
    _enter(found)


def fill(count: int, *, by: User | None = None) -> None:
    """Enter ``count`` entries more, spread over ten years and everybody who works in the city.

    Above ``MADE_ONE_BY_ONE`` the database copies what was made so far to other districts and
    workers: a million takes a few minutes.
    """
    if count < 1:
        return
    made = min(count, MADE_ONE_BY_ONE)
    words, chance = Words(), Random(count)
    quarters = list(District.objects.quarters().without_shapes().order_by("key"))
    workers = Worker.objects.select_related("agency").exclude(agency__short_name=ONCE_IDLE)
    workers = list(workers.order_by("pk"))
    last = today() - ONE_DAY
    first = max(last - relativedelta(years=10), BOROUGHS_SINCE)
    days = list(_days(first, last))
    before = _last_pk()
    _enter(
        _entry(
            words,
            chance,
            workers[number % len(workers)],
            day := days[number * len(days) // made],
            chance.choice(quarters),
            words.pattern(chance, day),
            by,
        )
        for number in range(made)
    )
    # Numbers that were given out before and are free again are not given out anew.
    first_pk = Activity.objects.filter(pk__gt=before).aggregate(first=Min("pk"))["first"]
    originals, copied = (first_pk, _last_pk()), made
    for turn in range(1, -(-count // made)):
        _copy(originals, min(made, count - copied), turn, quarters, workers)
        copied += made


def _last_pk() -> int:
    return Activity.objects.aggregate(last=Max("pk"))["last"] or 0


def _copy(
    originals: tuple[int, int],
    count: int,
    turn: int,
    quarters: list[District],
    workers: list[Worker],
) -> None:
    """Copy the first ``count`` originals, each to another district and worker every turn."""
    first, last = originals
    last, by = min(last, first + count - 1), _last_pk() + 1 - first
    to = [workers[(place + turn * 7) % len(workers)] for place in range(len(workers))]
    shifted = quarters[turn % len(quarters) :] + quarters[: turn % len(quarters)]
    changed = {
        "id": f"id + {by}",
        "district_id": _choice("district_id", quarters, [row.pk for row in shifted]),
        "worker_id": _choice("worker_id", workers, [row.pk for row in to]),
        "agency_id": _choice("worker_id", workers, [row.agency_id for row in to]),
    }
    entries = Activity._meta.db_table
    columns = [field.column for field in Activity._meta.concrete_fields]
    values = ", ".join(changed.get(column, column) for column in columns)
    statements = [
        f"INSERT INTO {entries} ({', '.join(columns)}) SELECT {values} FROM {entries} "
        f"WHERE id BETWEEN {first} AND {last}"
    ]
    for model in (Headcount, Activity.topics.through):
        table = model._meta.db_table
        kept = [field.column for field in model._meta.concrete_fields if not field.primary_key]
        values = ", ".join(f"{name} + {by}" if name == "activity_id" else name for name in kept)
        statements.append(
            f"INSERT INTO {table} ({', '.join(kept)}) SELECT {values} FROM {table} "
            f"WHERE activity_id BETWEEN {first} AND {last}"
        )
    # PostgreSQL has to be told of the numbers that were given here.
    statements += connection.ops.sequence_reset_sql(no_style(), [Activity])
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _choice(column: str, rows: list, values: list[int]) -> str:
    cases = [f"WHEN {row.pk} THEN {value}" for row, value in zip(rows, values, strict=True)]
    return f"CASE {column} {' '.join(cases)} END"


def _days(first: date, last: date) -> Iterator[date]:
    """The days on which people work, Saturdays among them."""
    day = first
    while day <= last:
        if WEEKDAYS[day.weekday()] and not name_of(day):
            yield day
        day += ONE_DAY


def _stints(quarters: list[District]) -> Iterator[Stint]:
    """Who worked where: posts and city staff where they are responsible, freelancers everywhere."""
    share_of = {}
    for row in Assignment.objects.standing().order_by("pk"):
        share_of.setdefault(row.position_id, {})[row.district_id] = float(row.share)
    held = Occupancy.objects.standing().select_related("worker__agency", "position__agency")
    for row in held.order_by("pk"):
        shares = share_of.get(row.position_id, {})
        first, last = max(row.starts_on, FIRST), min(row.ends_on or LAST, LAST)
        if row.position.title == COORDINATOR:
            even = [1.0] * len(quarters)
            rate, kinds = OF_THE_COORDINATOR, OF_THE_COORDINATION
            yield Stint(row.worker, quarters, even, first, last, rate, kinds)
            continue
        rate = OF_THE_CITY if row.position.agency.kind == "city" else OF_A_POST
        own = [quarter for quarter in quarters if quarter.pk in shares]
        if own:
            weights = [shares[quarter.pk] for quarter in own]
            yield Stint(row.worker, own, weights, first, last, rate)
    freelancers = Worker.objects.filter(kind=Worker.Kind.FREELANCE).select_related("agency")
    for place, worker in enumerate(freelancers.order_by("pk")):
        own = quarters[place::5]
        weights = [ALMOST_EMPTY.get(quarter.key, 1.0) for quarter in own]
        yield Stint(worker, own, weights, FREELANCERS_SINCE, LAST, OF_A_FREELANCER)


def _of_offers(words: Words, chance: Random, by: User | None) -> Iterator[Entry]:
    """Most dates of the offers leave an entry that names the offer."""
    offers = Offer.objects.with_times().select_related("agency", "district", "contact__agency")
    for offer in offers.order_by("pk"):
        kind = "Quartiersangebot" if offer.is_open_to_all else "Gruppenangebot"
        pattern = words.of_kind["Sprachcafé" if "sprach" in offer.title.lower() else kind]
        for day in dates(offer, FIRST, LAST):
            if chance.random() < 0.85:
                yield _entry(
                    words, chance, offer.contact, day.day, offer.district, pattern, by, offer=offer
                )


def _entry(
    words: Words,
    chance: Random,
    worker: Worker,
    day: date,
    district: District,
    pattern: Pattern,
    by: User | None,
    *,
    offer: Offer | None = None,
) -> Entry:
    people = chance.randint(*pattern.people)
    open_to = _openness(day, district) + pattern.openness
    others = sum(chance.random() < open_to for _one in range(people))
    counts = _counts(words, chance, people - others, others, chance.randint(*pattern.helpers))
    activity = Activity(
        agency=worker.agency,
        worker=worker,
        day=day,
        district=district,
        kind=words.kinds[pattern.kind],
        format=words.formats[chance.choice(pattern.formats)],
        minutes=chance.choice(pattern.minutes),
        has_interpreter=people > others and chance.random() < INTERPRETED,
        offer=offer,
        note=NOTES.get(pattern.kind, "") if chance.random() < 0.2 else "",
        form_id=None,
        created_by=by,
        **activities.sums(counts),
    )
    topics = [words.topics[chance.choice(pattern.topics)]] if pattern.topics else []
    return activity, counts, topics


def _openness(day: date, district: District) -> float:
    """How likely a participant has no refugee background: more every month, not all alike."""
    months = min(max((day.year - FIRST.year) * 12 + day.month - FIRST.month, 0), 24)
    return 0.05 + 0.01 * months + sum(map(ord, district.key)) % 7 * 0.03


def _counts(words: Words, chance: Random, refugees: int, others: int, helpers: int) -> Counts:
    """People by target group; where a background has several groups, the first gets fewer."""
    counts = {}
    for background, people in (("refugee", refugees), ("other", others), ("helper", helpers)):
        groups = words.groups[background]
        first = people if len(groups) == 1 or background == "helper" else people * 3 // 10
        if background == "helper" and len(groups) > 1 and chance.random() < 0.3:
            first = people // 2
        for group, part in zip(groups, (first, people - first), strict=False):
            if part:
                counts[group] = part
    return counts


def _enter(entries: Iterable[Entry]) -> None:
    """Save them in bulk. The sums by month follow by themselves: triggers keep them."""
    through = Activity.topics.through
    entries = iter(entries)
    while some := list(islice(entries, BATCH)):
        saved = Activity.objects.bulk_create(activity for activity, _counts, _topics in some)
        Headcount.objects.bulk_create(
            Headcount(activity=activity, target_group=group, people=people)
            for activity, (_same, counts, _topics) in zip(saved, some, strict=True)
            for group, people in counts.items()
        )
        through.objects.bulk_create(
            through(activity_id=activity.pk, topic_id=topic.pk)
            for activity, (_same, _counts, topics) in zip(saved, some, strict=True)
            for topic in topics
        )
