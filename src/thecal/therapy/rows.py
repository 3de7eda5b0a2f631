"""Joining deliveries that follow each other evenly, so that one row is one stretch."""

from __future__ import annotations

import heapq
from dataclasses import replace
from itertools import count
from typing import final

from thecal.program.clock import Instant
from thecal.program.delivery import Delivery, Purpose
from thecal.pump.flow import DeliverySink


@final
class JoiningSink:
    """Passes deliveries on, joined per purpose, in order of their start.

    Background and bolus run side by side: each purpose has one open row, and a closed row waits
    until no open row began before it. At most a handful of rows is held.
    """

    def __init__(self, sink: DeliverySink) -> None:
        self._sink = sink
        self._open: dict[Purpose, Delivery] = {}
        self._closed: list[tuple[Instant, int, Delivery]] = []
        self._number = count()

    def __call__(self, delivery: Delivery) -> None:
        """Take one delivery."""
        held = self._open.get(delivery.purpose)
        if held is not None and _continues(held, delivery):
            volume = held.volume + delivery.volume
            self._open[delivery.purpose] = replace(held, end=delivery.end, volume=volume)
            return
        for purpose, other in list(self._open.items()):
            if purpose is delivery.purpose or other.end < delivery.start:
                self._shut(purpose)
        self._open[delivery.purpose] = delivery
        self._release()

    def close(self) -> None:
        """Let the last rows go."""
        for purpose in list(self._open):
            self._shut(purpose)
        self._release()

    def _shut(self, purpose: Purpose) -> None:
        row = self._open.pop(purpose)
        heapq.heappush(self._closed, (row.start, next(self._number), row))

    def _release(self) -> None:
        first_open = min((row.start for row in self._open.values()), default=None)
        while self._closed and (first_open is None or self._closed[0][0] <= first_open):
            self._sink(heapq.heappop(self._closed)[2])


def _continues(held: Delivery, delivery: Delivery) -> bool:
    if held.end != delivery.start or held.mixture != delivery.mixture or held.end == held.start:
        return False
    # Equal rates, cross-multiplied so that nothing is divided.
    return held.volume.base * (delivery.end - delivery.start) == delivery.volume.base * (
        held.end - held.start
    )
