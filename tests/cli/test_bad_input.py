"""Bad input: exit 2, one line that names file and field, no traceback, nothing printed or written.

The spoilt files come from `malformed`, each from one change to a valid file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from malformed import BASELINE, BOLUS, FILL, PROGRAM, Case, Raw, cases, changed, put, write_toml

from thecal.cli.main import main

CASES = tuple(cases())
GOOD = write_toml(BASELINE).encode()
EXIT_CODES = {0, 2, 3, 4}
THECAL = str(Path(sys.executable).with_name("thecal"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process: exit code, standard output, standard error."""
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def assert_one_line(code: int, out: str, err: str) -> None:
    """The form of every refusal of bad input."""
    assert code == 2
    assert out == ""
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1, err
    assert all(one.isprintable() or one in "\n\N{NO-BREAK SPACE}" for one in err)
    assert err.startswith("thecal: ")
    assert len(err) < 600, "a message is read by a person"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder in which nothing may appear."""
    place = tmp_path / "out"
    place.mkdir()
    return place


def test_there_are_many_cases_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 250
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("command", ["review", "simulate"])
def test_the_file_that_is_spoilt_was_good(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "good.toml"
    for content in (GOOD, GOOD.replace(b"\n", b"\r\n")):
        file.write_bytes(content)
        code, out, err = run(capsys, command, str(file), "--json")
        assert code in (0, 3, 4)
        assert out
        assert err == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_spoilt_file(
    case: Case, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "spoilt.toml"
    file.write_bytes(case.data)
    places = ("--report", str(folder / "report"), "--deliveries", str(folder / "rows.csv"))
    code, out, err = run(capsys, "simulate", str(file), "--as-recorded", "--json", *places)
    assert_one_line(code, out, err)
    assert "spoilt.toml" in err
    for text in case.named:
        assert text in err, err
    assert not list(folder.iterdir())
    assert run(capsys, "review", str(file)) == (code, out, err)


REAL = (
    "events.0.volume:micro-sign",
    "events.0.volume:toml-nan",
    "events.0.volume:line-end-inside",
    "events.0.time:year-9999-offset",
    "events.2.patient_bolus.max_per_day:huge-negative",
    "patient.birth_date:year-1",
    "events.5.steps:overlap-end-of-week",
    "form:empty",
    "form:byte-order-mark",
    "form:utf-16",
    "form:nul-inside",
    "form:deeper-tables",
    "form:endless-key",
    "form:endless-inline-key",
    "form:escape-in-key",
    'root:unknown-key-"a\\nb"',
)


@pytest.mark.parametrize("name", REAL)
def test_spoilt_file_in_a_process_of_its_own(name: str, tmp_path: Path, folder: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    file = tmp_path / "spoilt.toml"
    file.write_bytes(case.data)
    done = subprocess.run(
        [THECAL, "simulate", str(file), "--deliveries", str(folder / "rows.csv")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_one_line(done.returncode, done.stdout, done.stderr)
    assert "spoilt.toml" in done.stderr
    assert not list(folder.iterdir())


# -- files that are not there or no files ---------------------------------------------------------


def test_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, "review", str(tmp_path / "none.toml"))
    assert_one_line(*answer)
    assert "none.toml" in answer[2]


def test_folder_for_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, "review", str(tmp_path))
    assert_one_line(*answer)
    assert tmp_path.name in answer[2]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "closed.toml"
    file.write_bytes(GOOD)
    file.chmod(0)
    answer = run(capsys, "review", str(file))
    assert_one_line(*answer)
    assert "closed.toml" in answer[2]


def test_loop_of_links(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    answer = run(capsys, "review", str(tmp_path / "a.toml"))
    assert_one_line(*answer)
    assert "a.toml" in answer[2]


def test_link_to_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "gone.toml")
    assert_one_line(*run(capsys, "review", str(tmp_path / "a.toml")))


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b.toml", "a/\n/b.toml", "\x1b[2J.toml"])
def test_impossible_file_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "review", name)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err[:-1].isprintable()


def test_path_through_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "good.toml"
    file.write_bytes(GOOD)
    assert_one_line(*run(capsys, "review", str(file / "more.toml")))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs an endless file")
def test_endless_file(capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(capsys, "review", "/dev/zero")
    assert_one_line(*answer)
    assert "64 MiB" in answer[2]


def test_file_name_that_is_no_text_is_printed_escaped(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/b\xff.toml"
    try:
        with open(name, "wb") as stream:
            stream.write(GOOD)
    except OSError:
        pytest.skip("this file system keeps names as text")
    done = subprocess.run(
        [os.fsencode(THECAL), b"review", name],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in EXIT_CODES
    assert b"Traceback" not in done.stderr
    assert b"b\\udcff.toml" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_full_disk_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "good.toml"
    file.write_bytes(GOOD)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [THECAL, "review", str(file)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("thecal: the answer cannot be written")
    assert len(done.stderr.splitlines()) == 1


# -- options --------------------------------------------------------------------------------------

ACCEPTED = {
    **BASELINE,
    "events": BASELINE["events"][:3],
}

USAGE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("no-verb", (), "review"),
    ("unknown-verb", ("cure",), "cure"),
    ("empty-verb", ("",), "command"),
    ("verb-with-line-end", ("re\nview", "FILE"), "command"),
    ("capital-verb", ("Review", "FILE"), "Review"),
    ("private-module", ("jsonable", "FILE"), "jsonable"),
    ("dotted-verb", ("..errors", "FILE"), "errors"),
    ("review-no-file", ("review",), "FILE"),
    ("simulate-no-file", ("simulate",), "FILE"),
    ("two-files", ("review", "FILE", "FILE"), "unrecognized"),
    ("unknown-option", ("review", "FILE", "--yes"), "--yes"),
    ("shortened-option", ("simulate", "FILE", "--as-rec"), "--as-rec"),
    ("until-for-review", ("review", "FILE", "--until", "2026-04-01T00:00:00"), "--until"),
    ("for-without-unit", ("simulate", "FILE", "--for", "30"), "--for"),
    ("for-no-space", ("simulate", "FILE", "--for", "30d"), "--for"),
    ("for-days", ("simulate", "FILE", "--for", "30 days"), "--for"),
    ("for-zero", ("simulate", "FILE", "--for", "0 d"), "--for"),
    ("for-negative", ("simulate", "FILE", "--for", "-1 d"), "--for"),
    ("for-negative-joined", ("simulate", "FILE", "--for=-1 d"), "--for"),
    ("for-volume", ("simulate", "FILE", "--for", "30 mL"), "--for"),
    ("for-comma", ("simulate", "FILE", "--for", "1,5 d"), "--for"),
    ("for-empty", ("simulate", "FILE", "--for", ""), "--for"),
    ("for-nan", ("simulate", "FILE", "--for", "nan d"), "--for"),
    ("for-ever", ("simulate", "FILE", "--for", "9999999 d"), "--for"),
    ("for-missing", ("simulate", "FILE", "--for"), "--for"),
    ("until-garbage", ("simulate", "FILE", "--until", "tomorrow"), "--until"),
    ("until-empty", ("simulate", "FILE", "--until", ""), "--until"),
    ("until-hour", ("simulate", "FILE", "--until", "10:00"), "--until"),
    ("until-impossible", ("simulate", "FILE", "--until", "2026-02-30T10:00:00"), "--until"),
    ("until-year-1", ("simulate", "FILE", "--until", "0001-01-01T00:00:00"), "--until"),
    ("until-year-9999", ("simulate", "FILE", "--until", "9999-12-31T23:59:59-14:00"), "--until"),
    ("until-too-early", ("simulate", "FILE", "--until", "2026-03-02T09:59:59"), "--until"),
    ("until-early-offset", ("simulate", "FILE", "--until", "2026-03-02T10:00:00+01:01"), "--until"),
    ("until-line-end", ("simulate", "FILE", "--until", "2026-03-02T10:00:00\n"), "--until"),
    ("both", ("simulate", "FILE", "--for", "1 d", "--until", "2026-04-01T00:00:00"), "--until"),
    ("override-no-reason", ("review", "FILE", "--override", "K4"), "--override"),
    ("override-empty-reason", ("review", "FILE", "--override", "K4:   "), "--override"),
    ("override-unknown", ("review", "FILE", "--override", "K99: because"), "K99"),
    ("override-lower-case", ("review", "FILE", "--override", "k4: because"), "k4"),
    ("override-two-checks", ("review", "FILE", "--override", "K4,K12: because"), "K4,K12"),
    ("override-all", ("review", "FILE", "--override", "*: because"), "*"),
    ("override-empty", ("review", "FILE", "--override", ""), "--override"),
    ("override-line-end", ("review", "FILE", "--override", "K4\n"), "--override"),
    ("second-override-bad", ("review", "FILE", "--override", "K4: a", "--override", "b"), '"b"'),
    ("deliveries-no-folder", ("simulate", "FILE", "--deliveries", "TMP/no/rows.csv"), "rows.csv"),
    ("deliveries-folder", ("simulate", "FILE", "--deliveries", "TMP"), "--deliveries"),
    ("deliveries-onto-input", ("simulate", "FILE", "--deliveries", "FILE"), "--deliveries"),
    ("deliveries-below-file", ("simulate", "FILE", "--deliveries", "FILE/a.csv"), "a.csv"),
    ("deliveries-empty", ("simulate", "FILE", "--deliveries", ""), "--deliveries"),
    ("deliveries-device", ("simulate", "FILE", "--deliveries", "/dev/null"), "/dev/null"),
    ("deliveries-long", ("simulate", "FILE", "--deliveries", "TMP/" + "x" * 300), "--deliveries"),
    ("report-onto-file", ("simulate", "FILE", "--report", "TMP/taken"), "--report"),
    ("report-onto-input", ("simulate", "FILE", "--report", "FILE"), "--report"),
    ("report-below-file", ("simulate", "FILE", "--report", "TMP/taken/a/b"), "--report"),
    ("catalogue-no-list", ("catalogue",), "LIST"),
    ("catalogue-unknown", ("catalogue", "doctors"), "doctors"),
    ("catalogue-two", ("catalogue", "pumps", "drugs"), "drugs"),
    ("version-more", ("version", "2"), "2"),
)


@pytest.mark.parametrize(("arguments", "named"), [u[1:] for u in USAGE], ids=[u[0] for u in USAGE])
def test_bad_usage(
    arguments: tuple[str, ...],
    named: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "good.toml"
    file.write_text(write_toml(ACCEPTED))
    (tmp_path / "taken").write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    names = {"FILE": str(file), "TMP": str(tmp_path)}
    real = [names["TMP"] + a[3:] if a.startswith("TMP") else a for a in arguments]
    real = [names["FILE"] + a[4:] if a.startswith("FILE") else a for a in real]
    code, out, err = run(capsys, *real)
    assert_one_line(code, out, err)
    assert named in err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("place", ["TMP/taken", "TMP/taken/deeper"])
def test_a_report_that_cannot_be_written_leaves_no_deliveries(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "good.toml"
    file.write_text(write_toml(ACCEPTED))
    (tmp_path / "taken").write_text("mine")
    rows = tmp_path / "rows.csv"
    rows.write_text("old")
    report = place.replace("TMP", str(tmp_path))
    assert_one_line(
        *run(capsys, "simulate", str(file), "--report", report, "--deliveries", str(rows))
    )
    assert rows.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.toml", "rows.csv", "taken"]


def test_deliveries_through_a_link_write_its_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "good.toml"
    file.write_text(write_toml(ACCEPTED))
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    link.symlink_to(target)
    code, _, _ = run(capsys, "simulate", str(file), "--deliveries", str(link))
    assert code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("start,end,purpose,volume_uL,")


def test_unknown_catheter_length_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "good.toml"
    file.write_bytes(changed(put(("catheter",), {"model": "ascenda-8780", "tip": "T10"})))
    code, _, err = run(capsys, "simulate", str(file), "--as-recorded")
    assert code == 2
    assert "good.toml" in err
    assert "catheter" in err


# -- absurd but readable --------------------------------------------------------------------------

ABSURD: dict[str, bytes] = {
    "heavy-patient": changed(put(("patient", "weight"), "9999999 kg")),
    "weightless-patient": changed(put(("patient", "weight"), "0.000001 ng")),
    "born-after-the-fill": changed(put(("patient", "birth_date"), Raw("2199-12-31"))),
    "ocean-in-a-pump": changed(
        lambda tree: (
            tree["events"][FILL].update(volume="9999999 mL", programmed_volume="9999999 mL")
            or tree.update(events=tree["events"][:3])
        )
    ),
    "drop-in-a-pump": changed(put(("events", FILL, "volume"), "0.000001 uL")),
    "lead-in-a-pump": changed(
        put(("events", FILL, "mixture"), {"morphine": "9999999 mg/mL", "bupivacaine": "1 ng/mL"})
    ),
    "water-in-a-pump": changed(
        put(("events", FILL, "mixture"), {"morphine": "0.000001 ng/mL", "bupivacaine": "1 ng/mL"})
    ),
    "largest-dose": changed(put(("events", PROGRAM, "daily_dose"), "9999999 mg/h")),
    "smallest-dose": changed(put(("events", PROGRAM, "daily_dose"), "0.000001 ug/d")),
    "largest-bolus": changed(put(("events", BOLUS, "dose"), "9999999 kg")),
    "shortest-bolus": changed(put(("events", BOLUS, "duration"), "0.000001 s")),
    "longest-bolus": changed(put(("events", BOLUS, "duration"), "9999999 d")),
    "endless-lockout": changed(put(("events", PROGRAM, "patient_bolus", "lockout"), "9999999 d")),
    "endless-patient-bolus": changed(
        put(("events", PROGRAM, "patient_bolus", "duration"), "9999999 d")
    ),
    "no-lockout": changed(
        put(
            ("events", PROGRAM, "patient_bolus"),
            {"dose": "0.05 mg", "duration": "4 s", "lockout": "0.000001 s"},
        )
    ),
    "countless-boluses": changed(
        put(("events", PROGRAM, "patient_bolus", "max_per_day"), Raw("0x" + "f" * 30_000))
    ),
    "long-catheter": changed(
        put(
            ("catheter",),
            {
                "model": "custom",
                "tip": "C1",
                "implanted_length": "9999999 cm",
                "volume_per_length": "9999999 mL/cm",
            },
        )
    ),
    "endless-prime": changed(put(("events", 1, "volume"), "9999999 mL")),
    "endless-scan": changed(put(("events", 8, "duration"), "9999999 d")),
    "huge-score": changed(put(("events", 12, "value"), Raw("0x" + "f" * 30_000))),
    "long-note": changed(put(("events", 13, "text"), "x" * 1_000_000)),
}


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Fail what takes longer: absurd numbers must not cost absurd time."""

    def stop(*_: object) -> NoReturn:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs an alarm clock")
