"""One implant visit as far as it is recorded: what was typed of F4, and what was asked besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from thecal.care.forms import Filled, FormErrors, read_form
from thecal.care.implant_visit.steps import (
    F4,
    REPLACEMENT,
    ImplantStep,
    implant_steps,
    part_of_f4,
)
from thecal.device import PumpModel, pump_model
from thecal.errors import BadFileError

NEW, KEPT = "new", "kept"


@final
@dataclass(frozen=True, slots=True)
class ImplantVisit:
    """A visit.

    Attributes
    ----------
    purpose
        `implant`, `replacement` or `revision` of the catheter alone.
    values
        What was typed into fields of F4, step by step.
    asked
        What was answered besides, step by step.
    staying
        Model of the pump that stays, at a revision.
    """

    purpose: str
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    staying: str = ""

    def said(self, step: str, name: str) -> str:
        """Return an answer; empty where there is none."""
        return str(self.asked.get(step, {}).get(name, ""))

    @property
    def new_catheter(self) -> bool:
        """Whether a catheter goes in: always, but at a replacement only where it is said."""
        return self.purpose != REPLACEMENT or self.said("old", "catheter") == NEW

    @property
    def filled(self) -> Filled:
        """What was typed of F4 as far as it goes; raises `BadFileError` where it cannot be read."""
        typed = {key: one for values in self.values.values() for key, one in values.items()}
        found = read_form(part_of_f4(tuple(typed)), typed)
        if isinstance(found, FormErrors):
            told = "; ".join(str(one) for one in found.errors)
            raise BadFileError("the implant visit cannot be read", why=told, place=F4)
        return found

    @property
    def model(self) -> PumpModel | None:
        """The pump that goes in; None before it is named."""
        named = self.filled.get("pump_model", str)
        return None if named is None else pump_model(named)

    @property
    def steps(self) -> tuple[ImplantStep, ...]:
        """The steps, as far as it is known which there are."""
        model = self.model
        programmable = model is None or model.programmable
        return implant_steps(
            self.purpose, new_catheter=self.new_catheter, programmable=programmable
        )

    @property
    def missing(self) -> tuple[ImplantStep, ...]:
        """The steps that are not recorded, in order."""
        return tuple(one for one in self.steps if one.id not in self.asked)
