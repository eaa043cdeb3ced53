"""Released reports as they were rendered: each process keeps some, for a release never changes.

What is kept is the same for everybody who may open it; the frame round it is not part of it.
"""

from collections.abc import Callable
from hashlib import sha256

from django.core.cache import caches
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from coordination.council.summary.models import Release


def kept(release: Release, *about: str, render: Callable[[], str]) -> SafeString:
    """The page of this release, about these parameters, in the reader's language.

    The checksum is part of the name: another content under the same number is another page.
    """
    parts = [str(release.pk), release.digest, get_language(), *about]
    # What was typed is part of it: hashed, it is short and of plain letters.
    name = sha256("\n".join(parts).encode()).hexdigest()
    cache = caches["renderings"]
    found = cache.get(name)
    if found is None:
        found = str(render())
        cache.set(name, found)
    return mark_safe(found)  # a template rendered it
