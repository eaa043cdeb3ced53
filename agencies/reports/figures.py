"""The figures of a reporting period, straight from the log, each with the entries behind it.

Their names are German because people write them into their text: {stunden}, {art:Sprachcafé}.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from urllib.parse import urlencode

from django.db.models import Count, Sum, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity import summaries
from agencies.activity.models import Activity, Headcount, ReportingPeriod
from agencies.lists.models import Kind, TargetGroup
from coordination.access.permissions import Scope
from coordination.text import fold
from districts.models import District

Number = int | Decimal | None
PERCENT = "\N{NO-BREAK SPACE}%"
NOTHING = "–"
# What umlauts may be written as: {Tätigkeiten} is {taetigkeiten}.
PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Figures of the whole period: name, what it is called, what is counted.
WHOLE = {
    "taetigkeiten": (
        gettext_lazy("Activities"),
        gettext_lazy("Entries of the agency whose day lies in the period."),
    ),
    "stunden": (
        gettext_lazy("Hours"),
        gettext_lazy("Minutes of these entries, in hours with one decimal."),
    ),
    "teilnehmende": (
        gettext_lazy("Participants"),
        gettext_lazy(
            "People reached, counted at each entry: who comes three times counts three times. "
            "Volunteers and professionals are not among them."
        ),
    ),
    "mit_fluchthintergrund": (
        gettext_lazy("Participants with refugee background"),
        gettext_lazy("Of the participants those in target groups that count as refugees."),
    ),
    "ohne_fluchthintergrund": (
        gettext_lazy("Participants without refugee background"),
        gettext_lazy("All other participants."),
    ),
    "anteil_ohne_fluchthintergrund": (
        gettext_lazy("Share without refugee background"),
        gettext_lazy("Participants without refugee background among all participants."),
    ),
    "ehrenamtliche_und_fachkraefte": (
        gettext_lazy("Volunteers and professionals"),
        gettext_lazy("People who helped, counted at each entry."),
    ),
    "stadtteile": (
        gettext_lazy("Districts with activities"),
        gettext_lazy("Districts in which at least one of the entries took place."),
    ),
    "angebote": (
        gettext_lazy("Offers with activities"),
        gettext_lazy("Offers to which at least one of the entries belongs."),
    ),
}
SHARE = "anteil_ohne_fluchthintergrund"
# Figures of a part: what their names begin with, heading, what is counted, the list's filter.
PARTS = {
    "zielgruppe": (gettext_lazy("People by target group"), "zielgruppe"),
    "art": (gettext_lazy("Activities by kind"), "art"),
    "stadtteil": (gettext_lazy("Activities by district"), "ort"),
}


@dataclass(frozen=True)
class Figure:
    """A number of the log; ``name`` is how a text refers to it, ``address`` shows its entries."""

    name: str
    label: str
    value: Number
    address: str = ""
    definition: str = ""

    @property
    def placeholder(self) -> str:
        return f"{{{self.name}}}"

    @property
    def shown(self) -> str:
        return shown(self.name, self.value)


@dataclass(frozen=True)
class Group:
    """Figures that stand together; those of a part without the ones that are zero."""

    name: str
    label: str
    figures: list[Figure]


class Figures:
    """All figures of one period. What is in the central lists has one, be it zero."""

    def __init__(self, found: Iterable[Figure], *, districts: set[int]):
        self._by_key = {key(figure.name): figure for figure in found}
        self.districts = districts  # in which there are entries

    def __iter__(self):
        return iter(self._by_key.values())

    def __getitem__(self, name: str) -> Figure:
        return self._by_key[key(name)]

    def get(self, name: str) -> Figure | None:
        return self._by_key.get(key(name))

    @property
    def has_entries(self) -> bool:
        return self["taetigkeiten"].value > 0

    @property
    def whole(self) -> list[Figure]:
        return [figure for figure in self if ":" not in figure.name]

    @property
    def parts(self) -> list[Group]:
        """By target group, kind and district, as far as there is something to count."""
        found = defaultdict(list)
        for figure in self:
            part, colon, _argument = figure.name.partition(":")
            if colon and figure.value:
                found[part].append(figure)
        return [Group(name, PARTS[name][0], found[name]) for name in PARTS if found[name]]

    def similar(self, name: str) -> list[str]:
        """Names that could have been meant."""
        wanted = key(name)
        found = get_close_matches(wanted, self._by_key, n=3, cutoff=0.6)
        if not found:  # only what it is about was written, or only what follows the colon
            found = [each for each in self._by_key if wanted and wanted in each.split(":")][:3]
        return [self._by_key[each].name for each in found]

    def frozen(self) -> dict[str, int | str | None]:
        """Name and value of every figure as a version of the report keeps them."""
        return {
            figure.name: str(figure.value) if isinstance(figure.value, Decimal) else figure.value
            for figure in self
        }


@dataclass(frozen=True)
class Difference:
    """A figure then and now; None: there was no such figure."""

    name: str
    label: str
    before: Number
    after: Number

    @property
    def part(self) -> str:
        """The heading it stands under."""
        part, colon, _argument = self.name.partition(":")
        return str(PARTS[part][0]) if colon and part in PARTS else ""

    @property
    def is_change(self) -> bool:
        return self.before != self.after

    @property
    def shown_before(self) -> str:
        return shown(self.name, self.before)

    @property
    def shown_after(self) -> str:
        return shown(self.name, self.after)

    @property
    def shown_change(self) -> str:
        if not self.is_change:
            return "±0"
        if self.before is None or self.after is None:
            return NOTHING
        change = self.after - self.before
        sign = "+" if change > 0 else "\N{MINUS SIGN}"
        unit = " " + _("points") if self.name == SHARE else ""
        return f"{sign}{_written(abs(change))}{unit}"


def key(name: str) -> str:
    """One spelling per name, however it was typed."""
    part, colon, argument = fold(name).partition(":")
    return f"{part.strip()}{colon}{argument.strip()}".translate(PLAIN)


def shown(name: str, value: Number) -> str:
    """1.234,5 – as a German text has it in whatever language the page is read."""
    if value is None:
        return NOTHING
    return _written(value) + (PERCENT if name == SHARE else "")


def _written(value: int | Decimal) -> str:
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def label_of(name: str) -> str:
    """What a figure is called of which only the name was kept."""
    if name in WHOLE:
        return str(WHOLE[name][0])
    return name.partition(":")[2] or name


def thawed(kept: dict) -> dict[str, Number]:
    """Figures as ``Figures.frozen`` kept them, as numbers again."""
    return {
        name: Decimal(value) if isinstance(value, str) else value for name, value in kept.items()
    }


def differences(before: dict[str, Number], after: dict[str, Number]) -> list[Difference]:
    """Figure by figure, the whole ones first, without those that are zero in both."""
    names = [*WHOLE, *(name for name in {**after, **before} if name not in WHOLE)]
    pairs = [
        Difference(name, label_of(name), before.get(name), after.get(name))
        for name in names
        if name in before or name in after
    ]
    return [pair for pair in pairs if pair.name in WHOLE or pair.before or pair.after]


def of(period: ReportingPeriod) -> Figures:
    """The figures of the period as the log has them now, in five queries at most."""
    scope = Scope(agencies=frozenset([period.agency_id]))
    entries = Activity.objects.within(scope).between(period.starts_on, period.ends_on)
    districts = {
        district: sums
        for (district,), sums in summaries.sums(
            scope, period.starts_on, period.ends_on, "district"
        ).items()
    }
    kinds, offers = _kinds_and_offers(entries)
    people = dict(
        Headcount.objects.filter(activity__in=entries)
        .order_by()
        .values_list("target_group")
        .annotate(all_people=Sum("people"))
    )
    counted = {
        "zielgruppe": people,
        "art": kinds,
        "stadtteil": {district: sums.entries for district, sums in districts.items()},
    }
    link = Links(period)
    found = _of_the_whole(sum(districts.values(), summaries.Sums()), len(districts), offers, link)
    found += _of_the_parts(counted, link)
    return Figures(found, districts=set(districts))


class Links:
    """Addresses of the period's entries in the list, narrowed by its filters."""

    def __init__(self, period: ReportingPeriod):
        self.list = reverse("activity:activity_list")
        self.common = {
            "verband": period.agency_id,
            "von": period.starts_on.isoformat(),
            "bis": period.ends_on.isoformat(),
        }

    def to(self, **narrowed) -> str:
        return f"{self.list}?{urlencode(self.common | narrowed, doseq=True)}"


