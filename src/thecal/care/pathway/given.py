"""What is known when a stage is asked for: plain values that the record keeps with the step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import final

from thecal.care.trial.case import TrialCase
from thecal.care.trial.no_trial import judge_no_trial
from thecal.care.trial.verdict import verdict
from thecal.pharmacy import drugs
from thecal.therapy.table import Table

NO_TRIAL = "none"


@final
@dataclass(frozen=True, slots=True)
class Given:
    """What is known when a stage is asked for. None and empty: nobody has said.

    Attributes
    ----------
    role
        Of whoever signs: `physician`, `nurse`, `pharmacist`, `administrator`, ...
    reason
        Why, where the step asks for one.
    selection
        Verdict of the selection: `eligible`, `not-yet`, `not-eligible`.
    answers
        Item of the selection's checklist to its answer, as far as nothing of it is open.
    unneeded
        Items that nobody answered and that this pathway does without.
    forms
        Ids of the forms that are signed, as `F1`.
    done
        Things that are done: the words of `back-done` in `pathway_stages.csv`, and
        `earlier-assessed`, `earlier-cleared`, `earlier-tried` for somebody who came with a pump.
    trial_method, trial_verdict
        As `thecal.care.trial` has them.
    drugs
        In the pump now.
    refill_by
        The latest day of the next refill.
    returns_on
        The last day of a journey.
    accepted_on
        The day from which another clinic takes over.
    """

    role: str | None = None
    reason: str | None = None
    selection: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    unneeded: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    trial_method: str | None = None
    trial_verdict: str | None = None
    drugs: tuple[str, ...] = ()
    refill_by: date | None = None
    returns_on: date | None = None
    accepted_on: date | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as the log keeps it, keys without an answer left out."""
        values: dict[str, object] = {
            "role": self.role,
            "reason": self.reason,
            "selection": self.selection,
            "answers": dict(self.answers),
            "unneeded": sorted(self.unneeded),
            "forms": sorted(self.forms),
            "done": sorted(self.done),
            "trial_method": self.trial_method,
            "trial_verdict": self.trial_verdict,
            "drugs": list(self.drugs),
            "refill_by": _day(self.refill_by),
            "returns_on": _day(self.returns_on),
            "accepted_on": _day(self.accepted_on),
        }
        return {key: value for key, value in values.items() if value}


def read_given(table: Table) -> Given:
    """Return what `Given.to_json` wrote; raises `BadFileError` naming the key that is wrong."""
    found = Given(
        role=table.optional("role", table.take_text),
        reason=table.optional("reason", table.take_text),
        selection=table.optional("selection", table.take_text),
        answers=_answers(table),
        unneeded=frozenset(_texts(table, "unneeded")),
        forms=frozenset(_texts(table, "forms")),
        done=frozenset(_texts(table, "done")),
        trial_method=table.optional("trial_method", table.take_text),
        trial_verdict=table.optional("trial_verdict", table.take_text),
        drugs=_drugs(table),
        refill_by=_read_day(table, "refill_by"),
        returns_on=_read_day(table, "returns_on"),
        accepted_on=_read_day(table, "accepted_on"),
    )
    table.finish()
    return found


def trial_word(case: TrialCase) -> str:
    """Return the word of a trial's verdict: 50 % passes by default and 49 % fails."""
    if case.method == NO_TRIAL:
        return judge_no_trial(case)[0]
    return verdict(case).word


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(table: Table, key: str) -> date | None:
    if not table.has(key):
        return None
    text = table.take_text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise table.error(f'"{text}" is no date', "write it as 2026-03-02", key) from None


def _texts(table: Table, key: str) -> tuple[str, ...]:
    if not table.has(key):
        return ()
    return tuple(Table({key: one}, table.place).take_text(key) for one in table.take_list(key))


def _drugs(table: Table) -> tuple[str, ...]:
    known = tuple(one.id for one in drugs())
    found = _texts(table, "drugs")
    return tuple(Table({"drugs": one}, table.place).take_choice("drugs", known) for one in found)


def _answers(table: Table) -> dict[str, str]:
    if not table.has("answers"):
        return {}
    inner = table.take_table("answers")
    items = inner.keys()
    found = {item: inner.take_text(item) for item in items}
    inner.finish()
    return found
