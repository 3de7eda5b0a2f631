"""Each check K1 to K36 in force is seen to fire by one test case and to stay silent by another.

Which case sees what was tried by `tools/see_checks.py`, with the check switched off and told for
good; here it is held that the cases are still there and carry the mark.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from safety_marks import all_tests
from see_checks import read_table

from thecal.safety.catalogue import check_catalogue

SEEN = {row["check"]: row for row in read_table()}
TESTS = all_tests()
WORKFLOW = [one for one in check_catalogue() if re.fullmatch(r"K\d+", one.id)]


def test_every_check_of_the_workflow_is_in_force() -> None:
    assert [one.id for one in WORKFLOW if one.state != "in force"] == []


@pytest.mark.parametrize("check", [one.id for one in WORKFLOW if one.state == "in force"])
@pytest.mark.parametrize("seen", ["fires", "silent"])
def test_a_check_is_seen_to_fire_and_to_stay_silent(check: str, seen: str) -> None:
    assert check in SEEN, "run tools/see_checks.py"
    test = TESTS[SEEN[check][seen].split("[")[0]]
    assert check in test.marks
