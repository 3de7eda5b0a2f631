"""The main job on the examples: review each file, run what may run, write its report.

Ends with exit code 0 only if every file gave what its comment says.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
REFUSED = ("incident_hourly_for_daily", "incident_wrong_volume")


def main() -> int:
    """Run every example and return the exit code."""
    thecal = Path(sys.executable).parent / "thecal"
    wrong = 0
    for file in sorted((ROOT / "examples").glob("*.toml")):
        print(f"\n=== thecal review {file.relative_to(ROOT)}", flush=True)
        review = subprocess.run([thecal, "review", file], check=False)
        expected = (3,) if file.stem in REFUSED else (0, 4)
        wrong += review.returncode not in expected
        report = OUT / file.stem
        command: list[str | Path] = [thecal, "simulate", file, "--as-recorded", "--for", "120 d"]
        command += ["--report", report, "--deliveries", OUT / f"{file.stem}.csv"]
        OUT.mkdir(exist_ok=True)
        print(f"\n=== thecal simulate {file.relative_to(ROOT)} --as-recorded", flush=True)
        wrong += subprocess.run(command, check=False).returncode != 0
        print(f"report: {report.relative_to(ROOT)}/report.html")
    print("\nall examples gave what their comments say" if not wrong else f"\n{wrong} went wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
