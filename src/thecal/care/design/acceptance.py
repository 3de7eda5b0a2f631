"""Accepting a proposal: a person types each of its lines again, and only then is it a program.

Nothing is sent from here. There is no way to accept all at once: a list without reading it is what
retyping is there to prevent (ISMP Canada 2008, devices.md S116: an hour typed for a day).
"""

from __future__ import annotations

from collections.abc import Sequence

from thecal.care.design.proposal import Proposal
from thecal.errors import AcceptanceError
from thecal.program.program import InfusionProgram


def accept(proposal: Proposal, proposal_id: str, retyped_lines: Sequence[str]) -> InfusionProgram:
    """Return the program of a proposal whose every line a person retyped or copied.

    Parameters
    ----------
    proposal_id
        The id that the person read; a proposal with another figure has another one.
    retyped_lines
        One for each of `proposal.lines()`, in their order: the figure alone, in any unit that
        writes it exactly, or the whole line as shown.

    Raises
    ------
    AcceptanceError
        If the id is another, a line is missing or too many, or one differs.
    """
    if proposal_id.strip() != proposal.id:
        raise AcceptanceError(
            f"{proposal_id.strip()[:40]!r} is not the id of this proposal, {proposal.id}",
            remedy="read the proposal again and retype its own id",
        )
    lines = proposal.lines()
    if len(retyped_lines) != len(lines):
        raise AcceptanceError(
            f"the proposal has {len(lines)} lines, {len(retyped_lines)} were typed",
            remedy="type every line, in order, one at a time",
        )
    for place, (line, typed) in enumerate(zip(lines, retyped_lines, strict=True), start=1):
        if not line.agrees(typed):
            raise AcceptanceError(
                f"line {place} differs: the proposal has {line.shown()!r}, typed was"
                f" {typed.strip()[:40]!r}",
                remedy="retype it exactly, or reject the proposal and order your own program",
            )
    return proposal.program
