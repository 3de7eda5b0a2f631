"""One complication of one patient, as it was entered: read, checked, and judged anew later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, final

from thecal.care.complications.register import Complication, complication, complications, grades
from thecal.care.forms.choice import choices
from thecal.pharmacy import drugs

CAUSES, OUTCOMES = "complication-cause", "complication-outcome"
"""Lists of `form_choices.csv`."""
DEATH, FATAL = "death", "5"


@final
@dataclass(frozen=True, slots=True)
class Recorded:
    """A complication of the register.

    Attributes
    ----------
    number
        Of the entry that recorded it.
    words
        What happened, in the words of who wrote it.
    drug
        The drug that is blamed; empty where none is.
    linked
        Number of the visit, or of whatever entry it belongs to; 0 where none was named.
    outcome, ended
        Empty and None while it is open.
    """

    number: int
    complication: Complication
    began: date
    grade: str
    cause: str
    words: str = ""
    drug: str = ""
    linked: int = 0
    outcome: str = ""
    ended: date | None = None

    @property
    def open(self) -> bool:
        """Whether it has not come to its end."""
        return self.ended is None

    @property
    def grade_words(self) -> str:
        """The grade with its meaning."""
        return f"{self.grade}: {grades()[self.grade].value}"

    @property
    def cause_words(self) -> str:
        """The cause in English."""
        return choices(CAUSES)[self.cause].en

    @property
    def outcome_words(self) -> str:
        """The outcome in English; `open` while there is none."""
        return "open" if self.open else choices(OUTCOMES)[self.outcome].en

    def to_json(self) -> dict[str, Any]:
        """Return it as the body of an entry."""
        return {"complication": self.complication.id, "linked": self.linked, **self.judgement()}

    def judgement(self) -> dict[str, Any]:
        """Return what may be judged anew later."""
        return {
            "began": self.began.isoformat(),
            "grade": self.grade,
            "cause": self.cause,
            "words": self.words,
            "drug": self.drug,
            "outcome": self.outcome,
            "ended": "" if self.ended is None else self.ended.isoformat(),
        }

    def judged(self, body: Mapping[str, Any]) -> Recorded:
        """Return it as a later judgement sees it; raises as `read_recorded`."""
        read = read_recorded(self.number, {**self.to_json(), **body, "complication": self.id})
        return replace(read, linked=self.linked)

    @property
    def id(self) -> str:
        """Id of the complication."""
        return self.complication.id


def read_recorded(number: int, body: Mapping[str, Any]) -> Recorded:
    """Return what the body of an entry records.

    Raises
    ------
    UnknownIdError
        If the complication is none of the list.
    KeyError, ValueError
        If a part is missing, no date, or of no list.
    """
    found = Recorded(
        number=number,
        complication=complication(str(body["complication"])),
        began=date.fromisoformat(str(body["began"])),
        grade=str(body["grade"]),
        cause=str(body["cause"]),
        words=str(body.get("words", "")),
        drug=str(body.get("drug", "")),
        linked=int(body.get("linked") or 0),
        outcome=str(body.get("outcome", "")),
        ended=date.fromisoformat(str(body["ended"])) if body.get("ended") else None,
    )
    if found.grade not in grades() or found.cause not in choices(CAUSES):
        raise ValueError("a grade or a cause that is in no list")
    if found.ended is not None and found.outcome not in choices(OUTCOMES):
        raise ValueError("an outcome that is in no list")
    return found


def wrong(typed: Mapping[str, str], born: date, today: date) -> Iterator[tuple[str, str]]:
    """Yield field and reason of what was typed and cannot be so.

    Parameters
    ----------
    typed
        `complication`, `began`, `grade`, `cause`, `drug`, `outcome`, `ended`; texts.
    """
    yield from _unlisted(typed)
    began, ended = _day(typed, "began"), _day(typed, "ended")
    if began is None:
        yield "began", "this is no date"
    elif began > today:
        yield "began", "this lies ahead of today: write down what has happened"
    elif began < born:
        yield "began", "this lies before the patient was born"
    if typed["ended"] and ended is None:
        yield "ended", "this is no date"
    if ended is not None and ended > today:
        yield "ended", "this lies ahead of today: leave it open until then"
    if began is not None and ended is not None and ended < began:
        yield "ended", "it ends before it began"
    if typed["ended"] and not typed["outcome"]:
        yield "outcome", "say what came of it, or leave it open"
    if typed["outcome"] and not typed["ended"]:
        yield "ended", "say when it ended, or leave the outcome open"
    # Whether a fatal course is over is what its date says: an open one may be of any grade.
    if typed["outcome"] and (typed["outcome"] == DEATH) != (typed["grade"] == FATAL):
        yield "outcome", f"grade {FATAL} is death, and death is grade {FATAL}"


def _unlisted(typed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = {
        "complication": tuple(complications()),
        "grade": tuple(grades()),
        "cause": tuple(choices(CAUSES)),
        "drug": ("", *(one.id for one in drugs())),
        "outcome": ("", *choices(OUTCOMES)),
    }
    for name, allowed in known.items():
        if typed[name] not in allowed:
            yield name, "choose one of the list"


def _day(typed: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        return None
