"""Advice on height, water and heat for a model, and where each figure comes from."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.document import Field, Text
from thecal.care.figures import Figures
from thecal.care.papers.words import joined, say
from thecal.data import Fact, FactValue
from thecal.device import PumpModel, gas_pump_flow_ratio
from thecal.units import Altitude, Temperature, show, show_number, show_percent

_FIGURES = Figures("paper_figures")
_HEIGHT, _HEAT = "cabin-height", "heat-step"
_PROPELLANT, _DEPTH = "propellant", "dive-depth"
_HYPERBARIC, _PRESSURE = "hyperbaric", "hyperbaric-pressure"


def surroundings(model: PumpModel) -> tuple[Field, ...]:
    """Return what is said of flying, diving and heat; what no table knows is said to be unknown."""
    return (
        Field(say("advice-height"), _height(model)),
        Field(say("advice-water"), _water(model)),
        Field(say("advice-heat"), _heat(model)),
    )


def surroundings_notes(model: PumpModel) -> tuple[Text, ...]:
    """Return the sources of the figures that `surroundings` names for this model."""
    used = [(say("advice-water"), model.facts.get(one)) for one in (_DEPTH, _HYPERBARIC, _PRESSURE)]
    propellant = _propellant(model)
    if propellant is not None:
        height = _FIGURES.get("travel", _HEIGHT, Altitude)
        used += [(say("advice-height"), height), (say("advice-heat"), propellant)]
    return tuple(
        say("source-line", what=what, source=fact.provenance())
        for what, fact in used
        if fact is not None
    )


def _propellant(model: PumpModel) -> Fact[FactValue] | None:
    return model.facts.get(_PROPELLANT) if model.kind == "constant-flow" else None


def _height(model: PumpModel) -> Text:
    propellant = _propellant(model)
    if propellant is None:
        return say("height-none")
    height = _FIGURES.get("travel", _HEIGHT, Altitude).value
    ratio = gas_pump_flow_ratio(propellant=propellant.of_kind(str).value, altitude=height)
    return say("height-gas", percent=show_percent(ratio - 1), height=show(height, "m"))


def _water(model: PumpModel) -> Text:
    if model.kind == "external":
        return say("water-external")
    if _HYPERBARIC in model.facts:
        return say("water-contraindicated")
    depth, pressure = model.facts.get(_DEPTH), model.facts.get(_PRESSURE)
    said = []
    if depth is not None:
        said.append(say("water-depth", depth=show(depth.of_kind(Altitude).value, "m")))
    if pressure is not None:
        highest = show_number(pressure.of_kind(Fraction).value)
        said.append(say("water-hyperbaric", pressure=highest))
    if model.kind == "constant-flow":
        said.append(say("water-gas"))
    return joined(said, " ") if said else say("water-none")


def _heat(model: PumpModel) -> Text:
    propellant = _propellant(model)
    if propellant is None:
        return say("heat-none")
    warm = _FIGURES.get("travel", _HEAT, Temperature).value
    ratio = gas_pump_flow_ratio(propellant=propellant.of_kind(str).value, temperature=warm)
    return say("heat-gas", percent=show_percent(ratio - 1))
