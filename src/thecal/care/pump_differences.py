"""Where a pump that was read and the record of it tell two stories (T8)."""

from __future__ import annotations

from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import hash_of
from thecal.pharmacy import Mixture, drug
from thecal.program.program import WrittenProgram
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.replay import Replay
from thecal.units import Duration, Volume, show

_WHOLE = "the pump's log beside the record"
_DO = "do not program: find out what happened, and correct the record or the pump"


def pump_differences(report: PumpReport, replay: Replay) -> tuple[Finding, ...]:
    """Return a hard finding for each thing that the pump tells otherwise than the record.

    Parameters
    ----------
    report
        As read.
    replay
        Of the record, after its last event; it stays where it is.
    """
    found = []
    pump = Pump(replay.pump.setup, replay.pump.state.copy())
    pump.advance(max(report.time, pump.state.now))
    state, serial = pump.state, replay.pump_record.serial
    if report.serial != serial:
        found.append(_finding("K30", "this is another pump", report.serial, serial))
    recorded = (state.solution.written, state.fills)
    if (report.solution, report.fills) != recorded:
        found.append(
            _finding(
                "K6",
                "the pump holds another filling than the record says",
                f"fill {report.fills}: {_mixture(report.solution)}",
                f"fill {state.fills}: {_mixture(state.solution.written)}",
            )
        )
    elif report.reservoir.base != state.computed:
        found.append(
            Finding(
                "R03",
                Severity.HARD,
                f"the pump counts another volume than the record; {_DO}",
                _WHOLE,
                value=Amount(report.reservoir, "mL"),
                limit=Amount(Volume(state.computed), "mL"),
            )
        )
    if report.running_hash != hash_of(program_of(state)):
        found.append(
            _finding(
                "K6",
                "the pump runs another program than the record says",
                "none" if report.program is None else report.program.mode.value,
                _mode(program_of(state)),
            )
        )
    elif report.activity != state.activity:
        found.append(
            _finding(
                "K13",
                "the pump stands otherwise than the record says",
                report.activity.value,
                state.activity.value,
            )
        )
    if report.clock_difference != state.clock_offset:
        found.append(
            Finding(
                "K34",
                Severity.HARD,
                f"the pump's clock is off by something else than the record says; {_DO}",
                _WHOLE,
                value=Amount(Duration(report.clock_difference), "min"),
                limit=Amount(Duration(state.clock_offset), "min"),
            )
        )
    return tuple(found)


def program_of(state: PumpState) -> WrittenProgram | None:
    """Return the program that runs, was stopped, or waits for the end of a prime."""
    return state.pending[0] if state.pending is not None else state.program


def _finding(check: str, what: str, value: str, limit: str) -> Finding:
    return Finding(check, Severity.HARD, f"{what}; {_DO}", _WHOLE, value=value, limit=limit)


def _mode(written: WrittenProgram | None) -> str:
    return "none" if written is None else written.program.mode.value


def _mixture(mixture: Mixture) -> str:
    words = [f"{name} {show(mixture[name], drug(name).concentration_unit)}" for name in mixture]
    return ", ".join(words) or "no drug"
