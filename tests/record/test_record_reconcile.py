"""T8 of standards.md 6.4: each command is in the pump's log and in the record, or it is told."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_bench import BEGINNING, chain_of

from thecal.link import journal
from thecal.link.journal import LogHead, extend
from thecal.record.entry import Entry
from thecal.record.errors import FoldError
from thecal.record.fold import CORRECTION
from thecal.record.reconcile import COMMAND, ORDER, reconcile


def pump_log(
    *told: tuple[str, str], role: str = "clinician", dropped: int = 0
) -> tuple[journal.Entry, ...]:
    """Return a log of kinds and command ids whose first entries the pump has dropped."""
    head, entries = LogHead(), []
    for kind, command in [("fill", "")] * dropped + list(told):
        entry = journal.Entry(
            number=head.length + 1,
            time=Fraction(head.length),
            utc=int((BEGINNING + timedelta(minutes=head.length)).timestamp()),
            actor="visit",
            role=role,
            kind=kind,
            command=command,
            detail="",
            order="",
            previous=head.hash,
        )
        head = extend(head, entry)
        entries.append(entry)
    return tuple(entries[dropped:])


def record(*told: tuple[str, str]) -> tuple[Entry, ...]:
    """Return the entries of command ids and outcomes; without one it was only ordered."""
    return chain_of(
        [
            (COMMAND, {"command": one, "what": "x", "outcome": outcome})
            if outcome
            else (ORDER, {"command": one, "what": "x"})
            for one, outcome in told
        ]
    )


def test_t8_a_command_in_both_logs_agrees() -> None:
    log = pump_log(("update-begun", "a"), ("commit", "a"), ("stop-refused", "b"), ("stop", "c"))
    found = reconcile(log, record(("a", "done"), ("b", "refused"), ("c", "done")))
    assert found.agreed == ("a", "b", "c")
    assert found.discrepancies == ()


@pytest.mark.req("L01")
@pytest.mark.parametrize(
    ("kinds", "outcomes", "words"),
    [
        ([("commit", "a")], [], "record does not know of it"),
        ([], [("a", "done")], "pump's log does not have it"),
        ([("stop-refused", "a")], [("a", "done")], "pump's log does not have it"),
        ([("update-begun", "a"), ("update-dropped", "a")], [("a", "done")], "does not have it"),
        ([("stop", "a")], [("a", "refused")], "refused, and the pump did it"),
        ([("stop", "a")], [("a", "unknown")], "what became of it; the pump did it"),
        ([], [("a", "unknown")], "what became of it; the pump's log does not"),
        ([("stop", "a")], [("a", "done"), ("a", "refused")], "refused, and the pump did it"),
        ([("stop", "a")], [("a", "")], "what became of it; the pump did it"),
        ([], [("a", "")], "what became of it; the pump's log does not"),
    ],
)
def test_t8_a_command_on_which_they_differ_is_told(
    kinds: list[tuple[str, str]], outcomes: list[tuple[str, str]], words: str
) -> None:
    found = reconcile(pump_log(("interrogate", ""), *kinds), record(*outcomes))
    assert [one.command for one in found.discrepancies] == ["a"]
    assert words in found.discrepancies[0].what


def test_t8_a_later_entry_settles_an_unknown_outcome() -> None:
    log = pump_log(("commit", "a"))
    told = record(("a", ""), ("a", "unknown"), ("a", "done"))
    assert reconcile(log, told).agreed == ("a",)


def test_t8_a_correction_settles_an_unknown_outcome() -> None:
    drafts = [(one.kind, one.body) for one in record(("a", "unknown"))]
    body = {"command": "a", "what": "x", "outcome": "done"}
    drafts.append((CORRECTION, {"replaces": 1, "body": body}))
    assert reconcile(pump_log(("commit", "a")), chain_of(drafts)).agreed == ("a",)


def test_t8_a_press_of_the_patient_is_no_command_of_the_clinic() -> None:
    assert reconcile(pump_log(("press", "a"), role="patient"), ()).discrepancies == ()


def test_t8_what_the_pump_no_longer_keeps_is_neither_agreed_nor_a_discrepancy() -> None:
    found = reconcile(pump_log(("commit", "b"), dropped=5), record(("a", "done"), ("b", "done")))
    assert found.too_old == ("a",)
    assert found.agreed == ("b",)


@pytest.mark.parametrize("body", [{}, {"command": "", "outcome": "done"}, {"command": "a"}])
def test_t8_a_command_without_id_or_outcome_is_refused(body: dict[str, str]) -> None:
    with pytest.raises(FoldError, match="entry 1"):
        reconcile((), chain_of([(COMMAND, body)]))


ids = st.sets(st.sampled_from("abcdef"))


@given(ids, ids)
def test_t8_every_command_of_either_log_is_accounted_for(pump: set[str], told: set[str]) -> None:
    log = pump_log(*[("stop", one) for one in sorted(pump)])
    found = reconcile(log, record(*[(one, "done") for one in sorted(told)]))
    assert set(found.agreed) == pump & told
    assert {one.command for one in found.discrepancies} == pump ^ told
