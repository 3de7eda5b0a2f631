"""The checklist of selection: what is asked of whom, and what each answer does, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

from thecal.care.selection.wording import Wording, sentence
from thecal.data import Fact, cached, fact_of, rows
from thecal.errors import DataError

PATHWAYS = ("non-cancer", "cancer", "spasticity")
NEEDED, ASKED, UNNEEDED = "needed", "asked", "unneeded"
_ANSWER = "answer-"
_ANY = "any"
_Parameters = dict[str, dict[str, tuple[Fact[str], ...]]]


@final
@dataclass(frozen=True, slots=True)
class Item:
    """One item of the checklist.

    Attributes
    ----------
    name
        What is asked, in both languages.
    who
        Who of the team answers it.
    applies
        Conditions that all must hold: `any`, `child`, `cerebral`, `drug:<id>`.
    needs
        Pathway to `needed` (left out, no decision), `asked` (left out, not checked) or `unneeded`.
    effects
        Answer to pathway or `any` to effects, the one in force first.
    """

    id: str
    name: Wording
    who: str
    applies: tuple[str, ...]
    needs: Mapping[str, Fact[str]]
    effects: Mapping[str, Mapping[str, tuple[Fact[str], ...]]]

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers that it knows."""
        return tuple(self.effects)

    def need(self, pathway: str) -> Fact[str]:
        """Return whether the pathway needs it; a need that is only recalled is asked, no more."""
        return self.needs[pathway]

    def needed(self, pathway: str) -> bool:
        """Whether no decision is possible without it."""
        need = self.needs[pathway]
        return need.value == NEEDED and not need.recalled

    def effect(self, answer: str, pathway: str) -> Fact[str]:
        """Return what an answer does in a pathway."""
        return self.all_effects(answer, pathway)[0]

    def all_effects(self, answer: str, pathway: str) -> tuple[Fact[str], ...]:
        """Return what every source says that an answer does, the one in force first."""
        by_pathway = self.effects[answer]
        return by_pathway.get(pathway) or by_pathway[_ANY]

    def says(self, answer: str) -> Wording:
        """Return the sentence of an answer that does not simply clear."""
        return sentence(f"{self.id}.{answer}")


@cached
def items() -> tuple[Item, ...]:
    """Return the whole checklist, in the order of the table."""
    found: dict[str, _Parameters] = {}
    for row in sorted(rows("selection_items"), key=lambda row: int(row["rank"])):
        by_pathway = found.setdefault(row["item"], {}).setdefault(row["parameter"], {})
        earlier = by_pathway.get(row["pathway"], ())
        by_pathway[row["pathway"]] = (*earlier, fact_of(row).of_kind(str))
    return tuple(_item(id, parameters) for id, parameters in found.items())


def item(id: str) -> Item:
    """Return the item with this id; raises `DataError` if there is none."""
    found = _by_id().get(id)
    if found is None:
        raise DataError(f"selection_items.csv has no {id}", remedy="restore its rows")
    return found


@cached
def _by_id() -> Mapping[str, Item]:
    return MappingProxyType({one.id: one for one in items()})


def _item(id: str, parameters: _Parameters) -> Item:
    effects = {
        name.removeprefix(_ANSWER): MappingProxyType(by_pathway)
        for name, by_pathway in parameters.items()
        if name.startswith(_ANSWER)
    }
    for answer, by_pathway in effects.items():
        if _ANY not in by_pathway and set(by_pathway) < set(PATHWAYS):
            raise DataError(f"selection_items.csv: {id} {answer} says nothing of some pathway")
    needs = parameters.get("need", {})
    if set(needs) != set(PATHWAYS) or not effects or not {"who", "applies"} <= set(parameters):
        raise DataError(
            f"selection_items.csv: {id} lacks rows", remedy="who, applies, need, answer"
        )
    return Item(
        id=id,
        name=sentence(f"name.{id}"),
        who=parameters["who"][_ANY][0].value,
        applies=tuple(parameters["applies"][_ANY][0].value.split("; ")),
        needs=MappingProxyType({pathway: facts[0] for pathway, facts in needs.items()}),
        effects=MappingProxyType(effects),
    )
