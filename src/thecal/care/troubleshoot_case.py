"""The case that a therapy file makes: its findings, where each comes from, and what else matters.

Findings come from `observe` events whose scale is the id of a finding (the last one counts), from
the table `[bedside]` (it goes before the events), and from the record itself: the residual of the
last fill, a volume that was typed other than filled, and the last reading of the pump
(`troubleshoot_reading`). Faults that the file names are not read: what is wrong is the question.
They do act on the pump's own count and alarms in the replay, as they would act on what is read at
the bedside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.care.troubleshoot_reading import SETTINGS, read_pump
from thecal.care.troubleshoot_table import quantity
from thecal.device import pump_model
from thecal.errors import BadFileError, ThecalError
from thecal.pharmacy import drug
from thecal.safety.residual_bands import ResidualAssessment, assess_residual
from thecal.therapy.bedside import Bedside, FindingKind, finding_kinds
from thecal.therapy.events import Empty, Fill, Observe, Replace, Revise, Therapy
from thecal.therapy.hardware import build_hardware
from thecal.therapy.replay import Replay
from thecal.units import Volume

RESIDUAL, ONSET, PATIENT = "residual", "onset", "patient"
_AFTER_REFILL = "after-refill"
_DRY = "dry"


@final
@dataclass(frozen=True, slots=True)
class TroubleCase:
    """What is known of a therapy that does not do what it should.

    Attributes
    ----------
    findings
        Finding to outcome, in the order of the published steps.
    origins
        Finding to where it was read.
    pump_kind
        The kind of the pump that is in.
    drug_classes
        The classes of the drugs of the last fill; empty where nothing was filled.
    catheter_volume
        What the catheter holds at least; None where its length is not known.
    planned
        The test that somebody wants to do next.
    notes
        What the record says besides, and what was not taken from it.
    """

    findings: Mapping[str, str]
    origins: Mapping[str, str]
    pump_kind: str
    drug_classes: tuple[str, ...] = ()
    catheter_volume: Volume | None = None
    planned: str | None = None
    notes: tuple[str, ...] = ()


def read_case(therapy: Therapy, bedside: Bedside | None, file: str) -> TroubleCase:
    """Return the case of a file.

    Raises
    ------
    BadFileError
        If an observation has the scale of a finding and none of its outcomes, or a finding is
        there that this kind of pump cannot give.
    """
    found: dict[str, tuple[str, str]] = {}
    notes: list[str] = []
    given = Bedside({}) if bedside is None else bedside
    _typed_volume(therapy, found)
    read_pump(therapy, found, notes)
    _from_events(therapy, found, file)
    for finding, outcome in given.outcomes.items():
        found[finding] = (outcome, "[bedside]")
    if given.residual is not None:
        volumes = given.residual
        assessed = assess_residual(volumes.filled, volumes.expected, volumes.aspirated)
        found[RESIDUAL] = (
            residual_outcome(assessed, volumes.aspirated),
            f"[bedside], {_told(assessed)}",
        )
    if RESIDUAL not in found:
        _residual_of_record(therapy, found, notes)
    pump, catheter = therapy.pump, therapy.catheter
    for event in therapy.events:
        pump = event.pump if isinstance(event, Replace) else pump
        catheter = event.catheter if isinstance(event, Revise) else catheter
    kind = pump_model(pump.model).kind
    for finding, (_, origin) in found.items():
        _check_pump(finding_kinds()[finding], kind, f"{file}: {origin}")
    hardware = build_hardware(pump, catheter)
    fills = [event for event in therapy.events if isinstance(event, Fill)]
    classes = {drug(name).drug_class for fill in fills[-1:] for name in fill.mixture}
    ordered = [one for one in finding_kinds() if one in found]
    return TroubleCase(
        findings={one: found[one][0] for one in ordered},
        origins={one: found[one][1] for one in ordered},
        pump_kind=kind,
        drug_classes=tuple(sorted(classes)),
        catheter_volume=hardware.catheter.volume(),
        planned=given.planned,
        notes=tuple(notes),
    )


def residual_outcome(assessed: ResidualAssessment, aspirated: Volume) -> str:
    """Return the outcome of the finding `residual` that an assessment of a refill makes."""
    if aspirated < quantity("dry-below", Volume):
        return _DRY
    if assessed.band == "green":
        return "expected"
    side = "above" if assessed.direction == "more" else "below"
    return side if assessed.band == "red" else f"slightly-{side}"


def _told(assessed: ResidualAssessment) -> str:
    reasons = "; ".join(assessed.reasons)
    return f"{assessed.band}: {reasons}" if reasons else assessed.band


def _typed_volume(therapy: Therapy, found: dict[str, tuple[str, str]]) -> None:
    """Take from the last fill that another volume was typed than filled."""
    numbered = [(n, one) for n, one in enumerate(therapy.events) if isinstance(one, Fill)]
    if numbered:
        number, last = numbered[-1]
        if last.programmed_volume is not None and last.programmed_volume != last.volume:
            found[SETTINGS] = ("volume-off", f"event {number}: typed and filled volume differ")


def _from_events(therapy: Therapy, found: dict[str, tuple[str, str]], file: str) -> None:
    kinds = finding_kinds()
    for number, event in enumerate(therapy.events):
        if not isinstance(event, Observe) or event.scale not in kinds:
            continue
        outcomes = kinds[event.scale].outcomes
        if event.value not in outcomes:
            raise BadFileError(
                f'"{event.value}" is no outcome of {event.scale}',
                remedy="it can be " + ", ".join(outcomes),
                place=f"{file}: event {number} (observe): value",
            )
        found[event.scale] = (str(event.value), f"event {number}")


def _residual_of_record(
    therapy: Therapy, found: dict[str, tuple[str, str]], notes: list[str]
) -> None:
    """Take the residual of the last fill or emptying, unless the trouble began after it."""
    draws = [n for n, one in enumerate(therapy.events) if isinstance(one, Fill | Empty)]
    if not draws:
        return
    number = draws[-1]
    event = therapy.events[number]
    if not isinstance(event, Fill | Empty) or event.aspirated is None:
        word = "emptying" if isinstance(event, Empty) else "fill"
        notes.append(f"residual: the last {word} records no aspirate")
        return
    if found.get(ONSET, ("",))[0] == _AFTER_REFILL:
        notes.append(
            f"residual: that of event {number} was drawn before the trouble began, not taken"
        )
        return
    try:
        replay = Replay(therapy)
        for earlier in range(number):
            replay.apply(earlier)
        replay.advance_to(therapy.instant(event.time))
        assessed = replay.assess(event)
    except ThecalError as error:
        notes.append(f"residual: event {number} cannot be reckoned: {error.what}")
        return
    if assessed is None:
        notes.append("residual: the first fill of a pump has no expectation")
        return
    found[RESIDUAL] = (
        residual_outcome(assessed, event.aspirated),
        f"event {number}, {_told(assessed)}",
    )


def _check_pump(kind: FindingKind, pump_kind: str, place: str) -> None:
    if not kind.holds_for(pump_kind):
        raise BadFileError(
            f"a {pump_kind} pump gives no finding {kind.id}",
            remedy="leave it out",
            place=place,
        )
