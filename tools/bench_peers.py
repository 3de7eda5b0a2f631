"""The same case for three solvers of differential equations, as fast as they can be had fairly.

Each restarts where the rate changes, for a rate looked up in one long call loses boluses. Each has
the loosest tolerance of a ladder that keeps the demanded accuracy, gets the matrix as its Jacobian
where it takes one, and is timed without loading and compiling.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from bench_case import ACCURACY, BETWEEN_BOLUSES, Case, best

from thecal.body.course import FloatArray

LADDER = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
RUNS = 3
Solver = Callable[[float], FloatArray]
"""Relative tolerance to the concentrations of one patient, shape (289, 5)."""


def peers(case: Case) -> dict[str, tuple[float, float]]:
    """Return each peer that is there, with seconds for a patient-day and error of the peak."""
    found = {}
    for name, maker in (
        ("libRoadRunner CVODE", _roadrunner),
        ("SciPy LSODA", _lsoda),
        ("diffrax Kvaerno5", _diffrax),
    ):
        try:
            solver = maker(case)
        except ImportError as error:
            print(f"peer not installed: {name} ({error})", file=sys.stderr)
            continue
        for tolerance in LADDER:
            wrong = case.error(solver(tolerance))
            if wrong <= ACCURACY:
                seconds = best(lambda: solver(tolerance), RUNS)  # noqa: B023 - called at once
                found[f"{name}, rtol {tolerance:g}"] = (seconds, wrong)
                break
        else:
            print(f"peer not accurate enough at any tolerance: {name}", file=sys.stderr)
    return found


def _times_of(case: Case, index: int) -> FloatArray:
    start, end = case.starts[index : index + 2]
    return np.linspace(start, end, round((end - start) * BETWEEN_BOLUSES) + 1)


def _largest(case: Case) -> float:
    """Return the largest mass in a cell that is read, which scales absolute tolerances."""
    return float((case.answer * case.volumes).max())


def _lsoda(case: Case) -> Solver:
    """Return LSODA with a banded Jacobian: cells renumbered so that tissue follows its CSF."""
    odeint = import_module("scipy.integrate").odeint

    order = _interleaved(len(case.matrix))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    matrix = np.ascontiguousarray(case.matrix[np.ix_(order, order)])
    source = case.source[order]
    row, column = np.nonzero(matrix)
    width = int(np.abs(row - column).max())
    bands = np.zeros((2 * width + 1, len(matrix)))
    bands[row - column + width, column] = matrix[row, column]

    def solve(tolerance: float) -> FloatArray:
        masses = np.zeros(len(matrix))
        kept = [masses]
        for index, rate in enumerate(case.rates):
            given = source * rate
            course = odeint(
                lambda m, _t, given=given: matrix @ m + given,
                masses,
                _times_of(case, index),
                Dfun=lambda _m, _t: bands,
                ml=width,
                mu=width,
                rtol=tolerance,
                atol=tolerance * _largest(case),
                mxstep=10_000,
            )
            kept.extend(course[1:])
            masses = course[-1]
        return np.asarray(np.array(kept)[:, place[case.sites]] / case.volumes)

    return solve


def _interleaved(cells: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    along = (cells - 2) // 2
    pairs = np.arange(2, 2 + 2 * along).reshape(2, along).T.ravel()
    return np.concatenate([[0, 1], pairs])


def _roadrunner(case: Case) -> Solver:
    """Return CVODE of libRoadRunner on the network as SBML, compiled when it is loaded."""
    roadrunner = import_module("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    runner = roadrunner.RoadRunner(_sbml(case))
    runner.timeCourseSelections = ["time", *(f"m{site}" for site in case.sites)]

    def solve(tolerance: float) -> FloatArray:
        runner.reset()
        runner.integrator.setValue("relative_tolerance", tolerance)
        runner.integrator.setValue("absolute_tolerance", tolerance * _largest(case))
        runner.integrator.setValue("maximum_num_steps", 100_000)
        kept = [np.zeros((1, len(case.sites)))]
        for index, rate in enumerate(case.rates):
            runner["u"] = rate
            times = _times_of(case, index)
            kept.append(np.array(runner.simulate(times[0], times[-1], len(times)))[1:, 1:])
        return np.asarray(np.concatenate(kept) / case.volumes)

    return solve


def _sbml(case: Case) -> str:
    """Return the network as SBML, one reaction for each flow that is not zero."""
    species = [
        f'<species id="m{cell}" compartment="body" initialAmount="0" hasOnlySubstanceUnits="true"'
        ' boundaryCondition="false" constant="false"/>'
        for cell in range(len(case.matrix))
    ]
    reactions: list[str] = []

    def react(origin: int | None, target: int | None, rate: float, other: str) -> None:
        sides = [
            f'<{side}><speciesReference species="m{cell}" stoichiometry="1" constant="true"/>'
            f"</{side}>"
            for side, cell in (("listOfReactants", origin), ("listOfProducts", target))
            if cell is not None
        ]
        reactions.append(
            f'<reaction id="r{len(reactions)}" reversible="false" fast="false">{"".join(sides)}'
            '<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/>'
            f"<cn>{rate!r}</cn><ci>{other}</ci></apply></math></kineticLaw></reaction>"
        )

    for target, origin in np.argwhere(case.matrix).tolist():
        if target != origin:
            react(origin, target, float(case.matrix[target, origin]), f"m{origin}")
    for cell, lost in enumerate(-case.matrix.sum(axis=0)):
        if lost > 1e-12 * -case.matrix[cell, cell]:
            react(cell, None, float(lost), f"m{cell}")
    for cell in np.flatnonzero(case.source).tolist():
        react(None, cell, float(case.source[cell]), "u")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
        '<model id="canal"><listOfCompartments>'
        '<compartment id="body" spatialDimensions="3" size="1" constant="true"/>'
        f"</listOfCompartments><listOfSpecies>{''.join(species)}</listOfSpecies>"
        '<listOfParameters><parameter id="u" value="0" constant="false"/></listOfParameters>'
        f"<listOfReactions>{''.join(reactions)}</listOfReactions></model></sbml>"
    )


def _diffrax(case: Case) -> Solver:
    """Return Kvaerno5 in double precision, compiled as one scan over the hours."""
    diffrax, jax, jnp = map(import_module, ("diffrax", "jax", "jax.numpy"))
    jax.config.update("jax_enable_x64", True)
    matrix, source = jnp.array(case.matrix), jnp.array(case.source)

    def stretch(masses: Any, rate: Any, steps: int, tolerance: Any) -> Any:
        length = steps / BETWEEN_BOLUSES
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(lambda _t, m, given: matrix @ m + given),
            diffrax.Kvaerno5(),
            t0=0.0,
            t1=length,
            dt0=None,
            y0=masses,
            args=source * rate,
            saveat=diffrax.SaveAt(ts=jnp.linspace(0.0, length, steps + 1)[1:]),
            stepsize_controller=diffrax.PIDController(
                rtol=tolerance,
                atol=tolerance * _largest(case),
                norm=lambda wrong: jnp.max(jnp.abs(wrong)),
            ),
        )
        return solution.ys

    def hour(masses: Any, rates: Any, tolerance: Any) -> Any:
        bolus = stretch(masses, rates[0], 1, tolerance)
        basal = stretch(bolus[-1], rates[1], BETWEEN_BOLUSES - 1, tolerance)
        return basal[-1], jnp.concatenate([bolus, basal])[:, case.sites]

    def day(tolerance: Any) -> Any:
        empty = jnp.zeros(len(source))
        pairs = jnp.array(case.rates).reshape(-1, 2)
        return jax.lax.scan(lambda m, rates: hour(m, rates, tolerance), empty, pairs)[1]

    compiled = jax.jit(day)

    def solve(tolerance: float) -> FloatArray:
        masses = np.asarray(compiled(tolerance)).reshape(-1, len(case.sites))
        return np.asarray(np.concatenate([np.zeros((1, len(case.sites))), masses]) / case.volumes)

    return solve
