"""The cases that are shipped: every file in `data/training`."""

from __future__ import annotations

from importlib import resources

from thecal.care.training.case import Case
from thecal.care.training.case_reader import read_case
from thecal.data import cached
from thecal.errors import DataError


def shipped_texts() -> dict[str, str]:
    """Return the text of each shipped case file by its file name, in order."""
    folder = resources.files("thecal.data") / "training"
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name
    )
    return {one.name: one.read_text(encoding="utf-8") for one in files}


@cached
def shipped_cases() -> tuple[Case, ...]:
    """Return the shipped cases, C2 before C10; raises `BadFileError` or `DataError`."""
    found = tuple(read_case(text.encode("utf-8"), name) for name, text in shipped_texts().items())
    if len({one.id for one in found}) != len(found):
        raise DataError("two shipped cases have one id", remedy="give each file its own")
    return tuple(sorted(found, key=lambda one: (len(one.id), one.id)))
