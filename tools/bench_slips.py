"""How many slips of the hand in a dose reach the pump unseen (rule N15 of standards.md 4.3).

A valid daily dose, one that the review accepts without a question, is typed with one key inserted,
left out, swapped with its neighbour or struck twice. The text goes the way of every draft: grammar,
limits, factor check, size of the step. What is accepted without a question is undetected. Slips
that leave the value as it was (`2.5` to `02.5`) are left out.

    python tools/bench_slips.py [--seed 1] [--entries 10000]
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from tqdm import tqdm

from thecal.care.programming.fields import mass_unit, read_draft
from thecal.care.programming.judged import judge
from thecal.errors import EntryError
from thecal.safety.finding import Severity
from thecal.therapy.events import Program, Therapy
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import MassRate, parse_number, show_number

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
THERAPIES = ("pain_two_drugs", "spasticity_baclofen")
KEYS = "0123456789."
NEAR = Fraction(1, 5)
"""A valid entry lies within so much of the dose that runs; a slip within it is a small one."""
FACTOR_CHECK = "K5"
REFUSED, QUESTIONED, UNSEEN = "refused", "questioned", "undetected"


def slip(text: str, chance: random.Random) -> str:
    """Return a text with one key inserted, left out, swapped or struck twice."""
    at = chance.randrange(len(text))
    kind = chance.choice(("insert", "delete", "transpose", "double"))
    if kind == "insert":
        return text[:at] + chance.choice(KEYS) + text[at:]
    if kind == "delete":
        return text[:at] + text[at + 1 :]
    if kind == "double":
        return text[: at + 1] + text[at:]
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


@dataclass
class Bedside:
    """A therapy at which doses are typed; each text is judged once."""

    therapy: Therapy

    def __post_init__(self) -> None:
        self._answers: dict[str, tuple[str, frozenset[str]]] = {}

    @classmethod
    def of(cls, example: str) -> Bedside:
        """Return an example as it stands after its last event."""
        therapy = read_therapy_file(EXAMPLES / f"{example}.toml")
        return cls(replace(therapy, next_visit=None))

    @cached_property
    def simulation(self) -> Simulation:
        """How its pump stands."""
        return simulate(self.therapy, length_needed=False)

    @cached_property
    def dose(self) -> tuple[str, Fraction]:
        """The primary drug, and its background in the unit of its field."""
        running = next(
            one for one in reversed(self.therapy.events) if isinstance(one, Program)
        ).program
        assert running.primary is not None
        assert isinstance(running.daily_dose, MassRate)
        return running.primary, running.daily_dose.in_unit(f"{mass_unit(running.primary)}/d")

    def typed(self, chance: random.Random) -> str:
        """Return a dose near the one that runs, as somebody would type it."""
        _, now = self.dose
        part = Fraction(chance.randint(-100, 100), 100) * NEAR
        return show_number(now * (1 + part), digits=3).replace(",", "")

    def judged(self, text: str) -> tuple[str, frozenset[str]]:
        """Return what becomes of a typed dose, and the checks that stood in its way."""
        if text not in self._answers:
            self._answers[text] = self._judge(text)
        return self._answers[text]

    def _judge(self, text: str) -> tuple[str, frozenset[str]]:
        primary, _ = self.dose
        now = self.therapy.moment(self.simulation.end)
        typed = {"mode": "continuous", "primary": primary, "daily_dose": text}
        draft = read_draft(typed, self.simulation.reservoir_written, self.therapy, now)
        if draft.event is None:
            return REFUSED, frozenset({"grammar"})
        found = judge(self.therapy, draft.event).findings
        for severity, answer in ((Severity.HARD, REFUSED), (Severity.SOFT, QUESTIONED)):
            checks = frozenset(one.check for one in found if one.severity is severity)
            if checks:
                return answer, checks
        return UNSEEN, frozenset()


def measure(entries: int, seed: int, *, bar: bool = False) -> dict[str, float | int]:
    """Return the shares of so many slips, each of a valid entry."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    bedsides = [Bedside.of(name) for name in THERAPIES]
    count: Counter[str] = Counter()
    shown = tqdm(total=entries, unit=" slips", leave=False, disable=None if bar else True)
    while count["slips"] < entries:
        bedside = chance.choice(bedsides)
        valid = bedside.typed(chance)
        slipped = slip(valid, chance)
        if bedside.judged(valid)[0] != UNSEEN or _same(valid, slipped):
            continue
        answer, checks = bedside.judged(slipped)
        count["slips"] += 1
        count[answer] += 1
        count["by grammar"] += "grammar" in checks
        count["by factor check"] += FACTOR_CHECK in checks
        count["undetected, large"] += answer == UNSEEN and not _near(valid, slipped)
        shown.update()
    shown.close()
    names = (REFUSED, QUESTIONED, UNSEEN, "by grammar", "by factor check", "undetected, large")
    return {"slips": entries, "seed": seed} | {
        name: round(count[name] / entries, 4) for name in names
    }


def _same(valid: str, slipped: str) -> bool:
    try:
        return parse_number(valid) == parse_number(slipped)
    except EntryError:
        return False


def _near(valid: str, slipped: str) -> bool:
    return abs(parse_number(slipped) / parse_number(valid) - 1) <= NEAR


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--entries", type=int, default=10_000)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.entries, asked.seed, bar=True)))


if __name__ == "__main__":
    main()
