"""Several people who do something in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connections

REFUSED = "refused"


def at_once(acts) -> list:
    """What each act returned, or ``REFUSED``."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            return act()
        except ValidationError:
            return REFUSED
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as desks:
        return list(desks.map(run, acts))
