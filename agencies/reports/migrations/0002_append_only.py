import django.utils.timezone
from django.db import migrations, models

from coordination.audit import triggers

TABLES = ["reports_submission", "reports_comment", "reports_extension"]


def install(apps, schema_editor):
    for table in TABLES:
        triggers.install(schema_editor.connection, table)


def remove(apps, schema_editor):
    for table in TABLES:
        triggers.remove(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="at"
            ),
        )
        for model in ("comment", "extension")
    ] + [migrations.RunPython(install, remove)]
