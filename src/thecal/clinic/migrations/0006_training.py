import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0005_clinic_handle"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stream",
            name="kind",
            field=models.CharField(
                choices=[
                    ("patient", "Patient"),
                    ("access", "Access"),
                    ("clinic", "Clinic"),
                    ("training", "Training"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="TrainingCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("added", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="run",
                        serialize=False,
                        to="clinic.patient",
                    ),
                ),
                ("case", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("role", models.CharField(max_length=20)),
                ("begun", models.DateTimeField()),
                ("ahead", models.DurationField(default=datetime.timedelta)),
                ("ended", models.DateTimeField(null=True)),
                ("passed", models.BooleanField(null=True)),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="clinic.membership",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["learner", "begun"], name="clinic_trai_learner_96643c_idx")
                ],
            },
        ),
    ]
