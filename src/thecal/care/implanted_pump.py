"""The pump that a therapy leaves in the patient: its record, and the virtual pump as it stands."""

from __future__ import annotations

from thecal.errors import BadFileError
from thecal.link.memory import Image
from thecal.therapy.events import PumpRecord, Replace, Therapy
from thecal.therapy.replay import Replay


def implanted_pump(therapy: Therapy) -> PumpRecord:
    """Return the pump that is implanted at the end of a therapy."""
    replaced = [event.pump for event in therapy.events if isinstance(event, Replace)]
    return replaced[-1] if replaced else therapy.pump


def implanted_image(therapy: Therapy) -> Image:
    """Return the pump of a therapy as it stands after its last event.

    Raises
    ------
    BadFileError
        If the catheter's length is not known, so that nothing can be replayed.
    """
    replay = Replay(therapy)
    for index in range(len(therapy.events)):
        replay.apply(index)
    return image_of(replay)


def image_of(replay: Replay) -> Image:
    """Return the pump of a replay as it stands there; raises `BadFileError` as above."""
    if not replay.hardware.catheter_length_known:
        raise BadFileError(
            "the implanted catheter length is not known, so no pump can be served",
            remedy="write implanted_length, trimmed_length or implanted_length_range",
            place="catheter",
        )
    return Image(
        serial=replay.pump_record.serial,
        utc_offset_minutes=int(replay.therapy.utc_offset.total_seconds()) // 60,
        setup=replay.hardware.setup,
        state=replay.pump.state,
    )
