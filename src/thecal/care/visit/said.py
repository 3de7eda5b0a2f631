"""What a list of a visit says: words like "none" are no entry of it."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.care.figures import Figures
from thecal.data import cached
from thecal.pharmacy.lookup import listed

_TABLE = Figures("visit_steps", key="step")


def said(entries: Iterable[str]) -> tuple[str, ...]:
    """Return the entries of a list that say something, as they were typed."""
    return tuple(one for one in entries if one and one.strip(" .").lower() not in _nothing())


@cached
def _nothing() -> frozenset[str]:
    return frozenset(listed(_TABLE.get("complaints", "says-nothing", str)))
