"""Every kind of entry that the code writes: found in the code, so that no list has to be kept."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import thecal.clinic
from thecal.clinic.ledger.log import Draft

_ROOM = Path(thecal.clinic.__file__).parent
_KIND = "kind"
_NOWHERE = 99
_Functions = dict[str, int]


def written_kinds() -> dict[str, str]:
    """Return each kind with the module that writes it.

    Raises
    ------
    AssertionError
        If a draft takes its kind from somewhere that cannot be followed.
    """
    trees = {one: ast.parse(one.read_text()) for one in sorted(_ROOM.rglob("*.py"))}
    everywhere, before = {"Draft": 0}, 0
    while before < len(everywhere):
        before = len(everywhere)
        for tree in trees.values():
            made = _writers(tree, everywhere)
            everywhere |= {name: at for name, at in made.items() if name[0] != "_"}
    found: dict[str, str] = {}
    for path, tree in trees.items():
        module = _module(path)
        for kind in _kinds(module, tree, everywhere | _writers(tree, everywhere)):
            found.setdefault(kind, module)
    return found


def _module(path: Path) -> str:
    parts = ("thecal", "clinic", *path.relative_to(_ROOM).with_suffix("").parts)
    return ".".join(one for one in parts if one != "__init__")


def _writers(tree: ast.Module, known: _Functions) -> _Functions:
    """Return the functions that hand on the kind that they are told, with its place."""
    found: _Functions = {}
    for one in ast.walk(tree):
        if not isinstance(one, ast.FunctionDef):
            continue
        names = [argument.arg for argument in one.args.args]
        if _KIND in names and any(_told(call, known) == _KIND for call in ast.walk(one)):
            found[one.name] = names.index(_KIND)
    return found


def _told(call: ast.AST, known: _Functions) -> str:
    """Return the name that stands where a call is told its kind."""
    if not isinstance(call, ast.Call) or len(call.args) <= known.get(_name(call), _NOWHERE):
        return ""
    return getattr(call.args[known[_name(call)]], "id", "")


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _kinds(module: str, tree: ast.Module, writers: _Functions) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or len(call.args) <= writers.get(_name(call), _NOWHERE):
            continue
        given = call.args[writers[_name(call)]]
        if isinstance(given, ast.Constant):
            yield str(given.value)
        elif isinstance(given, ast.Name) and given.id != _KIND:
            loaded = importlib.import_module(module)
            if getattr(loaded, "Draft", Draft) is Draft:
                value = getattr(loaded, given.id)
                assert isinstance(value, str), (module, given.id)
                yield value
        else:
            # A copy of a draft or of an entry, and a kind that is followed to its callers.
            assert isinstance(given, ast.Name | ast.Attribute), (module, ast.dump(given))
