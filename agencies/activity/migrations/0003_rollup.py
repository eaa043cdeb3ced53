from django.db import migrations

from agencies.activity import rollup


def install(apps, schema_editor):
    rollup.install(schema_editor.connection, rollup.SUMS)


def remove(apps, schema_editor):
    rollup.remove(schema_editor.connection, rollup.SUMS)


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_relations")]

    operations = [migrations.RunPython(install, remove)]
