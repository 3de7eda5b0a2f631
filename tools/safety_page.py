"""Writes docs/safety.md from `safety/` and the marks of the tests; `--check` writes nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from safety_claims import STRENGTHS, Evidence
from safety_tables import ROOT, Claim, rows

PAGE = ROOT / "docs" / "safety.md"
_INTRO = """# Evidence that it is safe

Written by `make safety` from the tables in `safety/` and from `@pytest.mark.req` in `tests/`: do \
not edit. A test fails when this page is out of date, when a claim has neither test nor gap, or \
when a mark names no claim. Sources are cited by id and restated in a few words of our own: GIP \
is the Generic Infusion Pump set 1.0 (University of Pennsylvania, 2009), R and EC are the Open PCA \
Pump System Requirements 1.0.0 (Kansas State University, 2020), REC are field actions.

How strong the evidence is:

- **proven**: all of a finite domain is gone through (every kind of alarm, every import). Nothing \
here is proved for all inputs by a formal method.
- **bounded**: generated inputs, a state machine, or every byte or moment of one course of events.
- **example**: named cases.
- **gap**: no test, or something that it needs has none.

A claim that rests on several is as strong as the weakest of them; a requirement of ours is as \
strong as its best test. *Held in part* counts what is held, but not all of it: the row says what \
is missing. A test shows that the virtual pump and the checks do what we say; it shows \
nothing about a real pump, and no clinician has reviewed these tables.
"""
_SETS = (
    ("Requirements of this project (standards.md 3)", "requirements.csv", ""),
    ("Checks in force (`thecal catalogue checks`)", "checks.csv", ""),
    ("GIP 1.0, hazards", "gip.csv", "hazard"),
    ("GIP 1.0, safety requirements", "gip.csv", "requirement"),
    ("Open PCA 1.0.0, requirements", "open_pca.csv", "R"),
    ("Open PCA 1.0.0, exception cases", "open_pca.csv", "EC"),
    ("Field actions", "recalls.csv", ""),
)
_CLASSES = (
    "opioid",
    "local-anaesthetic",
    "calcium-channel-blocker",
    "alpha-2-agonist",
    "gaba-b-agonist",
)


def build_page(evidence: Evidence) -> str:
    """Return the page."""
    parts = [_INTRO, _scorecard(evidence), _open_gaps(evidence), _hazards(evidence), _alarms()]
    for title, table, part in _SETS:
        parts.append(f"## {title}\n\n" + _claims(evidence, list(_members(evidence, table, part))))
    parts.append(_commands())
    return "\n".join(parts)


def _members(evidence: Evidence, table: str, part: str) -> Iterable[Claim]:
    for claim in evidence.claims:
        if claim.table != table:
            continue
        hazard = claim.id.startswith("GIP-") and claim.id.count(".") == 1
        if part in ("hazard", "requirement") and (part == "hazard") != hazard:
            continue
        if part in ("R", "EC") and claim.id.startswith("EC") != (part == "EC"):
            continue
        yield claim


def _scorecard(evidence: Evidence) -> str:
    lines = []
    for title, table, part in _SETS:
        members = list(_members(evidence, table, part))
        applying = [one for one in members if one.applies]
        held = [evidence.held(one.id) for one in applying]
        count = Counter(one.strength for one in held)
        partly = sum(1 for one in held if one.strength != "gap" and one.missing)
        numbers = [len(members), len(applying), *(count[name] for name in STRENGTHS), partly]
        lines.append((title, *map(str, numbers)))
    head = ("set", "ids", "apply", *STRENGTHS, "held in part")
    bound = {test for tests in evidence.bound.values() for test in tests}
    return (
        "## Scorecard\n\n"
        + _table(head, lines)
        + f"\n{len(bound)} tests carry an id (a parametrised test counts once).\n"
    )


def _open_gaps(evidence: Evidence) -> str:
    whole = [gap for gap in evidence.gaps.values() if gap.whole]
    part = [gap for gap in evidence.gaps.values() if not gap.whole]
    return (
        "## Known gaps\n\nNothing holds these; whatever needs them counts as a gap too.\n\n"
        + _table(
            ("id", "what it asks", "why"),
            [(gap.id, evidence.by_id[gap.id].text, gap.reason) for gap in whole],
        )
        + "\nThese are held, but not all of them:\n\n"
        + _table(("id", "what is missing"), [(gap.id, gap.reason) for gap in part])
    )


def _hazards(evidence: Evidence) -> str:
    lines = []
    for row in rows("hazards.csv"):
        held = [evidence.held(one).strength for one in row["mitigations"].split()]
        weakest, best = max(held, key=STRENGTHS.index), min(held, key=STRENGTHS.index)
        span = weakest if weakest == best else f"{weakest} to {best}"
        columns = ("id", "hazard", "cause", "effect", "severity", "mitigations")
        lines.append((*(row[name] for name in columns), span, row["gip"]))
    return "## Hazards\n\n" + _table(
        ("id", "hazard", "cause", "effect", "severity", "mitigations", "evidence", "GIP"), lines
    )


def _alarms() -> str:
    lines = []
    for row in rows("alarms.csv"):
        reviewer = f"{row['reviewed_by']} {row['reviewed_on']}".strip() or "nobody"
        shown = (row[name] for name in ("condition", "shown_by", "priority", *_CLASSES))
        lines.append((*shown, row["to_do"], reviewer))
    return (
        "## Alarms and what becomes of the rate, by class of drug\n\n"
        "*program*: it goes on; *nothing*: no flow; *minimum-rate*: the model's least rate. A stop"
        " by reflex is no safe state for every drug.\n\n"
        + _table(
            ("condition", "shown by", "priority", *_CLASSES, "what to do", "reviewed by"), lines
        )
    )


def _claims(evidence: Evidence, claims: list[Claim]) -> str:
    lines = []
    for claim in claims:
        if not claim.applies:
            lines.append((claim.id, claim.text, "not applicable", "", "", claim.reason))
            continue
        held = evidence.held(claim.id)
        by = [*claim.needs, *(_short(test) for test in held.tests)]
        note = "; ".join([*([claim.reason] if claim.reason else []), *held.missing])
        lines.append((claim.id, claim.text, claim.standing, held.strength, _listed(by), note))
    return _table(("id", "about", "standing", "evidence", "held by", "missing or why"), lines)


def _short(test: str) -> str:
    path, name = test.split("::")
    return f"`{path.rsplit('/', 1)[-1].removesuffix('.py')}::{name}`"


def _listed(names: Sequence[str], most: int = 4) -> str:
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = "|".join("---" for _ in head)
    body = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join(["| " + " | ".join(head) + " |", f"|{rule}|", *body]) + "\n"


def _commands() -> str:
    return """## Commands

| command | what |
|---|---|
| `make safety` | write this page anew |
| `.venv/bin/python -m pytest tests/safety_evidence` | the tables, and the tests beside them |
| `.venv/bin/python tools/break_requirements.py --seed 1` | break the code of 30 ids drawn by a \
seed and see their tests fail |
| `make mutants` | a sampled mutation score of the limit kernel |
| `.venv/bin/pytest --hypothesis-profile=long tests/pump/test_pump_stateful.py` | a million steps \
of the pump's state machine |
"""


def main() -> int:
    """Write or check the page; 1 where something is wrong."""
    evidence = Evidence()
    problems = evidence.problems()
    for problem in problems:
        print(problem, file=sys.stderr)
    page = build_page(evidence)
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            print("docs/safety.md is out of date: make safety", file=sys.stderr)
            return 1
    else:
        PAGE.write_text(page, encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
