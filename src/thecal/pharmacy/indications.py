"""Why a pump was implanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import cached
from thecal.pharmacy.lookup import by_key, unknown


@final
@dataclass(frozen=True, slots=True)
class Indication:
    """An indication.

    Attributes
    ----------
    therapy
        `pain` or `spasticity`.
    origin
        `spinal` or `cerebral`; empty outside spasticity.
    setting
        `cancer` where the indication is one of cancer; else empty: it may occur in either.
    """

    id: str
    name: str
    therapy: str
    origin: str
    setting: str = ""


@cached
def indications() -> tuple[Indication, ...]:
    """Return every indication, in the order of the table."""
    found = []
    for id, answers in by_key("indications", "indication").items():
        name, therapy, origin = (
            answers[parameter][0].of_kind(str).value for parameter in ("name", "therapy", "origin")
        )
        setting = answers["setting"][0].of_kind(str).value if "setting" in answers else ""
        found.append(Indication(id, name, therapy, "" if origin == "none" else origin, setting))
    return tuple(found)


def indication(id: str) -> Indication:
    """Return the indication with this id; raises `UnknownIdError` with the nearest ids."""
    for one in indications():
        if one.id == id:
            return one
    raise unknown("indication", id, (one.id for one in indications()))
