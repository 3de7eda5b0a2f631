"""The benchmark of slips (N15): what it does to a text, and how much a sample lets through."""

from __future__ import annotations

import importlib
import random
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"
SAMPLE, SEED = 60, 1
MOST_LARGE = 0.04
"""Of a sample so small, two in sixty; the long run has its share in the operations page."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch):
    """The tool as a module."""
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module("bench_slips")


def test_a_slip_is_one_key_too_many_too_few_swapped_or_struck_twice(bench) -> None:
    chance = random.Random(SEED)
    slips = {bench.slip("2.5", chance) for _ in range(2000)}
    assert {"25", ".5", "2.", ".25", "25.", "22.5", "2..5", "2.55", "72.5", "2.5"} <= slips
    assert all(2 <= len(one) <= 4 for one in slips)


def test_what_is_large_and_undetected_stays_rare(bench) -> None:
    shares = bench.measure(SAMPLE, SEED)
    assert shares["refused"] + shares["questioned"] + shares["undetected"] == pytest.approx(
        1, abs=1e-3
    )
    assert shares["undetected, large"] <= MOST_LARGE
    assert shares["by grammar"] > 0


def test_a_factor_of_ten_is_always_seen(bench) -> None:
    for name in bench.THERAPIES:
        bedside = bench.Bedside.of(name)
        _, dose = bedside.dose
        tenfold = bench.show_number(10 * dose).replace(",", "")
        assert bedside.judged(tenfold)[0] == bench.REFUSED
