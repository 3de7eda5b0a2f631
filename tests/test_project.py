"""What the project promises of itself: locks without addresses, lazy imports, the examples."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from thecal.cli.main import main

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
REFUSED = {"incident_hourly_for_daily", "incident_wrong_volume"}


def test_locks_name_no_address() -> None:
    locks = sorted((ROOT / "requirements").iterdir())
    assert locks
    for lock in locks:
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name


def test_the_lock_of_one_package_index_stays_out_of_git() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_every_pinned_package_carries_a_hash() -> None:
    text = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert all(line.endswith("\\") for line in pins)


@pytest.mark.parametrize("arguments", [["version"], ["--help"]])
def test_a_word_of_help_loads_neither_pharmacy_nor_pump(arguments: list[str]) -> None:
    code = (
        "import sys; from thecal.cli.main import main; main(sys.argv[1:]);"
        "bad = [m for m in ('thecal.pharmacy', 'thecal.pump', 'jinja2', 'tqdm', 'decimal')"
        " if m in sys.modules]; sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_review_loads_no_report_library() -> None:
    code = (
        "import sys; from thecal.cli.main import main; main(sys.argv[1:]);"
        "bad = [m for m in ('jinja2', 'tqdm', 'numpy', 'thecal.report', 'thecal.care')"
        " if m in sys.modules]; sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "review", str(EXAMPLES[0])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_examples_give_what_their_comments_say(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["review", str(file)])
    assert code in ((3,) if file.stem in REFUSED else (0, 4))
    assert capsys.readouterr().out


def test_the_examples_are_those_that_were_handed_over() -> None:
    handed_over = ROOT.parent / "shared" / "examples"
    if not handed_over.is_dir():
        assert {file.stem for file in EXAMPLES} >= REFUSED
        return
    for file in handed_over.glob("*.toml"):
        assert (ROOT / "examples" / file.name).read_bytes() == file.read_bytes()
