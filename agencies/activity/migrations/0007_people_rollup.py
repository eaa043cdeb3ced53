from django.db import migrations

from agencies.activity import rollup


def install(apps, schema_editor):
    connection = schema_editor.connection
    rollup.remove(connection)  # those of the other rollup are written anew
    rollup.install(connection)
    # From here on nobody else writes, so nothing is counted twice.
    rollup.fill(connection, rollup.PEOPLE)


def remove(apps, schema_editor):
    rollup.remove(schema_editor.connection, rollup.PEOPLE)
    apps.get_model("activity", "MonthlyPeople").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("activity", "0006_monthly_people")]

    operations = [migrations.RunPython(install, remove)]
