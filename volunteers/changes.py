"""What the change log keeps of volunteers and groups: that personal data changed, never what they
were. The log outlives the record, and must not outlive an erasure."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordination.text import fold
from volunteers.models import Volunteer, VolunteerGroup
from volunteers.search import words

PERSONAL = Volunteer.PERSONAL | VolunteerGroup.PERSONAL
SHORTEST_WORD = 3  # shorter ones stand in every sentence
SHORTEST_NUMBER = 6


def logged(before: dict, after: dict) -> dict:
    """``before`` and ``after`` for ``record``, personal values replaced by a word, or left out.

    Of something new, ``before`` is empty, and its personal values go without saying.
    """
    differing = {
        name for name in PERSONAL if before and name in after and before.get(name) != after[name]
    }
    with override(settings.LANGUAGE_CODE):
        said = dict.fromkeys(sorted(differing), _("changed"))
    return {"before": _without(before), "after": _without(after) | said}


def _without(values: dict) -> dict:
    return {name: value for name, value in values.items() if name not in PERSONAL}


def refuse_personal(reason: str, *parties: Volunteer | VolunteerGroup) -> None:
    """The reason stands in the log for good: it names nobody and holds no address or number."""
    said, digits = set(words(reason)), _digits(reason)
    for party in parties:
        person = party.name if isinstance(party, Volunteer) else party.spokesperson
        number = _digits(party.phone)
        if (
            {word for word in words(person) if len(word) >= SHORTEST_WORD} & said
            or party.email
            and fold(party.email) in fold(reason)
            or len(number) >= SHORTEST_NUMBER
            and number in digits
        ):
            raise personal()


def personal() -> ValidationError:
    """What refuses a reason that says too much."""
    text = _(
        "The reason stays in the change log for good. Please leave out names, addresses and "
        "phone numbers."
    )
    return ValidationError({"reason": text})


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())
