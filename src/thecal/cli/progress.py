"""A progress bar on standard error, for replays that a person waits for."""

from __future__ import annotations

import sys
from fractions import Fraction
from types import TracebackType
from typing import Any, Self, final

from tqdm import tqdm

from thecal.program.clock import SECONDS_PER_DAY


@final
class ProgressBar:
    """Counts replayed days. Use it as a context; call it with the seconds since the last call."""

    def __init__(self, seconds: Fraction) -> None:
        days = float(seconds / SECONDS_PER_DAY)
        self._bar: Any = tqdm(
            total=round(days, 3), unit=" d", file=sys.stderr, desc="replaying", leave=False
        )

    def __enter__(self) -> Self:
        return self

    def __call__(self, seconds: Fraction) -> None:
        """Move on."""
        self._bar.update(float(seconds / SECONDS_PER_DAY))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
