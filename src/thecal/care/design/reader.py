"""Reading the table `[program-design]` of a case."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.design.case import SCALES, DesignCase, Running, Score
from thecal.care.outcomes.instrument import instrument
from thecal.device import pump_model
from thecal.errors import ThecalError
from thecal.safety.situation import PatientFacts
from thecal.therapy.days import read_time_of_day
from thecal.therapy.table import Table
from thecal.units import MassRate

TOPIC = "program-design"
_RUNNING = "running"


def read_case(table: Table, known: Running | None = None) -> DesignCase:
    """Return the case of a table `[program-design]`.

    Parameters
    ----------
    known
        What runs by a therapy file. The case may say it too; both have to agree.

    Raises
    ------
    BadFileError
        If the table cannot be read, says not what runs, or says something else than the therapy.
    """
    scale = table.take_choice("scale", SCALES)
    scores = _diary(table, scale)
    if known is None or table.has(_RUNNING):
        inner = table.take_table(_RUNNING)
        running = _running(inner)
        if known is not None:
            _check_same(inner, running, known)
            running = known
    else:
        running = known
    wants = table.optional("patient_bolus", table.take_flag)
    case = DesignCase(
        scale=scale,
        scores=scores,
        running=running,
        start=table.optional("start", table.take_moment),
        daily_dose=_rate(table, "daily_dose"),
        lowest=_rate(table, "lowest"),
        highest=_rate(table, "highest"),
        wants_bolus=bool(wants),
    )
    table.finish()
    _check_limits(table, case)
    return case


def _rate(table: Table, key: str) -> MassRate | None:
    return table.optional(key, lambda name: table.take_quantity(name, MassRate))


def _diary(table: Table, scale: str) -> tuple[Score, ...]:
    highest = instrument(scale).number("maximum")
    scores: dict[tuple[object, int], Score] = {}
    for place, entry in enumerate(table.take_list("diary")):
        one = Table(entry, f"{table.place}: diary[{place}]")
        day = one.take_date("date")
        inner = one.take_table("scores")
        one.finish()
        for key in tuple(inner.keys()):
            try:
                second = read_time_of_day(key)
            except ThecalError as error:
                raise inner.error(error.what, error.remedy) from None
            value = inner.take_any(key)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not 0 <= value <= highest:
                raise inner.error(
                    f"{value!r} is no score", f"write a whole number from 0 to {highest}", key
                )
            if (day, second) in scores:
                raise inner.error(f"{day} has two scores at {key}", "leave one out", key)
            scores[day, second] = Score(day, second, Fraction(value))
    if not scores:
        raise table.error("the diary holds no score", 'add scores = { "08:00" = 4 }', "diary")
    return tuple(scores.values())


def _running(table: Table) -> Running:
    mixture = table.take_mixture("mixture")
    primary = table.take_choice("primary", tuple(mixture))
    daily = table.take_quantity("daily_dose", MassRate)
    model = table.take_text("pump")
    patient = PatientFacts(
        age=table.take_count("age"),
        therapy=table.take_choice("therapy", ("pain", "spasticity")),
        setting=_word(table, "setting", ("cancer", "non-cancer")),
        origin=_word(table, "origin", ("spinal", "cerebral")),
        opioid_tolerant=table.optional("opioid_tolerant", table.take_flag),
    )
    table.finish()
    try:
        return Running(pump_model(model), patient, primary, mixture, daily)
    except ThecalError as error:
        raise table.error(error.what, error.remedy, "pump") from None


def _word(table: Table, key: str, choices: tuple[str, ...]) -> str | None:
    return table.optional(key, lambda name: table.take_choice(name, choices))


def _check_same(table: Table, said: Running, known: Running) -> None:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("pump", said.model.id, known.model.id),
        ("primary", said.primary, known.primary),
        ("mixture", said.mixture, known.mixture),
        ("daily_dose", said.daily_dose, known.daily_dose),
    )
    for key, own, other in pairs:
        if own != other:
            raise table.error(
                f"the case says another {key} than the therapy file",
                "find out which is right, or leave the table out of the case",
                key,
            )


def _check_limits(table: Table, case: DesignCase) -> None:
    total = case.daily_dose or case.running.daily_dose
    if case.lowest is not None and case.lowest > total:
        raise table.error(
            "lowest lies above the even rate of the day", "name a lower one", "lowest"
        )
    if case.highest is not None and case.highest < total:
        raise table.error(
            "highest lies below the even rate of the day", "name a higher one", "highest"
        )
