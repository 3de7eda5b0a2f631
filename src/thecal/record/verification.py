"""Whether a whole record is as it was written: every stream with its chain, head and anchors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import final

from thecal.record.chain import BadEntry, ChainReport, Head, check_chain
from thecal.record.database import StoredStream


@final
@dataclass(frozen=True, slots=True)
class StreamCheck:
    """The check of one stream; `kind` is empty where the stream itself is gone."""

    kind: str
    report: ChainReport


@final
@dataclass(frozen=True, slots=True)
class Verification:
    """The check of every stream of a record."""

    checks: tuple[StreamCheck, ...]

    @property
    def bad(self) -> tuple[BadEntry, ...]:
        """The first bad entry of each stream that is not whole."""
        return tuple(one.report.bad for one in self.checks if one.report.bad is not None)

    @property
    def entries(self) -> int:
        """How many entries fit."""
        return sum(one.report.head.seq for one in self.checks)

    @property
    def unanchored(self) -> int:
        """How many of them came after the last that was kept outside the database."""
        return sum(max(0, one.report.head.seq - one.report.anchored) for one in self.checks)


def verify(
    streams: Iterable[StoredStream], anchors: Mapping[str, Mapping[int, str]]
) -> Verification:
    """Return the check of streams against the anchors that were kept outside.

    Parameters
    ----------
    anchors
        Hashes by stream and number. Read them before the streams: of a clinic at work they must
        not know more than the look at its database.
    """
    checks = [_check(stream, anchors) for stream in streams]
    known = {one.report.stream for one in checks}
    for stream in sorted(anchors.keys() - known):
        last = max(anchors[stream])
        what = f"the whole stream is missing; the anchor kept outside knows {last} entries"
        report = ChainReport(stream, Head(), BadEntry(stream, 1, what), last)
        checks.append(StreamCheck("", report))
    return Verification(tuple(checks))


def _check(stored: StoredStream, anchors: Mapping[str, Mapping[int, str]]) -> StreamCheck:
    report = check_chain(stored.stream, stored.entries, anchors.get(stored.stream))
    if report.bad is None and stored.head not in (None, report.head):
        assert stored.head is not None
        what = f"the stream is said to have {stored.head.seq} entries, or another last one"
        bad = BadEntry(stored.stream, report.head.seq + 1, what)
        report = replace(report, bad=bad)
    return StreamCheck(stored.kind, report)
