"""R07: the tables of a day are kept, named in every answer, and can be decided with again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders import BACLOFEN_STRONG, baclofen
from thecal.cli.main import main
from thecal.data import tables, use_clinic_tables
from thecal.data.versions import MANIFEST, archive_tables, table_set, use_archived_tables
from thecal.errors import DataError

LIMITS = "drug,parameter,edition,population,rank,value,unit,source,status,checked_by,date,note\n"
CEILING = "baclofen,highest-reported-daily,ceiling,spinal,1,{},ug/d,our board,verified,A,{},\n"
NINTH = CEILING.replace(",1,{}", ",9,{}")


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    """The shipped tables are back afterwards."""
    yield
    use_clinic_tables(None)


def own(folder: Path, ceiling: int, day: str = "2026-11-25") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "limits.csv").write_text(LIMITS + CEILING.format(ceiling, day), encoding="utf-8")
    return folder


@pytest.fixture
def therapy(tmp_path: Path) -> Path:
    path = tmp_path / "therapy.toml"
    path.write_text(baclofen("300 ug/d", BACLOFEN_STRONG).text(), encoding="utf-8")
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    assert code != 2, captured.err
    return code, json.loads(captured.out)


@pytest.mark.req("R07")
def test_a_past_decision_is_made_again_with_the_tables_of_its_day(
    tmp_path: Path, therapy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic = own(tmp_path / "clinic", 250)
    then = answer(capsys, "review", str(therapy), "--clinic-tables", str(clinic))
    assert then[0] == 3
    archive = str(tmp_path / "archive")
    kept = main(["catalogue", "--archive", archive, "--clinic-tables", str(clinic), "--json"])
    assert kept == 0
    assert json.loads(capsys.readouterr().out)["set"] == then[1]["tables"]["set"]
    own(clinic, 1000, "2026-12-01")
    today = answer(capsys, "review", str(therapy), "--clinic-tables", str(clinic))
    assert today[0] == 0
    assert today[1]["tables"]["set"] != then[1]["tables"]["set"]
    assert today[1]["tables"]["date"] == "2026-12-01"
    assert answer(capsys, "review", str(therapy), "--tables", archive) == then


@pytest.mark.req("R07")
def test_an_archive_replaces_a_shipped_table_that_has_changed_since(
    tmp_path: Path, therapy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """The shipped table of today is another one: only the archive knows the old ceiling."""
    then = answer(capsys, "review", str(therapy))
    archive_tables(tmp_path / "archive")
    changed = tables._shipped_bytes("limits") + NINTH.format(250, "2026-12-01").encode()
    real = tables._shipped_bytes
    monkeypatch.setattr(tables, "_shipped_bytes", lambda n: changed if n == "limits" else real(n))
    use_clinic_tables(None)
    today = answer(capsys, "review", str(therapy))
    assert today[1]["tables"] != then[1]["tables"]
    again = answer(capsys, "review", str(therapy), "--tables", str(tmp_path / "archive"))
    assert again == then
    monkeypatch.undo()


@pytest.mark.req("R07")
def test_review_and_simulate_name_the_set_they_used(
    therapy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = table_set()
    for verb in ("review", "simulate"):
        assert answer(capsys, verb, str(therapy))[1]["tables"] == {
            "set": found.id,
            "date": found.date,
        }
        assert main([verb, str(therapy)]) == 0
        assert f"tables {found.short} of {found.date}" in capsys.readouterr().out


@pytest.mark.req("R07")
def test_every_table_has_a_version(capsys: pytest.CaptureFixture[str]) -> None:
    _, listed = answer(capsys, "catalogue", "tables")
    assert [one["id"] for one in listed] == list(tables.table_names())
    assert all(len(one["sha256"]) == 64 and one["date"] >= "2026-11-20" for one in listed)


@pytest.mark.req("R07")
def test_an_archive_is_written_once(tmp_path: Path) -> None:
    archive_tables(tmp_path / "archive")
    with pytest.raises(DataError, match="is not empty"):
        archive_tables(tmp_path / "archive")


@pytest.mark.req("R07")
@pytest.mark.req("R06")
@pytest.mark.parametrize("damage", ["altered", "missing", "added", "no list", "no json", "clinic"])
def test_an_archive_that_is_not_as_it_was_written_is_refused(tmp_path: Path, damage: str) -> None:
    archive = tmp_path / "archive"
    before = archive_tables(archive)
    limits = archive / "base" / "limits.csv"
    match damage:
        case "altered":
            limits.write_bytes(limits.read_bytes() + b"#\n")
        case "missing":
            limits.unlink()
        case "added":
            (archive / "base" / "limits2.csv").write_bytes(b"")
        case "no list":
            (archive / MANIFEST).unlink()
        case "no json":
            (archive / MANIFEST).write_text("[", encoding="utf-8")
        case "clinic":
            own(archive / "clinic", 1)
    with pytest.raises(DataError):
        use_archived_tables(archive)
    assert table_set() == before


@pytest.mark.req("R07")
def test_an_archive_without_a_table_of_today_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive_tables(archive)
    content = json.loads((archive / MANIFEST).read_text(encoding="utf-8"))
    content["tables"] = [one for one in content["tables"] if one["table"] != "limits"]
    (archive / MANIFEST).write_text(json.dumps(content), encoding="utf-8")
    (archive / "base" / "limits.csv").unlink()
    with pytest.raises(DataError, match=r"no limits\.csv"):
        use_archived_tables(archive)


@pytest.mark.req("R07")
def test_both_kinds_of_tables_at_once_and_no_list_are_bad_usage(
    tmp_path: Path, therapy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = ["review", str(therapy), "--tables", str(tmp_path), "--clinic-tables", str(tmp_path)]
    for arguments in (both, ["catalogue"], ["catalogue", "drugs", "--archive", "x"]):
        assert main(arguments) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.req("R07")
def test_a_process_keeps_the_tables_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that replaces files while a process runs changes nothing in it."""
    before = tables.rows("limits")
    monkeypatch.setattr(tables, "_bytes_of", lambda *_: pytest.fail("a table was read again"))
    use_clinic_tables(None)
    assert tables.rows("limits") == before
