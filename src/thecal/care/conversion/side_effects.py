"""Side effects before and on intrathecal therapy, scored 0 to 10, side by side by route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Listing
from thecal.care.derivation import Value
from thecal.pharmacy import conversion_facts
from thecal.therapy.table import Table

HIGHEST = 10


@final
@dataclass(frozen=True, slots=True)
class Score:
    """One side effect, 0 (none) to 10; None where it was not asked."""

    systemic: int | None
    intrathecal: int | None


def items() -> tuple[Cited, ...]:
    """Return the side effects that are asked, with where each comes from."""
    facts = conversion_facts("side-effects", "item")
    return tuple(Cited(one.of_kind(str).value, one) for one in facts)


def read_side_effects(table: Table, key: str) -> Mapping[str, Score]:
    """Return the scores of a table; raises `BadFileError` naming item and key."""
    inner = table.take_table(key)
    found = {
        one.what: _read(inner.take_table(_key(one.what)))
        for one in items()
        if inner.has(_key(one.what))
    }
    inner.finish()
    return found


def side_effect_listing(scores: Mapping[str, Score]) -> Listing:
    """Return every item with its score by route and which way it went."""
    rows = tuple(_row(one.what, scores.get(one.what, Score(None, None))) for one in items())
    columns = ("side effect", "systemic", "intrathecal", "change")
    return Listing("Side effects by route, 0 to 10", columns, rows)


def _read(table: Table) -> Score:
    score = Score(_score(table, "systemic"), _score(table, "intrathecal"))
    table.finish()
    return score


def _score(table: Table, key: str) -> int | None:
    if not table.has(key):
        return None
    value = table.take_any(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST:
        raise table.error("this is no score", f"a whole number from 0 to {HIGHEST}", key)
    return value


def _row(item: str, score: Score) -> tuple[Value, ...]:
    before, after = score.systemic, score.intrathecal
    if before is None or after is None:
        change = "not known"
    elif after == before:
        change = "the same"
    else:
        change = "less" if after < before else "more"
    return item, _shown(before), _shown(after), change


def _shown(score: int | None) -> str:
    return "not asked" if score is None else str(score)


def _key(item: str) -> str:
    return item.replace(" ", "_")
