"""For whoever watches the portal: is it alive, and is it ready to work?"""

import shutil

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

LEAST_FREE_BYTES = 200 * 1024 * 1024


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrations_are_applied() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def disk_has_room() -> bool:
    return shutil.disk_usage(settings.BASE_DIR).free >= LEAST_FREE_BYTES


@login_not_required
@never_cache
@require_safe
def alive(request):
    """The process answers. Touches no database: a restart would not mend one."""
    return JsonResponse({"alive": True})


@login_not_required
@never_cache
@require_safe
def ready(request):
    """Database, migrations and disk space; 503 as soon as one of them is not in order."""
    checks = {
        "database": database_answers(),
        "migrations": migrations_are_applied(),
        "disk": disk_has_room(),
    }
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)