def _kinds_and_offers(entries) -> tuple[Counter, set[int]]:
    """Entries by kind, and the offers they belong to."""
    kinds, offers = Counter(), set()
    rows = entries.order_by().values_list("kind", "offer").annotate(number=Count("pk"))
    for kind, offer, number in rows:
        kinds[kind] += number
        if offer:
            offers.add(offer)
    return kinds, offers


def _of_the_whole(sums, districts: int, offers: set[int], link: Links) -> list[Figure]:
    values = {
        "taetigkeiten": sums.entries,
        "stunden": sums.hours,
        "teilnehmende": sums.participants,
        "mit_fluchthintergrund": sums.refugees,
        "ohne_fluchthintergrund": sums.others,
        SHARE: sums.share_without_background,
        "ehrenamtliche_und_fachkraefte": sums.helpers,
        "stadtteile": districts,
        "angebote": len(offers),
    }
    return [
        Figure(name, str(label), values[name], link.to(), str(definition))
        for name, (label, definition) in WHOLE.items()
    ]


def _of_the_parts(counted: dict[str, dict], link: Links) -> list[Figure]:
    """One figure for each name of the lists; rows of one name are counted together."""
    rows = {}
    for part, pk, name in _names():
        rows.setdefault((part, name), []).append(pk)
    found = []
    for (part, name), ids in rows.items():
        value = sum(counted[part].get(pk, 0) for pk in ids)
        # The list narrows by one row: of two with the same name the one that has entries.
        shown_row = max(ids, key=lambda pk, part=part: counted[part].get(pk, 0))
        address = link.to(**{PARTS[part][1]: shown_row})
        found.append(Figure(f"{part}:{name}", name, value, address))
    return found


def _names() -> list[tuple[str, int, str]]:
    """(part, id, name) of everything the central lists and the map know, in their order."""
    terms, groups = (
        model.objects.order_by().values_list(Value(part), "order", "name", "pk")
        for part, model in (("art", Kind), ("zielgruppe", TargetGroup))
    )
    quarters = District.objects.quarters().order_by()
    quarters = quarters.values_list(Value("stadtteil"), Value(0), "name", "pk")
    parts = list(PARTS)
    rows = sorted(
        terms.union(groups, quarters, all=True),
        key=lambda row: (parts.index(row[0]), row[1], fold(row[2]), row[3]),
    )
    return [(part, pk, name) for part, _order, name, pk in rows]
