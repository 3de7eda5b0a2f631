"""An implant visit as the record tells it: what was recorded of its steps, and by whom.

Kinds of entries
----------------
`implant.begun`
    `purpose`: `implant`, `replacement` or `revision`; `pump`: the model that stays, at a revision.
`implant.step`
    `visit` (number of the entry that began it), `step`, `values` (fields of form F4 as typed),
    `asked` (what was answered besides). A later one of the same step takes its place; where it
    fills another solution, the program is asked anew.
`implant.witness`
    Signed: somebody else saw the drug of the old pump destroyed. `visit`, `of` (hash of the step).
`implant.closed`
    Signed: `visit`, `findings` as they stood; the events of the therapy stand before it.
`implant.left`
    `visit`; the reason is the entry's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from thecal.care.implant_visit import ImplantVisit
from thecal.clinic.access.second import digest_of
from thecal.clinic.ledger.log import Draft
from thecal.record.entry import Entry
from thecal.record.fold import effective

BEGUN, STEP, WITNESS = "implant.begun", "implant.step", "implant.witness"
CLOSED, LEFT = "implant.closed", "implant.left"


@final
@dataclass(frozen=True, slots=True)
class RunningVisit:
    """A visit.

    Attributes
    ----------
    people
        Login names of those who recorded a step.
    witness
        Who saw the drug of the old pump destroyed, as its step now stands; empty: nobody.
    closed
        The entry that closed it; None: it goes on, or was left.
    """

    begun: Entry
    visit: ImplantVisit
    people: frozenset[str]
    witness: str
    closed: Entry | None
    left: Entry | None

    @property
    def number(self) -> int:
        """By which it is named."""
        return self.begun.seq

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.closed is None and self.left is None


def implant_visits(entries: Sequence[Entry]) -> tuple[RunningVisit, ...]:
    """Return every visit, the oldest first."""
    parts: dict[int, list[tuple[Entry, Mapping[str, Any]]]] = {}
    for one in effective(entries):
        if one.body is None:
            continue
        if one.entry.kind == BEGUN:
            parts[one.entry.seq] = [(one.entry, one.body)]
        elif one.entry.kind in (STEP, WITNESS, CLOSED, LEFT):
            parts[int(one.body["visit"])].append((one.entry, one.body))
    return tuple(_visit(told) for told in parts.values())


def open_implant(entries: Sequence[Entry]) -> RunningVisit | None:
    """Return the visit that goes on; None where none does."""
    return next((one for one in reversed(implant_visits(entries)) if one.open), None)


def old_digest(asked: Mapping[str, str]) -> str:
    """Return the hash of what was said of the old pump."""
    return digest_of(dict(asked))


def step_draft(visit: int, step: str, values: Mapping[str, Any], asked: Mapping[str, str]) -> Draft:
    """Return the entry of a step."""
    body = {"visit": visit, "step": step, "values": dict(values), "asked": dict(asked)}
    return Draft(STEP, body)


def _visit(told: Sequence[tuple[Entry, Mapping[str, Any]]]) -> RunningVisit:
    (begun, first), *rest = told
    values: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    witness, people = "", {begun.actor}
    ends: dict[str, Entry] = {}
    for entry, body in rest:
        if entry.kind == STEP:
            people.add(entry.actor)
            if body["step"] == "fill" and _solution_changes(values, asked, body):
                # Its digits were typed beside the unit of the drug that was named before.
                asked.pop("program", None)
            values[body["step"]], asked[body["step"]] = body["values"], body["asked"]
            witness = "" if body["step"] == "old" else witness
        elif entry.kind == WITNESS and body["of"] == old_digest(asked.get("old", {})):
            witness = entry.actor
        else:
            ends[entry.kind] = entry
    staying = str(first.get("pump", ""))
    visit = ImplantVisit(str(first["purpose"]), values, asked, staying)
    return RunningVisit(begun, visit, frozenset(people), witness, ends.get(CLOSED), ends.get(LEFT))


def _solution_changes(
    values: Mapping[str, Any], asked: Mapping[str, Any], body: Mapping[str, Any]
) -> bool:
    """Return whether a fill names another solution or another drug to dose than was told."""
    if "fill" not in asked:
        return False
    before = values["fill"].get("mixture"), asked["fill"].get("primary")
    return before != (body["values"].get("mixture"), body["asked"].get("primary"))
