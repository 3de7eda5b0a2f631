"""Reading the table `[bedside]` of a therapy file."""

from __future__ import annotations

from thecal.therapy.bedside import Bedside, ResidualVolumes, finding_kinds
from thecal.therapy.table import Table
from thecal.units import Volume

RESIDUAL = "residual"


def read_bedside(table: Table) -> Bedside:
    """Read the findings; each is one of its outcomes, the residual may be three volumes instead.

    Raises
    ------
    BadFileError
        If a finding, an outcome or a key is not known, or a volume is none.
    """
    outcomes: dict[str, str] = {}
    residual = None
    for kind in finding_kinds().values():
        if not table.has(kind.id):
            continue
        if kind.id == RESIDUAL and isinstance(table.keys()[RESIDUAL], dict):
            residual = _volumes(table.take_table(RESIDUAL))
        else:
            outcomes[kind.id] = table.take_choice(kind.id, tuple(kind.outcomes))
    planned = table.optional("planned", lambda key: table.take_choice(key, tuple(finding_kinds())))
    table.finish()
    return Bedside(outcomes, residual, planned)


def _volumes(table: Table) -> ResidualVolumes:
    volumes = ResidualVolumes(
        filled=table.take_quantity("filled", Volume),
        expected=table.take_quantity("expected", Volume, zero_allowed=True),
        aspirated=table.take_quantity("aspirated", Volume, zero_allowed=True),
    )
    table.finish()
    if volumes.expected >= volumes.filled:
        raise table.error("no less was expected than was filled: nothing was used", "", "expected")
    return volumes
