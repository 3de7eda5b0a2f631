"""The stages of the pathway: which may follow which, and what each asks for and gives."""

from __future__ import annotations

from thecal.care.figures import Figures
from thecal.data import Fact
from thecal.errors import UnknownIdError
from thecal.pharmacy.lookup import by_key, listed

TABLE = Figures("pathway_stages", "stage")
REFERRED, TRANSFERRED_IN = "referred", "transferred-in"
TITRATING, MAINTENANCE = "titrating", "maintenance"
WAY, SIDE, END = "way", "side", "end"
_ANY = "any"


def stages() -> tuple[str, ...]:
    """Return every stage."""
    return tuple(one for one in by_key(TABLE.table, TABLE.key) if one != _ANY)


def next_stages(stage: str) -> tuple[str, ...]:
    """Return the stages that may follow `stage`, the endings last.

    Raises
    ------
    UnknownIdError
        If there is no such stage.
    """
    refuse_unknown(stage)
    own = words(stage, "next")
    endings = tuple(one for one in words(_ANY, "next") if one not in (stage, *own))
    return (*own, *endings)


def refuse_unknown(stage: str) -> None:
    """Raise `UnknownIdError` if there is no such stage."""
    if stage not in stages():
        raise UnknownIdError(f'"{stage}" is no stage', remedy="use one of " + ", ".join(stages()))


def ends(stage: str) -> bool:
    """Whether a stage ends the therapy here; such a stage is never refused for what is missing."""
    return stage in words(_ANY, "next")


def is_side(stage: str) -> bool:
    """Whether the therapy goes on beside this stage, as during a scan or a journey."""
    return SIDE in words(stage, "kind")


def rule(stage: str, parameter: str) -> Fact[str] | None:
    """Return what the table says of a stage; None where it is silent."""
    if not TABLE.has(stage, parameter):
        return None
    return TABLE.get(stage, parameter, str)


def words(stage: str, parameter: str) -> tuple[str, ...]:
    """Return the words of a cell that holds a list; nothing where the table is silent."""
    found = rule(stage, parameter)
    return () if found is None else listed(found)
