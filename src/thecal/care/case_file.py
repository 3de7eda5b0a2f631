"""Reading a case file: one patient's answers to the questions of the clinical rules, as TOML."""

from __future__ import annotations

from pathlib import Path

from thecal.errors import BadFileError
from thecal.therapy.file_reader import read_bytes, read_toml
from thecal.therapy.table import Table

SCHEMA = "thecal.case/1"


def read_case_file(path: Path, topic: str) -> Table:
    """Return the table of `topic` from a case file; raises `BadFileError` naming file and key."""
    table = read_case_table(read_bytes(path), path.name, topic)
    table.folder = path.parent
    return table


def read_case_table(data: bytes, name: str, topic: str) -> Table:
    """Return the table called `topic` from the bytes of a case file called `name`.

    A case file may hold the tables of several topics; the others are left alone.

    Raises
    ------
    BadFileError
        If the bytes are no TOML, the schema is another, or the table is missing.
    """
    root = read_toml(data, name)
    root.take_choice("schema", (SCHEMA,))
    if not root.has(topic):
        raise BadFileError(
            f"this case has no table [{topic}]",
            remedy=f"add [{topic}] with what is known; see examples/cases/{topic}.toml",
            place=name,
        )
    return root.take_table(topic)
