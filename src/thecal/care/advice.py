"""An advice: what a rule answers, with its reasons, the figures behind them and who disagrees.

Every clinical rule of this room returns one of these. It proposes and explains; it orders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import final

from thecal.care.derivation import Derivation, Value
from thecal.data import Fact, FactValue
from thecal.safety.finding import Finding


@final
class Weight(StrEnum):
    """What a reason does to the verdict."""

    FOR = "for"
    AGAINST = "against"
    CAUTION = "caution"
    MISSING = "missing"
    NOTE = "note"


@final
@dataclass(frozen=True, slots=True)
class Cited:
    """A figure or a statement of a table together with what it stands for, as people read it."""

    what: str
    fact: Fact[FactValue]


@final
@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of an advice.

    Attributes
    ----------
    rule
        Id of the rule, as in `life-expectancy`.
    weight
        What it does to the verdict; `missing` names what has to be asked or measured first.
    text
        In plain words, with numbers and units.
    figures
        The figures it rests on; empty only where the reason rests on the entry alone.
    """

    rule: str
    weight: Weight
    text: str
    figures: tuple[Cited, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Disagreement:
    """A question that the sources answer differently; every answer stays.

    Attributes
    ----------
    question
        In plain words.
    answers
        All of them, the one that was used first where one was.
    used
        Whether the first was used; else nothing in the advice rests on any.
    """

    question: str
    answers: tuple[Cited, ...]
    used: bool = True


@final
@dataclass(frozen=True, slots=True)
class Listing:
    """A table within an advice: a calendar, a schedule, a comparison."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@final
@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule answers.

    Attributes
    ----------
    topic
        Name of the rule, as after `thecal advise`.
    verdict
        One word or a few joined by hyphens, stable for machines; `computed` where nothing is
        judged.
    summary
        The verdict in one or two plain sentences.
    reasons
        Why, the weightiest first.
    results
        Figures by key, in the order in which people read them.
    listings
        Calendars and other tables.
    disagreements
        Where the sources differ on what was used here.
    steps
        How the figures came about.
    findings
        What refuses (`hard`), what needs a second look (`soft`), what to beware of.
    not_checked
        What could not be judged because it was left out.
    """

    topic: str
    verdict: str
    summary: str
    reasons: tuple[Reason, ...] = ()
    results: Mapping[str, Value] = field(default_factory=dict)
    listings: tuple[Listing, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    steps: tuple[Derivation, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()

    def figures(self) -> tuple[Cited, ...]:
        """Return every figure the advice rests on or shows, each once, in order of appearance."""
        everywhere = [one for reason in self.reasons for one in reason.figures]
        everywhere += [one for two in self.disagreements for one in two.answers]
        return tuple(dict.fromkeys(everywhere))

    def unverified(self) -> tuple[Cited, ...]:
        """Return the figures that nobody has compared with the primary document."""
        return tuple(one for one in self.figures() if not one.fact.verified)
