"""Where a drug of the pump meets a medicine of the list, or another drug of the pump."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from thecal.care.interactions.medicines import Medicine
from thecal.care.interactions.rules import ALCOHOL, MAO_INHIBITOR, rule, severity_of
from thecal.data import Fact
from thecal.pharmacy import drug, interactions
from thecal.safety.finding import Severity
from thecal.units import DAY, Duration

_IN_THE_PUMP = {"neuraxial-morphine": ("morphine",)}
_INTRATHECAL_OPIOID, _OPIOID = "intrathecal-opioid", "opioid"


@final
@dataclass(frozen=True, slots=True)
class Meeting:
    """One interaction in this patient.

    Attributes
    ----------
    pump_drug
        The drug of the pump.
    name
        The medicine, the other drug of the pump, or alcohol.
    partner
        The class for which the interaction is on record.
    """

    pump_drug: str
    name: str
    partner: str
    effect: Fact[str]
    severity: Severity


def meetings(
    pump: tuple[str, ...], taken: tuple[Medicine, ...], on: date, *, alcohol: bool = False
) -> tuple[Meeting, ...]:
    """Return every interaction of the pump's drugs with the list, the graver first.

    Parameters
    ----------
    pump
        Ids of the drugs in the pump.
    taken
        What is taken, and what was stopped when; a medicine without known classes meets nothing.
    on
        The day that is asked about.

    Raises
    ------
    UnknownIdError
        If a drug of the pump is unknown.
    """
    found = [
        Meeting(one, name, each.partner, each.effect, severity_of(each.partner, each.effect))
        for one in pump
        for each in interactions(one)
        for name in _who(each.partner, one, pump, taken, on, alcohol=alcohol)
    ]
    order = tuple(Severity)
    return tuple(sorted(found, key=lambda meeting: order.index(meeting.severity)))


def still_counts(one: Medicine, partner: str, on: date) -> bool:
    """Whether a medicine counts on a day: it is taken, or its class has not washed out.

    The limit belongs to the time that counts: 14 days after the last dose still do.
    """
    if one.stopped_on is None or one.stopped_on >= on:
        return True
    if partner != MAO_INHIBITOR:
        return False
    washout = rule(MAO_INHIBITOR, "washout", Duration).value
    return DAY.scaled((on - one.stopped_on).days) <= washout


def _who(
    partner: str,
    pump_drug: str,
    pump: tuple[str, ...],
    taken: tuple[Medicine, ...],
    on: date,
    *,
    alcohol: bool,
) -> Iterator[str]:
    if partner == ALCOHOL and alcohol:
        yield ALCOHOL
    for one in taken:
        if one.classes is not None and partner in one.classes and still_counts(one, partner, on):
            yield one.name
    for other in pump:
        if other == pump_drug:
            continue
        is_opioid = partner == _INTRATHECAL_OPIOID and drug(other).drug_class == _OPIOID
        if is_opioid or other in _IN_THE_PUMP.get(partner, ()):
            yield other
