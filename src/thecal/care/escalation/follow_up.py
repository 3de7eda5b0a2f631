"""What a review opens and nobody may lose: the image of the catheter tip (K28)."""

from __future__ import annotations

from datetime import datetime

from thecal.care.escalation.case import read_escalation
from thecal.care.escalation.signals import WORK_UP, signals
from thecal.care.escalation.trend import TABLE, trend
from thecal.care.pathway.ending import FollowUp
from thecal.care.spans import span
from thecal.therapy.table import Table
from thecal.units import Duration

IMAGE = "escalation granuloma"


def follow_ups(case: Table, now: datetime) -> tuple[FollowUp, ...]:
    """Return the image that signs of the nerves call for; nothing where none is asked for.

    Parameters
    ----------
    case
        A table `[escalation]`.
    now
        With an offset: until when is reckoned from it.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    read = read_escalation(case)
    found = signals(read, trend(read.history, read.now))
    if not found or found[0].word != WORK_UP:
        return ()
    within = TABLE.get("granuloma", "image-within", Duration)
    what = f"image the catheter tip: {TABLE.text('granuloma', 'work-up')}"
    return (FollowUp(IMAGE, what, now + span(within.value), within.provenance()),)
