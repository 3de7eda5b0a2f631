"""The benchmark's peers: as accurate as demanded, and never a reason to fail when missing."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"


def test_a_peer_that_is_missing_is_named_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    for name in ("roadrunner", "diffrax"):
        monkeypatch.setitem(sys.modules, name, None)
    case = importlib.import_module("bench_case").case()
    found = importlib.import_module("bench_peers").peers(case)
    assert len(found) == 1
    name, (seconds, error) = next(iter(found.items()))
    assert name.startswith("SciPy LSODA")
    assert seconds > 0
    assert 0 < error <= 1e-4
    told = capsys.readouterr().err.splitlines()
    assert [line.split(" (")[0] for line in told] == [
        "peer not installed: libRoadRunner CVODE",
        "peer not installed: diffrax Kvaerno5",
    ]


def test_the_case_is_a_day_of_five_sites_with_every_bolus_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    case = importlib.import_module("bench_case").case()
    assert case.matrix.shape == (122, 122)
    assert case.answer.shape == (289, 5)
    given = case.rates @ np.diff(case.starts)
    assert given == pytest.approx(24 * (600.0 / 12 + 20.0 * 11 / 12))
    tip = case.answer[:, 0]
    assert np.count_nonzero((tip[1:-1] > tip[:-2]) & (tip[1:-1] > tip[2:])) == 24


def test_the_lock_of_the_peers_pins_what_the_project_pins() -> None:
    """Peers stand before the project's own packages on the path, so both must agree."""

    def pins(name: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        text = (TOOLS.parent / "requirements" / name).read_text(encoding="utf-8")
        for line in text.splitlines():
            if "==" in line and not line.startswith(" "):
                package, version = line.split(" ")[0].split("==")
                found.setdefault(package, set()).add(version)
        return found

    project, peers = pins("lock.txt"), pins("bench.txt")
    assert {"libroadrunner", "diffrax"} <= set(peers)
    assert {"numpy", "scipy"} <= set(project) & set(peers)
    for package in set(project) & set(peers):
        assert peers[package] <= project[package], package
