"""What somebody sends when their sign-in has run out is kept until they have signed in again.

A form carries a signed mark of who typed it. If it comes back without a valid sign-in, the page
asks for one and what was typed waits in the session of that browser. It is shown again to the
same person, and dropped as soon as somebody else signs in there. Nothing is saved by that: the
page shows the form filled in, and its reader sends it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils import timezone

KEY = "typed"
MARK = "typed_by"
LONGEST = 10_000  # signs, as a form is sent
KEPT = timedelta(days=3)  # how long a form may lie open before it is sent


@dataclass(frozen=True)
class Typed:
    fields: QueryDict
    at: datetime


def keeps_typed(view: Callable) -> Callable:
    """Mark a view whose form is kept; the form contains ``mark(request.user)`` as ``MARK``."""
    view.keeps_typed = True
    return view


def mark(user) -> str:
    return signing.dumps(user.pk, salt=__name__)


def keep(request: HttpRequest, view: Callable) -> bool:
    """Put what was typed into the session, if the page is marked and the mark is genuine."""
    if request.method != "POST" or not getattr(view, "keeps_typed", False) or request.FILES:
        return False
    if by_script(request):
        return False  # the script has its own answer: it sends the form once more, as a page
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    try:
        person = signing.loads(fields.pop(MARK, [""])[-1], salt=__name__, max_age=KEPT)
    except signing.BadSignature:
        return False
    text = fields.urlencode()
    if len(text) > LONGEST:
        return False
    if request.user.is_authenticated:
        request.session.flush()  # of the sign-in that is over nothing stays
    now = timezone.now().isoformat()
    request.session[KEY] = {"by": person, "path": request.path, "fields": text, "at": now}
    return True


def kept(request: HttpRequest) -> Typed | None:
    """What this person typed into this page before they signed in."""
    found = request.session.get(KEY)
    if not found or found["by"] != request.user.pk or found["path"] != request.path:
        return None
    return Typed(QueryDict(found["fields"]), datetime.fromisoformat(found["at"]))


def forget(request: HttpRequest) -> None:
    if KEY in request.session:
        del request.session[KEY]


def drop_foreign(request: HttpRequest, user) -> None:
    """Called when somebody signs in: what another person typed here is gone."""
    if request.session.get(KEY, {}).get("by") != user.pk:
        forget(request)


def by_script(request: HttpRequest) -> bool:
    """Whether a script of the portal sent the form and reads the answer itself."""
    return request.headers.get("X-Requested-With") == "fetch"
