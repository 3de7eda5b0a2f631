"""Writing a report: one page and its figures, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from thecal.body.course import BodyCourse
from thecal.errors import BadFileError
from thecal.report.page import Page, build_page
from thecal.report.svg import is_ours
from thecal.therapy.events import Therapy
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import Progress, Simulation

PAGE = "report.html"
_HEAD = 400


def write_report(
    therapy: Therapy,
    answer: TherapyReview,
    result: Simulation,
    folder: Path,
    *,
    file_name: str,
    as_recorded: bool,
    progress: Progress | None = None,
    body: BodyCourse | None = None,
) -> list[Path]:
    """Write `report.html` and its figures as SVG files into `folder`.

    Everything is drawn before anything is written, and each file takes its place at once. Figures
    of an earlier report that this one does not have are taken away, so that the folder never holds
    figures of two patients.

    Parameters
    ----------
    therapy, answer, result
        What was read, how it was judged, and how it ran.
    folder
        Is created where it is missing.
    file_name
        Of the therapy file, for the page.
    as_recorded
        Whether it ran whatever the findings.
    progress
        Called with the seconds that have been replayed since the last call.
    body
        What the body did over the same run; None: the page says nothing of it.

    Returns
    -------
    The files written, the page first.

    Raises
    ------
    BadFileError
        If the folder cannot be written to, or a file stands in its place.
    """
    check_folder(folder, PAGE)
    page = build_page(
        therapy,
        answer,
        result,
        file_name=file_name,
        as_recorded=as_recorded,
        progress=progress,
        body=body,
    )
    return write_page(page, folder, PAGE)


def write_page(page: Page, folder: Path, name: str) -> list[Path]:
    """Write a page under `name` with its figures, whole or not at all.

    Figures of an earlier page that this one does not have are taken away.

    Returns
    -------
    The files written, the page first.

    Raises
    ------
    BadFileError
        If the folder cannot be written to.
    """
    contents = {f"{figure.name}.svg": figure.canvas.standalone() for figure in page.figures}
    contents[name] = page.html
    write_files(folder, {file: text.encode("utf-8") for file, text in contents.items()})
    try:
        _remove_stale(folder, set(contents))
    except OSError as error:
        raise _cannot(folder, error.strerror or str(error)) from None
    return [folder / name, *(folder / file for file in contents if file != name)]


def write_files(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files by name into `folder`, all of them or none.

    Raises
    ------
    BadFileError
        If the folder cannot be written to.
    """
    try:
        _write_all(folder, contents)
    except OSError as error:
        raise _cannot(folder, error.strerror or str(error)) from None


def _cannot(folder: Path, why: str) -> BadFileError:
    return BadFileError(
        f"the report cannot be written: {why}",
        remedy="choose another folder for it",
        place=str(folder),
    )


def check_folder(folder: Path, name: str) -> None:
    """Refuse early a folder in which no page of this name can stand.

    Raises
    ------
    BadFileError
        If a file stands in its place, or a folder in that of the page.
    """
    if folder.exists() and not folder.is_dir():
        raise _cannot(folder, "there is a file where the folder should be")
    if (folder / name).is_dir():
        raise _cannot(folder, f"{name} in it is a folder")


def _write_all(folder: Path, contents: dict[str, bytes]) -> None:
    """Write every file beside its place first; only when all are there, move them in."""
    created = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    temporary: dict[str, str] = {}
    try:
        for name, data in contents.items():
            handle, temporary[name] = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.chmod(temporary[name], 0o666 & ~_mask())
        for name in contents:
            os.replace(temporary[name], folder / name)
            del temporary[name]
    except BaseException:
        for path in temporary.values():
            Path(path).unlink(missing_ok=True)
        if created and not any(folder.iterdir()):
            folder.rmdir()
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_stale(folder: Path, kept: set[str]) -> None:
    for path in sorted(folder.glob("figure-*.svg")):
        if path.name in kept or not path.is_file():
            continue
        with path.open("rb") as stream:
            ours = is_ours(stream.read(_HEAD))
        if ours:
            path.unlink()
