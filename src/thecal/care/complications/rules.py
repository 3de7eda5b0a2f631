"""Figures and words of the clinic's register, from `register_rules.csv`."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from thecal.care.figures import Figures
from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import listed

RULES = Figures("register_rules")
PUMP, CATHETER = "pump", "catheter"
DEVICES = (PUMP, CATHETER)


def failures(device: str) -> tuple[str, ...]:
    """Return the complications by which a pump or a catheter has failed."""
    return listed(RULES.get(device, "failures", str))


def published_survival(device: str) -> tuple[Fact[FactValue], ...]:
    """Return what others found of pumps or catheters; the note says where definitions differ."""
    return RULES.every(device, "published")


def few(what: str) -> int:
    """Return below which count figures are small: of `events`, of a `cell`, `at-risk`."""
    return int(RULES.get("small", what, Fraction).value)


def definition(per: str) -> str:
    """Return how a published denominator stands to the clinic's own; empty: nothing is known."""
    return RULES.text("definition", per) if RULES.has("definition", per) else ""


def years(days: int) -> Fraction:
    """Return days as years."""
    return days / RULES.get("year", "days", Fraction).value


def year_days(number: int) -> int:
    """Return how many days so many years have."""
    return round(number * RULES.get("year", "days", Fraction).value)


def age_band(birth: date, on: date) -> str:
    """Return the band of an age on a day, as in `50-59`; the last is open, as in `90+`."""
    age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    firsts = [int(one) for one in listed(RULES.get("age", "bands", str))]
    index = max(i for i, first in enumerate(firsts) if i == 0 or age >= first)
    if index == len(firsts) - 1:
        return f"{firsts[index]}+"
    return f"{firsts[index]}-{firsts[index + 1] - 1}"


def overlap(began: date, ended: date, first: date, last: date) -> int:
    """Return how many days of `began` to `ended` lie in `first` to `last`, its last day whole."""
    start, end = max(began, first), min(ended, last + timedelta(days=1))
    return max((end - start).days, 0)
