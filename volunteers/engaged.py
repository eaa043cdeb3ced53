"""What entering volunteers and groups has in common: checked, findable, ended as a whole."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency, Worker
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.periods import show_day
from coordination.text import refuse_bank_data
from districts.models import District
from volunteers import changes, contacts, duplicates, search
from volunteers.models import Volunteer, VolunteerGroup

Party = Volunteer | VolunteerGroup
FIELDS = (
    "name", "email", "phone", "languages", "agency", "starts_on", "ends_on", "consent",
    "consent_on",
)  # fmt: skip
MANY = ("districts", "interests")
JOINERS = "\u200c\u200d"  # signs without a width that belong to Persian and to emoji
FEWEST_DIGITS = 4
SAVED_OTHERWISE = gettext_lazy(
    "This form was saved before, with other content. That record stays as it is. Saving again "
    "here makes another one."
)


def create(
    party: Party,
    *,
    districts: Iterable[District],
    interests: Iterable = (),
    contact: Worker | None = None,
    on: date | None = None,
    by: User | None,
) -> Party:
    """Save a new row with everything that hangs on it; within the transaction of the operation.

    A form sent twice makes one row.
    """
    agency = lock_agencies(party.agency_id)[0]
    if sent := _sent_before(party):
        return sent
    if not agency.is_active:
        text = _("%(agency)s is no longer active.") % {"agency": agency}
        raise ValidationError({"agency": text})
    party.agency = agency
    districts, interests = list(districts), list(interests)
    check(party, districts, interests)
    party.save()
    party.districts.set(districts)
    party.interests.set(interests)
    search.index(party)
    record(
        Verb.CREATED,
        party,
        by=by,
        agency_id=party.agency_id,
        **changes.logged({}, logged_values(party)),
    )
    first = max(party.starts_on, on or today())
    if party.is_on(first):
        _appoint(party, districts, contact, first, by)
    return party


def _sent_before(party: Party) -> Party | None:
    """What the same form entered before; whoever went back and typed something else is told."""
    sent = type(party).objects.filter(form_id=party.form_id, agency=party.agency_id).first()
    if party.form_id is None or sent is None:
        return None
    clean_up(party)
    said = ("name", "email", "phone", "starts_on")
    if any(getattr(sent, name) != getattr(party, name) for name in said):
        raise ValidationError(SAVED_OTHERWISE, code="sent")
    return sent


def change(party: Party, fields: dict, *, reason: str, by: User | None) -> None:
    """Set the given fields of the locked row; ``districts`` and ``interests`` may be among them."""
    before, old_agency, old_end = logged_values(party), party.agency_id, party.ends_on
    was = {"interests": list(party.interests.all()), "districts": list(party.districts.all())}
    many = {name: list(fields.pop(name, was[name])) for name in MANY}
    changes.refuse_personal(reason, party)
    for name, value in fields.items():
        setattr(party, name, value)
    helps_longer = old_end and (party.ends_on is None or party.ends_on > old_end)
    if (party.agency_id != old_agency or helps_longer) and not party.agency.is_active:
        text = _("%(agency)s is no longer active.") % {"agency": party.agency}
        raise ValidationError({"agency": text})
    check(party, **many, was=was)
    changes.refuse_personal(reason, party)
    _refuse_earlier_members(party)
    party.save()
    for name, rows in many.items():
        getattr(party, name).set(rows)
    search.index(party)
    _prolong_contact(party, old_end)
    if party.ends_on:
        cut(party, party.ends_on)
    after = logged_values(type(party).objects.get(pk=party.pk))
    if before != after:
        for agency_id in {old_agency, party.agency_id}:  # both may read of a move
            record(
                Verb.CHANGED,
                party,
                by=by,
                agency_id=agency_id,
                reason=reason,
                **changes.logged(before, after),
            )


def end(party: Party, *, ends_on: date, reason: str, by: User | None) -> None:
    """The last day of the locked row, and of whatever hangs on it."""
    changes.refuse_personal(reason, party)
    before = values(party, "ends_on")
    if ends_on < party.starts_on:
        text = _("Helps only from %(day)s.") % {"day": show_day(party.starts_on)}
        raise ValidationError({"ends_on": text})
    if party.ends_on and ends_on > party.ends_on:
        text = _("Ends on %(day)s already. To prolong it, edit it.")
        raise ValidationError({"ends_on": text % {"day": show_day(party.ends_on)}})
    party.ends_on = ends_on
    party.save()
    cut(party, ends_on)
    after = values(party, "ends_on")
    if before != after:
        record(
            Verb.ENDED,
            party,
            by=by,
            agency_id=party.agency_id,
            before=before,
            after=after,
            reason=reason,
        )


def cut(party: Party, ends_on: date) -> None:
    """Memberships and contact persons end with the row; what would begin later never does."""
    for rows in (party.memberships.all(), party.contacts.all()):
        rows.filter(starts_on__gt=ends_on).delete()
        rows.filter(Q(ends_on=None) | Q(ends_on__gt=ends_on)).update(ends_on=ends_on)


def _prolong_contact(party: Party, old_end: date | None) -> None:
    """Whose contact person would have ended with a last day still to come, keeps them beyond it."""
    if old_end and old_end >= today():
        party.contacts.filter(ends_on=old_end).update(ends_on=party.ends_on)


def looked_after(agency: Agency) -> str:
    """Why the agency cannot be closed: whom it looks after today or later nobody would see."""
    volunteers, groups = (
        model.objects.filter(agency=agency).overlapping(today(), None).count()
        for model in (Volunteer, VolunteerGroup)
    )
    rows = []
    if volunteers:
        text = ngettext("%(count)s volunteer", "%(count)s volunteers", volunteers)
        rows.append(text % {"count": volunteers})
    if groups:
        rows.append(ngettext("%(count)s group", "%(count)s groups", groups) % {"count": groups})
    if not rows:
        return ""
    return _(
        "%(agency)s still looks after %(rows)s. Give them to another agency first, or enter their "
        "last day: under Volunteers, filter by “Looked after by”."
    ) % {"agency": agency, "rows": ", ".join(rows)}


def locked(party: Party, agency: Agency | None = None) -> Party:
    """The row for one writer at a time; its agency, and the one it goes to, are locked first."""
    rows = type(party).objects.filter(pk=party.pk)
    old = rows.values_list("agency", flat=True).get()
    lock_agencies(old, agency.pk if agency else old)
    rows.select_for_update(no_key=True).get()
    return rows.select_related("agency").get()


def lock_agencies(*numbers: int) -> list[Agency]:
    """The agencies first, in one order, then the rows: nobody waits for who waits for them."""
    wanted = sorted(set(numbers))
    locked = Agency.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    list(locked.values_list("pk"))
    rows = Agency.objects.in_bulk(wanted)
    return [rows[number] for number in wanted]


def logged_values(party: Party) -> dict:
    names = [*FIELDS, *MANY]
    if isinstance(party, VolunteerGroup):
        names += ["kind", "spokesperson"]
    return values(party, *names)


def clean_up(party: Party) -> None:
    """One way to write things: composed letters, single blanks, nothing that turns the text."""
    for name in ("name", "phone", "languages", "spokesperson"):
        if hasattr(party, name):
            setattr(party, name, _clean(getattr(party, name)))
    party.email = party.email.strip()


def check(
    party: Party,
    districts: list,
    interests: list,
    was: dict | None = None,
    *,
    is_one_of_many: bool = False,
) -> None:
    """What a volunteer or group must fulfil beside its own columns; fills the columns to compare.

    ``was`` are the districts and interests that may stay although they are closed today.
    ``is_one_of_many`` asks the database nothing: the agency was fetched, and what the constraints
    say is checked here as well.
    """
    was = was or {"districts": [], "interests": []}
    clean_up(party)
    vars(party).update(duplicates.keys(name=party.name, email=party.email, phone=party.phone))
    for name in ("name", "languages", "spokesperson"):
        refuse_bank_data(name, getattr(party, name, ""))
    errors = _wrong_with(party)
    day = max(party.starts_on, today())
    if not districts:
        errors["districts"] = _("Choose at least one district.")
    for row in districts:
        if row.level != District.Level.QUARTER:
            errors["districts"] = _("%(district)s is a borough. Choose one of its quarters.") % {
                "district": row
            }
        elif row not in was["districts"] and not row.is_on(today()):
            errors["districts"] = _("“%(name)s” is not in the list on %(day)s.") % {
                "name": row, "day": show_day(today()),
            }  # fmt: skip
    for topic in interests:
        if topic not in was["interests"] and not topic.is_on(min(day, party.ends_on or day)):
            errors["interests"] = _("“%(name)s” is not in the list on %(day)s.") % {
                "name": topic, "day": show_day(day),
            }  # fmt: skip
    if errors:
        raise ValidationError(errors)
    if is_one_of_many:
        party.clean_fields(exclude=["agency"])
    else:
        party.full_clean()


def _wrong_with(party: Party) -> dict:
    errors = {}
    if not party.match_key:
        errors["name"] = _("Give a name.")
    if not party.email.isascii():
        # Letters of other scripts look like ours: such an address would pass for somebody else's.
        errors["email"] = _(
            "An e-mail address has no letters beyond a to z here. If its domain has an umlaut, "
            "write it in the form xn--…."
        )
    if party.phone and sum(sign.isdecimal() for sign in party.phone) < FEWEST_DIGITS:
        errors["phone"] = _("This is no phone number.")
    if not party.email and not party.phone:
        errors["email"] = _("Give an e-mail address or a phone number.")
    if party.consent_on > today():
        errors["consent_on"] = _("This day lies in the future.")
    if party.ends_on and party.ends_on < party.starts_on:
        errors["ends_on"] = _("The last day lies before the first.")
    return errors


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    shown = (
        sign for sign in text if sign in JOINERS or unicodedata.category(sign) not in ("Cf", "Cc")
    )
    return " ".join("".join(shown).split())


def _refuse_earlier_members(party: Party) -> None:
    first = party.memberships.order_by("starts_on").first()
    if first and first.starts_on < party.starts_on:
        text = _("There is a membership since %(day)s.") % {"day": show_day(first.starts_on)}
        raise ValidationError({"starts_on": text})


def _appoint(party: Party, districts: list, worker: Worker | None, day: date, by) -> None:
    """The contact person is mandatory: the given one, or the lead of a district."""
    proposed = None if worker else contacts.proposal(districts, day=day)
    if worker is None and proposed is None:
        raise ValidationError(
            {
                "contact": _("Nobody leads these districts on %(day)s. Choose a contact person.")
                % {"day": show_day(day)}
            }
        )
    try:
        contacts.appoint(
            party,
            worker=worker or proposed.worker,
            district=proposed and proposed.district,
            starts_on=day,
            by=by,
        )
    except ValidationError as error:
        raise ValidationError({"contact": error.messages}) from error
