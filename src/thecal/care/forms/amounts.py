"""Doses, concentrations and solutions as the forms print them: in mg and mcg, every digit kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thecal.care.document import Text
from thecal.care.forms.choice import choices
from thecal.pharmacy import Mixture, drug, in_both_units
from thecal.units import Mass, Quantity, show
from thecal.units.grammar import MAX_DIGITS_AFTER_POINT, MAX_DIGITS_BEFORE_POINT

EVERY_DIGIT = MAX_DIGITS_BEFORE_POINT + MAX_DIGITS_AFTER_POINT
"""A record prints what was typed; nothing of it is rounded away."""
_BOTH_UNITS = ("mg", "ug")


def quantity_text(quantity: Quantity, unit: str, digits: int = EVERY_DIGIT) -> str:
    """Return a quantity in its unit; a dose and a concentration in mg and in mcg."""
    if unit.partition("/")[0] not in _BOTH_UNITS:
        return show(quantity, unit, digits=digits)
    return in_both_units(quantity, unit, digits=digits)


def solution_text(mixture: Mixture) -> Text:
    """Return the drugs of a solution, each with its concentration."""
    names = choices("@drugs")
    return joined(
        [_named(names[one], quantity_text(mixture[one], _strength(one))) for one in mixture]
    )


def masses_text(masses: Mapping[str, Mass], digits: int) -> Text:
    """Return drugs, each with a mass."""
    names = choices("@drugs")
    return joined(
        [
            _named(names[one], quantity_text(mass, drug(one).mass_unit, digits))
            for one, mass in masses.items()
        ]
    )


def joined(texts: Sequence[Text]) -> Text:
    """Return texts one after the other, parted by semicolons."""
    return Text("; ".join(one.en for one in texts), "; ".join(one.de for one in texts))


def _strength(drug_id: str) -> str:
    return drug(drug_id).concentration_unit


def _named(name: Text, amount: str) -> Text:
    return Text(f"{name.en} {amount}", f"{name.de} {amount}")
