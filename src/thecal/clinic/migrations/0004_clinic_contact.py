from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0003_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="telephone_always",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="clinic",
            name="physician",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
    ]
