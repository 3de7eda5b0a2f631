"""Therapy files built in a few lines, read by the real reader and reviewed by the real review.

A `Chart` writes the text of a therapy file, so a test sees what a person would have typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from thecal.safety.catalogue import check_catalogue
from thecal.safety.finding import Finding, Severity, Verdict
from thecal.safety.situation import Situation
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.replay import Replay
from thecal.therapy.review import TherapyReview, review_therapy
from thecal.therapy.situations import situation_of

LISTED = {entry.id: entry.severities for entry in check_catalogue()}
MORPHINE = {"morphine": "10 mg/mL"}
BACLOFEN = {"baclofen": "500 ug/mL"}
BACLOFEN_STRONG = {"baclofen": "2000 ug/mL"}
FIRST_DAY = date(2026, 3, 2)  # a Monday

_PATIENTS: Mapping[str, Mapping[str, object]] = {
    "pain": {
        "therapy": "pain",
        "setting": "non-cancer",
        "opioid_tolerant": True,
        "indication": "failed-back-surgery-syndrome",
    },
    "cancer": {
        "therapy": "pain",
        "setting": "cancer",
        "opioid_tolerant": True,
        "indication": "cancer-pain",
    },
    "spinal": {"therapy": "spasticity", "origin": "spinal", "indication": "multiple-sclerosis"},
    "cerebral": {"therapy": "spasticity", "origin": "cerebral", "indication": "cerebral-palsy"},
}


def toml(value: object) -> str:
    """Return a value as it is written in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return str(value)


def moment(day: float, clock: str = "00:00", offset: str = "") -> str:
    """Return the TOML time of a day counted from `FIRST_DAY` and a time of day."""
    at = datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(days=day)
    parts = [int(part) for part in clock.split(":")]
    hours, minutes, seconds = (*parts, 0)[:3]
    at += timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return at.isoformat(timespec="seconds") + offset


class Chart:
    """A therapy file in the making.

    Parameters
    ----------
    kind
        `pain`, `cancer`, `spinal` or `cerebral`: the patient's table; `patient` alters it, and a
        key given as None is left out.
    """

    def __init__(
        self,
        kind: str = "pain",
        *,
        pump: str = "synchromed-ii-40",
        patient: Mapping[str, object] | None = None,
        pump_table: Mapping[str, object] | None = None,
        catheter: Mapping[str, object] | None = None,
        offset: str = "+01:00",
        next_visit: date | None = None,
    ) -> None:
        self.offset = offset
        self.patient: dict[str, object] = {
            "id": "TEST",
            "birth_date": date(1970, 5, 17),
            "sex": "female",
            "weight": "70 kg",
            **_PATIENTS[kind],
            **(patient or {}),
        }
        self.pump: dict[str, object] = {"model": pump, "serial": "NGV1", **(pump_table or {})}
        self.catheter: dict[str, object] = {
            "model": "ascenda-8780",
            "implanted_length": "76 cm",
            "tip": "T10",
        }
        if catheter is not None:
            self.catheter = {"model": "ascenda-8780", "tip": "T10", **catheter}
        self.next_visit = next_visit
        self.events: list[tuple[str, dict[str, object]]] = []

    def add(self, what: str, day: float, clock: str = "09:00", /, **more: object) -> Chart:
        """Add an event; a field given as None is left out."""
        offset = str(more.pop("offset", ""))
        fields = {key: value for key, value in more.items() if value is not None}
        self.events.append((moment(day, clock, offset), {"type": what, **fields}))
        return self

    def fill(
        self, day: float, clock: str, mixture: Mapping[str, str], volume: str = "20 mL", **m: object
    ) -> Chart:
        """Add a fill."""
        return self.add("fill", day, clock, volume=volume, mixture=mixture, **m)

    def run(self, day: float, clock: str, primary: str, dose: str, **more: object) -> Chart:
        """Add a continuous program; `steps` makes it flex."""
        mode = "flex" if "steps" in more else "continuous"
        return self.add("program", day, clock, primary=primary, mode=mode, daily_dose=dose, **more)

    def start(
        self,
        mixture: Mapping[str, str],
        primary: str,
        dose: str,
        *,
        volume: str = "20 mL",
        **more: object,
    ) -> Chart:
        """Add fill, prime and first program on day 0: event 2 is the program."""
        return (
            self.fill(0, "09:00", mixture, volume)
            .add("prime", 0, "09:05")
            .run(0, "09:30", primary, dose, **more)
        )

    def text(self) -> str:
        """Return the file."""
        lines = ['schema = "thecal.therapy/1"', f'utc_offset = "{self.offset}"']
        for name, table in (
            ("patient", self.patient),
            ("pump", self.pump),
            ("catheter", self.catheter),
        ):
            lines += ["", f"[{name}]"]
            lines += [f"{key} = {toml(one)}" for key, one in table.items() if one is not None]
        if self.next_visit is not None:
            lines += ["", "[plan]", f"next_visit = {self.next_visit.isoformat()}"]
        for time, fields in self.events:
            lines += ["", "[[events]]", f"time = {time}"]
            lines += [f"{key} = {toml(one)}" for key, one in fields.items()]
        return "\n".join(lines) + "\n"

    def therapy(self) -> Therapy:
        """Return the file, read."""
        return read_therapy(self.text().encode(), "test.toml")

    def situation(self, index: int = -1) -> Situation:
        """Return what the checks are told of an event, as the review meets it."""
        therapy = self.therapy()
        index %= len(therapy.events)
        replay = Replay(therapy, for_review=True)
        for number in range(index):
            replay.advance_to(therapy.instant(therapy.events[number].time))
            replay.apply(number)
        replay.advance_to(therapy.instant(therapy.events[index].time))
        return situation_of(replay, index)

    def review(self) -> Reviewed:
        """Return the file's review; no check may go further than the catalogue says."""
        found = Reviewed(review_therapy(self.therapy()))
        for one in found.findings:
            assert str(one.severity) in LISTED[one.check], f"{one.check}: {one.severity}"
            assert one.source, f"{one.check} names no source"
        return found


