"""The files of a report: whole or not at all, and the same bytes every time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from report_cases import RICH, Case, make_case

from thecal.errors import BadFileError
from thecal.report import write_report


def write_again(case: Case, folder: Path) -> list[Path]:
    return write_report(
        case.therapy, case.answer, case.result, folder, file_name="rich.toml", as_recorded=True
    )


def test_same_run_gives_same_bytes(rich: Case, tmp_path: Path) -> None:
    again = make_case(RICH, tmp_path / "again", days=60)
    assert [path.name for path in again.files] == [path.name for path in rich.files]
    for first, second in zip(rich.files, again.files, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_page_comes_first_and_every_file_is_there(rich: Case) -> None:
    assert rich.files[0].name == "report.html"
    assert sorted(rich.folder.iterdir()) == sorted(rich.files)
    assert len(rich.files) >= 7


def test_folder_is_created_with_its_parents(rich: Case, tmp_path: Path) -> None:
    files = write_again(rich, tmp_path / "a" / "b")
    assert all(path.is_file() for path in files)


def test_file_in_place_of_the_folder_is_bad_input(rich: Case, tmp_path: Path) -> None:
    place = tmp_path / "report"
    place.write_text("mine")
    with pytest.raises(BadFileError, match="file where the folder should be"):
        write_again(rich, place)
    assert place.read_text() == "mine"


def test_file_above_the_folder_is_bad_input(rich: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadFileError, match="cannot be written"):
        write_again(rich, tmp_path / "file" / "report")


def test_folder_in_place_of_the_page_is_bad_input(rich: Case, tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(BadFileError, match=r"report\.html in it is a folder"):
        write_again(rich, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_failed_write_leaves_nothing(
    rich: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "chmod", full)
    with pytest.raises(BadFileError, match="No space left"):
        write_again(rich, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "report.html").write_text("earlier")
    with pytest.raises(BadFileError, match="No space left"):
        write_again(rich, tmp_path / "old")
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["report.html"]
    assert (tmp_path / "old" / "report.html").read_text() == "earlier"


def test_figures_of_an_earlier_report_go_and_others_stay(rich: Case, tmp_path: Path) -> None:
    stale = tmp_path / "figure-line-event-99-bridge.svg"
    stale.write_bytes(rich.figures[0].read_bytes())
    foreign = tmp_path / "figure-mine.svg"
    foreign.write_text("<svg/>")
    write_again(rich, tmp_path)
    assert not stale.exists()
    assert foreign.read_text() == "<svg/>"


def test_progress_counts_every_second_of_the_run(rich: Case, tmp_path: Path) -> None:
    steps: list[object] = []
    write_report(
        rich.therapy,
        rich.answer,
        rich.result,
        tmp_path,
        file_name="rich.toml",
        as_recorded=True,
        progress=steps.append,
    )
    assert sum(steps) == 60 * 86400
