"""Reading the table `[trial]` of a case file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from thecal.care.trial.case import (
    BOLUS_METHODS,
    FUNCTIONS,
    METHODS,
    NO_TRIAL,
    SIDE_EFFECTS,
    START_RULES,
    Bolus,
    HandOverEntries,
    Infusion,
    Score,
    TrialCase,
)
from thecal.care.trial.rules import trial_rules
from thecal.care.trial.scales import ASHWORTH, NUMERIC, read_category, read_score
from thecal.device import pump_models
from thecal.errors import EntryError
from thecal.pharmacy import drugs, indications
from thecal.therapy.hardware_reader import LEVELS
from thecal.therapy.table import Table
from thecal.units import Concentration, Duration, Mass, MassRate

T = TypeVar("T")
_PAIN = "pain"


def read_trial(table: Table) -> TrialCase:
    """Return the trial that a table describes.

    Raises
    ------
    BadFileError
        Naming the key, if a value is unknown, out of order or contradicts another.
    """
    method = table.take_choice("method", METHODS)
    case = TrialCase(
        method=method,
        therapy=table.take_choice("therapy", (_PAIN, "spasticity")),
        drug=_drug(table, needed=method != NO_TRIAL),
        reason=table.optional("reason", table.take_text),
        setting=_choice(table, "setting", ("cancer", "non-cancer")),
        indication=_choice(table, "indication", tuple(one.id for one in indications())),
        origin=_choice(table, "origin", ("spinal", "cerebral")),
        age=table.optional("age_years", table.take_count),
        tolerant=table.optional("opioid_tolerant", table.take_flag),
        outpatient=table.optional("outpatient", table.take_flag),
        small_child=bool(table.optional("small_child", table.take_flag)),
        naloxone=table.optional("naloxone_at_hand", table.take_flag),
        systemic_opioid=table.optional(
            "systemic_opioid_before", lambda key: table.take_quantity(key, MassRate)
        ),
        rule=_choice(table, "rule", tuple(one.id for one in trial_rules())),
        start_rule=_choice(table, "start_rule", START_RULES),
        prolonged_reaction=bool(table.optional("prolonged_reaction", table.take_flag)),
        side_effects=_choice(table, "side_effects", SIDE_EFFECTS),
        goals_met=table.optional("goals_met", table.take_flag),
        accepted=table.optional("accepted_by_patient", table.take_flag),
        boluses=_each(table, "boluses", _bolus),
        planned=_inner(table, "planned", _bolus),
        infusion=_inner(table, "infusion", _infusion),
        scores=_each(table, "scores", _score),
        hand_over=_inner(table, "hand_over", _hand_over) or HandOverEntries(),
    )
    table.finish()
    _check(case, table)
    return case


def _check(case: TrialCase, table: Table) -> None:
    for key, times in (
        ("boluses", [one.time for one in case.boluses]),
        ("scores", [one.time for one in case.scores]),
    ):
        if times != sorted(times):
            raise table.error("these are not in order of time", "write the earliest first", key)
    if case.planned is not None and case.boluses and case.planned.time < case.boluses[-1].time:
        raise table.error("it is planned before the last bolus that was given", "", "planned")
    if case.method in BOLUS_METHODS and case.infusion is not None:
        raise table.error("a trial by bolus has no infusion", 'or method = "catheter"', "infusion")
    if case.method not in BOLUS_METHODS and (case.boluses or case.planned is not None):
        raise table.error("this method has no boluses", 'or method = "repeated-bolus"', "boluses")
    if case.method == NO_TRIAL and (case.infusion is not None or case.scores):
        raise table.error("a trial that is not held has no infusion and no scores", "", "method")
    if case.method == "single-bolus" and len(case.boluses) > 1:
        raise table.error("one bolus only", 'or method = "repeated-bolus"', "boluses")


def _drug(table: Table, *, needed: bool) -> str | None:
    if not needed and not table.has("drug"):
        return None
    return table.take_choice("drug", tuple(one.id for one in drugs()))


def _choice(table: Table, key: str, choices: tuple[str, ...]) -> str | None:
    return table.take_choice(key, choices) if table.has(key) else None


def _each(table: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
    if not table.has(key):
        return ()
    return tuple(
        read(Table(one, f"{table.place}: {key} {number}"))
        for number, one in enumerate(table.take_list(key))
    )


def _inner(table: Table, key: str, read: Callable[[Table], T]) -> T | None:
    return read(table.take_table(key)) if table.has(key) else None


def _moment(table: Table, key: str) -> datetime:
    moment = table.take_moment(key)
    if moment.tzinfo is not None:
        raise table.error("the times of a trial are the ward's clock", "leave the offset out", key)
    return moment


def _bolus(table: Table) -> Bolus:
    bolus = Bolus(
        time=_moment(table, "time"),
        dose=table.take_quantity("dose", Mass),
        responded=table.optional("responded", table.take_flag),
        effect_duration=table.optional(
            "effect_duration", lambda key: table.take_quantity(key, Duration)
        ),
    )
    table.finish()
    return bolus


def _infusion(table: Table) -> Infusion:
    infusion = Infusion(
        time=_moment(table, "time"),
        daily_dose=table.take_quantity("daily_dose", MassRate),
        concentration=table.optional(
            "concentration", lambda key: table.take_quantity(key, Concentration)
        ),
        ended=table.optional("ended", lambda key: _moment(table, key)),
    )
    table.finish()
    if infusion.ended is not None and infusion.ended <= infusion.time:
        raise table.error("it ends before it begins", "", "ended")
    return infusion


def _score(table: Table) -> Score:
    values = {}
    for scale in NUMERIC:
        key = scale.replace("-", "_")
        if table.has(key):
            values[scale] = _typed(table, key, partial(read_score, scale))
    score = Score(
        time=_moment(table, "time"),
        values=values,
        ashworth=_inner(table, ASHWORTH, _categories) or {},
        function=_choice(table, "function", FUNCTIONS),
    )
    table.finish()
    return score


def _categories(groups: Table) -> dict[str, str]:
    return {group: _typed(groups, group, read_category) for group in tuple(groups.keys())}


def _typed(table: Table, key: str, read: Callable[[object], T]) -> T:
    try:
        return read(table.take_any(key))
    except EntryError as error:
        raise table.error(error.what, error.remedy or error.why, key) from None


def _hand_over(table: Table) -> HandOverEntries:
    entries = HandOverEntries(
        aetiology=table.optional("aetiology", table.take_text),
        tip=_choice(table, "tip", LEVELS),
        pump=_choice(table, "pump", tuple(one.id for one in pump_models())),
        concentration=table.optional(
            "concentration", lambda key: table.take_quantity(key, Concentration)
        ),
        start_dose=table.optional("start_dose", lambda key: table.take_quantity(key, MassRate)),
        position=table.optional("position", table.take_text),
        anticoagulant_plan=table.optional("anticoagulant_plan", table.take_text),
    )
    table.finish()
    return entries
