"""The database refuses to change or delete entries."""

from typing import ClassVar

from django.db import migrations

from thecal.clinic.triggers import install


class Migration(migrations.Migration):
    """After the tables."""

    dependencies: ClassVar = [("clinic", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(install, migrations.RunPython.noop)]
