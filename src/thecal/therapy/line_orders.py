"""What is done to tubing and catheter, as the checks judge it: prime, access port, revision."""

from __future__ import annotations

from thecal.program.line import NO_DRUG, Line, Parcel, Solution, mass_in
from thecal.program.prime_bridge import PrimeKind, prime_volume
from thecal.pump.pump import Pump
from thecal.safety.situation import LineChange, PrimeOrder, TipStretch
from thecal.therapy.events import AccessPort, Event, Fill, Prime, Program, Revise, Stop
from thecal.therapy.external import EXTERNAL
from thecal.therapy.hardware import build_hardware
from thecal.therapy.program_orders import tip_after
from thecal.therapy.replay import Replay
from thecal.therapy.visits import visit_end
from thecal.units import Mass, Volume


def prime_order(replay: Replay, event: Prime) -> PrimeOrder:
    state, setup = replay.pump.state, replay.hardware.setup
    volume = event.volume or prime_volume(
        event.kind, tubing=setup.tubing_volume, catheter=setup.catheter_volume
    )
    past = replay.drug_past_tip(volume, event)
    # The set of an external pump comes off outside the body; tubing in a pocket does not.
    fixed = setup.kind != EXTERNAL
    joined = event.kind is PrimeKind.BACK_TABLE and state.program is not None and fixed
    if joined:
        past = max(Volume.zero(), volume - state.line.drug_free_at_tip)
    masses: dict[str, Mass] = {}
    if past:
        # What the prime drives out is first the line, then what follows it.
        trial = Pump(setup, state.copy())
        _, out = trial.state.line.pushed(volume, trial.state.solution)
        masses = mass_in(out)
    rate = setup.maximum_rate
    return PrimeOrder(
        kind=event.kind,
        volume=volume,
        duration=None if rate is None else volume / rate,
        past_tip=masses,
        catheter_joined=joined,
        drug_free_at_tip=state.line.drug_free_at_tip,
    )


def access_port_order(replay: Replay, index: int, event: AccessPort) -> LineChange:
    """Return what a needle in the access port pushes out at the tip, and leaves in the catheter."""
    line = replay.pump.state.line
    catheter = line.catheter
    masses: dict[str, Mass] = {}
    if event.aspirated:
        catheter, _ = catheter.drawn_back(event.aspirated, NO_DRUG)
    if event.injected:
        solution = Solution(event.mixture, event.mixture)
        catheter, out = catheter.pushed((Parcel(event.injected, solution),))
        masses = mass_in(out)
    trial = Pump(replay.hardware.setup, replay.pump.state.copy())
    trial.state.line = Line(line.tubing, catheter)
    return LineChange(past_tip=masses, tip=_tip_of_running(replay, index, trial))


def revision_order(replay: Replay, index: int, event: Revise) -> LineChange:
    """Return what a new catheter means: it holds no drug, or what the record says."""
    setup = build_hardware(replay.pump_record, event.catheter).setup
    trial = Pump(setup, replay.pump.state.copy())
    trial.replace_catheter(setup)
    if event.line is not None:
        trial.set_line(event.line)
    return LineChange(past_tip={}, tip=_tip_of_running(replay, index, trial))


def set_order(replay: Replay, index: int) -> LineChange:
    """Return what a new extension set means: it holds no drug until a prime of the visit."""
    trial = Pump(replay.hardware.setup, replay.pump.state.copy())
    trial.change_set()
    answers = (Prime, Program, Stop)
    return LineChange(past_tip={}, tip=_tip_of_running(replay, index, trial, answers))


def _tip_of_running(
    replay: Replay,
    index: int,
    trial: Pump,
    answers: tuple[type[Event], ...] = (Prime, Program, Stop, Fill, AccessPort, Revise),
) -> tuple[TipStretch, ...]:
    """What leaves the tip under the program that runs; nothing where the visit orders more."""
    state, events = trial.state, replay.therapy.events
    if state.program is None or state.stopped_since is not None or state.dry:
        return ()
    until = visit_end(replay, events[index])
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until:
            break
        if isinstance(later, answers):
            return ()
    return tip_after(trial, state.program)
