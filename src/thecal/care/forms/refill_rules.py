"""F5: what has to agree in a refill record before it is signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction

from thecal.care.forms.filled import Filled
from thecal.care.forms.known import Known, not_checked
from thecal.care.visit.rules import RULES
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import Volume, show, show_date, show_number

_SOURCE = "workflow.md 2.R"
_NERVES = ("new_weakness", "new_numbness", "new_bladder")


def check_refill(filled: Filled, known: Known) -> Iterator[Finding]:
    """Hold a refill record against itself and the record (workflow.md 2.R)."""
    yield from _check_identity(filled, known)
    yield from _check_persons(filled)
    yield from _check_access(filled)
    yield from _check_volumes(filled)
    yield from _check_after(filled, known)
    if any(filled.get(one, bool) for one in _NERVES):
        yield Finding(
            "K28",
            Severity.SOFT,
            "new weakness, numbness or trouble with bladder or bowel: think of a granuloma, have"
            " the tip imaged, and raise nothing until then",
            _SOURCE,
            follow_up="image the catheter tip",
        )


def _check_identity(filled: Filled, known: Known) -> Iterator[Finding]:
    asked, wanted = (
        filled.get("identifiers", tuple) or (),
        RULES.get("K30", "identifiers", Fraction),
    )
    if len(asked) < wanted.value:
        yield _hard("K30", f"{len(asked)} identifier was asked: ask for another one")
    if known.serial is None:
        yield not_checked("K30", "the serial number", "the record holds none")
    elif (read := filled.get("serial_read", str)) != known.serial:
        yield Finding(
            "K30",
            Severity.HARD,
            f"the pump says serial number {read}, the record {known.serial}: this may be another"
            " person or another pump; do not fill",
            _SOURCE,
            value=read,
            limit=known.serial,
        )


def _check_persons(filled: Filled) -> Iterator[Finding]:
    operator = filled.get("operator", str)
    for role in ("checker", "witness"):
        person = filled.get(role, str)
        if person is not None and operator is not None and _same(person, operator):
            yield _hard("K8", f"the {role} is the operator: it has to be another person")


def _check_access(filled: Filled) -> Iterator[Finding]:
    """Refuse what was injected without knowing where; a refill that was broken off is a record."""
    injected = filled.get("injected", Volume)
    if injected is None or not injected.base:
        return
    if filled.get("reservoir_port", bool) is False:
        yield _hard("K9", "the needle was not in the reservoir port: do not inject")
    if filled.get("imaging", str) == "none":
        for doubt in _doubts(filled):
            yield _hard("K9", f"{doubt}: do not inject before an image shows the port")
    if filled.get("reaspiration_confirmed", bool) is False:
        yield _hard(
            "K9", "re-aspiration was not confirmed: stop, aspirate, and look for a swelling"
        )


def _doubts(filled: Filled) -> Iterator[str]:
    if filled.get("template_fit", bool) is False:
        yield "the template does not fit"
    attempts, most = filled.get("attempts", int), RULES.get("K9", "attempts", Fraction).value
    if attempts is not None and attempts > most:
        yield f"{attempts} attempts, more than {show_number(most)}"


def _check_volumes(filled: Filled) -> Iterator[Finding]:
    injected, again = filled.get("injected", Volume), filled.get("injected_again", Volume)
    received, wasted = filled.get("received", Volume), filled.get("wasted", Volume)
    returned = filled.get("returned", Volume)
    if injected is None or again is None or received is None or wasted is None or returned is None:
        return
    if injected != again:
        yield Finding(
            "K1",
            Severity.HARD,
            f"{show(injected, 'mL')} and {show(again, 'mL')} were entered for the same volume:"
            " read the syringe again",
            _SOURCE,
            value=Amount(again, "mL"),
            limit=Amount(injected, "mL"),
        )
    off = received - injected - wasted - returned
    tolerance = RULES.get("K23", "tolerance", Volume)
    if abs(off) > tolerance.value:
        word = "missing" if off.base > 0 else "too much"
        yield Finding(
            "K23",
            Severity.SOFT,
            f"of {show(received, 'mL')} received, {show(injected, 'mL')} injected,"
            f" {show(wasted, 'mL')} wasted and {show(returned, 'mL')} returned:"
            f" {show(abs(off), 'mL')} {word}",
            tolerance.provenance(),
            value=Amount(abs(off), "mL"),
            limit=Amount(tolerance.value, "mL"),
            follow_up="account for the volume",
        )
    if wasted.base and filled.get("witness", str) is None:
        yield Finding(
            "K23",
            Severity.SOFT,
            f"{show(wasted, 'mL')} were wasted without a witness: name who saw it",
            _SOURCE,
            follow_up="have the destruction countersigned",
        )


def _check_after(filled: Filled, known: Known) -> Iterator[Finding]:
    if filled.get("read_back_equal", bool) is False:
        yield _hard(
            "K7", "what was read back is not what was meant: program again or stop the pump"
        )
    began, ended = filled.get("observed_from", datetime), filled.get("observed_until", datetime)
    if began is not None and ended is not None and ended < began:
        yield _hard("K11", "the observation ends before it began: correct the times")
    visit = filled.get("next_visit", date)
    if known.refill_by is None:
        yield not_checked("K12", "the next visit", "the date to refill by is not known")
    elif visit is not None and visit > known.refill_by:
        yield _hard(
            "K12",
            f"the next visit on {show_date(visit)} is after {show_date(known.refill_by)}, by when"
            " the pump has to be refilled: book an earlier one",
        )


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _hard(check: str, message: str) -> Finding:
    return Finding(check, Severity.HARD, message, _SOURCE)
