"""One drug given at stated sites, sampled at stated places and times: `thecal pk`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import radians, sin
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import anatomy_number, reference_anatomy, used_anatomy
from thecal.body.canal import Canal, grid
from thecal.body.course import FloatArray, MassBalance, StandIn, UsedFact
from thecal.body.drift import drift
from thecal.body.kinetics import Kinetics, kinetics_of
from thecal.body.march import Input, State, Track, march, start_of
from thecal.body.modes import full_modes
from thecal.body.network import Network, build_network
from thecal.body.patients import Patients, one_patient
from thecal.body.person import Person, scaling_of
from thecal.body.plasma import PlasmaModes, plasma_modes
from thecal.body.readout import (
    GROUPS,
    Compartment,
    Site,
    cell_of,
    concentrations,
    group_masses,
    source_at,
)
from thecal.errors import UsageError

Route = Literal["catheter", "lumbar-puncture"]


@final
@dataclass(frozen=True, slots=True)
class Baricity:
    """A solution heavier (or, negative, lighter) than CSF in a tilted canal, for a while.

    Attributes
    ----------
    excess_density
        g/mL above that of CSF.
    tilt_degrees
        Feet down positive; 90 is upright.
    lasts
        Hours until it is mixed; None: the table's.
    """

    excess_density: float
    tilt_degrees: float
    lasts: float | None = None

    @property
    def velocity(self) -> float:
        """Drift of the drug along the canal, cm/h, towards the feet where positive."""
        upright = anatomy_number("dispersion", "baricity-velocity")
        return upright * self.excess_density * sin(radians(self.tilt_degrees))

    @property
    def hours(self) -> float:
        """How long the drift goes on."""
        if self.lasts is not None:
            return self.lasts
        return anatomy_number("dispersion", "baricity-duration")


@final
@dataclass(frozen=True, slots=True)
class Dose:
    """One dose; micrograms, hours, mL.

    Attributes
    ----------
    duration
        Of an infusion; None: a bolus.
    volume
        Of a bolus: it begins as a plug that long. Zero: it begins in one cell.
    route
        A bolus by lumbar puncture spreads in a canal with the dispersion of lumbar punctures.
    """

    site: str
    mass: float
    start: float
    duration: float | None = None
    volume: float = 0.0
    route: Route = "catheter"
    baricity: Baricity | None = None

    def __post_init__(self) -> None:
        if self.duration is None:
            return
        for what, given in (
            ("a volume", self.volume != 0),
            ("a route by lumbar puncture", self.route != "catheter"),
            ("a baricity", self.baricity is not None),
        ):
            if given:
                raise UsageError(
                    f"an infusion has {what}", remedy="leave it out, or leave out the duration"
                )


@final
@dataclass(frozen=True, slots=True)
class Sample:
    """Concentrations wanted at a level, in the `cisterna` or in `plasma`; times in hours."""

    site: str
    compartment: Compartment
    times: tuple[float, ...]


@final
@dataclass(frozen=True, slots=True)
class Experiment:
    """What is given to whom, and what is sampled; `fine_cells` refines the grid near each dose."""

    drug: str
    doses: tuple[Dose, ...]
    samples: tuple[Sample, ...]
    person: Person = field(default_factory=Person)
    fine_cells: float | None = None


@final
@dataclass(frozen=True, slots=True, eq=False)
class ExperimentResult:
    """What came of it.

    Attributes
    ----------
    concentrations
        One array for each sample, in its order and shape (times,), micrograms per mL.
    end
        Hours: the last sample; the balance is of that moment.
    """

    concentrations: tuple[FloatArray, ...]
    end: float
    balance: MassBalance
    stand_ins: tuple[StandIn, ...]
    facts: tuple[UsedFact, ...]
    notes: tuple[str, ...]


def run_experiment(experiment: Experiment) -> ExperimentResult:
    """Run an experiment in full modes, exactly from event to event.

    Raises
    ------
    UnknownIdError
        If the drug or a level is unknown.
    UsageError
        If a bolus is larger than the canal.
    """
    run = _Run(experiment)
    together: dict[tuple[str, float, Route], list[Dose]] = {}
    for dose in experiment.doses:
        if dose.baricity is not None:
            run.give_drifting(dose, dose.baricity)
        else:
            together.setdefault((dose.site, dose.volume, dose.route), []).append(dose)
    for doses in together.values():
        run.give(doses)
    return run.result()


@final
class _Run:
    """Adds up the doses of one experiment; what shares a source shares a march."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.anatomy = reference_anatomy()
        self.kinetics: Kinetics = kinetics_of(experiment.drug)
        self.scaling = scaling_of(experiment.person)
        self.patients: Patients = one_patient(self.scaling)
        self.plasma: PlasmaModes = plasma_modes(self.kinetics.plasma, self.patients)
        times = [time for sample in experiment.samples for time in sample.times]
        self.wanted: FloatArray = np.unique(times)
        self.sites = list(
            dict.fromkeys(
                _site_of(sample) for sample in experiment.samples if sample.compartment != "plasma"
            )
        )
        self.values = np.zeros((len(self.wanted), len(self.sites)))
        self.central = np.zeros(len(self.wanted))
        self.masses = np.zeros(len(GROUPS))
        self.given = self.in_plasma = self.eliminated = 0.0

    def _canal(self, dose: Dose) -> Canal:
        fine = self.experiment.fine_cells
        if fine is None:
            return grid(self.anatomy)
        return grid(self.anatomy, self.anatomy.middle(dose.site), fine)

    def give(self, doses: Sequence[Dose]) -> None:
        """Add doses with one source."""
        first = doses[0]
        canal = self._canal(first)
        network = build_network(canal, self.kinetics, self._patients(first.route))
        source = source_at(network, canal, self.anatomy.middle(first.site), first.volume)
        given, kept = input_of(doses, self.wanted)
        track = self._march(network, canal, source, given, kept)
        self._add(track, slice(None))
        self._balance(track)
        self.given += given.dose

    def give_drifting(self, dose: Dose, baricity: Baricity) -> None:
        """Add a bolus that drifts for a while: one network until then, another one afterwards."""
        if dose.start > self.wanted[-1]:
            return
        canal, patients = self._canal(dose), self._patients(dose.route)
        drifting = build_network(canal, self.kinetics, patients, baricity.velocity)
        source = source_at(drifting, canal, self.anatomy.middle(dose.site), dose.volume)
        turn = min(dose.start + baricity.hours, float(self.wanted[-1]))
        first = int(np.searchsorted(self.wanted, dose.start))
        after = int(np.searchsorted(self.wanted, turn, side="right"))
        times = np.append(self.wanted[first:after], turn)
        drifted = drift(drifting, self.plasma, dose.mass * source, times - dose.start)
        cells = [cell_of(self.anatomy, canal, site) for site in self.sites]
        during = slice(first, after)
        self.values[during] += (drifted.cells[:-1] / drifting.volume[0])[:, cells]
        self.central[during] += drifted.plasma[:-1] @ self.plasma.concentration[0]
        self.given += dose.mass
        masses, plasma = drifted.cells[-1], drifted.plasma[-1]
        if after == len(self.wanted):
            self.masses += group_masses(drifting)[0] @ masses
            self.in_plasma += float(self.plasma.content[0] @ plasma)
            self.eliminated += float(drifted.eliminated[-1])
            return
        left = float(masses.sum())
        still = build_network(canal, self.kinetics, patients)
        given, kept = input_of([Dose(dose.site, left, turn)], self.wanted[after:])
        # After a drift without end nothing is left in any cell, and plasma alone goes on.
        before = State(np.empty(0), plasma[np.newaxis], drifted.eliminated[-1:])
        later = self._march(still, canal, masses / left if left else source, given, kept, before)
        self._add(later, slice(after, None))
        self._balance(later)

    def _march(
        self,
        network: Network,
        canal: Canal,
        source: FloatArray,
        given: Input,
        kept: NDArray[np.bool_],
        plasma_before: State | None = None,
    ) -> Track:
        """Read the sites and the groups of the balance."""
        cells = [cell_of(self.anatomy, canal, site) for site in self.sites]
        readout = np.concatenate([concentrations(network, cells), group_masses(network)], axis=1)
        modes = full_modes(network, source, readout)
        state = start_of(modes, self.plasma)
        if plasma_before is not None:
            state = State(state.modes, plasma_before.plasma, plasma_before.eliminated)
        return march(modes, self.plasma, given, kept, state)

    def _patients(self, route: Route) -> Patients:
        if route == "catheter":
            return self.patients
        multiplier = anatomy_number("dispersion", "lumbar-puncture-multiplier")
        return one_patient(self.scaling, multiplier)

    def _add(self, track: Track, times: slice) -> None:
        count = len(self.central[times])
        self.values[times] += track.values[0, :count, : len(self.sites)]
        self.central[times] += track.plasma[0, :count]

    def _balance(self, track: Track) -> None:
        sites = len(self.sites)
        self.masses += track.values[0, -1, sites : sites + len(GROUPS)]
        self.in_plasma += float(self.plasma.content[0] @ track.state.plasma[0])
        self.eliminated += float(track.state.eliminated[0])

    def result(self) -> ExperimentResult:
        """Return what the doses add up to."""
        concentrations_at = []
        for sample in self.experiment.samples:
            course = self.central
            if sample.compartment != "plasma":
                course = self.values[:, self.sites.index(_site_of(sample))]
            concentrations_at.append(course[np.searchsorted(self.wanted, sample.times)])
        by_group = dict(zip((name for name, _ in GROUPS), map(float, self.masses), strict=True))
        return ExperimentResult(
            concentrations=tuple(concentrations_at),
            end=float(self.wanted[-1]),
            balance=MassBalance(
                dose=self.given,
                plasma=self.in_plasma,
                eliminated=self.eliminated,
                **by_group,
            ),
            stand_ins=self.kinetics.stand_ins,
            facts=(*self.kinetics.facts, *used_anatomy()),
            notes=self.scaling.notes,
        )


def _site_of(sample: Sample) -> Site:
    return Site(sample.site, "cord" if sample.compartment == "cord" else "csf")


def input_of(doses: Sequence[Dose], wanted: FloatArray) -> tuple[Input, NDArray[np.bool_]]:
    """Return the input of doses up to the last of the wanted times, and which points are wanted.

    Parameters
    ----------
    wanted
        Shape (times,), hours, rising.
    """
    end = float(wanted[-1])
    begun = [dose for dose in doses if dose.start <= end]
    starts = [dose.start for dose in begun]
    stops = [dose.start + (dose.duration or 0.0) for dose in begun]
    inside = [stop for stop in stops if stop < end]
    points = np.unique(np.concatenate([starts, inside, wanted]))
    infusion, bolus = np.zeros(len(points) - 1), np.zeros(len(points))
    firsts, lasts = np.searchsorted(points, starts), np.searchsorted(points, stops)
    for dose, start, stop, first, last in zip(begun, starts, stops, firsts, lasts, strict=True):
        if stop > start:
            infusion[first:last] += dose.mass / (stop - start)
        else:  # a bolus, or an infusion too short for the clock of floating-point hours
            bolus[first] += dose.mass
    return Input(points, infusion, bolus), np.isin(points, wanted)
