"""Ratios between routes and opioids, as rows with sources; choosing one is a clinician's act."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import by_key, unknown

_TABLE = "conversion"


def conversion_facts(subject: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer to one question, the shipped default first.

    Subjects: `oral-to-intrathecal-morphine`, `iv-to-intrathecal-morphine`,
    `epidural-to-intrathecal-morphine`, `intrathecal-morphine-to-hydromorphone` (`ratio`),
    `cross-tolerance` (`factor-high`, `factor-low`), `intrathecal-start` (`cap-daily`), `wean`.

    Raises
    ------
    UnknownIdError
        If the table has no such subject or parameter.
    """
    table = by_key(_TABLE, "subject")
    if subject not in table:
        raise unknown("conversion", subject, table)
    if parameter not in table[subject]:
        raise unknown(f"figure of {subject}", parameter, table[subject])
    return table[subject][parameter]


def oral_morphine_factors() -> Mapping[str, Fact[Fraction]]:
    """Return opioid to milligrams of oral morphine per milligram (CDC 2022).

    They feed the risk, never the new dose.
    """
    return MappingProxyType(
        {
            subject: answers["oral-morphine-factor"][0].of_kind(Fraction)
            for subject, answers in by_key(_TABLE, "subject").items()
            if "oral-morphine-factor" in answers
        }
    )
