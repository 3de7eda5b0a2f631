"""The main job on the examples: review each file, run what may run, write reports; compare pairs.

Ends with exit code 0 only if every file is there and each command ended with the expected code.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from thecal.cli.advise import TOPICS
from thecal.cli.main import DONE, OVERRIDE_NEEDED, REFUSED

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
REVIEW_EXITS = {
    "external_pump": 0,
    "incident_hourly_for_daily": 3,
    "incident_wrong_volume": 3,
    "pain_two_drugs": 4,
    "spasticity_baclofen": 0,
}

ADVISED_THERAPY = ROOT / "examples" / "spasticity_baclofen.toml"
CASES = ROOT / "examples" / "cases"
ANSWERED = (DONE, REFUSED, OVERRIDE_NEEDED)
BODY = ROOT / "examples" / "body"
COMPARISONS = {
    "tip": ("continuous_t10", "continuous_l2"),
    "bolus": ("continuous_t10", "flex_t10"),
    "bridge": ("with_bridge", "without_bridge"),
}


def main() -> int:
    """Run every example and return the exit code."""
    thecal = Path(sys.executable).parent / "thecal"
    wrong = 0
    for stem, expected in REVIEW_EXITS.items():
        file = ROOT / "examples" / f"{stem}.toml"
        print(f"\n=== thecal review {file.relative_to(ROOT)}", flush=True)
        review = subprocess.run([thecal, "review", file], check=False)
        wrong += review.returncode != expected
        report = OUT / stem
        command: list[str | Path] = [thecal, "simulate", file, "--as-recorded", "--for", "120 d"]
        command += ["--report", report, "--deliveries", OUT / f"{stem}.csv"]
        OUT.mkdir(exist_ok=True)
        print(f"\n=== thecal simulate {file.relative_to(ROOT)} --as-recorded", flush=True)
        wrong += subprocess.run(command, check=False).returncode != 0
        print(f"report: {report.relative_to(ROOT)}/report.html")
    wrong += run_body(thecal)
    wrong += run_advice(thecal)
    print("\nall examples gave what their comments say" if not wrong else f"\n{wrong} went wrong")
    return 1 if wrong else 0


def run_advice(thecal: Path) -> int:
    """Ask every clinical rule about its example, tell each verdict, and return how many failed."""
    wrong = 0
    print("\n=== thecal advise TOPIC examples/cases/TOPIC.toml", flush=True)
    for topic, rule in TOPICS.items():
        file = CASES / f"{topic}.toml" if rule.reads == "case" else ADVISED_THERAPY
        command: list[str | Path] = [thecal, "advise", topic, file, "--json"]
        asked = subprocess.run(command, check=False, capture_output=True, text=True)
        if asked.returncode in ANSWERED:
            answer = json.loads(asked.stdout)
            print(f"{topic}: {answer['verdict']}: {answer['summary']}", flush=True)
        else:
            wrong += 1
            print(f"{topic}: {asked.stderr}", flush=True)
    return wrong


def run_body(thecal: Path) -> int:
    """Run the experiment and the comparisons, and return how many went wrong."""
    wrong = 0
    experiment = BODY / "morphine_bolus.toml"
    print(f"\n=== thecal pk {experiment.relative_to(ROOT)}", flush=True)
    wrong += subprocess.run([thecal, "pk", experiment], check=False).returncode != 0
    for name, pair in COMPARISONS.items():
        files = [BODY / f"{stem}.toml" for stem in pair]
        report = OUT / f"compare_{name}"
        print(f"\n=== thecal compare {pair[0]} {pair[1]}", flush=True)
        command: list[str | Path] = [thecal, "compare", *files, "--as-recorded", "--report", report]
        wrong += subprocess.run(command, check=False).returncode != 0
    return wrong


if __name__ == "__main__":
    sys.exit(main())
