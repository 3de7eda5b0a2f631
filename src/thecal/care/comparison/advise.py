"""The topic `comparison` of `thecal advise`: pump, stimulation or staying on systemic drugs.

It ranks nothing: both sides are shown, and what the circumstances say of each option.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.advice import Advice, Reason, Weight
from thecal.care.comparison.doses import dose_view
from thecal.care.comparison.evidence import evidence_disagreement, evidence_listing
from thecal.care.comparison.options import options, options_listing, reasons_in
from thecal.care.derivation import Value
from thecal.care.selection.system_choice import system_for
from thecal.pharmacy import indication, indications
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate

TOPIC = "comparison"
COMPARED = "compared"
_IMPLANT = "implanted-pump"
_SHORT_LIFE = "short-life"
_WIDESPREAD, _LOCALISED = "widespread", "localised"
_FLAGS = ("cannot-attend", "scan-needed", "no-implant-wanted", "side-effects", "relief-held")


@final
@dataclass(frozen=True, slots=True)
class ComparisonCase:
    """Somebody who asks which way to go.

    Attributes
    ----------
    holding
        The circumstances that hold (`options.circumstances` lists those that matter).
    left_out
        What nobody said.
    oral_morphine
        Taken by mouth a day, for the dose beside dose.
    """

    indication_id: str
    holding: frozenset[str]
    left_out: tuple[str, ...] = ()
    oral_morphine: MassRate | None = None


def advise(case: Table) -> Advice:
    """Return the options of a table `[comparison]` beside each other.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return compare(read_comparison(case))


def compare(case: ComparisonCase) -> Advice:
    """Return both sides of each option, and what the circumstances say of it."""
    reasons = reasons_in(case.holding)
    differ = (evidence_disagreement(case.indication_id),)
    view = None if case.oral_morphine is None else dose_view(case.oral_morphine)
    listings = [options_listing(case.holding), evidence_listing(case.indication_id)]
    return Advice(
        topic=TOPIC,
        verdict=COMPARED,
        summary="the options stand beside each other with both sides; nothing is ranked",
        reasons=reasons,
        results=_results(reasons),
        listings=(*listings, *([] if view is None else [view.listing()])),
        disagreements=differ if view is None else (*differ, view.disagreement()),
        findings=() if view is None else view.findings,
        not_checked=case.left_out,
    )


def read_comparison(table: Table) -> ComparisonCase:
    """Return the case of a table `[comparison]`; raises `BadFileError`."""
    found = table.take_choice("indication", tuple(one.id for one in indications()))
    holding, left_out = {found}, []
    about = indication(found)
    if about.therapy == "spasticity":
        holding.add("spasticity")
    else:
        setting = table.take_choice("setting", ("cancer", "non-cancer"))
        if about.setting == "cancer" and setting != "cancer":
            raise table.error(f"{found} is of cancer", 'write "cancer"', "setting")
        holding.add(setting)
    for flag in _FLAGS:
        answer = table.optional(flag.replace("-", "_"), table.take_flag)
        if answer is None:
            left_out.append(flag.replace("-", " "))
        elif answer:
            holding.add(flag)
    spread = table.optional("spread", lambda key: table.take_choice(key, (_LOCALISED, _WIDESPREAD)))
    life = table.optional("life_expectancy", lambda key: table.take_quantity(key, Duration))
    left_out += ["spread"] if spread is None else []
    left_out += ["life expectancy"] if life is None else []
    if spread is not None:
        holding.add(spread)
    if life is not None and system_for(life) != _IMPLANT:
        holding.add(_SHORT_LIFE)
    oral = table.optional("oral_morphine", lambda key: table.take_quantity(key, MassRate))
    table.finish()
    return ComparisonCase(found, frozenset(holding), tuple(left_out), oral)


def _results(reasons: tuple[Reason, ...]) -> dict[str, Value]:
    return {
        option.replace("-", "_"): {
            "speaks_for": _texts(reasons, option, Weight.FOR),
            "speaks_against": _texts(reasons, option, Weight.AGAINST),
            "only_recalled": _texts(reasons, option, Weight.NOTE, Weight.CAUTION),
        }
        for option in options()
    }


def _texts(reasons: tuple[Reason, ...], option: str, *weights: Weight) -> tuple[Value, ...]:
    return tuple(one.text for one in reasons if one.rule == option and one.weight in weights)
