"""What is asked before anything goes to a pump from the programming pages; a stop asks nothing.

The patient is matched with the record once in every session at the pump (U03), as the refill visit
does; the pump itself is matched by its serial number in every talk with it. A second order shortly
after another one asks whether it is meant (U07): an order that is sent twice by its form is one
order, and is done once.

Kinds of entries
----------------
`programming.identified`
    `identifiers`, by which the patient was matched; it holds for the session that wrote it, until
    the work at the pump is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from django.http import QueryDict

from thecal.care.programming.rules import within
from thecal.care.visit.arrival import Identifier
from thecal.care.visit.rules import RULES
from thecal.clinic.ledger.log import Draft
from thecal.clinic.programs.drafts import CLOSED
from thecal.clinic.pumps.pump_log import ORDER, REFUSED, outcome_of
from thecal.record.entry import Entry

IDENTIFIED = "programming.identified"
_READS = "interrogate"


@final
@dataclass(frozen=True, slots=True)
class BeforeSending:
    """What is asked before an order is sent, and what was answered.

    Attributes
    ----------
    asks_identity
        Whether the patient was not yet matched in this session.
    earlier
        The order of a moment ago, which asks whether this one is meant; None: there was none.
    given, matches
        By what the patient was matched, as typed so far.
    problems
        What the answers lack; empty: it may be sent.
    drafts
        What has to be written down of the answers.
    """

    asks_identity: bool
    earlier: Entry | None
    given: tuple[str, ...]
    matches: bool
    problems: tuple[str, ...]
    drafts: tuple[Draft, ...]

    @property
    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """By what a patient can be matched, with the words for it."""
        return tuple((str(one), str(one).replace("-", " ")) for one in Identifier)


def before_sending(
    entries: Sequence[Entry], sent: QueryDict, device: str, now: datetime, command: str
) -> BeforeSending:
    """Return what is asked before an order is sent from a page, and what the form answered.

    Parameters
    ----------
    device
        The session of whoever sends.
    command
        Of the order: what was sent of itself before asks nothing.
    """
    asks, earlier = not identified(entries, device), earlier_order(entries, now, command)
    problems, drafts = list[str](), list[Draft]()
    given = tuple(sorted({one for one in sent.getlist("identified_by") if one in set(Identifier)}))
    matches = sent.get("identity_matches") == "yes"
    if asks:
        wanted = int(RULES.get("K30", "identifiers", Fraction).value)
        if len(given) < wanted or not matches:
            problems.append(
                f"match the patient with this record first, by {wanted} identifiers: nothing is"
                " sent to the pump of somebody who was not matched in this session"
            )
        drafts.append(Draft(IDENTIFIED, {"identifiers": list(given)}))
    if earlier is not None and sent.get("again") != str(earlier.seq):
        problems.append(
            f"{earlier.actor} sent this pump an order a moment ago ({earlier.body['what']}): look"
            " at it below, and tick that this one is meant as well"
        )
    return BeforeSending(asks, earlier, given, matches, tuple(problems), tuple(drafts))


def identified(entries: Sequence[Entry], device: str) -> bool:
    """Return whether a session matched the patient since the work at the pump was last closed."""
    for entry in reversed(entries):
        if entry.kind == CLOSED:
            return False
        if entry.kind == IDENTIFIED and entry.device == device:
            return True
    return False


def earlier_order(entries: Sequence[Entry], now: datetime, command: str) -> Entry | None:
    """Return another order that was sent to the pump a moment ago; None where there is none.

    A reading changes nothing, and what was refused was not sent.
    """
    since = now - within("U07", "asks-again-within")
    for entry in reversed(entries):
        if entry.written < since:
            return None
        if entry.kind != ORDER or entry.body["what"] == _READS or entry.body["command"] == command:
            continue
        known = outcome_of(entries, entry.body["command"])
        if known is None or known.outcome != REFUSED:
            return entry
    return None
