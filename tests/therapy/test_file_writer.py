"""A therapy written to a file and read back is the same therapy."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import CannotComputeError
from thecal.therapy.bedside import Bedside, ResidualVolumes, finding_kinds
from thecal.therapy.file_reader import read_therapy, read_therapy_file, read_with_bedside
from thecal.therapy.file_writer import write_quantity, write_therapy
from thecal.therapy.simulation import simulate
from thecal.units import Duration, Mass, MassRate, Volume, parse_quantity
from thecal.units.quantity import Quantity

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))
EVERYTHING = """schema = "thecal.therapy/1"
utc_offset = "-03:30"
[patient]
id = 'O"Brien \\ Åsa'
birth_date = 1961-04-12
sex = "other"
weight = "82.5 kg"
therapy = "pain"
setting = "cancer"
opioid_tolerant = false
indication = "cancer-pain"
[pump]
model = "synchromed-ii-40"
serial = "S-1"
low_reservoir_alarm = "4 mL"
calibration_constant = "118.25"
implanted = 2021-05-04
battery_used = "0.35"
critical_alarm_interval = "20 min"
[catheter]
model = "custom"
implanted_length_range = ["40 cm", "90.5 cm"]
volume_per_length = "0.0022 mL/cm"
tip = "T10"
[plan]
next_visit = 2026-06-01
[[events]]
time = 2026-01-05T09:00:00
type = "fill"
volume = "20 mL"
mixture = { morphine = "10 mg/mL", clonidine = "150 ug/mL" }
order = { morphine = "10 mg/mL", clonidine = "150 ug/mL" }
label = { morphine = "10 mg/mL", clonidine = "150 ug/mL" }
lot = "L1"
beyond_use = 2026-02-01
confirmed_by = ["template", "ultrasound"]
override = [{ check = "K24", reason = "weighed", by = "a pharmacist" }]
[[events]]
time = 2026-01-05T09:05:00.250000
type = "prime"
kind = "catheter"
volume = "0.1672 mL"
[[events]]
time = 2026-01-05T14:20:00+01:00
type = "note"
text = "written abroad"
[[events]]
time = 2026-01-05T10:00:00
type = "program"
primary = "morphine"
mode = "flex"
daily_dose = "1.5 mg/d"
steps = [
  { days = "mon-wed,fri", start = "07:00", duration = "90 min", dose = "0.1 mg" },
  { days = "sat-sun", start = "22:30", duration = "4 h", dose = "0.25 mg" },
]
[events.patient_bolus]
dose = "0.05 mg"
duration = "90 s"
lockout = "4 h"
max_per_day = 3
max_dose_per_day = "3 mg"
[[events]]
time = 2026-01-06T10:00:00
type = "press"
[[events]]
time = 2026-01-07T10:00:00
type = "bolus"
dose = "0.1 mg"
duration = "10 min"
[[events]]
time = 2026-01-08T10:00:00
type = "interrogate"
serial = "S-1"
pump_clock = 2026-01-08T10:02:00
programmer_clock = 2026-01-08T10:01:00
[[events]]
time = 2026-01-09T10:00:00
type = "stop"
reason = "imaging"
[[events]]
time = 2026-01-09T10:30:00
type = "mri"
field = "1.5 T"
duration = "40 min"
[[events]]
time = 2026-01-09T12:00:00
type = "resume"
[[events]]
time = 2026-01-10T12:00:00
type = "environment"
duration = "6 h"
temperature = "39.5 Cel"
altitude = "2400 m"
[[events]]
time = 2026-01-11T12:00:00
type = "access-port"
aspirated = "1 mL"
injected = "0.2 mL"
mixture = { morphine = "1 mg/mL" }
[[events]]
time = 2026-01-12T12:00:00
type = "observe"
scale = "NRS"
value = 4
[[events]]
time = 2026-01-13T12:00:00
type = "fault"
kind = "motor-stall"
[[events]]
time = 2026-01-14T12:00:00
type = "fill"
aspirated = "0 mL"
programmed_volume = "20.2 mL"
volume = "20 mL"
mixture = { hydromorphone = "5 mg/mL" }
[[events]]
time = 2026-01-14T12:10:00
type = "program"
primary = "hydromorphone"
mode = "continuous"
daily_dose = "0.3 mg/d"
bridge = { drug = "morphine", daily_dose = "1.5 mg/d" }
[[events]]
time = 2026-02-14T12:00:00
type = "program"
mode = "minimum-rate"
reason = "infection"
[[events]]
time = 2026-02-14T13:00:00
type = "empty"
aspirated = "0 mL"
reason = "infection"
witness = "a pharmacist"
[[events]]
time = 2026-02-15T12:00:00
type = "revise"
catheter = { model = "ascenda-8780", implanted_length = "70 cm", tip = "T9" }
line = { hydromorphone = "5 mg/mL" }
[[events]]
time = 2026-02-15T12:00:00
type = "program"
primary = "hydromorphone"
mode = "minimum-rate"
daily_dose = "0.5 mg/d"
reason = "a dose that has no effect here"
[[events]]
time = 2026-02-15T13:00:00
type = "set-clock"
reason = "drift"
[[events]]
time = 2026-02-16T12:00:00
type = "replace"
pump = { model = "synchromed-ii-20", serial = "S-2" }
[[events]]
time = 2026-02-17T12:00:00
type = "explant"
reason = "infection"
"""


def test_a_therapy_with_every_kind_of_event_survives_the_way_through_a_file() -> None:
    therapy = read_therapy(EVERYTHING.encode(), "everything.toml")
    text = write_therapy(therapy)
    again = read_therapy(text.encode(), "again.toml")
    assert again == therapy
    assert write_therapy(again) == text


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_written_and_read_back_replays_to_the_same_result(file: Path) -> None:
    therapy = read_therapy_file(file)
    again = read_therapy(write_therapy(therapy).encode(), "again.toml")
    assert again == therapy
    assert simulate(again) == simulate(therapy)


@st.composite
def bedsides(draw: st.DrawFn) -> Bedside:
    """Some findings, the residual as a word or in volumes, and perhaps a planned test."""
    outcomes = {
        one.id: draw(st.sampled_from(sorted(one.outcomes)))
        for one in finding_kinds().values()
        if draw(st.booleans())
    }
    residual = None
    if draw(st.booleans()):
        outcomes.pop("residual", None)
        filled = draw(st.integers(1, 50_000))
        expected = draw(st.integers(0, filled - 1))
        aspirated = draw(st.integers(0, 50_000))
        residual = ResidualVolumes(*(Volume.of(one, "uL") for one in (filled, expected, aspirated)))
    planned = draw(st.none() | st.sampled_from(sorted(finding_kinds())))
    return Bedside(outcomes, residual, planned)


@given(st.none() | bedsides())
def test_what_was_found_at_the_bedside_survives_the_way_through_a_file(
    bedside: Bedside | None,
) -> None:
    therapy = read_therapy(EVERYTHING.encode(), "everything.toml")
    text = write_therapy(therapy, bedside)
    again = read_with_bedside(text.encode(), "again.toml")
    assert again == (therapy, bedside)
    assert write_therapy(*again) == text


def test_a_residual_as_word_and_as_volumes_is_refused_and_neither_is_dropped() -> None:
    volumes = ResidualVolumes(*(Volume.of(one, "mL") for one in (20, 5, 18)))
    twice = Bedside({"residual": "above"}, volumes)
    therapy = read_therapy(EVERYTHING.encode(), "everything.toml")
    with pytest.raises(CannotComputeError, match="word and three volumes"):
        write_therapy(therapy, twice)


@given(
    st.sampled_from([Mass, MassRate, Volume, Duration]),
    st.integers(1, 10**9),
    st.sampled_from([1, 10, 1000, 10**6]),
)
def test_a_written_quantity_reads_back_exactly(
    kind: type[Quantity], whole: int, divisor: int
) -> None:
    unit = kind.unit_codes()[0]
    quantity = kind.of(Fraction(whole, divisor), unit)
    try:
        text = write_quantity(quantity)
    except CannotComputeError:
        return
    assert parse_quantity(text, kind) == quantity


def test_a_figure_without_an_exact_text_is_refused_and_not_rounded() -> None:
    with pytest.raises(CannotComputeError):
        write_quantity(Volume(Fraction(1, 3)))
