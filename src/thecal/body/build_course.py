"""The body over a whole therapy: from deliveries at the tip to concentrations and effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import CISTERNA, reference_anatomy, used_anatomy
from thecal.body.canal import Canal, grid
from thecal.body.course import (
    Band,
    BodyCourse,
    DrugCourse,
    EffectCourse,
    FloatArray,
    MassBalance,
    Window,
)
from thecal.body.effects.course import EffectRun, Treated, run_effects, sites_of
from thecal.body.effects.parameters import Site as EffectSite
from thecal.body.grids import course_times
from thecal.body.kinetics import Kinetics, kinetics_of
from thecal.body.march import march, start_of
from thecal.body.modes import full_modes
from thecal.body.network import build_network
from thecal.body.patients import Patients, drawn_patients, one_patient
from thecal.body.person import Person, Scaling, scaling_of
from thecal.body.plasma import plasma_modes
from thecal.body.readout import GROUPS, Site, cell_of, concentrations, group_masses, source_at
from thecal.body.reduced import reduced_modes
from thecal.body.source import Sources, averaged_input, exact_input
from thecal.program.clock import Instant

T = TypeVar("T")
Progress = Callable[[float], None]
_DRAWS_AT_ONCE = 10
_LOW, _HIGH = 5.0, 95.0
_PART_OF_BANDS = 0.8
"""Of the work."""


@final
@dataclass(frozen=True, slots=True)
class Treatment:
    """Who is treated and for what; `age` in years at the start."""

    person: Person
    age: float
    therapy: str
    opioid_tolerant: bool


def build_course(
    start: Instant,
    hours: float,
    tips: Sequence[tuple[float, str]],
    sources: Sources,
    treatment: Treatment,
    *,
    levels: Sequence[str] = (),
    draws: int = 0,
    seed: int = 1,
    progress: Progress | None = None,
) -> BodyCourse:
    """Return the body over one therapy.

    Concentrations at levels are exact from delivery to delivery. Bands and effects take the same
    deliveries averaged over steps of 5, 15 or 60 minutes, by the length of the therapy.

    Parameters
    ----------
    start
        Pump-clock instant of time zero.
    hours
        Length of the therapy, above 0.
    tips
        Hours from which on the tip lay at which level, in order; the first is 0.
    sources
        What each drug gave, and where.
    levels
        With a band, besides the tip, the neck, the chest and the sac.
    draws
        From the priors, for the bands; 0: no band.
    progress
        Called with the part of the work done since the last call; they add up to 1.
    """
    return _Course(start, hours, tips, sources, treatment, levels, draws, seed, progress).build()


@final
class _Course:
    def __init__(
        self,
        start: Instant,
        hours: float,
        tips: Sequence[tuple[float, str]],
        sources: Sources,
        treatment: Treatment,
        levels: Sequence[str],
        draws: int,
        seed: int,
        progress: Progress | None,
    ) -> None:
        self.start, self.hours, self.tips, self.sources = start, hours, tuple(tips), sources
        self.treatment, self.draws, self.seed = treatment, draws, seed
        self.progress = progress
        self.anatomy = reference_anatomy()
        self.canal: Canal = grid(self.anatomy)
        self.scaling: Scaling = scaling_of(treatment.person)
        self.times = course_times(hours)
        self.windows = self.times.windows()
        self.chosen = _chosen_levels(tips[-1][1], levels)
        self.kinetics: dict[str, Kinetics] = {drug: kinetics_of(drug) for drug in sources}
        self.effect_sites = {drug: sites_of(drug) for drug in sources}

    def build(self) -> BodyCourse:
        bands = _PART_OF_BANDS if self.draws and self.sources else 0.0
        exact = {drug: self._exact(drug) for drug in self.sources}
        self._tell((1.0 - bands) / 2)
        nominal = {drug: self._averaged(drug, one_patient(self.scaling)) for drug in self.sources}
        effects = self._effects(nominal, np.ones(1))
        self._tell((1.0 - bands) / 2)
        drawn = self._draw()
        windows = tuple(
            self._window(index, exact, effects, drawn) for index in range(len(self.windows))
        )
        facts = [fact for drug in self.sources for fact in self.kinetics[drug].facts]
        stand_ins = [one for drug in self.sources for one in self.kinetics[drug].stand_ins]
        notes = list(self.scaling.notes)
        for one in effects[:1]:
            facts += one.run.facts
            stand_ins += one.run.stand_ins
            notes += one.run.notes
        return BodyCourse(
            start=self.start,
            levels=self.anatomy.levels,
            level_tops=tuple(float(top) * self.scaling.length for top in self.anatomy.tops[:-1]),
            length=self.anatomy.length * self.scaling.length,
            tips=self.tips,
            chosen_levels=self.chosen,
            windows=windows,
            balance={drug: one.balance for drug, one in exact.items()},
            stand_ins=_unique(stand_ins),
            facts=_unique([*facts, *used_anatomy()]),
            notes=tuple(dict.fromkeys(notes)),
            draws=self.draws,
            seed=self.seed,
        )

    def _tell(self, part: float) -> None:
        if self.progress is not None:
            self.progress(part)

    # -- kinetics -------------------------------------------------------------------------------

    def _exact(self, drug: str) -> _Exact:
        """Every level of one drug in full modes, at the times of the windows and at the end."""
        wanted = np.unique(np.concatenate([*(times for _, times in self.windows), [self.hours]]))
        levels = self.anatomy.levels
        sites = [Site(CISTERNA)]
        sites += [Site(level) for level in levels] + [Site(level, "cord") for level in levels]
        patients, kinetics = one_patient(self.scaling), self.kinetics[drug]
        network = build_network(self.canal, kinetics, patients)
        cells = [cell_of(self.anatomy, self.canal, site) for site in sites]
        readout = np.concatenate([concentrations(network, cells), group_masses(network)], axis=1)
        plasma = plasma_modes(kinetics.plasma, patients)
        values = np.zeros((len(wanted), len(sites) + len(GROUPS)))
        peaks, central = np.zeros_like(values), np.zeros(len(wanted))
        dose = in_plasma = eliminated = 0.0
        for tip in self.sources[drug]:
            source = source_at(network, self.canal, self.anatomy.middle(tip.level))
            modes = full_modes(network, source, readout)
            given, kept = exact_input(tip, wanted)
            track = march(modes, plasma, given, kept, start_of(modes, plasma))
            values += track.values[0]
            peaks += track.peaks[0]
            central += track.plasma[0]
            dose += given.dose
            in_plasma += float(plasma.content[0] @ track.state.plasma[0])
            eliminated += float(track.state.eliminated[0])
        groups = dict(
            zip((name for name, _ in GROUPS), map(float, values[-1, len(sites) :]), strict=True)
        )
        return _Exact(
            times=wanted,
            cisterna=values[:, 0],
            csf=values[:, 1 : 1 + len(levels)],
            csf_peak=peaks[:, 1 : 1 + len(levels)],
            cord=values[:, 1 + len(levels) : len(sites)],
            plasma=central,
            balance=MassBalance(dose=dose, plasma=in_plasma, eliminated=eliminated, **groups),
        )

    def _averaged(self, drug: str, patients: Patients) -> _Averaged:
        """The sites that bands and effects need, for a batch, on both grids."""
        kinetics = self.kinetics[drug]
        network = build_network(self.canal, kinetics, patients)
        sites = self._sites(drug)
        readout = concentrations(
            network, [cell_of(self.anatomy, self.canal, site) for site in sites]
        )
        plasma = plasma_modes(kinetics.plasma, patients)
        points = self.times.every
        values = np.zeros((patients.count, len(points), len(sites)))
        central = np.zeros((patients.count, len(points)))
        kept = np.ones(len(points), dtype=bool)
        for tip in self.sources[drug]:
            source = source_at(network, self.canal, self.anatomy.middle(tip.level))
            modes = reduced_modes(network, source, readout)
            given = averaged_input(tip, points)
            track = march(modes, plasma, given, kept, start_of(modes, plasma))
            values += track.values
            central += track.plasma
        return _Averaged(points, {site: values[:, :, i] for i, site in enumerate(sites)}, central)

    def _sites(self, drug: str) -> list[Site]:
        """Chosen levels, the cisterna, and where the drug acts, each once."""
        sites = [*(Site(level) for level in self.chosen), Site(CISTERNA)]
        for one in self.effect_sites[drug]:
            if one.compartment in ("csf", "cord"):
                sites += [Site(level, one.compartment) for level in one.levels]
        return list(dict.fromkeys(sites))

    # -- effects --------------------------------------------------------------------------------

    def _effects(self, at: dict[str, _Averaged], ec50: FloatArray) -> list[_OnGrid]:
        """One run of the effects for each window; the last begins as the whole stands there."""
        if not at or len(self.times.coarse) < 2:
            return []
        count = len(ec50)
        treated = Treated(
            therapy="pain" if self.treatment.therapy == "pain" else "spasticity",
            age=np.full(count, self.treatment.age),
            opioid_tolerant=np.full(count, self.treatment.opioid_tolerant),
            ec50=ec50,
            dose_ratio=np.ones(count),
        )
        coarse, fine = self.times.coarse, self.times.fine
        whole = _OnGrid(coarse, run_effects(coarse, self._at_sites(at, coarse), treated))
        if not len(fine):
            return [whole for _ in self.windows]
        start = whole.run.state_at(self.times.cut)
        last = run_effects(fine, self._at_sites(at, fine), treated, start)
        return [whole, _OnGrid(fine, last)]

    def _at_sites(
        self, at: dict[str, _Averaged], times: FloatArray
    ) -> dict[str, dict[EffectSite, FloatArray]]:
        return {
            drug: {site: one.mean_at(site, times) for site in self.effect_sites[drug]}
            for drug, one in at.items()
        }

    # -- bands ----------------------------------------------------------------------------------

    def _draw(self) -> list[_Drawn]:
        """Return, for each window, what each draw from the priors gives at its times."""
        drawn = [_Drawn({}, {}) for _ in self.windows]
        if not self.draws or not self.sources:
            return drawn
        everyone = drawn_patients(self.scaling, self.draws, self.seed)
        for first in range(0, self.draws, _DRAWS_AT_ONCE):
            some = everyone.part(slice(first, first + _DRAWS_AT_ONCE))
            at = {drug: self._averaged(drug, some) for drug in self.sources}
            effects = self._effects(at, some.ec50)
            for (_, times), held in zip(self.windows, drawn, strict=True):
                for drug, one in at.items():
                    for key, values in one.shown(self.chosen, times).items():
                        held.kinetics.setdefault((drug, key), []).append(values)
            for (_, times), on_grid, held in zip(self.windows, effects, drawn, strict=False):
                for result in on_grid.run.results:
                    shown = on_grid.at(result.values, times)
                    held.effects.setdefault(result.name, []).append(shown)
            self._tell(_PART_OF_BANDS * some.count / self.draws)
        return drawn

    # -- windows --------------------------------------------------------------------------------

    def _window(
        self,
        index: int,
        exact: dict[str, _Exact],
        effects: list[_OnGrid],
        drawn: list[_Drawn],
    ) -> Window:
        name, times = self.windows[index]
        held = drawn[index]
        drugs = {}
        for drug, one in exact.items():
            at = np.searchsorted(one.times, times)
            chosen = {
                level: held.band(drug, level, one.csf[at, self.anatomy.levels.index(level)])
                for level in self.chosen
            }
            drugs[drug] = DrugCourse(
                drug=drug,
                csf=one.csf[at],
                csf_peak=one.peaks_between(at),
                cord=one.cord[at],
                csf_at=chosen,
                cisterna=held.band(drug, CISTERNA, one.cisterna[at]),
                plasma=held.band(drug, "plasma", one.plasma[at]),
            )
        shown = tuple(
            EffectCourse(
                name=result.name,
                title=result.title,
                unit=result.unit,
                course=_band(on_grid.at(result.values, times)[0], held.effects.get(result.name)),
                hypothesis=result.hypothesis,
                note=result.note,
            )
            for on_grid in effects[index : index + 1]
            for result in on_grid.run.results
        )
        return Window(name, times, drugs, shown)


_TINY = 1e-9
"""Hours by which the same time may differ between two grids."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Exact:
    times: FloatArray
    cisterna: FloatArray
    csf: FloatArray
    csf_peak: FloatArray
    cord: FloatArray
    plasma: FloatArray
    balance: MassBalance

    def peaks_between(self, at: NDArray[np.intp]) -> FloatArray:
        """Return the highest since the window's time before, at the indices of its times."""
        before = np.concatenate([at[:1], at[:-1] + 1])
        return np.stack(
            [
                self.csf_peak[low : high + 1].max(axis=0)
                for low, high in zip(before, at, strict=True)
            ]
        )


