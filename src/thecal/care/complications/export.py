"""The register without names: people as ages in bands, days since the implant, ids of one export.

What could tell who somebody is, and no figure needs, is left out, and the file says so. Whether the
rest tells it all the same depends on how rare somebody is: small groups are counted and can be
withheld.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, final

from thecal.care.complications.recorded import Recorded
from thecal.care.complications.rules import RULES, age_band, few
from thecal.care.survival.life import DeviceLife, End
from thecal.units import Duration

LEFT_OUT = (
    "name, number, telephone and date of birth",
    "every date: days are counted from the first pump's implant, or from the beginning of the"
    " record where that is later; of a device that is followed still, up to whole months ago, for"
    " the day of the export would tell the day of its implant",
    "serial numbers and lots",
    "every free text, also what happened in the words of who wrote it",
    "the names of those who treat, and the name of the clinic",
    "people without an implanted pump",
)
WITHHELD = "withheld"
COLUMNS = (
    *("id", "age_band", "sex", "pathway", "record", "day", "what", "until_day", "end"),
    *("grade", "cause", "drug", "value"),
)


@final
@dataclass(frozen=True, slots=True)
class Subject:
    """One person of an export, still as the record knows them.

    Attributes
    ----------
    answers
        Day, instrument or question, and what was answered.
    """

    born: date
    sex: str
    pathway: str
    began: date
    lives: tuple[DeviceLife, ...]
    complications: tuple[Recorded, ...]
    answers: tuple[tuple[date, str, str], ...] = ()

    @property
    def group(self) -> tuple[str, str, str]:
        """What of the person is told: the band of the age at day 0, sex and pathway."""
        return age_band(self.born, self.began), self.sex, self.pathway


@final
@dataclass(frozen=True, slots=True)
class Export:
    """What a file holds.

    Attributes
    ----------
    small
        People in groups of fewer than the table allows.
    withheld
        Whether age, sex and pathway of these are left out.
    rows
        One for each thing that happened, by `COLUMNS`.
    """

    people: int
    small: int
    withheld: bool
    rows: tuple[Mapping[str, str], ...]

    def about(self) -> dict[str, Any]:
        """Return what the file says of itself."""
        warning = (
            f"{self.small} of {self.people} people belong to groups of fewer than {few('cell')}"
            " by age, sex and pathway"
        )
        held = "their age, sex and pathway are withheld" if self.withheld else "they may be known"
        return {
            "what": "complications, devices and outcomes of one clinic, without names",
            "people": self.people,
            "left_out": list(LEFT_OUT),
            "small_groups": f"{warning}; {held}" if self.small else "none",
            "ids": "made for this file alone: the same person has another id in every export",
            "purpose": "research and training; no proof of what a device or a drug does",
        }

    def as_json(self) -> str:
        """Return the file as JSON."""
        values = {"about": self.about(), "rows": [dict(one) for one in self.rows]}
        return json.dumps(values, indent=1, ensure_ascii=False) + "\n"

    def as_csv(self) -> str:
        """Return the file as CSV; what it says of itself stands above, in lines that begin with #.

        A cell that a spreadsheet would take for a formula begins with an apostrophe.
        """
        text = io.StringIO(newline="")
        for name, value in self.about().items():
            for line in value if isinstance(value, list) else [value]:
                text.write(f"# {name}: {line}\r\n")
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows({key: _plain(cell) for key, cell in one.items()} for one in self.rows)
        return text.getvalue()


def small_groups(subjects: Sequence[Subject]) -> int:
    """Return how many people belong to groups that are small."""
    counts = Counter(one.group for one in subjects)
    return sum(count for count in counts.values() if count < few("cell"))


def export(subjects: Sequence[Subject], new_id: Callable[[], str], *, withhold: bool) -> Export:
    """Return the export of people, in the order of their new ids.

    Parameters
    ----------
    new_id
        Makes an id that tells nothing: random, never from anything of the person.
    """
    counts = Counter(one.group for one in subjects)
    rows = []
    for subject in subjects:
        hidden = withhold and counts[subject.group] < few("cell")
        age, sex, pathway = (WITHHELD,) * 3 if hidden else subject.group
        who = {"id": new_id(), "age_band": age, "sex": sex, "pathway": pathway}
        rows += [{**dict.fromkeys(COLUMNS, ""), **who, **row} for row in _rows(subject)]
    rows.sort(key=lambda row: row["id"])
    return Export(len(subjects), small_groups(subjects), withhold, tuple(rows))


def _rows(subject: Subject) -> list[dict[str, str]]:
    def day(moment: date) -> str:
        return str((moment - subject.began).days)

    found = [
        {
            "record": life.device,
            "day": day(life.entered),
            "what": life.model,
            "until_day": _followed(life, subject.began),
            "end": life.end.value,
            "value": "" if life.from_implant else "implanted before the record began",
        }
        for life in subject.lives
    ]
    found += [
        {
            "record": "complication",
            "day": day(one.began),
            "what": one.id,
            "until_day": "" if one.ended is None else day(one.ended),
            "end": one.outcome or "open",
            "grade": one.grade,
            "cause": one.cause,
            "drug": one.drug,
        }
        for one in subject.complications
    ]
    found += [
        {"record": "outcome", "day": day(on), "what": what, "value": value}
        for on, what, value in subject.answers
    ]
    return found


def _followed(life: DeviceLife, began: date) -> str:
    """Return the last day of a life; where it is that of the export, a whole number of months."""
    days = (life.until - began).days
    if life.end is not End.RUNNING:
        return str(days)
    step = RULES.get("running", "step", Duration).value.in_unit("d")
    return str(max(days // step * step, (life.entered - began).days))


def _plain(cell: str) -> str:
    dangerous = cell[:1] in ("=", "+", "@", "\t") or (cell[:1] == "-" and not cell[1:].isdigit())
    return f"'{cell}" if dangerous else cell
