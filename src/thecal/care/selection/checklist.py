"""Judging the items of the checklist: what is answered, what is missing, what was not checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Disagreement, Weight
from thecal.care.selection.ages import CHILD, is_child
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.items import ASKED, Item, items
from thecal.care.selection.judgement import Judgement, judged
from thecal.care.selection.wording import Wording, listed, sentence

CLEARS = "clears"
CEREBRAL = "cerebral"
DRUG = "drug:"
ANYBODY = "any"
CHECKLIST = "checklist"


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the team reads it.

    Attributes
    ----------
    answer
        None where nobody has said.
    judgement
        None where the item was left out and the pathway can do without, or where it just clears.
    """

    item: Item
    answer: str | None
    judgement: Judgement | None

    @property
    def standing(self) -> str:
        """What it means for the verdict, in one word."""
        if self.judgement is not None:
            return self.judgement.weight.value
        return "open" if self.answer is None else "clear"


def conditions(case: SelectionCase) -> frozenset[str]:
    """Return the conditions of items that hold for this person: planned drug, age and origin."""
    holding = {ANYBODY, *(DRUG + name for name in case.drugs)}
    if is_child(case.age):
        holding.add(CHILD)
    if case.indication is not None and case.indication.origin == CEREBRAL:
        holding.add(CEREBRAL)
    return frozenset(holding)


def checklist(case: SelectionCase) -> tuple[Entry, ...]:
    """Return the items that this person is asked, and those answered although not asked."""
    found = []
    holding = conditions(case)
    for one in items():
        answer = case.answers.get(one.id)
        if holding.issuperset(one.applies):
            found.append(Entry(one, answer, _judge(one, answer, case)))
        elif answer is not None:
            found.append(Entry(one, answer, _beside(one, answer, case)))
    return tuple(found)


def not_checked(entries: tuple[Entry, ...], pathway: str) -> tuple[str, ...]:
    """Return the items that the pathway asks and nobody answered, though it can decide without."""
    return tuple(
        entry.item.name.en
        for entry in entries
        if entry.answer is None and entry.judgement is None and _asked(entry.item, pathway)
    )


def item_disagreements(entries: tuple[Entry, ...], pathway: str) -> Iterator[Disagreement]:
    """Yield where the sources weigh a given answer differently."""
    for entry in entries:
        if entry.answer is None:
            continue
        effects = entry.item.all_effects(entry.answer, pathway)
        if len(effects) > 1:
            question = f'What does "{entry.answer}" weigh for {entry.item.name.en}?'
            answers = tuple(Cited(one.note or entry.item.id, one) for one in effects)
            yield Disagreement(question, answers)


def cleared(entries: tuple[Entry, ...]) -> Judgement | None:
    """Return one judgement for all answers against which nothing stands; None without any."""
    clear = [entry.item for entry in entries if entry.answer and entry.judgement is None]
    if not clear:
        return None
    said = sentence("cleared", names=listed(one.name for one in clear))
    return Judgement(CHECKLIST, Weight.FOR, said)


def _asked(item: Item, pathway: str) -> bool:
    need = item.need(pathway)
    # A need that is only recalled is asked and never demanded.
    return need.value == ASKED or (need.recalled and need.value != "unneeded")


def _judge(item: Item, answer: str | None, case: SelectionCase) -> Judgement | None:
    if answer is None:
        if not item.needed(case.pathway):
            return None
        need = Cited(f"{item.id}, {case.pathway}", item.need(case.pathway))
        return Judgement(item.id, Weight.MISSING, sentence("missing", name=item.name), (need,))
    effect = item.effect(answer, case.pathway)
    if effect.value == CLEARS:
        return None
    return judged(item.id, effect, item.says(answer), answer=case.overrides.get(item.id))


def _beside(item: Item, answer: str, case: SelectionCase) -> Judgement | None:
    """Return a note on an answer to an item that does not apply, as psychosis without ziconotide.

    It decides nothing here, and it must not be lost when another drug is planned.
    """
    effect = item.effect(answer, case.pathway)
    if effect.value == CLEARS:
        return None
    said: Wording = item.says(answer)
    return Judgement(item.id, Weight.NOTE, said, (Cited(item.id, effect),))
