from django.db import migrations

from coordination.audit import triggers

TABLES = ["council_motionstep", "council_taskstep"]


def install(apps, schema_editor):
    for table in TABLES:
        triggers.install(schema_editor.connection, table)


def remove(apps, schema_editor):
    for table in TABLES:
        triggers.remove(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("council", "0001_initial"), ("audit", "0002_append_only")]

    operations = [migrations.RunPython(install, remove)]
