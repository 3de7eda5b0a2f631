from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0004_clinic_contact"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="handle",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="clinic",
            constraint=models.UniqueConstraint(
                condition=models.Q(("handle", ""), _negated=True),
                fields=("handle",),
                name="one_clinic_of_a_handle",
            ),
        ),
    ]
