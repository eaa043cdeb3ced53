from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_message_agency"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="form_id",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
    ]
