"""Reading a therapy file: what its values become, and errors that name file, event, field, remedy.

The many malformed files are in `tests/cli/test_bad_input.py`; here are the reader's own promises.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from thecal.errors import BadFileError
from thecal.program.program import Mode
from thecal.therapy.events import Fill, Prime, Program
from thecal.therapy.file_reader import parse_moment, read_therapy, read_therapy_file
from thecal.units import Duration, Mass, Volume

FILE = """\
schema = "thecal.therapy/1"
utc_offset = "-05:30"
[patient]
id = "R-1"
birth_date = 1988-11-30
sex = "male"
weight = "71 kg"
therapy = "spasticity"
origin = "spinal"
[pump]
model = "synchromed-ii-20"
serial = "NGP1H"
[catheter]
model = "indura-8709sc"
trimmed_length = "0 cm"
tip = "T11"
[[events]]
time = 2026-01-12T08:00:00
type = "fill"
volume = "18 mL"
mixture = { baclofen = "500 mcg/mL" }
[[events]]
time = 2026-01-12T14:35:00+01:00
type = "prime"
[[events]]
time = 2026-01-12T09:00:00
type = "program"
primary = "baclofen"
mode = "flex"
daily_dose = "100 ug/d"
steps = [ { days = "sat-sun", start = "23:30", duration = "1 h", dose = "10 ug" } ]
"""


def read(text: str) -> object:
    return read_therapy(text.encode(), "r.toml")


def test_values_of_a_file() -> None:
    therapy = read_therapy(FILE.encode(), "r.toml")
    assert therapy.utc_offset == timedelta(hours=-5, minutes=-30)
    assert therapy.patient.opioid_tolerant is None
    assert therapy.patient.indication is None
    fill, prime, program = therapy.events
    assert isinstance(fill, Fill)
    assert fill.volume == Volume.of(18, "mL")
    assert fill.aspirated is None
    assert fill.time == datetime(2026, 1, 12, 13, 30, tzinfo=UTC)
    assert isinstance(prime, Prime)
    assert therapy.instant(prime.time) - therapy.instant(fill.time) == 5 * 60
    assert isinstance(program, Program)
    assert program.program.mode is Mode.FLEX
    (step,) = program.program.steps
    assert step.days == {5, 6}
    assert step.start == Duration.of(23 * 60 + 30, "min")
    assert step.dose == Mass.of(10, "ug")


def test_line_ends_and_order_of_keys_do_not_matter() -> None:
    assert read(FILE.replace("\n", "\r\n")) == read(FILE)
    swapped = FILE.replace('sex = "male"\nweight = "71 kg"', 'weight = "71 kg"\nsex = "male"')
    assert read(swapped) == read(FILE)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"18 mL"', '"18mL"', ("r.toml: event 0 (fill): volume: ", "one space")),
        ('"18 mL"', '"18 mg"', ("r.toml: event 0 (fill): volume: ", "20 mL")),
        ("baclofen = ", "baclofene = ", ("mixture: ", 'did you mean "baclofen"?')),
        ('"flex"', '"flexx"', ("event 2 (program): mode: ", 'did you mean "flex"?')),
        ('"prime"', '"primed"', ("event 1: type: ", 'did you mean "prime"?')),
        ('"sat-sun"', '"sun-mon"', ("event 2 (program): steps 0: days: ", "sun,mon")),
        ('"23:30"', '"24:00"', ("event 2 (program): steps 0: start: ", "07:00")),
        ('"0 cm"', '"89 cm"', ("catheter: trimmed_length: ", "correct trimmed_length")),
        ("serial", "seriel", ("pump: serial: this key is missing", "add serial")),
        ('"T11"', '"t11"', ("catheter: tip: ", "T11")),
        ('"71 kg"', "71", ("patient: weight: ", "0.5 mg")),
        ("1988-11-30", '"1988-11-30"', ("patient: birth_date: ", "unquoted")),
    ],
)
def test_errors_name_place_and_remedy(old: str, new: str, told: tuple[str, ...]) -> None:
    assert FILE.count(old) >= 1
    with pytest.raises(BadFileError) as caught:
        read(FILE.replace(old, new, 1))
    for text in told:
        assert text in str(caught.value)
    assert str(caught.value).startswith("r.toml: ")


def test_a_quarter_offset_and_utc_are_read() -> None:
    for text, size in (("+05:45", 345), ("+00:00", 0), ("-00:00", 0), ("+14:00", 840)):
        local = FILE.replace("T14:35:00+01:00", "T08:05:00").replace("-05:30", text)
        therapy = read_therapy(local.encode(), "r.toml")
        assert therapy.utc_offset == timedelta(minutes=size)


def test_moment_of_an_option() -> None:
    offset = timedelta(hours=1)
    assert parse_moment("2026-03-02T10:00:00", offset) == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert parse_moment("2026-03-02T10:00:00Z", offset) == datetime(2026, 3, 2, 10, tzinfo=UTC)
    own = timezone(timedelta(hours=-5))
    assert parse_moment("2026-03-02 10:00-05:00", offset) == datetime(2026, 3, 2, 10, tzinfo=own)
    for text in ("", "now", "2026-13-01T00:00:00", "10:00", "1899-12-31T00:00:00"):
        with pytest.raises(BadFileError):
            parse_moment(text, offset)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "a\0b", tmp_path / ("x" * 400)):
        with pytest.raises(BadFileError) as caught:
            read_therapy_file(path)
        assert "cannot be read" in str(caught.value)


def test_dots_in_a_text_are_no_long_key() -> None:
    note = '\n[[events]]\ntime = 2026-02-01T08:00:00\ntype = "note"\ntext = "'
    read(FILE + note + "see 1.2.3.4.5 ...... " + ". . " * 200 + '"\n')
    with pytest.raises(BadFileError, match="too many parts"):
        read("a." * 100 + "a = 1\n" + FILE)
