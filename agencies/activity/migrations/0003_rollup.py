from django.db import migrations

from agencies.activity import rollup


def install(apps, schema_editor):
    rollup.install(schema_editor.connection)


def remove(apps, schema_editor):
    rollup.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_relations")]

    operations = [migrations.RunPython(install, remove)]
