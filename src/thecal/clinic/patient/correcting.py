"""Correcting an entry: a new entry names it, says what stands instead, and why.

Nothing is overwritten. What the patient's therapy would be afterwards is computed before anything
is written, so that a person sees it, and so that a record that could not be read is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, final

from thecal.care.appointments.booking import too_late
from thecal.clinic.ledger.candidates import folded_with
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.projection import REGISTERED
from thecal.clinic.ledger.signatures import SIGNATURE, signed_by
from thecal.clinic.patient.timeline import NEVER_CORRECTED, NEVER_WITHDRAWN
from thecal.errors import EntryError, ThecalError
from thecal.pharmacy import both_units
from thecal.record.entry import Entry
from thecal.record.fold import CORRECTION, EVENT, PLAN, Effective, effective
from thecal.record.redaction import seal
from thecal.therapy.simulation import Simulation
from thecal.units import Mass, show, show_percent, show_time

_NOTHING = "nothing"


class CorrectionError(ThecalError):
    """An entry cannot be corrected so: it is of a kind that is not, or nothing would change."""


@final
@dataclass(frozen=True, slots=True)
class Difference:
    """One figure before and after a correction."""

    name: str
    before: str
    after: str
    change: str = ""

    @property
    def differs(self) -> bool:
        """Whether the correction changes it."""
        return self.before != self.after


def standing_entry(entries: Sequence[Entry], seq: int) -> Effective:
    """Return an entry that may be corrected, as it stands; raises `CorrectionError`."""
    one = next((found for found in effective(entries) if found.entry.seq == seq), None)
    if one is None or one.entry.kind in NEVER_CORRECTED:
        raise CorrectionError(
            f"entry {seq} cannot be corrected",
            why="what was signed, ordered, checked or printed is answered by new entries",
            remedy="choose another entry; who the patient is has its own page, and so has a step",
        )
    if one.body is None:
        raise CorrectionError(f"entry {seq} was withdrawn", remedy="write a new entry")
    return one


def correction_draft(one: Effective, body: Mapping[str, Any] | None, reason: str) -> Draft:
    """Return the entry that corrects another.

    Parameters
    ----------
    body
        What stands instead; None withdraws the entry.

    Raises
    ------
    EntryError
        If the reason is missing.
    CorrectionError
        If nothing would change, or the entry is one that no patient can be without.
    """
    if not reason.strip():
        raise EntryError("a correction needs its reason", remedy="write why it was wrong")
    if body == one.body:
        raise CorrectionError("nothing would change", remedy="change a value, or leave the page")
    if body is None and one.entry.kind in NEVER_WITHDRAWN:
        raise CorrectionError(
            "this entry cannot be withdrawn: everything else rests on it",
            remedy="correct its values",
        )
    return Draft(
        CORRECTION,
        {"replaces": one.entry.seq, "body": body},
        reason.strip(),
        before=one.body or {},
        pump_time=_pump_time(one.entry, body),
    )


def demographics_draft(
    one: Effective, plain: Mapping[str, str], personal: Mapping[str, str], reason: str
) -> Draft:
    """Return the correction of who the patient is; personal texts are sealed anew.

    Parameters
    ----------
    plain
        Number, birth date, sex, pathway.
    personal
        Name and telephone, those that change.
    """
    assert one.entry.kind == REGISTERED
    sealed = {key: seal(text) for key, text in personal.items()}
    kept = dict((one.body or {}).get("sealed", {}))
    body = {
        **(one.body or {}),
        **plain,
        "sealed": {**kept, **{key: value.hash for key, value in sealed.items()}},
    }
    draft = correction_draft(one, body, reason)
    return Draft(draft.kind, draft.body, draft.reason, draft.before, None, tuple(sealed.values()))


def needs_signature(entries: Sequence[Entry], one: Effective) -> bool:
    """Return whether an entry was signed, so that its correction has to be signed too."""
    return bool(signed_by((entry for entry in entries if entry.kind == SIGNATURE), one.entry))


def consequences(chart: Chart, draft: Draft, now: datetime) -> tuple[Difference, ...]:
    """Return what the correction changes of what is known now.

    Raises
    ------
    ThecalError
        If the record could not be folded any more.
    """
    folded = folded_with(chart.entries, (draft,))
    after = None if folded.therapy is None else folded.simulation(folded.therapy.instant(now))
    _refuse_a_late_visit(chart, draft, after)
    return tuple(_differences(chart.simulation(now), after))


def _refuse_a_late_visit(chart: Chart, draft: Draft, after: Simulation | None) -> None:
    """Refuse a correction that makes the next visit one after refill-by (K12)."""
    if after is None or after.outlook.refill_by is None:
        return
    named = next(one for one in chart.entries if one.seq == draft.body["replaces"])
    body = draft.body["body"] or {}
    if named.kind != PLAN or not body.get("next_visit"):
        return
    by = after.outlook.refill_by
    at = datetime.fromisoformat(str(body["at"])) if body.get("at") else None
    day = date.fromisoformat(str(body["next_visit"]))
    for late in too_late(day, at, after.therapy.moment(by.instant), by.decided_by):
        raise CorrectionError(late.message, remedy="book the visit in time, or withdraw the entry")


def _differences(old: Simulation | None, new: Simulation | None) -> list[Difference]:
    rows = [
        Difference("volume left now", _volume(old), _volume(new)),
        Difference("refill by", _refill_by(old), _refill_by(new)),
    ]
    was, will = _doses(old), _doses(new)
    for name in sorted({*was, *will}):
        before, after = was.get(name), will.get(name)
        percent = ""
        if before and after and before != after:
            percent = show_percent(after.ratio(before) - 1)
        rows.append(
            Difference(
                f"{name} each day, programmed",
                _NOTHING if before is None else both_units(name, before),
                _NOTHING if after is None else both_units(name, after),
                percent,
            )
        )
    return rows


def _volume(simulation: Simulation | None) -> str:
    return _NOTHING if simulation is None else show(simulation.reservoir_volume, "mL")


def _refill_by(simulation: Simulation | None) -> str:
    by = None if simulation is None else simulation.outlook.refill_by
    if simulation is None or by is None:
        return _NOTHING
    return f"{show_time(simulation.therapy.moment(by.instant))}, {by.decided_by}"


def _doses(simulation: Simulation | None) -> Mapping[str, Mass]:
    if simulation is None or simulation.program is None:
        return {}
    return simulation.program.daily_doses()


def _pump_time(entry: Entry, body: Mapping[str, Any] | None) -> datetime | None:
    text = entry.pump_time
    if entry.kind == EVENT and body is not None:
        text = str(body.get("time", ""))
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise EntryError(
            f'"{text}" is no time', remedy="write it as 2026-03-02T10:00:00+01:00"
        ) from None
