"""The instruments from `outcome_instruments.csv`: how each is scored and which change matters.

Only values of items are taken; the wording of a questionnaire belongs to its licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.data import Fact, FactValue, cached
from thecal.errors import DataError
from thecal.pharmacy.lookup import Answers, by_key, listed, unknown

_BAND = "band-"


@final
@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument.

    Attributes
    ----------
    id
        As in `odi`.
    answers
        Parameter to its answers by rank.
    """

    id: str
    answers: Mapping[str, tuple[Fact[FactValue], ...]]

    @property
    def name(self) -> str:
        """As people call it."""
        return self.text("name")

    @property
    def kind(self) -> str:
        """How it is scored: `single`, `sum`, `mean`, `percent-answered`, `category` ..."""
        return self.text("kind")

    @property
    def domain(self) -> str:
        """What it is about, as in `pain`."""
        return self.text("domain")

    @property
    def lower_is_better(self) -> bool:
        """Whether less of it is better."""
        return self.text("better") == "lower"

    def has(self, parameter: str) -> bool:
        """Whether the table says anything about a parameter."""
        return parameter in self.answers

    def text(self, parameter: str) -> str:
        """Return a parameter of words; raises `DataError` where it is missing."""
        return self._fact(parameter).of_kind(str).value

    def number(self, parameter: str) -> Fraction:
        """Return a parameter that is a number; raises `DataError` where it is missing."""
        return self._fact(parameter).of_kind(Fraction).value

    def words(self, parameter: str) -> tuple[str, ...]:
        """Return a parameter that is a list; raises `DataError` where it is missing."""
        return listed(self._fact(parameter))

    def cited(self, *parameters: str) -> tuple[Cited, ...]:
        """Return the defaults of parameters for a reason."""
        return tuple(Cited(f"{self.id}: {one}", self._fact(one)) for one in parameters)

    def all_cited(self, parameter: str) -> tuple[Cited, ...]:
        """Return every answer to a parameter, with its note."""
        return tuple(
            Cited(f"{self.id}: {parameter}, {one.note or 'as read'}", one)
            for one in self.answers.get(parameter, ())
        )

    def band(self, value: Fraction) -> str | None:
        """Return the band of a value, None where the instrument has none.

        A band reaches up to its limit, so a figure between two printed bands counts as the worse.
        """
        limits = sorted(
            (fact[0].of_kind(Fraction).value, name.removeprefix(_BAND))
            for name, fact in self.answers.items()
            if name.startswith(_BAND)
        )
        return next((name for limit, name in limits if value <= limit), None)

    def band_cited(self, band: str) -> tuple[Cited, ...]:
        """Return the limit of a band for a reason."""
        return self.cited(_BAND + band)

    def _fact(self, parameter: str) -> Fact[FactValue]:
        if parameter not in self.answers:
            raise DataError(
                f"outcome_instruments.csv has no {self.id} {parameter}", remedy="restore the row"
            )
        return self.answers[parameter][0]


@cached
def instruments() -> tuple[Instrument, ...]:
    """Return every instrument, in the order of the table."""
    return tuple(Instrument(id_, facts) for id_, facts in _table().items())


def instrument(wanted: str) -> Instrument:
    """Return one instrument by its id; raises `UnknownIdError`."""
    if wanted not in _table():
        raise unknown("instrument", wanted, _table())
    return Instrument(wanted, _table()[wanted])


def _table() -> dict[str, Answers]:
    return by_key("outcome_instruments", "instrument")
