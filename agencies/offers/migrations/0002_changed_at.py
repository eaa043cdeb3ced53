from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("offers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="changed_at",
            field=models.DateTimeField(
                auto_now=True, default=timezone.now, verbose_name="changed at"
            ),
            preserve_default=False,
        ),
    ]
