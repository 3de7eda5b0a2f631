"""Therapies that fill every section of a report, and their reports, made once for all tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thecal.report import write_report
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.review import TherapyReview, review_therapy
from thecal.therapy.simulation import Simulation, simulate

HOSTILE = "<script>alert('x')</script>\"&'</title>]]>"

RICH = '''
schema = "thecal.therapy/1"
utc_offset = "+01:00"
[patient]
id = """<script>alert('x')</script>"&'</title>]]>"""
birth_date = 1961-04-12
sex = "female"
weight = "82 kg"
therapy = "pain"
setting = "non-cancer"
opioid_tolerant = true
indication = "failed-back-surgery-syndrome"
[pump]
model = "synchromed-ii-20"
serial = """</text><b onload="x">"""
[catheter]
model = "ascenda-8780"
implanted_length = "76 cm"
tip = "T10"
[[events]]
time = 2026-03-02T10:00:00
type = "fill"
volume = "18 mL"
mixture = { morphine = "5 mg/mL", bupivacaine = "10 mg/mL" }
[[events]]
time = 2026-03-02T10:05:00
type = "prime"
[[events]]
time = 2026-03-02T10:40:00
type = "program"
primary = "morphine"
mode = "continuous"
daily_dose = "1.25 mg/d"
patient_bolus = { dose = "0.05 mg", duration = "5 min", lockout = "4 h", max_per_day = 3 }
[[events]]
time = 2026-03-05T11:00:00
type = "note"
text = """<img src=x onerror="alert(1)"> abc"""
[[events]]
time = 2026-03-18T13:00:00
type = "press"
[[events]]
time = 2026-03-18T14:30:00
type = "press"
[[events]]
time = 2026-03-18T21:58:00
type = "press"
[[events]]
time = 2026-04-06T09:00:00
type = "program"
primary = "morphine"
mode = "flex"
daily_dose = "1.25 mg/d"
steps = [
  { days = "mon-fri", start = "07:00", duration = "1 h", dose = "0.1 mg" },
  { days = "daily", start = "22:00", duration = "4 h", dose = "0.3 mg" },
]
[[events]]
time = 2026-04-20T10:00:00
type = "fill"
aspirated = "5 mL"
volume = "18 mL"
mixture = { morphine = "10 mg/mL", bupivacaine = "20 mg/mL" }
[[events]]
time = 2026-04-20T10:10:00
type = "program"
primary = "morphine"
mode = "continuous"
daily_dose = "1.5 mg/d"
bridge = { daily_dose = "1.4 mg/d" }
[[events]]
time = 2026-04-25T10:10:00
type = "stop"
reason = "</td></tr></table><h1>gone</h1>"
'''

FASTER = RICH.replace('daily_dose = "1.5 mg/d"', 'daily_dose = "9 mg/d"').split(
    "[[events]]\ntime = 2026-04-25"
)[0]
"""The same with a last dose that empties the pump within two weeks."""


@dataclass(frozen=True)
class Case:
    """One therapy with its review, its run and its report."""

    therapy: Therapy
    answer: TherapyReview
    result: Simulation
    folder: Path
    files: list[Path]

    @property
    def html(self) -> str:
        """The page."""
        return (self.folder / "report.html").read_text("utf-8")

    @property
    def figures(self) -> list[Path]:
        """The figures' files."""
        return [path for path in self.files if path.suffix == ".svg"]


WRONG_VOLUME = (
    RICH.split("[[events]]")[0]
    + """
[[events]]
time = 2026-07-01T09:00:00
type = "fill"
volume = "10 mL"
programmed_volume = "18 mL"
mixture = { morphine = "10 mg/mL" }
[[events]]
time = 2026-07-01T09:20:00
type = "program"
primary = "morphine"
mode = "continuous"
daily_dose = "1.94 mg/d"
"""
)


def make_case(text: str, folder: Path, *, days: int | None = None) -> Case:
    """Review, run and report a therapy."""
    therapy = read_therapy(text.encode(), "rich.toml")
    until = therapy.instant(therapy.events[0].time) + days * 86400 if days is not None else None
    answer = review_therapy(therapy)
    result = simulate(therapy, until=until)
    files = write_report(therapy, answer, result, folder, file_name="rich.toml", as_recorded=True)
    return Case(therapy, answer, result, folder, files)
