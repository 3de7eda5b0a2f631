"""Fixtures of the link's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from link_bench import LinkBench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkBench:
    """A served pump. Its writes are not forced to the disk, which no test could see."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return LinkBench(tmp_path)
