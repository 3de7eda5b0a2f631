"""The kinds of fault that thecal has a name for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.errors import UnknownIdError


@final
@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault: what it is called, what it means, and whether the replay simulates it."""

    id: str
    name: str
    meaning: Fact[str]
    simulated: bool


@cached
def fault_kinds() -> tuple[FaultKind, ...]:
    """Return every kind of fault, in the order of the table."""
    table: dict[str, dict[str, Fact[str]]] = {}
    for row in rows("faults"):
        table.setdefault(row["fault"], {})[row["parameter"]] = fact_of(row).of_kind(str)
    return tuple(
        FaultKind(id, row["name"].value, row["meaning"], row["simulated"].value == "yes")
        for id, row in table.items()  # noqa: A001
    )


def fault_kind(id: str) -> FaultKind:  # noqa: A002
    """Return the kind of fault with this id; raises `UnknownIdError` with the nearest ids."""
    for kind in fault_kinds():
        if kind.id == id:
            return kind
    import difflib  # slow to import, and only an error needs it

    known = [kind.id for kind in fault_kinds()]
    near = difflib.get_close_matches(id, known, n=3) or known
    raise UnknownIdError(f'"{id}" is no fault', remedy="did you mean " + ", ".join(near))
