"""An implant visit as the record tells it: what was recorded of its steps, and by whom.

Kinds of entries
----------------
`implant.begun`
    `purpose`: `implant`, `replacement` or `revision`; `pump`: the model that stays, at a revision.
`implant.step`
    `visit` (number of the entry that began it), `step`, `values` (fields of form F4 as typed),
    `asked` (what was answered besides), `solution` (number of the order that was filled). A later
    one of the same step takes its place; where it fills another solution, the program is asked
    anew.
`implant.witness`
    Signed: somebody else saw drug destroyed. `visit`, `of` (hash of the step), `what`: that of the
    old pump where it is left out, the rest of the new solution where it is `fill`.
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
    fill_witness
        Who saw the rest of the new solution destroyed, as the fill now stands; empty: nobody.
    solution
        The number of the order that was filled; 0: none of this record.
    closed
        The entry that closed it; None: it goes on, or was left.
    """

    begun: Entry
    visit: ImplantVisit
    people: frozenset[str]
    witness: str
    fill_witness: str
    solution: int
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


def asked_digest(asked: Mapping[str, str]) -> str:
    """Return the hash of what was said in a step: a witness signs it as it stands."""
    return digest_of(dict(asked))


def step_draft(
    visit: int,
    step: str,
    values: Mapping[str, Any],
    asked: Mapping[str, str],
    solution: int = 0,
) -> Draft:
    """Return the entry of a step; `solution` is the number of the order that it fills."""
    body = {"visit": visit, "step": step, "values": dict(values), "asked": dict(asked)}
    return Draft(STEP, body | ({"solution": solution} if solution else {}))


def _visit(told: Sequence[tuple[Entry, Mapping[str, Any]]]) -> RunningVisit:
    (begun, first), *rest = told
    values: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    witness, fill_witness, solution, people = "", "", 0, {begun.actor}
    ends: dict[str, Entry] = {}
    for entry, body in rest:
        if entry.kind == STEP:
            people.add(entry.actor)
            if body["step"] == "fill" and _solution_changes(values, asked, body):
                # Its digits were typed beside the unit of the drug that was named before.
                asked.pop("program", None)
            values[body["step"]], asked[body["step"]] = body["values"], body["asked"]
            witness = "" if body["step"] == "old" else witness
            if body["step"] == "fill":
                fill_witness, solution = "", int(body.get("solution", 0))
        elif entry.kind == WITNESS:
            if body.get("what") == "fill":
                fill_witness = entry.actor
            elif body["of"] == asked_digest(asked.get("old", {})):
                witness = entry.actor
        else:
            ends[entry.kind] = entry
    staying = str(first.get("pump", ""))
    visit = ImplantVisit(str(first["purpose"]), values, asked, staying)
    return RunningVisit(
        begun,
        visit,
        frozenset(people),
        witness,
        fill_witness,
        solution,
        ends.get(CLOSED),
        ends.get(LEFT),
    )


def _solution_changes(
    values: Mapping[str, Any], asked: Mapping[str, Any], body: Mapping[str, Any]
) -> bool:
    """Return whether a fill names another solution or another drug to dose than was told."""
    if "fill" not in asked:
        return False
    before = values["fill"].get("mixture"), asked["fill"].get("primary")
    return before != (body["values"].get("mixture"), body["asked"].get("primary"))
