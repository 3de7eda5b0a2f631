"""Documents are written all together or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from document_builder import everything

from thecal.care.document import LANGUAGES
from thecal.errors import BadFileError, DataError
from thecal.report.documents import document_page, write_documents


def test_each_language_has_a_file_named_after_the_kind(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    written = write_documents([everything()], folder, LANGUAGES)
    assert [path.name for path in written] == ["demo-sheet.en.html", "demo-sheet.de.html"]
    assert written[1].read_text(encoding="utf-8") == document_page(everything(), "de")
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)


def test_written_again_the_bytes_are_the_same(tmp_path: Path) -> None:
    first = [one.read_bytes() for one in write_documents([everything()], tmp_path, LANGUAGES)]
    assert [
        one.read_bytes() for one in write_documents([everything()], tmp_path, LANGUAGES)
    ] == first


def test_two_documents_of_one_kind_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one kind"):
        write_documents([everything(), everything("Other")], tmp_path, ("en",))
    assert not list(tmp_path.iterdir())


def test_where_one_page_cannot_stand_no_page_is_written(tmp_path: Path) -> None:
    (tmp_path / "demo-sheet.de.html").mkdir()
    with pytest.raises(BadFileError, match="folder"):
        write_documents([everything()], tmp_path, LANGUAGES)
    assert [path.name for path in tmp_path.iterdir()] == ["demo-sheet.de.html"]


def test_a_write_that_fails_half_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "demo-sheet.en.html").write_text("old")

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("thecal.report.write.os.chmod", no_room)
    with pytest.raises(BadFileError, match="No space left"):
        write_documents([everything()], tmp_path, LANGUAGES)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
