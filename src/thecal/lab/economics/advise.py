"""The topic `economics` of `thecal advise`: what a pump costs beside treatment without one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Derivation, Value
from thecal.data import Fact, FactValue
from thecal.errors import BadFileError, EntryError
from thecal.lab.economics.inputs import Frame
from thecal.lab.economics.model import (
    MONTHS,
    BreakEven,
    Curves,
    break_even,
    curves,
    icer,
    monthly_running,
)
from thecal.lab.economics.reader import EconomicCase, read_economics
from thecal.lab.economics.studies import not_reproduced, number, reproductions, trial_success
from thecal.lab.economics.tornado import tornado
from thecal.lab.economics.uncertainty import Uncertainty, uncertainty
from thecal.pharmacy.lookup import by_key
from thecal.therapy.table import Table
from thecal.units import show_number, show_percent

TOPIC = "economics"
BREAKS_EVEN, NO_BREAK_EVEN = "breaks-even", "no-break-even"


def advise(case: Table) -> Advice:
    """Return curves, break-even and ratio of a table `[economics]`.

    Raises
    ------
    BadFileError
        If the table cannot be read, or a standard error fits no distribution.
    """
    try:
        return judge(read_economics(case))
    except EntryError as error:
        place = ": ".join(one for one in (case.place, error.place) if one)
        raise BadFileError(error.what, why=error.why, remedy=error.remedy, place=place) from None


def judge(case: EconomicCase) -> Advice:
    """Return what the model says; it decides nothing, and the published figures stay beside it."""
    months, frame = case.frame.horizon_months, case.frame
    found = curves(case.inputs, months)
    even = break_even(found)
    results = _results(case, found, even)
    listings = [_curve_listing(found, frame)]
    if case.ranges:
        listings.append(_tornado_listing(case))
    if case.errors:
        drawn = uncertainty(
            case.inputs, case.errors, months, case.willingness, case.draws, case.seed
        )
        listings.append(_uncertainty_listing(drawn, frame))
    listings += [_reproduced_listing(), _not_reproduced_listing()]
    return Advice(
        topic=TOPIC,
        verdict=BREAKS_EVEN if even else NO_BREAK_EVEN,
        summary=_summary(found, even, frame),
        reasons=tuple(_reasons(case, found, even)),
        results=results,
        listings=tuple(listings),
        disagreements=tuple(_disagreements()),
        steps=_steps(case),
        not_checked=tuple(_left_out(one) for one in case.left_out),
    )


def _summary(found: Curves[Fraction], even: BreakEven | None, frame: Frame) -> str:
    extra = found.increment
    word = "dearer" if extra > 0 else "cheaper"
    amount = frame.money(_money(abs(extra)))
    head = f"after {frame.horizon_months} months the pump is {amount} {word}"
    if even is None:
        return f"{head}; no break-even within them; perspective: {frame.perspective}"
    again = "" if even.stays else ", and a replacement undoes it later"
    when = f"break-even at month {show_number(even.exact, digits=3)}{again}"
    return f"{head}; {when}; perspective: {frame.perspective}"


def _results(
    case: EconomicCase, found: Curves[Fraction], even: BreakEven | None
) -> dict[str, Value]:
    frame = case.frame
    results: dict[str, Value] = {
        "perspective": frame.perspective,
        "currency": frame.currency,
        "year": frame.year,
        "horizon_months": Fraction(frame.horizon_months),
        "break_even_month": None if even is None else Fraction(even.month),
        "break_even_exact": None if even is None else even.exact,
        "break_even_stays": None if even is None else even.stays,
        "pump_total": found.pump[-1],
        "conventional_total": found.conventional[-1],
        "increment": found.increment,
    }
    if case.has_utilities:
        verdict, ratio = icer(found)
        results |= {"quality_years": found.quality_years, "ratio": verdict, "icer": ratio}
        results["net_benefit"] = {
            show_number(one): found.net_benefit(one) for one in case.willingness
        }
    return results


def _reasons(
    case: EconomicCase, found: Curves[Fraction], even: BreakEven | None
) -> Iterator[Reason]:
    money = case.frame.money(_money(abs(found.increment)))
    if found.increment <= 0:
        yield Reason("cost", Weight.FOR, f"cheaper by {money} at the horizon")
    else:
        yield Reason("cost", Weight.AGAINST, f"dearer by {money} at the horizon")
    if even is not None and not even.stays:
        text = f"cheaper at month {even.month}, but not to the horizon"
        yield Reason("break-even", Weight.CAUTION, text)
    if case.has_utilities:
        verdict, ratio = icer(found)
        text = f"quality-adjusted years: {show_number(found.quality_years)}; {verdict}"
        if ratio is not None:
            text += f", {case.frame.money(_money(ratio))} for one"
        yield Reason("ratio", Weight.NOTE, text)
    figures = tuple(Cited(f"Hamza 2012: {n}", number("hamza-2012", n)) for n in _TRIAL)
    given = case.inputs.trial_success
    if "trial_success" in case.left_out:
        text = "no trial that fails is reckoned with"
        yield Reason("trial", Weight.MISSING, text, figures)
    else:
        shown = show_percent(given, signed=False)
        text = f"trials that succeed: {shown} here, {_percent(trial_success())} in Hamza 2012"
        yield Reason("trial", Weight.NOTE, text, figures)
    figures = tuple(Cited(one.note, one) for one in _answers("break-even", "months"))
    text = "published months to break-even, each of its own country and costs"
    yield Reason("published", Weight.NOTE, text, figures)


_TRIAL = ("tried", "failed", "implanted")


def _steps(case: EconomicCase) -> tuple[Derivation, ...]:
    given, frame = case.inputs, case.frame
    running = monthly_running(given)
    source = "workflow.md 7b (proposal), unverified (read)"
    refills = f"({_money(given.refill_visit)} + {_money(given.refill_drug)})"
    return (
        Derivation(
            "What a pump costs in a month of the first year",
            "((visit + drug) x refills a year + programming + complication x complications a year)"
            " / 12 + other",
            f"({refills} x {show_number(given.refills_per_year)} + {_money(given.programming)}"
            f" + {_money(given.complication_cost)} x"
            f" {show_number(given.complications_per_year)}) / 12 + {_money(given.other_monthly)}",
            frame.money(_money(running)),
            source,
        ),
        Derivation(
            "What the start costs for one person who is tried",
            "trial + success x implant",
            f"{_money(given.trial)} + {show_percent(given.trial_success, signed=False)} x"
            f" {_money(given.implant)}",
            frame.money(_money(given.trial + given.trial_success * given.implant)),
            source,
        ),
    )


def _left_out(name: str) -> str:
    if name == "trial_success":
        return f"{name}: left out, every trial counts as a success"
    if name == "replacement_years":
        return f"{name}: left out, no pump is replaced"
    return f"{name}: left out, counts as nothing"


def _curve_listing(found: Curves[Fraction], frame: Frame) -> Listing:
    last = frame.horizon_months
    months = [*range(0, last, MONTHS), last]
    rows = tuple((str(m), _money(found.pump[m]), _money(found.conventional[m])) for m in months)
    unit = f"{frame.currency} of {frame.year}"
    title = f"Cumulative discounted costs, {unit}, {frame.perspective}"
    return Listing(title, ("month", "pump", "without a pump"), rows)


def _tornado_listing(case: EconomicCase) -> Listing:
    willing = case.willingness[0] if case.willingness else None
    swings = tornado(case.inputs, case.ranges, case.frame.horizon_months, willing)
    what = "minus the added cost" if willing is None else f"net benefit at {_money(willing)}"
    rows = tuple(
        (
            one.name,
            show_number(one.low),
            show_number(one.high),
            _money(one.result_low),
            _money(one.result_high),
            _money(one.width),
        )
        for one in swings
    )
    columns = ("input", "low", "high", "at low", "at high", "width")
    title = f"Tornado: {what}, {case.frame.currency} of {case.frame.year}"
    return Listing(title, columns, rows)


def _uncertainty_listing(drawn: Uncertainty, frame: Frame) -> Listing:
    rows = [
        (f"added cost, {frame.currency} of {frame.year}", *(_real(x) for x in drawn.increment)),
        ("quality-adjusted years", *(_real(x) for x in drawn.quality_years)),
        ("share of draws that cost no more", _real(drawn.cheaper), "", ""),
    ]
    rows += [
        (f"share of draws worth it at {_money(one)}", _real(share), "", "")
        for one, share in drawn.effective.items()
    ]
    title = f"Probabilistic analysis: {drawn.draws} draws, seed {drawn.seed}"
    return Listing(title, ("what", "mean or share", "2.5 %", "97.5 %"), tuple(rows))


def _reproduced_listing() -> Listing:
    rows = tuple(
        (
            one.study,
            one.output,
            show_number(one.published.value, digits=6),
            show_number(one.computed, digits=6),
            "agrees" if one.agrees else "DIFFERS",
            one.formula,
        )
        for one in reproductions()
    )
    columns = ("study", "figure", "published", "computed", "standing", "formula")
    return Listing("Published figures computed anew", columns, rows)


def _not_reproduced_listing() -> Listing:
    rows = tuple((one.study, str(one.figure.fact.value), one.reason) for one in not_reproduced())
    return Listing("Published figures that cannot be computed", ("study", "figure", "why"), rows)


def _disagreements() -> Iterator[Disagreement]:
    lives = tuple(Cited(one.note, one) for one in _answers("replacement", "life"))
    yield Disagreement("How long does a pump last?", lives, used=False)


def _answers(study: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    return by_key("economics", "study")[study][parameter]


def _money(value: Fraction) -> str:
    return show_number(value, digits=6)


def _percent(value: Fraction) -> str:
    return show_percent(value, signed=False)


def _real(value: float) -> str:
    return show_number(Fraction(value))
