"""The body of a therapy: what the pump delivered at the tip, handed to the body model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import pi, sqrt
from typing import TYPE_CHECKING, final

from thecal.device import fault_kind
from thecal.errors import BadFileError
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Delivery
from thecal.pump.fault_settings import OUTSIDE, completed
from thecal.therapy.body_person import body_person
from thecal.therapy.events import Fault, Patient, Revise, Therapy
from thecal.therapy.hardware import build_hardware
from thecal.therapy.rows import JoiningSink

if TYPE_CHECKING:
    from thecal.body.build_course import Progress
    from thecal.body.course import BodyCourse
    from thecal.body.person import Person
    from thecal.body.source import Row, TipSource

_HOUR = 3600
_MIGRATION = "catheter-migration"
_MICROGRAMS_PER_KILOGRAM = 10**9
_DAYS_PER_YEAR = Fraction(36525, 100)
_MOST_YEARS = 50
"""Of a course: it is computed by the hour, and a hundred times that would fill the memory."""


@final
class BodyWatch:
    """A sink of deliveries that keeps what the body model needs of them.

    Pass it to `simulate`, then call `course`. It holds one delivery for each even stretch at one
    place of the tip.
    """

    def __init__(self, therapy: Therapy) -> None:
        self._therapy = therapy
        self._start = therapy.instant(therapy.events[0].time)
        self._tips = _tips(therapy)
        self._at_tip: list[list[Delivery]] = [[] for _ in self._tips]
        self._tip = 0
        self._join = JoiningSink(self._keep)

    def __call__(self, delivery: Delivery) -> None:
        """Take one delivery."""
        tip = max(index for index, place in enumerate(self._tips) if place.since <= delivery.start)
        if tip != self._tip:
            # A stretch that goes on evenly over a revision left by two tips.
            self._join.close()
            self._tip = tip
        self._join(delivery)

    def _keep(self, delivery: Delivery) -> None:
        self._at_tip[self._tip].append(delivery)

    def course(
        self,
        end: Instant,
        *,
        levels: Sequence[str] = (),
        draws: int = 0,
        seed: int = 1,
        taylor_smear: bool = False,
        progress: Progress | None = None,
    ) -> BodyCourse:
        """Return the body from the first event to `end`.

        Parameters
        ----------
        levels
            With a band, besides the tip and three others.
        draws, seed
            Of the bands from the priors; 0 draws: none.
        taylor_smear
            Whether fronts between solutions are smeared in the catheter.
        progress
            Called with the part of the work done since the last call.

        Raises
        ------
        BadFileError
            If a tip lies outside the model, or the therapy has no length in time.
        """
        from thecal.body.build_course import Treatment, build_course

        self._join.close()
        self._check(end)
        drugs = sorted({drug for some in self._at_tip for one in some for drug in one.mixture})
        patient = self._therapy.patient
        person = _person(patient, self._start, self._therapy)
        assert person.age is not None
        return build_course(
            self._start,
            float((end - self._start) / _HOUR),
            [
                (float((place.since - self._start) / _HOUR), place.level)
                for place in self._tips
                if place.level is not None
            ],
            {drug: self._sources(drug, taylor_smear) for drug in drugs},
            Treatment(person, person.age, patient.therapy, bool(patient.opioid_tolerant)),
            levels=levels,
            draws=draws,
            seed=seed,
            progress=progress,
        )

    def _check(self, end: Instant) -> None:
        from thecal.body.anatomy import reference_anatomy

        if end <= self._start:
            raise BadFileError(
                "the therapy ends when it begins, the body model needs time",
                remedy="choose a later end",
            )
        if end - self._start > _MOST_YEARS * _DAYS_PER_YEAR * SECONDS_PER_DAY:
            raise BadFileError(
                f"the body is computed for at most {_MOST_YEARS} years",
                remedy="choose an earlier end",
            )
        levels = reference_anatomy().levels
        for place in self._tips:
            if place.level is not None and place.level not in levels:
                raise BadFileError(
                    f"the body model has no level {place.level}",
                    why=f"it reaches from {levels[0]} to {levels[-1]}, by vertebrae",
                    place="catheter: tip",
                )

    def _sources(self, drug: str, taylor_smear: bool) -> tuple[TipSource, ...]:
        from thecal.body.source import TipSource, streams_of

        sources = []
        for index, place in enumerate(self._tips):
            if place.level is None:
                continue
            rows = [self._row(drug, delivery) for delivery in self._at_tip[index]]
            if taylor_smear and any(row.mass for row in rows):
                # Stretches without this drug count: a front is seen between them and the others.
                rows = _smear(self._therapy, place.catheter, drug, rows)
            rows = [row for row in rows if row.mass]
            if rows:
                sources.append(TipSource(place.level, streams_of(rows)))
        return tuple(sources)

    def _row(self, drug: str, delivery: Delivery) -> Row:
        from thecal.body.source import Row

        return Row(
            purpose=delivery.purpose.value,
            start=float((delivery.start - self._start) / _HOUR),
            end=float((delivery.end - self._start) / _HOUR),
            volume=float(delivery.volume.base / 1000),
            mass=float(delivery.mass_of(drug).base) if drug in delivery.mixture else 0.0,
        )


def _smear(therapy: Therapy, catheter: int, drug: str, rows: list[Row]) -> list[Row]:
    from thecal.body.kinetics import diffusivity_of
    from thecal.body.smear import Smear, smeared

    revised = [event.catheter for event in therapy.events if isinstance(event, Revise)]
    hardware = build_hardware(therapy.pump, [therapy.catheter, *revised][catheter])
    per_length = hardware.catheter.volume_per_length
    assert per_length is not None, "a therapy with an unknown lumen is not replayed"
    radius = sqrt(float(per_length.base / 1000) / pi)
    volume = float(hardware.setup.catheter_volume.base / 1000)
    return smeared(rows, Smear(volume, radius, diffusivity_of(drug)))


def shared_levels(therapies: Sequence[Therapy]) -> tuple[str, ...]:
    """Return each level of the model where a tip of these therapies lay, for bands of them all."""
    from thecal.body.anatomy import reference_anatomy

    tips = {place.level for therapy in therapies for place in _tips(therapy)}
    return tuple(level for level in reference_anatomy().levels if level in tips)


def tip_level(therapy: Therapy) -> str:
    """Return the level at which the tip lies after the last event.

    Raises
    ------
    BadFileError
        If it lies outside the intrathecal space or outside the model.
    """
    from thecal.body.anatomy import reference_anatomy

    level = _tips(therapy)[-1].level
    if level is None or level not in reference_anatomy().levels:
        raise BadFileError(
            "the tip of the catheter lies outside the body model",
            remedy="correct the tip, or ask without the body",
            place="catheter: tip",
        )
    return level


def person_at(therapy: Therapy, instant: Instant) -> Person:
    """Return the patient as the body model takes them; raises `BadFileError` for no person."""
    return _person(therapy.patient, instant, therapy)


@final
@dataclass(frozen=True, slots=True)
class _Place:
    """Where the tip lay from `since` on; `level` None: outside the intrathecal space."""

    since: Instant
    level: str | None
    catheter: int


def _tips(therapy: Therapy) -> list[_Place]:
    """Return from when on the tip lay at which level: a place for each catheter and migration."""
    catheter, own = 0, therapy.catheter.tip
    tips = [_Place(therapy.instant(therapy.events[0].time), own, catheter)]
    for event in therapy.events:
        if isinstance(event, Revise):
            catheter, own = catheter + 1, event.catheter.tip
            tips.append(_Place(therapy.instant(event.time), own, catheter))
        elif isinstance(event, Fault) and event.kind == _MIGRATION:
            moved = completed(fault_kind(_MIGRATION), event.settings).tip
            tip = own if event.mended else moved
            level = None if tip == OUTSIDE else tip
            tips.append(_Place(therapy.instant(event.time), level, catheter))
    return tips


def _person(patient: Patient, start: Instant, therapy: Therapy) -> Person:
    days = (therapy.moment(start).date() - patient.birth_date).days
    return body_person(
        age=max(float(days / _DAYS_PER_YEAR), 1 / SECONDS_PER_DAY),
        sex=patient.sex,
        weight=float(patient.weight.base / _MICROGRAMS_PER_KILOGRAM),
        height=None if patient.height is None else float(patient.height.base),
        place="patient",
    )
