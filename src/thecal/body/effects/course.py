"""The effects of one therapy over a window of time, from concentrations where the drugs act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from thecal.body.course import FloatArray, StandIn, UsedFact
from thecal.body.effects.effect_site import follow
from thecal.body.effects.emax import drive
from thecal.body.effects.pain import pain_score
from thecal.body.effects.parameters import (
    ARMS,
    LEGS,
    PAIN,
    TOLERANCE,
    VENTILATION,
    WITHDRAWAL,
    Action,
    Site,
    action,
    adaptation,
    breathing,
    dependence,
    left_out,
    scale,
    surface,
)
from thecal.body.effects.spasticity import ashworth
from thecal.body.effects.tolerance import adapt, amplitude, occupancy
from thecal.body.effects.ventilation import breathe
from thecal.body.effects.withdrawal import dependence_on, severe_hazard, withdrawal_drive
from thecal.errors import UsageError
from thecal.pharmacy import drug as drug_of

Therapy = Literal["pain", "spasticity"]
State = Mapping[tuple[str, str], FloatArray]
"""Effect and drug, or effect and name of a slow state, to its value, shape (patients,)."""

_BACLOFEN, _OPIOID = "baclofen", "opioid"
_SPASTICITY = {LEGS: "Spasticity of the legs, Ashworth", ARMS: "Spasticity of the arms, Ashworth"}
_SEVERE, _BREATH = "withdrawal-severe", "ventilation-relative"
_EVEN = 1e-6


@final
@dataclass(frozen=True, slots=True, eq=False)
class Treated:
    """Who is treated: one patient, or a batch with the same therapy; each of shape (patients,).

    Attributes
    ----------
    age
        Years.
    opioid_tolerant
        Whether the patient is tolerant to opioids at time zero.
    ec50
        Factor on every EC50.
    dose_ratio
        Factor on the amplitude of tolerance.
    """

    therapy: Therapy
    age: FloatArray
    opioid_tolerant: NDArray[np.bool_]
    ec50: FloatArray
    dose_ratio: FloatArray

    @classmethod
    def alike(
        cls, therapy: Therapy, *, age: float, opioid_tolerant: bool, patients: int = 1
    ) -> Treated:
        """Return a batch of the same patient with every factor 1."""
        ones = np.ones(patients)
        return cls(therapy, age * ones, np.full(patients, opioid_tolerant), ones, ones)


@final
@dataclass(frozen=True, slots=True, eq=False)
class EffectResult:
    """One effect; see `thecal.body.course.EffectCourse` for the fields.

    Attributes
    ----------
    values
        Shape (patients, times).
    """

    name: str
    title: str
    unit: str
    values: FloatArray
    hypothesis: str
    note: str


@final
@dataclass(frozen=True, slots=True, eq=False)
class EffectRun:
    """Every effect of a window.

    Attributes
    ----------
    notes
        For people: what drugs of the therapy may do that is not modelled.
    states
        Every state over time, shape (patients, times).
    """

    results: tuple[EffectResult, ...]
    facts: tuple[UsedFact, ...]
    stand_ins: tuple[StandIn, ...]
    notes: tuple[str, ...]
    states: Mapping[tuple[str, str], FloatArray] = field(repr=False)

    def state_at(self, index: int) -> State:
        """Return the state at one time, from which another window can start."""
        return {key: values[:, index].copy() for key, values in self.states.items()}


def sites_of(drug: str) -> tuple[Site, ...]:
    """Return where the concentration of a drug has to be known, each site once.

    Raises
    ------
    DataError
        If the table of effects does not know the drug.
    """
    actions = (action(effect, drug) for effect in _effects_of(drug))
    return tuple(dict.fromkeys(one.site for one in actions if one is not None))


def run_effects(
    times: FloatArray,
    concentrations: Mapping[str, Mapping[Site, FloatArray]],
    treated: Treated,
    start: State | None = None,
) -> EffectRun:
    """Return the effects over a window.

    Parameters
    ----------
    times
        Shape (times,), at least two, hours on an even grid.
    concentrations
        Drug to site to micrograms per mL, shape (patients, times), at the times and linear between
        them: every site of `sites_of`, of every drug that the body holds.
    start
        State at the first time, from `EffectRun.state_at`; what it lacks begins without drug.

    Raises
    ------
    UsageError
        If the times are uneven, or a concentration is missing, of another shape or not finite.
    DataError
        If the table of effects lacks a figure.
    """
    run = _Run(times, concentrations, treated, start or {})
    run.check()
    opioids = tuple(drug for drug in concentrations if drug_of(drug).drug_class == _OPIOID)
    if treated.therapy == PAIN or opioids:
        tolerance = run.analgesia(opioids)
        if opioids:
            run.ventilation(tolerance)
    if treated.therapy == "spasticity" or _BACLOFEN in concentrations:
        run.spasticity()
    return EffectRun(
        results=tuple(run.results),
        facts=tuple(dict.fromkeys(run.facts)),
        stand_ins=tuple(dict.fromkeys(run.stand_ins)),
        notes=tuple(note for drug in concentrations for note in left_out(drug)),
        states=run.states,
    )


def _effects_of(drug: str) -> tuple[str, ...]:
    return (LEGS, ARMS) if drug == _BACLOFEN else (PAIN, VENTILATION)


def _step_of(times: FloatArray) -> float:
    steps = np.diff(times)
    if not len(steps) or not (steps > 0).all() or np.ptp(steps) > _EVEN * steps[0]:
        raise UsageError("effects need at least two times on an even grid")
    return float(times[-1] - times[0]) / len(steps)


@final
class _Run:
    """Collects results, states and facts while the effects of a window are computed in turn."""

    def __init__(
        self,
        times: FloatArray,
        concentrations: Mapping[str, Mapping[Site, FloatArray]],
        treated: Treated,
        start: State,
    ) -> None:
        self._step, self._concentrations = _step_of(times), concentrations
        self._treated, self._start = treated, start
        self._shape = (len(treated.age), len(times))
        self.results: list[EffectResult] = []
        self.states: dict[tuple[str, str], FloatArray] = {}
        self.facts: list[UsedFact] = []
        self.stand_ins: list[StandIn] = []

    def check(self) -> None:
        """Raise `UsageError` where a concentration is missing, misshapen or no number."""
        for drug, given in self._concentrations.items():
            for site in sites_of(drug):
                values = given.get(site)
                place = f"{drug} in {site.compartment} {' '.join(site.levels)}".strip()
                if values is None:
                    raise UsageError(f"the concentration of {place} is missing")
                if values.shape != self._shape:
                    raise UsageError(
                        f"the concentration of {place} has the shape {values.shape}",
                        remedy=f"patients and times are {self._shape}",
                    )
                if not np.isfinite(values).all():
                    raise UsageError(f"the concentration of {place} is not finite")

    def analgesia(self, opioids: tuple[str, ...]) -> FloatArray:
        """Add pain, where pain is treated, and tolerance to opioids; return 1 + A."""
        drives = self._drives(PAIN)
        grown: FloatArray = np.ones(self._shape)
        if opioids:
            grown = 1.0 + self._adapted(_OPIOID, PAIN, drive([drives[one] for one in opioids], 0.0))
            for one in opioids:
                drives[one] /= grown
        if self._treated.therapy == PAIN:
            score = scale(PAIN)
            self.facts += score.facts
            self._add(PAIN, "Pain, NRS", "0-10", pain_score(self._together(PAIN, drives)))
            if opioids:
                self._add_tolerance(_OPIOID, grown)
        return grown

    def ventilation(self, grown: FloatArray) -> None:
        """Add PaCO2 and ventilation; tolerance is that of analgesia."""
        constants, together = breathing(), surface(VENTILATION)
        self.facts += constants.facts
        drives = self._drives(VENTILATION)
        for one in drives.values():
            one /= grown
        pressure, relative = breathe(
            self._together(VENTILATION, drives),
            together.hill,
            constants,
            self._step,
            self._start.get((VENTILATION, "paco2"), constants.paco2),
        )
        self.states[VENTILATION, "paco2"] = pressure
        self._add(VENTILATION, "Arterial CO2 pressure", "mmHg", pressure)
        relative *= constants.minute_ventilation
        self._add(_BREATH, "Minute ventilation", "L/min", relative, like=VENTILATION)

    def spasticity(self) -> None:
        """Add spasticity where it is treated, and tolerance and withdrawal where there is baclofen.

        The segments of legs and arms adapt apart; tolerance and withdrawal shown are the legs'.
        """
        shown = self._treated.therapy == "spasticity"
        for effect, title in _SPASTICITY.items():
            drives = self._drives(effect)
            given = drives.get(_BACLOFEN)
            if given is not None:
                grown = 1.0 + self._adapted(_BACLOFEN, effect, given)
                if effect == LEGS:
                    self._withdrawal(occupancy(given, self.states[effect, TOLERANCE]))
                    if shown:
                        self._add_tolerance(_BACLOFEN, grown)
                given /= grown
            if shown:
                self.facts += scale(effect).facts
                score = ashworth(effect, self._together(effect, drives))
                self._add(effect, title, "1-5", score)

    def _withdrawal(self, occupied: FloatArray) -> None:
        constants = dependence(_BACLOFEN)
        if constants is None:
            return
        self.facts += constants.facts
        used_to = dependence_on(
            occupied, constants.time_constant, self._step, self._state(WITHDRAWAL, "dependence")
        )
        below = withdrawal_drive(occupied, used_to)
        hazard = severe_hazard(below, constants, self._step, self._state(WITHDRAWAL, "hazard"))
        self.states[WITHDRAWAL, "dependence"] = used_to
        self.states[WITHDRAWAL, "hazard"] = hazard
        risk = 100.0 * constants.severe_probability
        note = f"set so that {risk:g} % have a severe event after an abrupt stop"
        percent = -np.expm1(-hazard)
        percent *= 100.0
        for name, title, unit, values in (
            (WITHDRAWAL, "Withdrawal of baclofen, drive", "0-1", below),
            (_SEVERE, "Severe withdrawal until then", "%", percent),
        ):
            self.results.append(EffectResult(name, title, unit, values, constants.hypothesis, note))

    def _drives(self, effect: str) -> dict[str, FloatArray]:
        """Return Ce / EC50 of each drug that acts, without tolerance gained since time zero."""
        found = {}
        for drug, given in self._concentrations.items():
            if effect not in _effects_of(drug):
                continue
            acting = action(effect, drug)
            if acting is None:
                continue
            self.facts += acting.facts
            self.stand_ins += acting.stand_ins
            lagged = follow(given[acting.site], acting.ke0, self._step, self._state(effect, drug))
            self.states[effect, drug] = lagged
            found[drug] = lagged / self._ec50(acting)
        return found

    def _ec50(self, acting: Action) -> FloatArray:
        """Return EC50 at time zero, shape (patients, 1)."""
        ec50 = acting.ec50 * self._treated.ec50
        if drug_of(acting.drug).drug_class == _OPIOID:
            factor = adaptation(_OPIOID).tolerant_factor
            ec50 = np.where(self._treated.opioid_tolerant, factor, 1.0) * ec50
        return np.asarray(ec50[:, np.newaxis])

    def _adapted(self, group: str, effect: str, given: FloatArray) -> FloatArray:
        constants = adaptation(group)
        self.facts += constants.facts
        adapted = adapt(
            given,
            amplitude(constants, self._treated.age) * self._treated.dose_ratio,
            constants.time_constant,
            self._step,
            self._state(effect, TOLERANCE),
        )
        self.states[effect, TOLERANCE] = adapted
        return adapted

    def _together(self, effect: str, drives: Mapping[str, FloatArray]) -> FloatArray:
        common = surface(effect)
        self.facts += common.facts
        self.stand_ins += common.stand_ins
        if not drives:
            return np.zeros(self._shape)
        return drive(list(drives.values()), common.alpha)

    def _state(self, effect: str, name: str) -> FloatArray | float:
        return self._start.get((effect, name), 0.0)

    def _add(self, name: str, title: str, unit: str, values: FloatArray, *, like: str = "") -> None:
        effect = like or name
        note = "tolerance included"
        if effect in (PAIN, VENTILATION) and self._treated.opioid_tolerant.any():
            factor = adaptation(_OPIOID).tolerant_factor
            note += f"; tolerant to opioids at the start: every EC50 of them times {factor:g}"
        self.results.append(
            EffectResult(name, title, unit, values, surface(effect).hypothesis, note)
        )

    def _add_tolerance(self, group: str, grown: FloatArray) -> None:
        self.results.append(
            EffectResult(
                TOLERANCE,
                f"Tolerance to {group}: dose for the same effect",
                "times the start",
                grown,
                adaptation(group).hypothesis,
                "",
            )
        )
