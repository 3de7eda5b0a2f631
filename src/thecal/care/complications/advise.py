"""The topic `complications` of `thecal advise`: the register, its rates, and a clinic's counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.complications.compare import Expectation, Place, expectations
from thecal.care.complications.reader import ComplicationCase, read_complications
from thecal.care.complications.register import (
    DENOMINATORS,
    YEARS,
    Complication,
    Rate,
    complications,
    grades,
)
from thecal.care.derivation import Value, warn
from thecal.care.intervals import wilson_interval
from thecal.safety.finding import Finding
from thecal.therapy.table import Table
from thecal.units import show_number, show_percent

TOPIC = "complications"
ABOVE, ABOVE_SOME, WITHIN = "above-published", "above-some-published", "within-published"
NOTHING_TO_COMPARE = "nothing-to-compare"


def advise(case: Table) -> Advice:
    """Return a clinic's counts beside the published rates; raises `BadFileError`."""
    return advice_on(read_complications(case))


def advice_on(case: ComplicationCase) -> Advice:
    """Return expected counts, the clinic's own rates and where the sources disagree."""
    observed = _observed(case)
    compared = {
        name: expectations(one, case.over, observed.get(name))
        for name, one in complications().items()
    }
    reasons = tuple(_reasons(case, observed, compared))
    findings = tuple(_findings(compared))
    verdict = _verdict(compared)
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=_summary(verdict, compared),
        reasons=reasons,
        results=_results(case),
        listings=(
            _expected_listing(compared),
            _own_listing(case, observed),
            _by_route(case),
            _by_grade(case),
            _register_listing(),
        ),
        disagreements=tuple(_disagreements(observed)),
        findings=findings,
        not_checked=(
            "whether the patients of a study resemble those of the clinic",
            "what nobody reported: counts of a register are a lower bound",
        ),
    )


Compared = dict[str, tuple[Expectation, ...]]


def _observed(case: ComplicationCase) -> dict[str, int]:
    """Return complication to the clinic's count; what it did not list was not counted."""
    found: dict[str, int] = {}
    for one in case.counted:
        found[one.complication.id] = found.get(one.complication.id, 0) + one.count
    return found


def _reasons(
    case: ComplicationCase, observed: dict[str, int], compared: Compared
) -> Iterator[Reason]:
    for name, count in observed.items():
        one = complications()[name]
        for each in compared[name]:
            weight = Weight.CAUTION if each.place is Place.MORE else Weight.NOTE
            text = (
                f"{one.name.en}: {_counted(count)} counted, {_expected(each)}: {each.place.value}"
            )
            yield Reason("count", weight, text, (_cited(each.rate),))
        if not compared[name]:
            yield _no_comparison(one, case)
        if one.next_step is not None and count:
            figures = (Cited(f"after {one.name.en}", one.next_step),)
            yield Reason("next", Weight.NOTE, f"{one.name.en}: {one.next_step.value}", figures)
    facts = grades()
    yield Reason(
        "grades",
        Weight.NOTE,
        "grades of severity, in the words of this project",
        tuple(Cited(f"grade {name}", fact) for name, fact in facts.items()),
    )


def _no_comparison(one: Complication, case: ComplicationCase) -> Reason:
    wanted = tuple(dict.fromkeys(rate.per for rate in one.rates if rate.per in DENOMINATORS))
    figures = tuple(_cited(rate) for rate in one.rates)
    if not one.rates:
        return Reason("rate", Weight.NOTE, f"{one.name.en}: no rate is on record")
    if not wanted:
        text = f"{one.name.en}: no rate is on record that a clinic's count can be held against"
        return Reason("rate", Weight.NOTE, text, figures)
    text = f"{one.name.en}: say over how many it was counted: {', '.join(wanted)}"
    return Reason("denominator", Weight.MISSING, text, figures)


def _counted(count: int) -> str:
    return "none" if count == 0 else str(count)


def _expected(one: Expectation) -> str:
    return (
        f"{show_number(one.expected)} expected ({one.least} to {one.most}) over"
        f" {show_number(one.number)} {one.rate.per}s by {one.rate.population}, {one.rate.study}"
    )


def _cited(rate: Rate) -> Cited:
    return Cited(f"{rate.shown}: {_percent(rate.value)}", rate.fact)


def _percent(value: Fraction) -> str:
    return show_percent(value, signed=False)


def _findings(compared: Compared) -> Iterator[Finding]:
    for name in _above(compared, all):
        yield warn(
            "K18",
            f"{complications()[name].name.en}: more than any published rate lets expect",
            compared[name][0].rate.fact.provenance(),
        )


