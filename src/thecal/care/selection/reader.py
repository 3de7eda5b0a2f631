"""Reading the table `[selection]` of a case file; what it leaves out stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from thecal.care.pathway.stages import stages
from thecal.care.selection.case import OUTCOMES, SYSTEMS, PriorTherapy, SelectionCase
from thecal.care.selection.infection_bundle import bundle_steps
from thecal.care.selection.items import PATHWAYS, items
from thecal.care.selection.known import rules_with_reason
from thecal.care.selection.labs import Lab, labs
from thecal.care.selection.therapies import therapy_kinds
from thecal.data import NUMBER
from thecal.device import pump_models
from thecal.errors import EntryError
from thecal.pharmacy import drugs, indication, indications
from thecal.safety.finding import Answer
from thecal.therapy.hardware_reader import LEVELS
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate, parse_number

_SPASTICITY = PATHWAYS[2]


def read_selection(table: Table) -> SelectionCase:
    """Return the case of a table `[selection]`.

    Raises
    ------
    BadFileError
        If a key is unknown or malformed, or the indication is none of the pathway.
    """
    given = frozenset(table.keys())
    pathway = table.take_choice("pathway", PATHWAYS)
    case = SelectionCase(
        pathway=pathway,
        indication_id=_indication(table, pathway),
        birth_date=table.optional("birth_date", table.take_date),
        assessed_on=table.optional("assessed_on", table.take_date),
        answers=_answers(table),
        drugs=_choices(table, "drugs", tuple(one.id for one in drugs())),
        pump=_choice(table, "pump", tuple(one.id for one in pump_models())),
        tip=_choice(table, "tip", LEVELS),
        life_expectancy=table.optional(
            "life_expectancy", lambda key: table.take_quantity(key, Duration)
        ),
        system=_choice(table, "system", SYSTEMS),
        symptoms_since=table.optional("symptoms_since", table.take_date),
        injury_date=table.optional("injury_date", table.take_date),
        morphine_equivalent=table.optional(
            "morphine_equivalent",
            lambda key: table.take_quantity(key, MassRate, zero_allowed=True),
        ),
        current_drugs=_texts(table, "current_drugs"),
        scores=_scores(table),
        goals=_texts(table, "goals"),
        therapies=_therapies(table),
        labs=_labs(table),
        bundle_done=frozenset(_choices(table, "infection_bundle_done", bundle_steps())),
        overrides=_overrides(table),
        stage=_choice(table, "stage", stages()),
        requested_stage=_choice(table, "requested_stage", stages()),
        given=given,
    )
    _check_dates(table, case)
    table.finish()
    return case


def _indication(table: Table, pathway: str) -> str | None:
    found = _choice(table, "indication", tuple(one.id for one in indications()))
    if found is None:
        return None
    therapy = indication(found).therapy
    if (therapy == _SPASTICITY) != (pathway == _SPASTICITY):
        raise table.error(
            f"{found} is an indication of {therapy}, the pathway is {pathway}",
            "choose the pathway of the indication",
            "indication",
        )
    return found


def _answers(table: Table) -> Mapping[str, str]:
    found = {}
    for item in items():
        key = item.id.replace("-", "_")
        if table.has(key):
            found[item.id] = table.take_choice(key, item.answers)
    return found


def _choice(table: Table, key: str, choices: tuple[str, ...]) -> str | None:
    return table.optional(key, lambda name: table.take_choice(name, choices))


def _choices(table: Table, key: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    if not table.has(key):
        return ()
    chosen = tuple(
        Table({key: one}, table.place).take_choice(key, choices) for one in table.take_list(key)
    )
    if len(set(chosen)) < len(chosen):
        raise table.error("one entry stands twice", "name each once", key)
    return chosen


def _texts(table: Table, key: str) -> tuple[str, ...]:
    if not table.has(key):
        return ()
    return tuple(Table({key: one}, table.place).take_text(key) for one in table.take_list(key))


def _scores(table: Table) -> tuple[tuple[str, str], ...]:
    found = []
    for inner in _tables(table, "scores"):
        found.append((inner.take_text("scale"), inner.take_text("value")))
        inner.finish()
    return tuple(found)


def _therapies(table: Table) -> tuple[PriorTherapy, ...]:
    found = []
    for inner in _tables(table, "prior_therapies"):
        one = PriorTherapy(
            kind=inner.take_choice("kind", therapy_kinds()),
            outcome=inner.take_choice("outcome", OUTCOMES),
            started=inner.optional("started", inner.take_date),
            ended=inner.optional("ended", inner.take_date),
            note=inner.optional("note", inner.take_text) or "",
        )
        if one.started is not None and one.ended is not None and one.ended < one.started:
            raise inner.error("this ended before it started", "correct one of the dates", "ended")
        inner.finish()
        found.append(one)
    return tuple(found)


def _labs(table: Table) -> Mapping[str, Fraction]:
    if not table.has("labs"):
        return {}
    inner = table.take_table("labs")
    found = {lab.id: _lab(inner, lab) for lab in labs() if inner.has(lab.id)}
    inner.finish()
    return found


def _lab(table: Table, lab: Lab) -> Fraction:
    text = table.take_text(lab.id)
    number, space, unit = text.partition(" ")
    wanted = "" if lab.unit == NUMBER else lab.unit
    if unit != wanted or bool(space) != bool(wanted):
        example = lab.shown(lab.limits_in("any")[0].value)
        raise table.error(f'"{text}" is not in the unit of {lab.id}', f'as in "{example}"', lab.id)
    try:
        return parse_number(number)
    except EntryError as error:
        raise table.error(error.what, error.remedy, lab.id) from None


def _overrides(table: Table) -> Mapping[str, Answer]:
    rules = rules_with_reason()
    found: dict[str, Answer] = {}
    for inner in _tables(table, "override"):
        check = inner.take_choice("check", rules)
        reason, by = inner.take_text("reason"), inner.optional("by", inner.take_text) or ""
        inner.finish()
        found[check] = Answer(reason, by)
    return found


def _tables(table: Table, key: str) -> tuple[Table, ...]:
    if not table.has(key):
        return ()
    return tuple(
        Table(one, f"{table.place}: {key} {number}")
        for number, one in enumerate(table.take_list(key))
    )


def _check_dates(table: Table, case: SelectionCase) -> None:
    day = case.assessed_on
    for key, earlier in (
        ("birth_date", case.birth_date),
        ("symptoms_since", case.symptoms_since),
        ("injury_date", case.injury_date),
    ):
        if day is not None and earlier is not None and earlier > day:
            raise table.error(f"{earlier} is after the assessment on {day}", "correct it", key)
