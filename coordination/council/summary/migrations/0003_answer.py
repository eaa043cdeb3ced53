import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from coordination.audit import triggers

TABLE = "summary_answer"


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, TABLE)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("summary", "0002_append_only"),
        ("council", "0001_initial"),
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                (
                    "pattern",
                    models.SlugField(
                        db_index=False, max_length=30, verbose_name="question pattern"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("parameters", models.JSONField(verbose_name="parameters")),
                (
                    "question",
                    models.TextField(max_length=1000, verbose_name="question as it was asked"),
                ),
                ("asked_by", models.CharField(max_length=120, verbose_name="asked by")),
                ("asked_on", models.DateField(verbose_name="asked on")),
                ("content", models.JSONField(verbose_name="figures")),
                ("digest", models.CharField(max_length=64, verbose_name="checksum (SHA-256)")),
                (
                    "sent_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="sent at"
                    ),
                ),
                (
                    "form_id",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="council.group",
                        verbose_name="parliamentary group",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to the council",
                "verbose_name_plural": "answers to the council",
                "ordering": ["-number"],
                "indexes": [models.Index(fields=["pattern", "-number"], name="answer_pattern")],
            },
        ),
        migrations.RunPython(install, remove),
    ]
