"""Rules of age: the label of drug and pump, children, the elderly, waiting after a brain injury."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from thecal.care.advice import Cited, Weight
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.judgement import Judgement, judged
from thecal.care.selection.rules import cited, entries, figure
from thecal.care.selection.wording import Wording, sentence
from thecal.data import Fact, FactValue
from thecal.device import pump_model
from thecal.pharmacy import drug, limits
from thecal.pharmacy.limits import age_band
from thecal.units import Duration, show_number

CHILD = "child"
_ADULT = "adult"
_MINIMUM_AGE = "minimum-age"
_BRAIN_INJURY = "brain-injury"
_DAY = timedelta(days=1)


def is_child(age: int | None) -> bool:
    """Whether an age in whole years is below that of adults; an unknown age is not judged."""
    return age is not None and age_band(age) != _ADULT


def judge_age(case: SelectionCase) -> Iterator[Judgement]:
    """Yield what age says: its label limits, the flags of children and of the elderly."""
    age = case.age
    if age is None:
        name = sentence("name.age")
        yield Judgement("age", Weight.MISSING, sentence("missing", name=name))
        return
    yield from _labels(age, case)
    if is_child(age):
        figures = cited("child-complications", "any-event", "infection", "catheter", "leak")
        yield Judgement("child", Weight.NOTE, sentence("child.flag"), figures)
    elderly = figure("elderly", "from", Fraction)
    if age >= elderly.value:
        said = sentence("elderly.flag", age=str(age))
        effect = figure("elderly", "flag", str)
        yield judged("elderly", effect, said, figures=(Cited("elderly from", elderly),))


def judge_brain_injury(case: SelectionCase) -> Judgement | None:
    """Return whether the wait after a brain injury is over; None where there was none."""
    if case.indication_id != _BRAIN_INJURY:
        return None
    wait = figure(_BRAIN_INJURY, "wait", Duration)
    cite = cited(_BRAIN_INJURY, "wait")
    if case.injury_date is None or case.assessed_on is None:
        name = sentence("name.brain-injury")
        return Judgement(_BRAIN_INJURY, Weight.MISSING, sentence("missing", name=name), cite)
    days = (case.assessed_on - case.injury_date) // _DAY
    limit = show_number(wait.value.in_unit("d"))
    if days >= wait.value.in_unit("d"):
        said = sentence("brain-injury.enough", days=str(days), limit=limit)
        return Judgement(_BRAIN_INJURY, Weight.FOR, said, cite)
    until = case.injury_date + int(wait.value.in_unit("d")) * _DAY
    said = sentence("brain-injury.wait", days=str(days), limit=limit, until=until.isoformat())
    return Judgement(_BRAIN_INJURY, Weight.MISSING, said, cite)


def _labels(age: int, case: SelectionCase) -> Iterator[Judgement]:
    for name in case.drugs:
        for whose, limit in _label_ages(name, case.pump):
            by_drug = entries("selection_rules", "rule")[_MINIMUM_AGE]
            effect = by_drug.get(name, by_drug["any"])[0].of_kind(str)
            filled: dict[str, Wording | str] = {
                "age": str(age),
                "limit": show_number(limit.of_kind(Fraction).value),
                "drug": sentence(f"drug.{name}"),
                "whose": whose,
            }
            figures = (Cited(f"least age for {name}, {whose}", limit),)
            if age >= limit.of_kind(Fraction).value:
                said = sentence("minimum-age.reached", **filled)
                yield Judgement(_MINIMUM_AGE, Weight.FOR, said, figures)
                continue
            said = sentence("minimum-age.below", **filled)
            # The label of one pump alone asks for another pump, it does not rule out the therapy.
            rule = effect if whose != case.pump else by_drug["any"][0].of_kind(str)
            yield judged(_MINIMUM_AGE, rule, said, figures=figures)


def _label_ages(name: str, pump: str | None) -> Iterator[tuple[str, Fact[FactValue]]]:
    for one in limits(name, _MINIMUM_AGE, populations=()):
        yield one.edition, one.fact
    if pump is not None:
        facts = pump_model(pump).facts
        for word in (name, *(brand.lower() for brand in drug(name).brands)):
            if f"{_MINIMUM_AGE}-{word}" in facts:
                yield pump, facts[f"{_MINIMUM_AGE}-{word}"]