@final
@dataclass(frozen=True, slots=True, eq=False)
class _OnGrid:
    points: FloatArray
    run: EffectRun

    def at(self, values: FloatArray, times: FloatArray) -> FloatArray:
        """Return an effect at the times of a window, shape (patients, times)."""
        return values[:, np.searchsorted(self.points, times - _TINY)]


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Averaged:
    points: FloatArray
    sites: dict[Site, FloatArray]
    plasma: FloatArray

    def mean_at(self, site: EffectSite, times: FloatArray) -> FloatArray:
        """Return the mean over the levels of an effect's site, shape (patients, times)."""
        at = np.searchsorted(self.points, times - _TINY)
        if site.compartment == "plasma":
            return self.plasma[:, at]
        if site.compartment == "cisterna":
            return self.sites[Site(CISTERNA)][:, at]
        levels = [self.sites[Site(level, site.compartment)][:, at] for level in site.levels]
        mean: FloatArray = np.mean(levels, axis=0)
        return mean

    def shown(self, chosen: Sequence[str], times: FloatArray) -> dict[str, FloatArray]:
        """Return what bands are drawn of, each of shape (patients, times)."""
        at = np.searchsorted(self.points, times - _TINY)
        found = {level: self.sites[Site(level)][:, at] for level in (*chosen, CISTERNA)}
        return {**found, "plasma": self.plasma[:, at]}


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    kinetics: dict[tuple[str, str], list[FloatArray]]
    effects: dict[str, list[FloatArray]]

    def band(self, drug: str, key: str, value: FloatArray) -> Band:
        return _band(value, self.kinetics.get((drug, key)))


def _band(value: FloatArray, draws: list[FloatArray] | None) -> Band:
    if draws is None:
        return Band(value, value, value)
    low, high = np.percentile(np.concatenate(draws), [_LOW, _HIGH], axis=0)
    return Band(value, low, high)


def _unique(values: Sequence[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _chosen_levels(tip: str, levels: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((tip, *levels, "C5", "T6", "L2")))
