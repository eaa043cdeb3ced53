"""Bringing the stored districts in line with a file: compare first, then apply the comparison.

``plan = compare(read(path, options), options)`` writes nothing; ``apply(plan, by=user)`` writes
it in one transaction. ``run(path, options, by=user)`` does all three.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2s
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import as_of
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.periods import ONE_DAY
from coordination.text import fold
from districts import shapes
from districts.files import Messages, Options, Row, read
from districts.models import District, DistrictUpload, PostalCode

__all__ = ["Change", "Options", "Plan", "Row", "apply", "compare", "confirm", "keep", "read", "run"]
UNCHANGED = "unchanged"


@dataclass
class Change:
    """What the import does to one district; ``before`` and ``after`` are fit for log and page."""

    verb: str  # created, changed, ended, unchanged
    key: str
    name: str
    district: District | None = None
    fields: dict = field(default_factory=dict)  # what to write
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)


@dataclass
class Plan:
    rows: list[Row]
    options: Options
    changes: list[Change]

    @property
    def counts(self) -> dict:
        found = Counter(change.verb for change in self.changes)
        return {verb: found[verb] for verb in ("created", "changed", UNCHANGED, "ended")}

    @property
    def effects(self) -> list[Change]:
        return [change for change in self.changes if change.verb != UNCHANGED]

    @property
    def fingerprint(self) -> str:
        """The same as long as applying the plan would do the same."""
        effects = [
            [change.verb, change.key, change.district and change.district.pk, change.fields]
            + [change.before]
            for change in self.effects
        ]
        text = json.dumps(effects, cls=DjangoJSONEncoder, default=str)
        return blake2s(text.encode(), digest_size=16).hexdigest()


def run(source: str | Path | File | bytes, options: Options, *, by: User | None) -> Plan:
    """Read, compare and apply in one go."""
    return apply(compare(read(source, options), options), by=by)


def compare(rows: list[Row], options: Options) -> Plan:
    """What the rows of a file would change; a ValidationError lists what does not fit."""
    level = District.objects.filter(level=options.level)
    is_first = not level.exists()
    day = options.valid_from or as_of.today()
    starts_on = options.valid_from if is_first else day
    stored = level.filter(Q(ends_on=None) | Q(ends_on__gte=day))
    stored = stored.select_related("parent").prefetch_related("postal_codes")
    # Of two with one key the one that exists on the day comes last, and wins.
    by_key = {row.key: row for row in sorted(stored, key=lambda row: row.is_on(day))}
    parents, errors, changes = _parents(day), Messages(), []
    for row in rows:
        values = dict(row.values)
        if row.parent:
            values["parent"] = parents.get(row.parent) or parents.get(fold(row.parent))
            if values["parent"] is None:
                errors.add(row, _("unknown borough “%(parent)s”") % {"parent": row.parent})
        changes.append(_change(row, values, by_key.pop(row.key, None), starts_on))
    for district in sorted(by_key.values(), key=lambda district: district.key):
        if district.starts_on and district.starts_on >= day:
            errors.add(
                str(district),
                _("is missing in the file and cannot end before it begins on %(day)s")
                % {"day": district.starts_on.strftime("%d.%m.%Y")},
            )
        elif district.ends_on is None:
            changes.append(_end(district, day - ONE_DAY))
    errors.refuse()
    return Plan(rows, options, changes)


def _parents(day: date) -> dict:
    """The boroughs by name, and by key, which goes first."""
    boroughs = list(District.objects.boroughs().on(day).without_shapes())
    return {fold(row.name): row for row in boroughs} | {row.key: row for row in boroughs}


def _change(row: Row, values: dict, district: District | None, starts_on) -> Change:
    if district is None:
        values["starts_on"] = starts_on
        return Change("created", row.key, row.name, None, values, {}, _told(values))
    current = {name: _current(district, name) for name in values}
    values = {name: value for name, value in values.items() if value != current[name]}
    before = _told({name: current[name] for name in values if name != "geometry"})
    verb = "changed" if values else UNCHANGED
    return Change(verb, row.key, row.name, district, values, before, _told(values))


def _end(district: District, last: date) -> Change:
    values = {"ends_on": last}
    return Change(
        "ended", district.key, district.name, district, values, {"ends_on": None}, _told(values)
    )


def _current(district: District, name: str):
    if name == "postal_codes":
        return [code.code for code in district.postal_codes.all()]
    return getattr(district, name)


def _told(values: dict) -> dict:
    """The values for log and page: names instead of rows, no coordinates."""
    told = {}
    for name, value in values.items():
        if name == "geometry":
            value = "changed"
        elif isinstance(value, District):
            value = str(value)
        told[name] = value
    return told


def apply(plan: Plan, *, by: User | None) -> Plan:
    """Write the plan, or refuse if the districts have changed since it was made."""
    try:
        with transaction.atomic():
            return _write(plan, by)
    except IntegrityError as error:  # on an empty level there is no row to lock
        raise _overtaken() from error


def _overtaken() -> ValidationError:
    return ValidationError(
        _("The districts have been changed meanwhile. Look through the import again."),
        code="overtaken",
    )


def _write(plan: Plan, by: User | None) -> Plan:
    level = District.objects.filter(level=plan.options.level)
    list(level.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    expected, plan = plan.fingerprint, compare(plan.rows, plan.options)
    if plan.fingerprint != expected:
        raise _overtaken()
    codes = _postal_codes(plan)
    # Ended ones first: a key is free again once its district has ended.
    for change in sorted(plan.effects, key=lambda change: change.verb != "ended"):
        _save(change, plan.options.level, codes, by)
    if any("geometry" in change.fields or change.verb == "ended" for change in plan.effects):
        redraw(plan.options.level)
    return plan


def _postal_codes(plan: Plan) -> dict:
    wanted = {code for change in plan.effects for code in change.fields.get("postal_codes", ())}
    PostalCode.objects.bulk_create(
        [PostalCode(code=code) for code in sorted(wanted)], ignore_conflicts=True
    )
    return {row.code: row for row in PostalCode.objects.all() if row.code in wanted}


def _save(change: Change, level: str, codes: dict, by: User | None) -> None:
    if change.district is None:
        change.district = District(level=level, key=change.key)
    district = change.district
    for name, value in change.fields.items():
        if name != "postal_codes":
            setattr(district, name, value)
    district.full_clean(
        exclude=["geometry", "outline", "parent"], validate_unique=False, validate_constraints=False
    )
    district.save()
    if "postal_codes" in change.fields:
        district.postal_codes.set([codes[code] for code in change.fields["postal_codes"]])
    record(
        Verb(change.verb),
        district,
        by=by,
        district_id=district.pk,
        before=change.before,
        after=change.after,
    )


@transaction.atomic
def redraw(level: str) -> None:
    """Draw all shapes of a level anew and find out which of those that exist touch each other."""
    drawn = list(District.objects.filter(level=level).exclude(geometry=None))
    geometries = {row.pk: row.geometry for row in drawn}
    current = {row.pk for row in drawn if row.ends_on is None}
    outlines = shapes.outlines(geometries, current)
    changed = [row for row in drawn if row.outline != outlines[row.pk]]
    for row in changed:
        row.outline = outlines[row.pk]
    District.objects.bulk_update(changed, ["outline"], batch_size=100)

    link = District.neighbours.through
    links = link.objects.filter(from_district__in=current, to_district__in=current)
    wanted = shapes.neighbours({pk: geometries[pk] for pk in current})
    found = set(links.values_list("from_district_id", "to_district_id"))
    if wanted != found:
        links.delete()
        link.objects.bulk_create(
            [link(from_district_id=one, to_district_id=other) for one, other in sorted(wanted)]
        )


def keep(upload: File, options: Options, *, by: User) -> DistrictUpload:
    """Store an uploaded file until its uploader has looked through what it would change.

    The caller has compared it, so that only files that can be imported are kept.
    """
    DistrictUpload.objects.filter(created_at__lt=timezone.now() - DistrictUpload.KEPT).delete()
    upload.seek(0)
    return DistrictUpload.objects.create(
        user=by, name=(upload.name or "")[:200], content=upload.read(), options=options.as_json()
    )


def planned(upload: DistrictUpload) -> Plan:
    """What a kept upload would change now."""
    options = Options.from_json(upload.options)
    return compare(read(bytes(upload.content), options), options)


@transaction.atomic
def confirm(upload: DistrictUpload, *, expected: str, by: User) -> Plan | None:
    """Apply a kept upload if it does what was shown; None if it has been applied before."""
    DistrictUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    upload = DistrictUpload.objects.get(pk=upload.pk)
    if upload.applied_at:
        return None
    plan = planned(upload)
    if plan.fingerprint != expected:
        raise _overtaken()
    plan = apply(plan, by=by)
    upload.applied_at, upload.content = timezone.now(), b""
    upload.save(update_fields=["applied_at", "content"])
    return plan
