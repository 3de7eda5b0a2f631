"""The options beside each other: for whom each fits and what argues against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Listing, Reason, Weight
from thecal.data import Fact, cached, fact_of, rows

FITS, AGAINST = "fits", "against"
_ALWAYS = "any"


@final
@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about an option.

    Attributes
    ----------
    aspect
        `fits`, `against`, `needs`, `reversible` or `evidence`.
    when
        The circumstance in which it holds; `any` for always.
    """

    option: str
    aspect: str
    when: str
    fact: Fact[str]


@cached
def statements() -> tuple[Statement, ...]:
    """Return every statement, in the order of the table."""
    return tuple(
        Statement(row["option"], row["aspect"], row["when"], fact_of(row).of_kind(str))
        for row in rows("comparison_options")
    )


def options() -> tuple[str, ...]:
    """Return the options."""
    return tuple(dict.fromkeys(one.option for one in statements()))


def circumstances() -> tuple[str, ...]:
    """Return the circumstances that any statement heeds."""
    return tuple(dict.fromkeys(one.when for one in statements() if one.when != _ALWAYS))


def reasons_in(holding: frozenset[str]) -> tuple[Reason, ...]:
    """Return what the circumstances of a person say of each option.

    A statement that is only recalled is a note or a caution, it speaks for or against nothing.
    """
    found = []
    for one in statements():
        if one.when in holding and one.aspect in (FITS, AGAINST):
            figures = (Cited(f"{one.option}, {one.aspect}, {one.when}", one.fact),)
            found.append(Reason(one.option, _weight(one), one.fact.value, figures))
    return tuple(found)


def options_listing(holding: frozenset[str]) -> Listing:
    """Return every statement that always holds or holds here, option by option."""
    shown = tuple(
        (one.option, one.aspect, one.fact.value, one.when, one.fact.provenance())
        for option in options()
        for one in statements()
        if one.option == option and one.when in (*holding, _ALWAYS)
    )
    columns = ("option", "aspect", "statement", "when", "source")
    return Listing("The options beside each other", columns, shown)


def _weight(statement: Statement) -> Weight:
    if statement.aspect == FITS:
        return Weight.NOTE if statement.fact.recalled else Weight.FOR
    return Weight.CAUTION if statement.fact.recalled else Weight.AGAINST
