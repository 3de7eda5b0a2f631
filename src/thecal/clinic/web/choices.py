"""What a field of several pages lets somebody choose from: the catalogues, id and name."""

from __future__ import annotations

from thecal.care.complications.register import complications
from thecal.device import pump_models
from thecal.pharmacy import drugs

Choices = tuple[tuple[str, str], ...]


def drug_choices() -> Choices:
    """Return every drug, by the name that it has in orders."""
    return tuple((one.id, one.id) for one in drugs())


def pump_choices() -> Choices:
    """Return every model of a pump."""
    return tuple((one.id, one.name) for one in pump_models())


def complication_choices() -> Choices:
    """Return every kind of complication, in the words of the staff's pages."""
    return tuple((one.id, one.name.en) for one in complications().values())
