from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import as_of
from districts import imports
from districts.imports import Options
from districts.models import District

WORDS = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "ended": gettext_lazy("ended"),
}


class Command(BaseCommand):
    help = "Bring the districts in line with a CSV or GeoJSON file (WGS 84)."

    def add_arguments(self, parser):
        defaults = Options()
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--level", choices=District.Level.values, default=defaults.level)
        parser.add_argument("--name-field", default=defaults.name_field)
        parser.add_argument("--key-field", default=defaults.key_field)
        parser.add_argument(
            "--parent-field", help="key or name of the borough; else borough_key, borough"
        )
        parser.add_argument("--postal-codes-field", default=defaults.postal_codes_field)
        parser.add_argument("--population-field", default=defaults.population_field)
        parser.add_argument("--population-year-field", default=defaults.population_year_field)
        parser.add_argument("--area-field", default=defaults.area_field)
        parser.add_argument(
            "--valid-from",
            metavar="DATE",
            help="day on which new districts begin and missing ones have ended; default: today",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *, file, valid_from, dry_run, **options):
        names = {name: options[name] for name in options if name in Options.__dataclass_fields__}
        if valid_from is not None:
            names["valid_from"] = as_of.read(valid_from)
            if names["valid_from"] is None:
                raise CommandError(_("“%(typed)s” is not a date.") % {"typed": valid_from})
        chosen = Options(**names)
        try:
            plan = imports.compare(imports.read(file, chosen), chosen)
            if not dry_run:
                plan = imports.apply(plan, by=None)
        except ValidationError as error:
            raise CommandError(
                "\n".join([*error.messages, _("Nothing has been imported.")])
            ) from error
        for change in plan.changes:
            self.stdout.write(f"{WORDS[change.verb]}: {change.key} {change.name}")
        for verb, number in plan.counts.items():
            self.stdout.write(f"{WORDS[verb]}: {number}")
        if dry_run:
            self.stdout.write(_("This was a trial run: nothing has been imported."))
