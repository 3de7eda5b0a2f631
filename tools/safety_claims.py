"""What holds each claim of `safety/`, how strongly, and what is wrong with the tables.

A claim is held by the tests that carry its id in `@pytest.mark.req`, or stand beside it in
`bindings.csv`, and by the claims that it names. It is as strong as the weakest of them: a chain is
no stronger than its weakest link, though one requirement is as strong as its best test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safety_marks import MarkedTest, all_tests
from safety_tables import (
    ROOT,
    STANDINGS,
    Claim,
    Gap,
    gaps,
    requirements,
    rows,
    source_claims,
    worked_examples,
)

STRENGTHS = ("proven", "bounded", "example", "gap")
"""From strong to weak; `docs/safety.md` says what each means."""


@dataclass(frozen=True, slots=True)
class Held:
    """How a claim is held.

    Attributes
    ----------
    strength
        One of `STRENGTHS`.
    tests
        The tests that hold it directly.
    missing
        What nothing holds, of it or of what it needs; empty where nothing is missing.
    """

    strength: str
    tests: tuple[str, ...]
    missing: tuple[str, ...]


class Evidence:
    """All claims, all tests, and what joins them."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.claims: list[Claim] = [*requirements(root), *source_claims(root)]
        self.by_id = {claim.id: claim for claim in self.claims}
        self.tests: dict[str, MarkedTest] = all_tests(root)
        self.gaps: dict[str, Gap] = gaps(root)
        self.stated = {
            (row["test"], id): row["strength"]
            for row in rows("strengths.csv", root)
            for id in row["ids"].split()
        }
        self.bound: dict[str, list[str]] = {}
        for test in self.tests.values():
            for mark in test.marks:
                self.bound.setdefault(mark, []).append(test.id)
        for row in rows("bindings.csv", root):
            self.bound.setdefault(row["id"], []).append(row["test"])
        self._held: dict[str, Held] = {}

    def strength_of(self, test: str, id: str) -> str:
        """Return how strongly one test holds the claim `id`."""
        return self.stated.get((test, id)) or self.tests[test].strength

    def held(self, id: str) -> Held:
        """Return how the claim `id` is held."""
        if id not in self._held:
            self._held[id] = self._judge(id)
        return self._held[id]

    def _judge(self, id: str) -> Held:
        gap = self.gaps.get(id)
        tests = tuple(sorted(set(self.bound.get(id, ()))))
        claim = self.by_id.get(id)
        needed = [] if claim is None else [self.held(one) for one in claim.needs if one != id]
        parts = [one.strength for one in needed]
        if any(test in self.tests for test in tests):
            parts.append(
                min(
                    (self.strength_of(test, id) for test in tests if test in self.tests),
                    key=STRENGTHS.index,
                )
            )
        whole = gap is not None and gap.whole
        strength = "gap" if whole or not parts else max(parts, key=STRENGTHS.index)
        missing = [] if gap is None else [gap.reason]
        missing += [reason for one in needed for reason in one.missing]
        return Held(strength, tests, tuple(dict.fromkeys(missing)))

    def problems(self) -> list[str]:
        """Return what is wrong with the tables, in sentences; nothing where all is well."""
        return [
            *self._wrong_claims(),
            *self._wrong_tests(),
            *self._wrong_gaps(),
            *self._wrong_hazards(),
        ]

    def _wrong_claims(self) -> list[str]:
        found = []
        if len(self.by_id) != len(self.claims):
            found.append("an id stands twice")
        for claim in self.claims:
            if claim.standing not in STANDINGS:
                found.append(f"{claim.id}: there is no standing {claim.standing}")
            if not claim.applies and not claim.reason:
                found.append(f"{claim.id}: does not apply, and nobody says why")
            if not claim.applies and (claim.needs or claim.id in self.bound):
                found.append(f"{claim.id}: does not apply and is held all the same")
            for need in claim.needs:
                if need not in self.by_id and need not in self.bound and need not in self.gaps:
                    found.append(f"{claim.id}: needs {need}, which nobody knows")
            if not claim.applies:
                continue
            held = self.held(claim.id)
            if held.strength == "gap" and not held.missing:
                found.append(f"{claim.id}: no test holds it and gaps.csv does not say so")
        return found

    def _wrong_tests(self) -> list[str]:
        found = []
        patterns = [*worked_examples(self.root)]
        for mark, tests in sorted(self.bound.items()):
            if mark not in self.by_id and not any(one.fullmatch(mark) for one in patterns):
                found.append(f"{mark}: {tests[0]} is marked with it, and no table lists it")
            found += [f"{mark}: there is no test {one}" for one in tests if one not in self.tests]
        found += [
            f"strengths.csv: {test} does not hold {id}"
            for test, id in self.stated
            if test not in self.bound.get(id, ())
        ]
        found += [
            f"bindings.csv: {row['test']} carries the mark {row['id']} itself"
            for row in rows("bindings.csv", self.root)
            if row["test"] in self.tests and row["id"] in self.tests[row["test"]].marks
        ]
        return found

    def _wrong_gaps(self) -> list[str]:
        found = []
        for gap in self.gaps.values():
            claim = self.by_id.get(gap.id)
            if claim is None or not claim.applies:
                found.append(f"gaps.csv: {gap.id} is no claim that applies")
            elif not gap.reason:
                found.append(f"gaps.csv: {gap.id} gives no reason")
            elif gap.whole and (gap.id in self.bound or claim.needs):
                found.append(f"gaps.csv: {gap.id} is a whole gap, yet something holds it")
            elif not gap.whole and self.held(gap.id).strength == "gap":
                found.append(f"gaps.csv: {gap.id} is a gap in part, yet nothing holds the rest")
        return found

    def _wrong_hazards(self) -> list[str]:
        found = []
        for row in rows("hazards.csv", self.root):
            mitigations = row["mitigations"].split()
            if not mitigations:
                found.append(f"{row['id']}: no mitigation")
            found += [
                f"{row['id']}: the mitigation {one} is no requirement"
                for one in mitigations
                if one not in self.by_id
            ]
        return found
