"""A server killed in the middle of writes has lost nothing that it acknowledged.

A short run of `tools/kill_server.py`; the long one is in the operations page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KILLS = 3


@pytest.mark.req("L02")
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there() -> None:
    command = [sys.executable, str(ROOT / "tools" / "kill_server.py"), "--json", "--seed", "7"]
    done = subprocess.run(
        [*command, "--kills", str(KILLS), "--minutes", "1.5"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout)
    assert figures["faults"] == []
    assert figures["kills"] == figures["restarts"] == KILLS
    assert figures["in_open_write"] >= 1
    assert figures["acknowledged"] > KILLS
    assert figures["entries_checked"] > 2 * figures["acknowledged"]
