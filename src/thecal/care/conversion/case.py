"""The case of the topic `conversion`, as its table in a case file has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from thecal.care.conversion.convert import Target
from thecal.care.conversion.regimen import (
    EPIDURAL,
    INTRATHECAL,
    INTRAVENOUS,
    OPIOIDS,
    ORAL,
    OpioidLine,
    read_lines,
    take_number,
    take_rate,
)
from thecal.care.conversion.side_effects import Score, read_side_effects
from thecal.care.derivation import Typed
from thecal.therapy.table import Table
from thecal.units import MassRate

TO_ROUTES = (INTRATHECAL, EPIDURAL, INTRAVENOUS, ORAL)


@final
@dataclass(frozen=True, slots=True)
class ConversionCase:
    """What is known of a conversion.

    Attributes
    ----------
    ratio
        Chosen by the clinician; None where none was: nothing is computed then but what each
        published ratio would give.
    tolerant
        Whether the person is opioid-tolerant; None where nobody said.
    intended
        The start that somebody means to order, to be held against the limits.
    trial_done, no_trial_reason
        Whether a neuraxial trial was done, and why not.
    """

    lines: tuple[OpioidLine, ...]
    target: Target
    ratio: Fraction | None = None
    ratio_reason: str | None = None
    tolerant: bool | None = None
    setting: str | None = None
    intended: Typed[MassRate] | None = None
    trial_done: bool | None = None
    no_trial_reason: str | None = None
    side_effects: Mapping[str, Score] = field(default_factory=dict)


def read_case(table: Table) -> ConversionCase:
    """Return the case of a table `[conversion]`; raises `BadFileError` naming the key."""
    case = ConversionCase(
        lines=read_lines(table),
        target=Target(table.take_choice("to", OPIOIDS), table.take_choice("to_route", TO_ROUTES)),
        ratio=table.optional("ratio", lambda key: take_number(table, key)),
        ratio_reason=table.optional("ratio_reason", table.take_text),
        tolerant=table.optional("opioid_tolerant", table.take_flag),
        setting=table.optional(
            "setting", lambda key: table.take_choice(key, ("cancer", "non-cancer"))
        ),
        intended=table.optional("intended_start", lambda key: take_rate(table, key)),
        trial_done=table.optional("trial_done", table.take_flag),
        no_trial_reason=table.optional("no_trial_reason", table.take_text),
        side_effects=table.optional("side_effects", lambda key: read_side_effects(table, key))
        or {},
    )
    table.finish()
    return case
