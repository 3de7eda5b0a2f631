from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0006_training"),
    ]

    operations = [
        migrations.AddField(
            model_name="trainingrun",
            name="acted",
            field=models.DateTimeField(null=True),
        ),
    ]
