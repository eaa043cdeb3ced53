"""The empty workbook that agencies fill in: today's words to choose from, and a sheet of hints."""

from datetime import date
from io import BytesIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs

from agencies.activity.entry_files import MOST_ENTRIES, NAMES
from agencies.activity.models.activity import MOST_MINUTES, MOST_PEOPLE
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from agencies.models import Agency, Worker
from agencies.offers.models import Offer
from districts.models import District

SHEET, LISTS, HINTS = "Tätigkeiten", "Listen", "Hinweise"
BEFORE_GROUPS = ["external_id", "day", "district", "worker", "kind", "format", "minutes"]
AFTER_GROUPS = ["topics", "has_interpreter", "offer", "note"]
WIDTHS = {"day": 12, "minutes": 10, "external_id": 14, "note": 40, "topics": 30}
WIDTH = 22


def template(agency: Agency | None, day: date) -> bytes:
    """For the workers and offers of an agency; without one these two are typed."""
    groups = [group.name for group in TargetGroup.objects.on(day).in_order()]
    lists = _lists(agency, day)
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet, choices, hints = (book.add_worksheet(name) for name in (SHEET, LISTS, HINTS))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    looks = {
        "day": book.add_format({"num_format": "dd.mm.yyyy"}),
        "external_id": book.add_format({"num_format": "@"}),  # so that 0007 stays 0007
        "minutes": book.add_format({"num_format": "0"}),
    }
    columns = [*BEFORE_GROUPS, *groups, *AFTER_GROUPS]
    sources = _write_lists(choices, lists, bold)
    for place, name in enumerate(columns):
        is_group = name not in NAMES
        sheet.set_column(place, place, 14 if is_group else WIDTHS.get(name, WIDTH), looks.get(name))
        sheet.write_string(0, place, name if is_group else NAMES[name], bold)
        if rule := _rule(name, is_group, sources):
            sheet.data_validation(1, place, MOST_ENTRIES, place, rule)
    sheet.freeze_panes(1, 0)
    hints.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
    for row, text in enumerate(_hints(agency)):
        hints.write_string(row, 0, text)
    book.close()
    return file.getvalue()


def _lists(agency: Agency | None, day: date) -> dict[str, list[str]]:
    workers = Worker.objects.filter(agency=agency).active() if agency else Worker.objects.none()
    offers = Offer.objects.filter(agency=agency).on(day) if agency else Offer.objects.none()
    districts = District.objects.quarters().on(day).without_shapes().order_by("name", "pk")
    return {
        "district": [row.name for row in districts],
        "worker": [row.name for row in workers],
        "kind": [row.name for row in Kind.objects.on(day).in_order()],
        "format": [row.name for row in Format.objects.on(day).in_order()],
        "offer": [row.title for row in offers],
        "topics": [row.name for row in Topic.objects.on(day).in_order()],
    }


def _write_lists(sheet, lists: dict[str, list[str]], bold) -> dict[str, str]:
    """Write the lists beside each other; where each of them stands."""
    sources = {}
    for place, (name, words) in enumerate(lists.items()):
        sheet.set_column(place, place, 30)
        sheet.write_string(0, place, NAMES[name], bold)
        for row, word in enumerate(words, 1):
            sheet.write_string(row, place, word)
        if words:
            sources[name] = f"={LISTS}!{xl_range_abs(1, place, len(words), place)}"
    return sources


def _rule(name: str, is_group: bool, sources: dict[str, str]) -> dict | None:
    """What Excel lets one type. Several topics fit in a cell, so no list is offered for them."""
    if is_group or name == "minutes":
        most, least = (MOST_PEOPLE, 0) if is_group else (MOST_MINUTES, 1)
        text = _("A whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
        return {
            "validate": "integer",
            "criteria": "between",
            "minimum": least,
            "maximum": most,
            "error_message": text,
        }
    if name == "has_interpreter":
        return {"validate": "list", "source": ["ja", "nein"]}
    if name in sources and name != "topics":
        return {"validate": "list", "source": sources[name]}
    return None


def _hints(agency: Agency | None) -> list[str]:
    entries = number_format(MOST_ENTRIES, use_l10n=True, force_grouping=True)
    for_whom = _("Template for %(agency)s.") % {"agency": agency} if agency else ""
    return [
        for_whom or _("Template without workers and offers: they are those of your agency."),
        _("One line for each entry, on the first sheet. Leave the headings as they are."),
        _("Counts only: never write the name of a person who is advised, not in the note either."),
        _(
            "Nummer: what your own system calls the entry. It stays the same for good, so that a "
            "second import changes the entry instead of adding another one. A running number that "
            "starts anew with each file is none: leave the column empty then."
        ),
        _("Stadtteil: its name or its key."),
        _("Fachkraft: may stay empty if the agency has only one active worker."),
        _("Minuten: 90 or 1:30 (hours and minutes) or 1,5 h."),
        _("Columns of target groups: how many people; empty means nobody."),
        _("Themen: several are parted by commas or semicolons; the sheet “Listen” has them all."),
        _("Dolmetschen: ja or nein; empty means nein."),
        _("Angebot: its title; empty if the entry belongs to none."),
        _(
            "Columns you delete leave existing entries as they are; an empty cell empties what the "
            "entry says there."
        ),
        _("At most %(most)s entries in a file.") % {"most": entries},
    ]
