"""The cards of emergencies, from `emergency_cards.csv`, their doses from `emergency_doses.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import final

from thecal.care.document import LANGUAGES, Text
from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.device import PumpModel
from thecal.errors import DataError
from thecal.pharmacy import drug, in_both_units
from thecal.pharmacy.lookup import by_key, unknown
from thecal.units import DAY, Duration, Mass, MassRate, Quantity, show

OVERDOSE, WITHDRAWAL = "overdose", "withdrawal"
POCKET_FILL, WRONG_PORT = "pocket-fill", "wrong-port"
BLOOD_PRESSURE = "blood-pressure"
_GERMAN = "value-de"


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: its text, the fact that it comes from, and the doses that it names."""

    text: Text
    fact: Fact[FactValue]
    doses: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Card:
    """How an emergency is recognised and what is done, in order.

    Attributes
    ----------
    signs, timing, look_alikes
        What it looks like, when, and what else looks so.
    steps
        For the patient, the first first.
    pump, reservoir
        What the pump and the reservoir must do.
    cautions
        What not to rely on.
    blood_pressure
        Answers of the sources where they disagree about it.
    """

    id: str
    title: Text
    signs: tuple[Line, ...]
    timing: tuple[Line, ...]
    look_alikes: tuple[Line, ...]
    steps: tuple[Line, ...]
    pump: tuple[Line, ...]
    reservoir: tuple[Line, ...]
    cautions: tuple[Line, ...]
    blood_pressure: tuple[Line, ...]

    def lines(self) -> tuple[tuple[str, Line], ...]:
        """Return every line with the name of its part, in the order in which people need it."""
        parts = (
            ("sign", self.signs),
            ("timing", self.timing),
            ("looks like", self.look_alikes),
            ("step", self.steps),
            ("pump", self.pump),
            ("reservoir", self.reservoir),
            ("caution", self.cautions),
        )
        return tuple((part, line) for part, lines in parts for line in lines)

    def doses(self) -> tuple[str, ...]:
        """Return the ids of the doses that the card names, each once."""
        return tuple(dict.fromkeys(one for _, line in self.lines() for one in line.doses))


@cached
def doses() -> Mapping[str, Fact[FactValue]]:
    """Return every dose, interval and volume by id; its note says what it is."""
    table = by_key("emergency_doses", "dose")
    return MappingProxyType({name: answers["value"][0] for name, answers in table.items()})


@cached
def _german_doses() -> Mapping[str, str]:
    """Return the doses that stand as words, in German."""
    table = by_key("emergency_doses", "dose")
    found = {name: answers[_GERMAN][0] for name, answers in table.items() if _GERMAN in answers}
    return MappingProxyType({name: fact.of_kind(str).value for name, fact in found.items()})


def dose_shown(fact: Fact[FactValue]) -> str:
    """Return a dose for people, a mass in milligrams and micrograms."""
    if isinstance(fact.value, str):
        return fact.value
    if not isinstance(fact.value, Quantity):
        raise DataError("a dose is no quantity", place="emergency_doses.csv")
    if isinstance(fact.value, Mass | MassRate):
        return in_both_units(fact.value, fact.unit)
    return show(fact.value, fact.unit)


def card(id: str) -> Card:
    """Return the card with this id; raises `UnknownIdError`."""
    found = cards().get(id)
    if found is None:
        raise unknown("card of an emergency", id, cards())
    return found


def card_of(drug_id: str, kind: str) -> Card:
    """Return the card of a drug for `overdose` or `withdrawal`; raises `UnknownIdError`."""
    return card(f"{drug(drug_id).drug_class}-{kind}")


def stop_of(model: PumpModel) -> Line:
    """Return how a pump of this model is stopped; raises `DataError`."""
    found = _table().get((f"pump-{model.kind}", "stop"))
    if found is None:
        raise DataError(f"emergency_cards.csv does not say how a {model.kind} pump is stopped")
    return found[0]


@cached
def cards() -> Mapping[str, Card]:
    """Return every card by id."""
    names = dict.fromkeys(name for name, part in _table() if part == "title")
    return MappingProxyType({name: _card(name) for name in names})


def _card(id: str) -> Card:
    def part(name: str) -> tuple[Line, ...]:
        return _table().get((id, name), ())

    return Card(
        id=id,
        title=part("title")[0].text,
        signs=part("sign"),
        timing=part("timing"),
        look_alikes=part("look-alike"),
        steps=part("step"),
        pump=part("pump"),
        reservoir=part("reservoir"),
        cautions=part("caution"),
        blood_pressure=part(BLOOD_PRESSURE),
    )


@cached
def _table() -> Mapping[tuple[str, str], tuple[Line, ...]]:
    raw: dict[tuple[str, str, int], dict[str, Fact[str]]] = {}
    for row in rows("emergency_cards"):
        key = row["card"], row["part"], int(row["rank"])
        raw.setdefault(key, {})[row["language"]] = fact_of(row).of_kind(str)
    found: dict[tuple[str, str], tuple[Line, ...]] = {}
    for name, part, rank in sorted(raw, key=lambda key: key[2]):
        both = raw[name, part, rank]
        if set(both) != set(LANGUAGES):
            raise DataError(f"emergency_cards.csv needs {name} {part} in en and de, and no other")
        found[name, part] = (*found.get((name, part), ()), _line(both["en"], both["de"]))
    return MappingProxyType(found)


def _line(english: Fact[str], german: Fact[str]) -> Line:
    named = tuple(one for one in doses() if "{" + one + "}" in english.value)
    values = {name: dose_shown(fact) for name, fact in doses().items()}
    try:
        text = Text(
            english.value.format(**values), german.value.format(**{**values, **_german_doses()})
        )
    except KeyError as error:
        raise DataError(f"emergency_doses.csv has no {error}", remedy="restore the row") from None
    return Line(text, replace(english, value=text.en), named)


def bridge_a_day() -> tuple[Mass, Mass]:
    """Return the least and the most oral baclofen that the bridge of the sources gives in a day."""
    interval = doses()["baclofen-oral-interval"].of_kind(Duration).value
    times = DAY.ratio(interval)
    least, most = (doses()[f"baclofen-oral-{end}"].of_kind(Mass).value for end in ("low", "high"))
    return least.scaled(times), most.scaled(times)
