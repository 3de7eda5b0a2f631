"""Benchmark of the clinical rules: two JSON lines per topic of `thecal advise`.

The first is the whole answer, the second the same divided by the rules that gave a reason in it.
What is timed is the answer to a case that is in memory: reading its table, judging it, and making
the reasons with their sources. The file is parsed once. Each run reads the case anew, and an answer
that comes out twice stops the benchmark; the tables of constants are kept, as in any process that
answers twice. Rules of `thecal.lab` search and sample: they are not rules of the
bedside and are left out, as is a topic that reads a therapy, for it replays the pump (`bench.py`).
"""

from __future__ import annotations

import time
from copy import deepcopy
from importlib import import_module
from pathlib import Path

from bench import tell

from thecal.care.advice import Advice
from thecal.care.case_file import read_case_file
from thecal.cli.advise import TOPICS

CASES = Path(__file__).resolve().parent.parent / "examples" / "cases"
DEMANDED = 0.001
"""Seconds in which each rule answers."""
ROUNDS, CALLS = 15, 10
LEFT_OUT = "thecal.lab."


def seconds_of(topic: str) -> tuple[float, int]:
    """Return the least processor time of an answer, and how many rules gave a reason in it."""
    advise = import_module(TOPICS[topic].module).advise
    case = read_case_file(CASES / f"{topic}.toml", topic)
    first: Advice = advise(deepcopy(case))
    times = []
    for _ in range(ROUNDS):
        cases = [deepcopy(case) for _ in range(CALLS)]
        start = time.process_time()
        answers = [advise(one) for one in cases]
        times.append((time.process_time() - start) / CALLS)
        check_fresh(first, answers)
    return min(times), len({reason.rule for reason in first.reasons})


def check_fresh(first: Advice, answers: list[Advice]) -> None:
    """Stop where an answer was kept from an earlier call instead of being found again."""
    kept = {id(one) for one in [first, *answers]}
    if len(kept) <= len(answers):
        raise SystemExit(f"{first.topic} keeps its answers: nothing would be measured")


def tell_topic(topic: str) -> None:
    """Print the time of a topic, and of each of its rules, beside what is demanded of a rule."""
    seconds, rules = seconds_of(topic)
    tell(f"advise {topic}", seconds, "s", "demanded 0.001 s", DEMANDED)
    each = f"advise {topic}, each of {rules} rules"
    tell(each, seconds / rules, "s", "demanded 0.001 s", DEMANDED)


if __name__ == "__main__":
    for name, one in TOPICS.items():
        if one.reads == "case" and not one.module.startswith(LEFT_OUT):
            tell_topic(name)
