"""Entries of a patient as the rules of supply read them, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from thecal.care.supply import told as kinds
from thecal.care.supply.told import Told

START = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 4, 20)
MIXTURE = {"morphine": "10 mg/mL", "bupivacaine": "20 mg/mL"}
CODE = "AAAABBBBXX"


def record(*told: tuple[str, str, dict[str, Any]]) -> tuple[Told, ...]:
    """Return entries of kind, author and body: an hour between two, numbered from one."""
    return tuple(
        Told(number, kind, by, START + timedelta(hours=number), body, "because")
        for number, (kind, by, body) in enumerate(told, start=1)
    )


ORDERED = (
    kinds.ORDERED,
    "physician",
    {"code": CODE, "mixture": MIXTURE, "volume": "20 mL", "needed_by": "2026-04-22"},
)
AGREED = (kinds.RECOMPUTED, "pharmacist", {"order": 1, "differences": []})
DIFFERED = (kinds.RECOMPUTED, "pharmacist", {"order": 1, "differences": ["mass of morphine"]})
MADE = {"order": 1, "lot": "L-1", "beyond_use": "2026-05-30", "volume": "20 mL"}
RELEASED, RECEIVED = (kinds.RELEASED, "pharmacist", MADE), (kinds.RECEIVED, "nurse", MADE)
DELIVERED = (ORDERED, AGREED, RELEASED, RECEIVED)


def visit(
    number: int, order: int = 0, *, injected: str = "18 mL", wasted: str = "2 mL", **more: Any
) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Return the entries of a refill visit whose first entry has a number."""

    def step(name: str, body: dict[str, Any], **beside: Any) -> tuple[str, str, dict[str, Any]]:
        return (
            kinds.VISIT_STEP,
            "nurse",
            {"visit": number, "step": name, "record": body, **beside},
        )

    verify = {
        "order": MIXTURE,
        "label": MIXTURE,
        "label_reading": "scanned",
        "patient_on_label": True,
        "intact": True,
        "volume": "20 mL",
        "lot": "L-1",
        "beyond_use": "2026-05-30",
    }
    waste = {
        "received": "20 mL",
        "injected": injected,
        "wasted": wasted,
        "returned": "0 mL",
        "old_wasted": "0 mL",
    }
    entries = [
        (kinds.VISIT_BEGUN, "nurse", {"operator": "nurse"}),
        step("verify", verify, **({"solution": order} if order else {})),
        step("fill", {}),
        step("waste", waste),
    ]
    if more.get("witness"):
        entries.append((kinds.VISIT_WITNESS, more["witness"], {"visit": number, "of": ""}))
    return (*entries, (kinds.VISIT_CLOSED, "nurse", {"visit": number, "findings": []}))


def implant(
    number: int, order: int = 0, *, injected: str = "18 mL", wasted: str = "2 mL", **more: Any
) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Return the entries of an implant whose first entry has a number, filled and closed."""
    rows = [{"drug": name, "concentration": one} for name, one in MIXTURE.items()]
    fill = {
        "visit": number,
        "step": "fill",
        "values": {"mixture": rows, "fill_volume": injected, "fill_lot": "L-1"},
        "asked": {"received": "20 mL", "wasted": wasted, "returned": more.get("returned", "0 mL")},
        **({"solution": order} if order else {}),
    }
    entries = [
        (kinds.IMPLANT_BEGUN, "surgeon", {"purpose": "implant"}),
        (kinds.IMPLANT_STEP, "nurse", fill),
    ]
    if more.get("witness"):
        seen = {"visit": number, "what": "fill", "of": ""}
        entries.append((kinds.IMPLANT_WITNESS, more["witness"], seen))
    return (*entries, (kinds.IMPLANT_CLOSED, "surgeon", {"visit": number, "findings": []}))
