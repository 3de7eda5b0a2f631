"""What the pump told at a visit, as the records of steps 1, 4 and 12: shown, not typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from thecal.care.visit.programming import ProgramLine, lines_of
from thecal.clinic.pumps.pump_reading import program_read
from thecal.clinic.refill.known import pump_before, written_doses
from thecal.clinic.refill.lines import visit_lines
from thecal.clinic.refill.mixture_text import mixture_table
from thecal.clinic.refill.situation import Situation
from thecal.pharmacy import Mixture, drug
from thecal.program.program import Mode
from thecal.pump.state import Activity
from thecal.safety.identity import shown_mixture
from thecal.therapy.events import Interrogate
from thecal.therapy.file_writer import write_quantity
from thecal.units import DAY, Concentration, MassRate, Volume, parse_quantity, show_time

Told = Mapping[str, Any]


def solution_told(told: Told, situation: Situation) -> Mixture:
    """Return the concentrations that a reading tells.

    A reading is rounded for people: where it is one that the record knows, that one is meant. The
    hash that binds the exact one is compared when something is sent.
    """
    read = Mixture.of({name: _concentration(text) for name, text in told["solution"].items()})
    known = (situation.pump.last_fill, situation.solution)
    words = shown_mixture(read)
    return next((one for one in known if one is not None and shown_mixture(one) == words), read)


def _concentration(text: str) -> Concentration:
    """Return a concentration as a reading shows it to people: 2,000 mcg/mL has its comma."""
    return parse_quantity(text.replace(",", ""), Concentration)


def mode_told(told: Told, situation: Situation) -> Mode | None:
    """Return the mode that a pump runs; None where it has no program."""
    program = program_read(told, situation.therapy)
    if program is None:
        return None
    return Mode.STOPPED if told["activity"] == Activity.STOPPED else program.mode


def lines_told(told: Told, situation: Situation, volume: Volume | None) -> Sequence[ProgramLine]:
    """Return a reading as the lines that people compare, with the volume it counts from."""
    program = program_read(told, situation.therapy)
    return visit_lines(program, solution_told(told, situation), volume)


def volume_told(told: Told) -> Volume:
    """Return the volume that a pump reckons is left."""
    return parse_quantity(told["reservoir"], Volume)


def events_told(told: Told, situation: Situation) -> tuple[dict[str, str], ...]:
    """Return the alarms that sound, and those that came and went since the pump was last read."""
    since = max(
        (one.time for one in situation.therapy.events if isinstance(one, Interrogate)), default=None
    )
    over = [
        one
        for one in told.get("alarms_over", ())
        if since is None or datetime.fromisoformat(one["ended"]) > since
    ]
    return tuple(
        {"kind": one["alarm"], "time": one["time"], "words": _words(one)}
        for one in (*over, *told["alarms"])
    )


def _words(alarm: Told) -> str:
    when = show_time(datetime.fromisoformat(alarm["time"]))
    ended = alarm.get("ended")
    until = f", over since {show_time(datetime.fromisoformat(ended))}" if ended else ", still on"
    return f"{alarm['alarm'].replace('-', ' ')} on {when}{until}"


def reading_table(told: Told, situation: Situation, ticked: Sequence[str], who: str) -> Told:
    """Return the record of step 4.

    Parameters
    ----------
    ticked
        Numbers of the alarms that were ticked as read, as text.
    """
    mode = mode_told(told, situation)
    events = [
        {
            "kind": one["kind"],
            "time": one["time"],
            **({"acknowledged_by": who} if str(number) in ticked else {}),
        }
        for number, one in enumerate(events_told(told, situation))
    ]
    return {
        "read_at": told["time"],
        "mixture": mixture_table(solution_told(told, situation)),
        "mode": None if mode is None else mode.value,
        "daily_doses": [
            {"drug": name, "daily_dose": write_quantity(dose, f"{drug(name).mass_unit}/d")}
            for name, dose in doses_told(told, situation).items()
        ],
        "expected": told["reservoir"],
        "pump_clock": told["clock"],
        "programmer_clock": told["time"],
        "events": events,
    }


def doses_told(told: Told, situation: Situation) -> dict[str, MassRate]:
    """Return the day's dose of every drug that a reading tells."""
    program = program_read(told, situation.therapy)
    if program is None or program.daily_dose is None or program.primary is None:
        return {}
    written = situation.write_with(program, solution_told(told, situation))
    if written is None:
        return {}
    return written_doses({name: mass / DAY for name, mass in written.daily_doses().items()})


def _lines_recorded(situation: Situation, read: datetime) -> tuple[ProgramLine, ...]:
    """Return what the record says of the pump before the visit, when the pump was read.

    What is left goes on falling: a later look at the page tells of no other moment.
    """
    pump = pump_before(situation.chart, situation.running, read)
    solution = pump.last_fill or situation.solution
    return visit_lines(situation.program_before, solution, pump.expected)


def told_rows(told: Told, situation: Situation) -> list[dict[str, str]]:
    """Return a reading for people, line by line, beside what the record says of each."""
    volume = volume_told(told)
    rows = [
        {
            "name": "Serial number",
            "value": told["serial"],
            "record": situation.therapy.pump.serial or "not recorded",
        }
    ]
    moment, clock = (datetime.fromisoformat(told[key]) for key in ("time", "clock"))
    known = lines_of(_lines_recorded(situation, moment))
    for one in lines_told(told, situation, volume):
        record = known.get(one.name, "nothing")
        rows.append({"name": one.name, "value": one.value, "record": record})
    last_day = told["boluses_last_day"]
    alarms = [one["words"] for one in events_told(told, situation)]
    rows += [
        {"name": "It is", "value": told["activity"]},
        {"name": "Boluses given in 24 hours", "value": str(last_day)},
        {"name": "Low reservoir alarm at", "value": told["low_reservoir_alarm"]},
        {"name": "Stalls and alarms", "value": "; ".join(alarms) or "none since it was last read"},
        {"name": "Clock of the pump", "value": show_time(clock)},
        {"name": "Clock of the programmer", "value": show_time(moment)},
    ]
    return rows
