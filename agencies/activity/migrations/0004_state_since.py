import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0003_rollup")]

    operations = [
        migrations.AddField(
            model_name="reportingperiod",
            name="state_since",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="state since"
            ),
        ),
    ]
