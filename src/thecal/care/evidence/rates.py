"""Published rates of harm and of success, from `published_rates.csv`, each beside the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Disagreement, Listing
from thecal.care.outcomes.wilson import Proportion, confidence_shown, wilson
from thecal.pharmacy.lookup import by_key, unknown
from thecal.units import show_percent

_COUNTED = re.compile(r"([0-9]+) of ([0-9]+)\b", re.ASCII)
_DISPUTED, _PER_REFILL = "pocket-fill", " refills"


@final
@dataclass(frozen=True, slots=True)
class PublishedRate:
    """One statement; the proportion with its interval where it tells so many of so many."""

    topic: str
    cited: Cited
    found: Proportion | None


def rate_topics() -> tuple[str, ...]:
    """Return the topics of the table."""
    return tuple(by_key("published_rates", "topic"))


def published_rates(topic: str) -> tuple[PublishedRate, ...]:
    """Return the statements of a topic, in the order of the table; raises `UnknownIdError`."""
    facts = by_key("published_rates", "topic").get(topic)
    if facts is None:
        raise unknown("topic of published rates", topic, rate_topics())
    found = []
    for what, (fact, *_) in facts.items():
        counted = _COUNTED.match(fact.of_kind(str).value)
        share = wilson(int(counted[1]), int(counted[2])) if counted else None
        found.append(PublishedRate(topic, Cited(what, fact), share))
    return tuple(found)


def rate_listing(rates: tuple[PublishedRate, ...]) -> Listing:
    """Return statements with their intervals."""
    rows = tuple(
        (
            one.cited.what,
            one.cited.fact.of_kind(str).value,
            "" if one.found is None else _interval(one.found),
            one.cited.fact.note,
        )
        for one in rates
    )
    columns = ("study", "says", f"{confidence_shown()} interval, computed", "note")
    return Listing(f"Published: {rates[0].topic}", columns, rows)


def rate_disagreement(topic: str) -> tuple[Disagreement, ...]:
    """Return what maker and clinics say of fills beside the reservoir; none is used."""
    if topic != _DISPUTED:
        return ()
    answers = tuple(
        one.cited
        for one in published_rates(topic)
        if one.cited.fact.of_kind(str).value.endswith(_PER_REFILL)
    )
    return (Disagreement("How often does a refill miss the reservoir?", answers, used=False),)


def _interval(one: Proportion) -> str:
    parts = (show_percent(part, signed=False) for part in (one.value, one.low, one.high))
    value, low, high = parts
    return f"{value} ({low} to {high})"
