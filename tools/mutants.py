"""Small changes of Python code: one operator, number or branch at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_COMPUTED: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "+",
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SEVERER = {"HARD": "SOFT", "SOFT": "WARN", "WARN": "INFO", "INFO": "WARN"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the text from `start` to `end` becomes `new`."""

    start: int
    end: int
    old: str
    new: str
    line: int

    def applied(self, text: str) -> str:
        """Return the whole file with the change."""
        return text[: self.start] + self.new + text[self.end :]


def mutants_of(text: str) -> list[Mutant]:
    """Return every change of a file, in the order of its lines.

    Texts, annotations and docstrings are left alone: no behaviour rests on them.
    """
    finder = _Finder(text)
    finder.visit(ast.parse(text))
    return sorted(set(finder.found), key=lambda one: (one.start, one.new))


class _Finder(ast.NodeVisitor):
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.found: list[Mutant] = []

    def _place(self, line: int, column: int) -> int:
        start = self.starts[line - 1]
        whole = self.text[start : self.starts[line]]
        return start + len(whole.encode()[:column].decode())

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._place(node.lineno, node.col_offset),
            self._place(node.end_lineno, node.end_col_offset),
        )

    def _change(self, start: int, end: int, new: str, line: int) -> None:
        self.found.append(Mutant(start, end, self.text[start:end], new, line))

    def _between(self, left: ast.expr, right: ast.expr, news: tuple[str, ...]) -> None:
        """Put another operator between two operands, brackets left where they are."""
        start, end = self._span(left)[1], self._span(right)[0]
        gap = self.text[start:end]
        opened = len(gap) - len(gap.rstrip("( \n"))
        closed = len(gap) - len(gap.lstrip(") \n"))
        for new in news:
            self._change(start + closed, end - opened, new, left.lineno)

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            self._between(left, right, _COMPARED[type(operator)])
            left = right
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        new = _COMPUTED.get(type(node.op))
        if new is not None and not _is_text(node):
            self._between(node.left, node.right, (new,))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        new = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, (new,))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        start, end = self._span(node)
        inner = self._span(node.operand)
        if isinstance(node.op, ast.Not | ast.USub):
            self._change(start, end, f"({self.text[slice(*inner)]})", node.lineno)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._change(*self._span(node), str(not node.value), node.lineno)
        elif isinstance(node.value, int):
            self._change(*self._span(node), str(node.value + 1), node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _SWAPPED:
            self._change(*self._span(node.func), _SWAPPED[node.func.id], node.lineno)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if ast.unparse(node.value) == "Severity" and node.attr in _SEVERER:
            self._change(*self._span(node), f"Severity.{_SEVERER[node.attr]}", node.lineno)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def _negate(self, test: ast.expr) -> None:
        start, end = self._span(test)
        self._change(start, end, f"not ({self.text[start:end]})", test.lineno)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave messages alone: tests hold what they say, not how it is put together."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Leave annotations alone."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in _body_without_docstring(node.body):
            self.visit(part)
        for default in (*node.args.defaults, *(one for one in node.args.kw_defaults if one)):
            self.visit(default)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in _body_without_docstring(node.body):
            self.visit(part)

    def visit_Assert(self, node: ast.Assert) -> None:
        """Leave assertions alone: they only narrow types here."""


def _body_without_docstring(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield statement


def _is_text(node: ast.BinOp) -> bool:
    """Whether texts are joined, which nothing but a message does here."""
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in ast.walk(node)
    )
