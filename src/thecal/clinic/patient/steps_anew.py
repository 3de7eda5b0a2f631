"""Steps of a refill visit that were recorded anew: which entry stands in place of which."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.record.fold import Effective

_STEP = "visit.step"
"""As `refill.entries` writes it: a later one of the same visit and step corrects the earlier."""


def recorded_anew(standing: Iterable[Effective]) -> dict[int, int]:
    """Return the number of each step that was corrected to that of the next record of it."""
    last: dict[tuple[int, str], int] = {}
    found: dict[int, int] = {}
    for one in standing:
        if one.entry.kind != _STEP or one.body is None:
            continue
        of = (int(one.body["visit"]), str(one.body["step"]))
        if of in last:
            found[last[of]] = one.entry.seq
        last[of] = one.entry.seq
    return found