def baclofen(
    dose: str = "200 ug/d",
    mixture: Mapping[str, str] = BACLOFEN,
    *,
    volume: str = "20 mL",
    **m: Any,
) -> Chart:
    """Return spasticity of spinal origin: filled, primed and programmed on day 0."""
    return Chart("spinal", **m).start(mixture, "baclofen", dose, volume=volume)


def morphine(
    dose: str = "2 mg/d",
    mixture: Mapping[str, str] = MORPHINE,
    *,
    volume: str = "20 mL",
    **m: Any,
) -> Chart:
    """Return chronic pain, opioid-tolerant: filled, primed and programmed on day 0."""
    return Chart(**m).start(mixture, "morphine", dose, volume=volume)


class Reviewed:
    """A review with the questions that tests ask."""

    def __init__(self, review: TherapyReview) -> None:
        self.review = review
        self.verdict: Verdict = review.verdict
        self.findings = review.findings

    def of(self, check: str, event: int | None = None) -> list[Finding]:
        """Return the findings of one check, of one event where it is given."""
        return [
            one
            for one in self.findings
            if one.check == check and (event is None or one.event == event)
        ]

    def severities(self, check: str, event: int | None = None) -> list[str]:
        """Return the severities of one check's findings, in order."""
        return [str(one.severity) for one in self.of(check, event)]

    def worst(self, check: str, event: int | None = None) -> str:
        """Return the gravest severity of one check, `silent` where it says nothing."""
        order = [*Severity]
        found = sorted((one.severity for one in self.of(check, event)), key=order.index)
        return str(found[0]) if found else "silent"

    def grave(self) -> dict[tuple[str, int | None], str]:
        """Return every check that is hard or soft, by event."""
        return {
            (one.check, one.event): str(one.severity)
            for one in self.findings
            if one.severity in (Severity.HARD, Severity.SOFT)
        }

    def message(self, check: str, event: int | None = None) -> str:
        """Return the messages of one check, joined."""
        return " | ".join(plain(one.message) for one in self.of(check, event))


def plain(text: str) -> str:
    """Return a text for people with ordinary spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
