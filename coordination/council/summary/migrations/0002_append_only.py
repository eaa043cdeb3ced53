from django.db import migrations

from coordination.audit import triggers

TABLE = "summary_release"


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLE)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLE)


class Migration(migrations.Migration):
    dependencies = [("summary", "0001_initial"), ("audit", "0002_append_only")]

    operations = [migrations.RunPython(install, remove)]
