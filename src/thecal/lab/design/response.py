"""What the effect site makes of a day that repeats: linear in the rates of its hours.

A pulse of an hour, repeated daily for ever, has a periodic course in closed form in the modes of
the body; the same pulse in another hour gives the same course, later. So one course is the whole
matrix (the kinetics do not change with time or dose; pkpd.md 3.4, 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import final

import numpy as np

from thecal.body.anatomy import CISTERNA, reference_anatomy
from thecal.body.canal import grid
from thecal.body.course import FloatArray
from thecal.body.effects.effect_site import follow
from thecal.body.effects.parameters import LEGS, PAIN, Action, action
from thecal.body.kinetics import kinetics_of
from thecal.body.march import Input, march, periodic_state
from thecal.body.network import build_network
from thecal.body.patients import Patients
from thecal.body.plasma import plasma_modes
from thecal.body.readout import Site, cell_of, concentrations, source_at
from thecal.body.reduced import reduced_modes
from thecal.care.design.case import HOURS
from thecal.data import Fact, fact_of, rows
from thecal.errors import CannotComputeError
from thecal.units import Duration

POINTS_PER_HOUR = 4
POINTS = HOURS * POINTS_PER_HOUR


@final
@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """The effect site of a batch of patients.

    Attributes
    ----------
    relative
        Shape (patients, POINTS, HOURS): concentration at the end of each quarter of an hour over
        that under the even rate of the same total, for each hour's rate over the even rate. Rows
        add up to 1.
    even
        Shape (patients,): micrograms per mL under one microgram per hour.
    acting
        Where and how fast the drug acts.
    """

    relative: FloatArray
    even: FloatArray
    acting: Action

    def course(self, rates: FloatArray) -> FloatArray:
        """Return the relative course, shape (patients, POINTS), of relative rates (HOURS,)."""
        course: FloatArray = self.relative @ rates
        return course

    def modulation(self, rates: FloatArray) -> FloatArray:
        """Return highest less lowest over the mean, shape (patients,)."""
        course = self.course(rates)
        swing: FloatArray = course.max(axis=1) - course.min(axis=1)
        return swing


def effect_of(therapy: str) -> str:
    """Return the effect that a diary of this therapy is about."""
    return PAIN if therapy == "pain" else LEGS


def response_of(
    drug: str, therapy: str, tip: str, patients: Patients, *, delay: Duration | None = None
) -> Response:
    """Return the response of a batch of patients with the catheter's tip at a level.

    Parameters
    ----------
    delay
        Half-life of the way into the effect site, in place of the default of the table.

    Raises
    ------
    CannotComputeError
        If the drug has no modelled effect in this therapy.
    UnknownIdError
        If the body has no such level.
    """
    acting = action(effect_of(therapy), drug)
    if acting is None:
        raise CannotComputeError(f"no effect of {drug} in {therapy} is modelled")
    if delay is not None:
        acting = replace(acting, ke0=log(2.0) / float(delay.in_unit("h")))
    anatomy, kinetics = reference_anatomy(), kinetics_of(drug)
    canal = grid(anatomy)
    network = build_network(canal, kinetics, patients)
    cells = [cell_of(anatomy, canal, site) for site in _sites(acting)]
    readout = concentrations(network, cells).mean(axis=1, keepdims=True)
    modes = reduced_modes(network, source_at(network, canal, anatomy.middle(tip)), readout)
    plasma = plasma_modes(kinetics.plasma, patients)
    points = np.arange(POINTS + 1) / POINTS_PER_HOUR
    infusion = np.zeros(POINTS)
    infusion[:POINTS_PER_HOUR] = 1.0
    day = Input(points, infusion, np.zeros(POINTS + 1))
    every = np.ones(POINTS + 1, dtype=bool)
    track = march(modes, plasma, day, every, periodic_state(modes, plasma, day))
    pulse = _settled(track.values[:, :, 0], acting.ke0)
    shifts = [np.roll(pulse, hour * POINTS_PER_HOUR, axis=1) for hour in range(HOURS)]
    matrix = np.stack(shifts, axis=2)
    even = matrix.sum(axis=2).mean(axis=1)
    return Response(matrix / even[:, None, None], even, acting)


def other_delays(drug: str, therapy: str) -> tuple[Fact[Duration], ...]:
    """Return what other sources say of the half-life of the way into the effect site."""
    key = (effect_of(therapy), drug, "ke0-half-life")
    others = [
        fact_of(row)
        for row in rows("effects")
        if (row["effect"], row["drug"], row["parameter"]) == key and row["rank"] != "1"
    ]
    return tuple(one.of_kind(Duration) for one in others if isinstance(one.value, Duration))


def _sites(acting: Action) -> list[Site]:
    if acting.site.compartment == "cisterna":
        return [Site(CISTERNA)]
    if acting.site.compartment == "plasma":
        raise CannotComputeError(f"{acting.drug} acts from plasma: its site is not in the canal")
    return [Site(level, acting.site.compartment) for level in acting.site.levels]


def _settled(course: FloatArray, ke0: float) -> FloatArray:
    """Return the periodic lag of a periodic course, at the ends of the steps."""
    step = 1.0 / POINTS_PER_HOUR
    from_zero = follow(course, ke0, step)
    start = from_zero[:, -1] / -np.expm1(-ke0 * HOURS)
    settled: FloatArray = follow(course, ke0, step, start)[:, 1:]
    return settled
