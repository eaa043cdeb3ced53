"""The legal pages: what the city has written, or the marked template as long as it has not."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.editing import refuse_if_changed
from coordination.public import texts
from coordination.public.models import LegalText
from coordination.requests import MessageCookie

FOLDER = Path(__file__).with_name("legal")
WATCHED = ("text",)


@dataclass(frozen=True)
class Shown:
    """What somebody gets to read of a legal page."""

    text: str
    language: str  # the text's own, which may not be the reader's
    row: LegalText | None

    @property
    def is_template(self) -> bool:
        """Whether it is still to be checked: nobody has, or not everything is filled in."""
        return self.row is None or bool(texts.open_points(self.text))


def shown(page: str, language: str) -> Shown:
    """The city's text in the reader's language, else in German; else the template."""
    rows = {row.language: row for row in LegalText.objects.filter(page=page)}
    for code in (language, settings.LANGUAGE_CODE):
        if row := rows.get(code):
            return Shown(row.text, code, row)
    return Shown(template(page, language), language, None)


def all_rows() -> list[LegalText]:
    """The city's text of each page in each language, or an unsaved row with the template."""
    there = {(row.page, row.language): row for row in LegalText.objects.all()}
    return [
        there.get((page, language)) or draft(page, language)
        for page in LegalText.Page.values
        for language in dict(settings.LANGUAGES)
    ]


def find(page: str, language: str) -> LegalText:
    """The row to edit; a new one starts with the template."""
    return LegalText.objects.filter(page=page, language=language).first() or draft(page, language)


def draft(page: str, language: str) -> LegalText:
    return LegalText(page=page, language=language, text=template(page, language))


def template(page: str, language: str) -> str:
    """The text to begin with, which says of this portal what it can know."""
    text = _template(page, language)
    for name, value in _facts(language).items():
        text = text.replace(f"{{{name}}}", value)
    return text.strip()


@cache
def _template(page: str, language: str) -> str:
    return (FOLDER / f"{page}.{language}.md").read_text()


def _facts(language: str) -> dict[str, str]:
    missing = "[please add: the city]" if language == "en" else "[bitte ergänzen: Stadt]"
    address = reverse("public:feedback_create")
    return {
        "city": settings.PORTAL_CITY or missing,
        "portal": settings.PORTAL_NAME,
        "url": settings.PORTAL_URL or missing,
        "feedback": address,
        "privacy": reverse("public:privacy"),
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "language_cookie": settings.LANGUAGE_COOKIE_NAME,
        "activity_cookie": settings.ACTIVITY_COOKIE_NAME,
        "message_cookie": MessageCookie.cookie_name,
        "idle_minutes": str(settings.SESSION_IDLE_LIMIT // timedelta(minutes=1)),
        "session_hours": str(settings.SESSION_ABSOLUTE_LIMIT // timedelta(hours=1)),
    }


@transaction.atomic
def write(row: LegalText, *, text: str, seen: str | None = None, by: User) -> LegalText:
    """Put the city's text in place. The log says that it changed, the page itself says what to."""
    # Made first and locked then, so that of two who write the first text one waits for the other.
    key = {"page": row.page, "language": row.language}
    made, is_new = LegalText.objects.get_or_create(**key, defaults={"text": template(**key)})
    row = LegalText.objects.select_for_update(no_key=True).get(pk=made.pk)
    text = "\n".join(text.splitlines()).strip()
    if row.text == text and not is_new:
        return row  # sent twice
    refuse_if_changed(row, seen, WATCHED)
    row.text = text
    row.full_clean()
    row.save()
    with override(settings.LANGUAGE_CODE):
        record(Verb.CHANGED, row, by=by, after={"text": _("text changed")})
    return row
