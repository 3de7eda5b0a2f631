"""Independent checks by a second person, folded from the entries that ask for and give them (K8).

`second.requested`
    `subject`, `digest` of what is to be checked, `what` (lines to be checked), `blind` (values that
    the second person types without seeing them: `key`, `label`, `value`, `unit`, and
    the `figures` of what is reckoned), `why`, `authors`.
    Where a supervisor is asked for, `skills` that they hold and `step`: nothing is typed blind.
`second.given`
    `request`, `typed` by key, `outcome`: `agrees` or `differs`, then `differs_in`: the keys;
    `supervises`: the step, where a supervisor signed.
`second.refused`
    `request`; the reason is the entry's.
`second.exception`
    `request`, `counted`; the reason is the entry's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from thecal.record.entry import Entry

REQUESTED = "second.requested"
GIVEN = "second.given"
REFUSED = "second.refused"
EXCEPTION = "second.exception"
AGREES, DIFFERS = "agrees", "differs"


@final
@dataclass(frozen=True, slots=True)
class Blind:
    """A value that the second person types without seeing it.

    Attributes
    ----------
    value
        Text of a quantity, as in `10 mg/mL`.
    unit
        The unit in which it is asked for: only digits are typed.
    figures
        To how many figures it has to agree, where it is reckoned; None: exactly.
    """

    key: str
    label: str
    value: str
    unit: str
    figures: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for an entry."""
        told = {"key": self.key, "label": self.label, "value": self.value, "unit": self.unit}
        return told if self.figures is None else {**told, "figures": self.figures}


@final
@dataclass(frozen=True, slots=True)
class Request:
    """A check that was asked for.

    Attributes
    ----------
    seq
        The entry that asks.
    what, why
        Lines to be checked, and why a second person is needed.
    authors
        Login names of those who cannot be the second person.
    differed
        How often somebody typed something else than stands there.
    differs_in
        Labels of what differed the last time; never a value. Empty where nobody wrote which.
    skills, step
        What a supervisor has to be able to do alone, and for which step; empty where it is a check.
    """

    seq: int
    subject: str
    digest: str
    what: tuple[str, ...]
    why: tuple[str, ...]
    blind: tuple[Blind, ...]
    authors: frozenset[str]
    utc: str
    differed: int = 0
    differs_in: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    step: str = ""


@final
@dataclass(frozen=True, slots=True)
class Given:
    """A check that was given, or the exception that took its place.

    Attributes
    ----------
    exception
        Whether nobody checked: the author went on alone, with `reason`.
    """

    seq: int
    request: int
    by: str
    role: str
    exception: bool
    reason: str


def open_requests(entries: Iterable[Entry]) -> tuple[Request, ...]:
    """Return the requests that nobody has answered, the oldest first.

    One that was refused, or whose subject is asked about again, is no longer open.
    """
    requests: dict[int, Request] = {}
    differed: dict[int, int] = {}
    keys: dict[int, frozenset[str]] = {}
    for entry in entries:
        if entry.kind == REQUESTED:
            asked = _request(entry)
            for seq in [seq for seq, one in requests.items() if one.subject == asked.subject]:
                del requests[seq]
            requests[entry.seq] = asked
        elif entry.kind == GIVEN and entry.body["outcome"] == DIFFERS:
            number = int(entry.body["request"])
            differed[number] = differed.get(number, 0) + 1
            keys[number] = frozenset(entry.body.get("differs_in", ()))
        elif entry.kind in (GIVEN, REFUSED, EXCEPTION):
            requests.pop(int(entry.body["request"]), None)
    return tuple(
        replace(
            one,
            differed=differed.get(seq, 0),
            differs_in=tuple(each.label for each in one.blind if each.key in keys.get(seq, ())),
        )
        for seq, one in requests.items()
    )


def is_given(entries: Iterable[Entry], digest: str) -> Given | None:
    """Return the check of what has this digest; None where nobody gave it.

    Who asks for another thing asks about another digest: that of a supervised step names the step.
    """
    asked: set[int] = set()
    for entry in entries:
        if entry.kind == REQUESTED and entry.body["digest"] == digest:
            asked.add(entry.seq)
        elif entry.kind in (GIVEN, EXCEPTION) and entry.body["request"] in asked:
            if entry.kind == GIVEN and entry.body["outcome"] != AGREES:
                continue
            return Given(
                seq=entry.seq,
                request=int(entry.body["request"]),
                by=entry.actor,
                role=entry.role,
                exception=entry.kind == EXCEPTION,
                reason=entry.reason,
            )
    return None


def exceptions(entries: Iterable[Entry]) -> int:
    """Return how often the second person was left out."""
    return sum(entry.kind == EXCEPTION for entry in entries)


def request_body(
    subject: str,
    digest: str,
    what: Sequence[str],
    blind: Sequence[Blind],
    why: Sequence[str],
    authors: Iterable[str],
) -> Mapping[str, Any]:
    """Return the body of an entry that asks for a second person."""
    return {
        "subject": subject,
        "digest": digest,
        "what": list(what),
        "blind": [one.as_json() for one in blind],
        "why": list(why),
        "authors": sorted(set(authors)),
    }


def _request(entry: Entry) -> Request:
    body = entry.body
    return Request(
        seq=entry.seq,
        subject=str(body["subject"]),
        digest=str(body["digest"]),
        what=tuple(body["what"]),
        why=tuple(body["why"]),
        blind=tuple(Blind(**one) for one in body["blind"]),
        authors=frozenset((entry.actor, *body["authors"])),
        utc=entry.utc,
        skills=tuple(body.get("skills", ())),
        step=str(body.get("step", "")),
    )
