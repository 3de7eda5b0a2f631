"""The benchmark of the clinical rules: it times answers that are found anew."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from thecal.care.advice import Advice

TOOLS = Path(__file__).resolve().parent.parent / "tools"


def test_an_answer_that_was_kept_stops_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    check = importlib.import_module("bench_rules").check_fresh
    first, second, third = (Advice("selection", "eligible", "the same words") for _ in range(3))
    check(first, [second, third])
    with pytest.raises(SystemExit, match="keeps its answers"):
        check(first, [second, second])
    with pytest.raises(SystemExit, match="keeps its answers"):
        check(first, [first, third])


def test_a_topic_is_told_beside_the_millisecond_that_is_demanded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    bench = importlib.import_module("bench_rules")
    bench.tell_topic("selection")
    told, each = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert told["name"] == "advise selection"
    assert told["unit"] == "s"
    assert told["value"] > 0
    assert told["ratio"] == pytest.approx(told["value"] / 0.001)
    rules = int(each["name"].split()[-2])
    assert rules > 1
    assert each["value"] == pytest.approx(told["value"] / rules)
