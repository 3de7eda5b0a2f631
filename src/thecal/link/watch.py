"""The watch beside the delivery task: a thread of its own that notices when the task stands still.

It shares nothing with the task but the moment of its last beat (standards.md 2.2 3.5, R7.1.0).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import final

from thecal.link.errors import WatchError

LOOKS = 6
"""Looks in one deadline: a stall is noticed at most a sixth of the deadline late."""


@final
class DeliveryWatch:
    """Calls `stalled` once, when nobody has called `beat` for longer than the deadline.

    Parameters
    ----------
    deadline
        Seconds that the task may take.
    seconds
        A clock that never goes back.
    stalled
        Called from the watch's own thread with the seconds since the last beat.
    """

    def __init__(
        self, deadline: float, seconds: Callable[[], float], stalled: Callable[[float], None]
    ) -> None:
        self._deadline, self._seconds, self._stalled = deadline, seconds, stalled
        self._beaten = self._looked = seconds()
        self._over = threading.Event()

    @property
    def interval(self) -> float:
        """Seconds between two looks."""
        return self._deadline / LOOKS

    def beat(self) -> None:
        """Tell the watch that the delivery task has done a round."""
        self._beaten = self._seconds()

    def look(self) -> bool:
        """Look once; returns whether the task stood still, and then looks no more.

        A watch that was itself held up, because the whole process was, gives the task one more
        deadline: an alarm without a cause is a hazard too (GIP 4.10).
        """
        now = self._seconds()
        held = now - self._looked > 2 * self.interval
        self._looked = now
        if held:
            self._beaten = now
        still = now - self._beaten
        if still <= self._deadline or self._over.is_set():
            return False
        self._over.set()
        self._stalled(still)
        return True

    def start(self) -> None:
        """Test the watch, and let it look from now on.

        Raises
        ------
        WatchError
            If the watch does not notice a task that stands still.
        """
        self_test(self._deadline)
        self._beaten = self._looked = self._seconds()
        threading.Thread(target=self._run, name="delivery watch", daemon=True).start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self.interval):
            self.look()


def self_test(deadline: float) -> None:
    """Let a watch of this deadline see a task that beats, and one that stands still.

    Raises
    ------
    WatchError
        If it is silent at the one that stands, or alarms at the one that beats.
    """
    now, alarms = 0.0, list[float]()
    watch = DeliveryWatch(deadline, lambda: now, alarms.append)
    silent = True
    for look in range(3 * LOOKS):
        now += watch.interval
        if look < LOOKS:
            watch.beat()
        watch.look()
        silent = silent and (not alarms or look > 2 * LOOKS - 2)
    if not silent or len(alarms) != 1:
        raise WatchError(
            "the watch beside the delivery task fails its own test",
            remedy="do not serve a pump with this build",
        )
