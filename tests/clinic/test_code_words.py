"""The record reads in plain words: no code, no key of telemetry and no date of a machine."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from html import unescape
from pathlib import Path

import pytest
from clinic_pumps import chart_of
from refill_room import FEW, Room

import thecal
from thecal.clinic.ledger.code_words import CODE_WORDS, code_words
from thecal.clinic.ledger.entry_words import body_words
from thecal.clinic.refill.papers import PAPERS

_ROOM = Path(thecal.__file__).parent
_CODE = re.compile(r"[a-z]+(?:[-_][a-z0-9]+)+")
NO_CODE = ("nurse-1", "mon-fri")
"""Somebody's user name, and days as the page itself asks for them."""


def _enumerated() -> Iterator[str]:
    for one in pkgutil.walk_packages(thecal.__path__, "thecal."):
        if "migrations" not in one.name and not one.name.endswith("__main__"):
            importlib.import_module(one.name)
    waiting = list(StrEnum.__subclasses__())
    for kind in waiting:
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("thecal."):
            yield from (one.value for one in kind)


def _kinds_in_code() -> Iterator[str]:
    """Yield what is written as a kind: of a document, of a task, of a watch."""
    for path in _ROOM.rglob("*.py"):
        for one in ast.walk(ast.parse(path.read_text())):
            given: list[ast.expr] = []
            if isinstance(one, ast.Call):
                called = getattr(one.func, "id", getattr(one.func, "attr", ""))
                if called in ("Document", "task_draft"):
                    given = [each.value for each in one.keywords if each.arg == "kind"]
                    given += one.args[:1]
            elif isinstance(one, ast.Dict):
                keys = [getattr(each, "value", None) for each in one.keys]
                given = [
                    value for key, value in zip(keys, one.values, strict=True) if key == "kind"
                ]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def codes() -> set[str]:
    handed = [name for one in PAPERS for name in (one.key, one.made_as) if name]
    return {one for one in (*_enumerated(), *handed) if _CODE.fullmatch(one)}


def test_every_code_that_the_program_writes_has_words() -> None:
    assert codes() - set(CODE_WORDS) == set(), "give each code its words in ledger/code_words.py"


def test_every_kind_that_the_program_writes_is_read_in_words() -> None:
    kinds = {one for one in _kinds_in_code() if _CODE.fullmatch(one)}
    assert {"patient-summary", "back-from-ward"} <= kinds
    assert not [one for one in kinds if _CODE.fullmatch(code_words(one, "kind"))]


def test_no_words_are_a_code_and_what_a_person_typed_stays() -> None:
    assert not [one for one in CODE_WORDS.values() if _CODE.fullmatch(one)]
    for typed in ("k-3", "L-17", "re-aspirated", "follow-up at home", "NGV-1"):
        assert code_words(typed) == typed


@pytest.mark.parametrize("by_hand", ["", "no link"])
def test_a_whole_refill_stands_in_the_record_in_words(world, monkeypatch, by_hand: str) -> None:
    room = Room(world, monkeypatch)
    room.begin(path="refill-only", by_hand=by_hand)
    if not by_hand:
        room.post("read pump at refill", "arrive")
    for key in ("arrive", "drug", "needle", "fill"):
        room.record(key)
        room.settle()
    if not by_hand:
        room.post("write pump at refill")
    room.record("account")
    assert "few-fill" in FEW
    lines = {
        (entry.kind, line)
        for entry in chart_of(room.patient).entries
        for line in body_words(entry.kind, entry.body, {})
    }
    assert not [one for one in lines if "_" in one[1].partition(": ")[0]]
    values = {(kind, line.partition(": ")[2]) for kind, line in lines}
    assert not [one for one in values if _CODE.fullmatch(one[1]) and one[1] not in NO_CODE]
    assert not [one for one in lines if re.search(r"\d{4}-\d{2}-\d{2}T", one[1])]
    shown = unescape(room.get("record").content.decode())
    assert "typed twice" in shown
    assert "typed-twice" not in shown