def _above(compared: Compared, which: Callable[[Iterable[bool]], bool]) -> tuple[str, ...]:
    """Return the complications whose count lies above `all` or `any` of their published rates."""
    return tuple(
        name
        for name, each in compared.items()
        if each and which(one.place is Place.MORE for one in each)
    )


def _verdict(compared: Compared) -> str:
    if not any(one.observed is not None for each in compared.values() for one in each):
        return NOTHING_TO_COMPARE
    if _above(compared, all):
        return ABOVE
    return ABOVE_SOME if _above(compared, any) else WITHIN


def _summary(verdict: str, compared: Compared) -> str:
    def names(which: Callable[[Iterable[bool]], bool]) -> str:
        return ", ".join(complications()[one].name.en for one in _above(compared, which))

    return {
        ABOVE: f"more than any published rate lets expect: {names(all)}",
        ABOVE_SOME: f"more than some published rates let expect: {names(any)}; the sources differ",
        WITHIN: "no count lies above a published rate that it can be held against",
        NOTHING_TO_COMPARE: "no count can be held against a published rate; expectations below",
    }[verdict]


def _results(case: ComplicationCase) -> dict[str, Value]:
    results: dict[str, Value] = {"start": case.start.isoformat(), "end": case.end.isoformat()}
    return results | {f"{name.replace('-', '_')}s": number for name, number in case.over.items()}


def _expected_listing(compared: Compared) -> Listing:
    columns = ("complication", "published", "rate", "expected", "95 % of counts", "counted")
    rows = tuple(
        (
            complications()[name].name.en,
            one.rate.shown,
            _percent(one.rate.value),
            one.expected,
            f"{one.least} to {one.most}",
            "not counted" if one.observed is None else str(one.observed),
        )
        for name, each in compared.items()
        for one in each
    )
    return Listing("Expected at the clinic's own numbers", columns, rows)


def _own_listing(case: ComplicationCase, observed: dict[str, int]) -> Listing:
    """Return the clinic's own rates, each with Wilson's interval where it is a proportion."""
    rows: list[tuple[Value, ...]] = []
    for name, count in observed.items():
        for per, number in case.over.items():
            if per in YEARS:
                rate = f"{show_number(count / number)} a year"
                rows.append((complications()[name].name.en, per, rate, "no proportion"))
            elif count <= number:
                least, most = wilson_interval(count, int(number))
                band = f"{_percent(least)} to {_percent(most)}"
                rows.append((complications()[name].name.en, per, _percent(count / number), band))
    columns = ("complication", "per", "rate", "95 % interval (Wilson)")
    return Listing("The clinic's own rates", columns, tuple(rows))


def _by_route(case: ComplicationCase) -> Listing:
    totals: dict[tuple[str, str], int] = {}
    for one in case.counted:
        key = one.route or "route not said", one.complication.name.en
        totals[key] = totals.get(key, 0) + one.count
    rows = tuple((route, name, str(count)) for (route, name), count in sorted(totals.items()))
    return Listing("By route of the drug", ("route", "complication", "counted"), rows)


def _by_grade(case: ComplicationCase) -> Listing:
    totals: dict[str, int] = {}
    for one in case.counted:
        totals[one.grade or "not graded"] = totals.get(one.grade or "not graded", 0) + one.count
    meanings = grades()
    rows = tuple(
        (grade, meanings[grade].value if grade in meanings else "", str(count))
        for grade, count in sorted(totals.items())
    )
    return Listing("By grade", ("grade", "meaning", "counted"), rows)


def _register_listing() -> Listing:
    rows = tuple(
        (one.id, one.category, one.origin, one.name.en, one.name.de, str(len(one.rates)))
        for one in complications().values()
    )
    columns = ("code", "category", "origin", "English", "German", "rates on record")
    return Listing("The coded list", columns, rows)


def _disagreements(observed: dict[str, int]) -> Iterator[Disagreement]:
    for name, one in complications().items():
        by_denominator: dict[tuple[str, str], list[Rate]] = {}
        for rate in one.rates:
            by_denominator.setdefault((rate.population, rate.per), []).append(rate)
        asked = one.category == "refill" or name in observed
        for (population, per), rates in by_denominator.items():
            if asked and len(rates) > 1:
                question = f"How often is {one.name.en} ({population}), per {per}?"
                yield Disagreement(question, tuple(_cited(rate) for rate in rates), used=False)
        if one.dispute is not None:
            question, facts = one.dispute
            answers = tuple(Cited(one.name.en, fact) for fact in facts)
            yield Disagreement(question, answers, used=False)