@pytest.mark.parametrize("name", ABSURD)
def test_absurd_numbers_are_judged_and_replayed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "absurd.toml"
    file.write_bytes(ABSURD[name])
    with at_most(20):
        _judged_and_replayed(file, capsys)


def test_a_bolus_of_a_microsecond_does_not_fill_the_memory(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    file = tmp_path / "absurd.toml"
    tiny = {"dose": "0.000001 ug", "duration": "0.000001 s", "lockout": "0.000001 s"}
    file.write_bytes(changed(put(("events", PROGRAM, "patient_bolus"), tiny)))
    limit = 1_500_000_000
    done = subprocess.run(
        [THECAL, "review", str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert "Traceback" not in done.stderr, done.stderr[-300:]
    assert done.returncode in (0, 3, 4)


def _judged_and_replayed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "review", str(file), "--json")[0] in (0, 3, 4)
    for form in ((), ("--json",)):
        code, _, err = run(capsys, "simulate", str(file), "--as-recorded", *form)
        assert (code, err) == (0, "")


# -- anything at all ------------------------------------------------------------------------------

_INSERTS = st.sampled_from(
    (
        *(b"\0", b"\xff", b'"', b"'", b"[", b"]", b"{", b"}", b"=", b"\n", b".", b",", b"#", b"-"),
        *(
            b"0",
            b"9" * 8,
            b"nan",
            b"inf",
            b"true",
            b"[[events]]\n",
            b"1e9",
            b"\\u0000",
            b"mL",
            b"ug",
        ),
        *(b"2026-01-01", b"12:00", b"stopped", b"fill", b"program", b"press", b"baclofen", b"\r\n"),
    )
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return the good file with a few pieces cut, doubled, swapped or put in."""
    data = GOOD
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = data[start:end]
        match draw(st.sampled_from(("cut", "double", "insert", "bytes", "swap-lines"))):
            case "cut":
                data = data[:start] + data[end:]
            case "double":
                data = data[:end] + piece + data[end:]
            case "insert":
                data = data[:start] + draw(_INSERTS) + data[start:]
            case "bytes":
                data = data[:start] + draw(st.binary(min_size=1, max_size=8)) + data[end:]
            case _:
                lines = data.split(b"\n")
                one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
                lines[one], lines[other] = lines[other], lines[one]
                data = b"\n".join(lines)
    return data


def _never_breaks(data: bytes, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "fuzz.toml"
    file.write_bytes(data)
    code, out, err = run(capsys, "simulate", str(file), "--json")
    assert code in EXIT_CODES
    if code == 2:
        assert out == ""
        assert len(err.splitlines()) == 1
        assert "fuzz.toml" in err
    else:
        assert out
        assert err == ""


@pytest.fixture(scope="module")
def fuzz_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def test_damaged_files_never_break_the_command(
    fuzz_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    @given(damaged())
    def holds(data: bytes) -> None:
        _never_breaks(data, fuzz_folder, capfd)

    holds()


def test_random_bytes_never_break_the_command(
    fuzz_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    @given(st.binary(max_size=300))
    @example(b"")
    def holds(data: bytes) -> None:
        _never_breaks(data, fuzz_folder, capfd)

    holds()


def test_random_text_in_any_field_never_breaks_the_command(
    fuzz_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    paths = (
        *((name,) for name in BASELINE),
        *((name, key) for name in ("patient", "pump", "catheter") for key in BASELINE[name]),
        *(
            ("events", index, key)
            for index, event in enumerate(BASELINE["events"])
            for key in event
        ),
    )
    number = st.one_of(
        st.decimals(0, 10**8, places=3).map(str),
        st.sampled_from(("0", "0.000001", "9999999", "-1", "1e3")),
    )
    unit = st.sampled_from(("mg", "ug", "mL", "uL", "mg/mL", "mg/d", "mL/d", "h", "d", "s", "cm"))
    values = st.one_of(
        st.text(max_size=12),
        st.builds(lambda n, u: f"{n} {u}", number, unit),
        st.integers(-(10**20), 10**20),
        st.booleans(),
        st.builds(Raw, st.floats().map(repr)),
        st.datetimes().map(lambda moment: Raw(moment.isoformat().rjust(19, "0"))),
        st.dates().map(lambda day: Raw(day.isoformat())),
        st.sampled_from((Raw("[]"), Raw("{}"), Raw("[{}]"), Raw("00:00:00"))),
    )

    @given(st.sampled_from(paths), values)
    def holds(path: tuple[str | int, ...], value: object) -> None:
        data = changed(put(path, value))
        _never_breaks(data, fuzz_folder, capfd)

    holds()
