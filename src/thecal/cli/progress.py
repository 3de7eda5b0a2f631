"""A progress bar on standard error, for work that a person waits for."""

from __future__ import annotations

import sys
from fractions import Fraction
from types import TracebackType
from typing import Any, Self, final

from tqdm import tqdm


@final
class ProgressBar:
    """Use it as a context; call it with what was done since the last call.

    Parameters
    ----------
    total
        What there is to do, in the unit of the calls.
    per_unit
        How much of that is one of `unit`.
    """

    def __init__(self, total: Fraction | float, per_unit: float, unit: str, doing: str) -> None:
        self._per_unit = per_unit
        self._bar: Any = tqdm(
            total=round(float(total) / per_unit, 3),
            unit=f" {unit}",
            file=sys.stderr,
            desc=doing,
            leave=False,
        )

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: Fraction | float) -> None:
        """Move on."""
        self._bar.update(float(done) / self._per_unit)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
