"""The fold of a stream, kept for as long as nothing is added to it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from thecal.clinic.models import EntryRow, Stream
from thecal.program.clock import Instant
from thecal.record.entry import Entry, entry_of
from thecal.record.fold import fold_therapy
from thecal.therapy.events import Therapy
from thecal.therapy.replay import Replay
from thecal.therapy.simulation import Simulation, ahead_of, simulate_on, start_replay

_KEPT = 400
_HOUR = Fraction(3600)
_HOURS = 2
_kept: OrderedDict[tuple[str, str], Folded] = OrderedDict()
_lock = threading.Lock()


@final
@dataclass(frozen=True)
class Folded:
    """The entries of a stream, and what follows from them once somebody asks.

    A stop asks for the entries alone: it never waits until a long record is folded.
    """

    entries: tuple[Entry, ...]

    @cached_property
    def therapy(self) -> Therapy | None:
        """The therapy that the entries tell; raises `FoldError` or `BadFileError`."""
        return fold_therapy(self.entries)

    @cached_property
    def replay(self) -> Replay | None:
        """The virtual pump after the last event; None before the first. It stays where it is."""
        if self.therapy is None:
            return None
        replay = start_replay(self.therapy, length_needed=False)
        for index in range(len(self.therapy.events)):
            replay.apply(index)
        return replay

    def simulation(self, instant: Instant) -> Simulation | None:
        """Return how the pump stands at an instant, or at the last event where that is later."""
        replay = self.replay
        if replay is None:
            return None
        until = max(instant, replay.pump.state.now)
        hour = until // _HOUR * _HOUR
        return simulate_on(replay if hour < replay.pump.state.now else self._stood(hour), until)

    def _stood(self, hour: Instant) -> Replay:
        """Return the replay at a full hour; kept, so that no page repeats months without events."""
        assert self.replay is not None
        known = self._hours.get(hour)
        if known is None:
            before = [one for one in tuple(self._hours) if one < hour]
            start = self._hours.get(max(before), self.replay) if before else self.replay
            known = ahead_of(start, hour)
            for old in sorted(before)[:-_HOURS]:
                self._hours.pop(old, None)
            self._hours[hour] = known
        return known

    @cached_property
    def _hours(self) -> dict[Instant, Replay]:
        return {}


def fold(stream: Stream) -> Folded:
    """Return the fold of a stream as it stands in `stream.head_seq`."""
    key = (str(stream.pk), stream.head_hash)
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known
    folded = Folded(read_rows(stream))
    remember(key, folded)
    return folded


def fold_all(streams: Sequence[Stream]) -> list[Folded]:
    """Return the folds of many streams, in their order; what is not kept is read at once."""
    keys = [(str(one.pk), one.head_hash) for one in streams]
    with _lock:
        known = {key: _kept[key] for key in keys if key in _kept}
    missing = [one for one, key in zip(streams, keys, strict=True) if key not in known]
    texts: dict[str, list[str]] = {str(one.pk): [] for one in missing}
    heads = {one.pk: one.head_seq for one in missing}
    rows = EntryRow.objects.filter(stream__in=missing).order_by("stream", "seq")
    for stream, seq, text in rows.values_list("stream", "seq", "text") if missing else ():
        if seq <= heads[stream]:
            texts[str(stream)].append(text)
    for one in missing:
        key = (str(one.pk), one.head_hash)
        known[key] = Folded(tuple(entry_of(text) for text in texts[key[0]]))
        remember(key, known[key])
    return [known[key] for key in keys]


def read_rows(stream: Stream) -> tuple[Entry, ...]:
    """Return the entries of a stream up to the head that it has in hand."""
    texts = (
        EntryRow.objects.filter(stream=stream, seq__lte=stream.head_seq)
        .order_by("seq")
        .values_list("text", flat=True)
    )
    return tuple(entry_of(text) for text in texts)


def folded_of(entries: tuple[Entry, ...]) -> Folded:
    """Return the fold of entries, folded; raises `FoldError` or `BadFileError`."""
    folded = Folded(entries)
    _ = folded.therapy
    return folded


def remember(key: tuple[str, str], folded: Folded) -> None:
    """Keep a fold under stream and head; the oldest goes."""
    with _lock:
        _kept[key] = folded
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
