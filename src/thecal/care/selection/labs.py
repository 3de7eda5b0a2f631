"""Laboratory values before implantation; every limit is recalled, so none decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.care.advice import Cited, Disagreement, Weight
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.judgement import Judgement
from thecal.care.selection.wording import sentence
from thecal.data import NUMBER, Fact, cached, fact_of, rows
from thecal.errors import DataError
from thecal.units import show_number

BELOW, ABOVE, AT_MOST = "below", "above", "at-most"
_SIGNS = MappingProxyType({BELOW: "<", ABOVE: ">", AT_MOST: "<="})
_ANY = "any"


@final
@dataclass(frozen=True, slots=True)
class Lab:
    """A laboratory value with its limits.

    Attributes
    ----------
    direction
        `below`, `above` or `at-most`: on which side of the limit a value is fine.
    limits
        Pathway or `any` to the limits, the strictest first.
    """

    id: str
    direction: str
    limits: Mapping[str, tuple[Fact[Fraction], ...]]

    @property
    def unit(self) -> str:
        """The unit in which values are entered; `1` for none."""
        return self.limits[_ANY][0].unit

    def limits_in(self, pathway: str) -> tuple[Fact[Fraction], ...]:
        """Return the limits of a pathway, the strictest first."""
        return self.limits.get(pathway, self.limits[_ANY])

    def fine(self, value: Fraction, limit: Fraction) -> bool:
        """Whether a value is on the right side of a limit."""
        if self.direction == BELOW:
            return value < limit
        return value > limit if self.direction == ABOVE else value <= limit

    def shown(self, value: Fraction) -> str:
        """Return a value with its unit for people."""
        return show_number(value) + ("" if self.unit == NUMBER else f" {self.unit}")


@cached
def labs() -> tuple[Lab, ...]:
    """Return every laboratory value, in the order of the table."""
    directions: dict[str, str] = {}
    limits: dict[str, dict[str, tuple[Fact[Fraction], ...]]] = {}
    for row in sorted(rows("selection_labs"), key=lambda row: int(row["rank"])):
        if row["parameter"] == "direction":
            directions[row["lab"]] = fact_of(row).of_kind(str).value
            continue
        of_lab = limits.setdefault(row["lab"], {})
        earlier = of_lab.get(row["pathway"], ())
        of_lab[row["pathway"]] = (*earlier, fact_of(row).of_kind(Fraction))
    for id, direction in directions.items():
        if direction not in _SIGNS or _ANY not in limits.get(id, {}):
            raise DataError(f"selection_labs.csv: {id} lacks a direction or a limit for any")
    return tuple(Lab(id, directions[id], MappingProxyType(limits[id])) for id in directions)


def judge_labs(case: SelectionCase) -> Iterator[Judgement]:
    """Yield what the values given say: within, or outside the strictest limit; never a refusal."""
    for lab in labs():
        if lab.id not in case.labs:
            continue
        value = case.labs[lab.id]
        limits = lab.limits_in(case.pathway)
        strictest = limits[0].value
        fine = lab.fine(value, strictest)
        said = sentence(
            "lab.within" if fine else "lab.outside",
            lab=sentence(f"lab.{lab.id}"),
            value=lab.shown(value),
            limit=f"{_SIGNS[lab.direction]} {lab.shown(strictest)}",
        )
        figures = (Cited(f"{lab.id}, {lab.direction}", limits[0]),)
        yield Judgement("lab", Weight.NOTE if fine else Weight.CAUTION, said, figures)


def lab_disagreements(case: SelectionCase) -> Iterator[Disagreement]:
    """Yield the limits that are a span, for the values given."""
    for lab in labs():
        limits = lab.limits_in(case.pathway)
        if lab.id in case.labs and len(limits) > 1:
            answers = tuple(Cited(one.note, one) for one in limits)
            yield Disagreement(f"Which limit holds for {sentence('lab.' + lab.id).en}?", answers)


def labs_not_given(case: SelectionCase) -> tuple[str, ...]:
    """Return the laboratory values that nobody gave."""
    return tuple(sentence(f"lab.{lab.id}").en for lab in labs() if lab.id not in case.labs)
