"""Ratios between routes and opioids, as rows with sources; choosing one is a clinician's act."""

from __future__ import annotations

from fractions import Fraction

from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import by_key, unknown

_TABLE = "conversion"
# The subjects of the table were named before the routes were spelled out.
_SHORT = {"intravenous": "iv"}


def conversion_facts(subject: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer to one question, the shipped default first.

    Subjects: `oral-to-intrathecal-morphine`, `intrathecal-morphine-to-hydromorphone` and their like
    (`ratio`), `cross-tolerance` (`factor-high`, `factor-low`), `intrathecal-start` (`cap-daily`),
    and what the series of patients report (`utah-series`, `malhotra-2013`).

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


def published_ratios(
    drug: str, from_route: str, to_route: str, to_drug: str
) -> tuple[Fact[Fraction], ...]:
    """Return the published ratios from one drug and route to another, the shipped default first.

    A ratio is so much by the first route for 1 by the second. It holds in that direction only: the
    way back is another question, and empty where no source answers it.
    """
    subject = f"{_SHORT.get(from_route, from_route)}-to-{_SHORT.get(to_route, to_route)}-{drug}"
    if drug != to_drug:
        subject = f"{from_route}-{drug}-to-{to_drug}" if from_route == to_route else ""
    answers = by_key(_TABLE, "subject").get(subject, {}).get("ratio", ())
    return tuple(one.of_kind(Fraction) for one in answers)
