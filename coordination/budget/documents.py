"""Files that prove something: PDF agreements, receipts as PDF or picture."""

from hashlib import sha256
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.budget.models import Agreement, Document, Expense

# By how the content begins, never by what the browser says it is.
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


def check(file: File, *, pictures: bool = True) -> str:
    """The file's media type; a ValidationError if it is empty, too large or of no known type."""
    if not file.size:
        raise ValidationError(_("The file is empty."))
    if file.size > settings.DOCUMENT_MAX_BYTES:
        text = _("The file has %(size)s MB; at most %(most)s MB are allowed.")
        sizes = {"size": file.size, "most": settings.DOCUMENT_MAX_BYTES}
        raise ValidationError(
            text % {name: number_format(size / 1_000_000, 1) for name, size in sizes.items()}
        )
    file.seek(0)
    start = file.read(1024)
    file.seek(0)
    kinds = (kind for beginning, kind in BEGINNINGS.items() if start.startswith(beginning))
    kind = next(kinds, None)
    if kind is None or kind != "application/pdf" and not pictures:
        raise ValidationError(
            _("Only PDF files and pictures (JPEG, PNG) can be added.")
            if pictures
            else _("Only PDF files can be added.")
        )
    return kind


def safe_stem(name: str) -> str:
    """What a file is called, without folders, ending and what nobody can see.

    Signs that turn the direction of writing would make "exe.pdf" of "fdp.exe".
    """
    stem = PurePath(PurePath(name.replace("\\", "/")).name).stem
    stem = "".join(sign for sign in stem if sign.isprintable()).strip(" .")
    return stem[:190] or "Dokument"


@transaction.atomic
def add(
    file: File,
    *,
    agreement: Agreement | None = None,
    expense: Expense | None = None,
    by: User | None,
) -> Document:
    """Keep the file with the agreement (PDF only) or the expense."""
    media_type = check(file, pictures=expense is not None)
    content = file.read()
    digest = sha256(content).hexdigest()
    if agreement:
        Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
        if same := agreement.documents.listed().filter(sha256=digest).first():
            text = _("The agreement has this very file already, as “%(name)s”.")
            raise ValidationError(text % {"name": same.name})
    document = Document(
        name=f"{safe_stem(file.name or '')}{ENDINGS[media_type]}",
        media_type=media_type,
        size=len(content),
        sha256=digest,
        content=content,
        agreement=agreement,
        expense=expense,
        added_by=by,
    )
    document.full_clean()
    document.save()
    if agreement:
        record(
            Verb.CREATED,
            document,
            by=by,
            agency_id=agreement.agency_id,
            after={"name": document.name, "size": document.size, "agreement": str(agreement)},
        )
    return document
