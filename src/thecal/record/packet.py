"""The chain of a patient's packet (`thecal.packet/1`), read so that it can be checked anywhere.

`{"schema", "stream", "head": {"seq", "hash"}, "entries": [{"entry": {...}, "hash"}], ...}`; what
else a packet holds is not looked at here.
"""

from __future__ import annotations

import json
from typing import Any

from thecal.record.chain import Head, StoredEntry
from thecal.record.database import StoredStream
from thecal.record.entry import canonical_json
from thecal.record.errors import EntryFormError, PacketFormError

SCHEMA = "thecal.packet/1"
_PATIENT = "patient"


def read_packet_stream(data: bytes) -> StoredStream:
    """Return the stream of a packet as it stands there, whole or not.

    Raises
    ------
    PacketFormError
        If the file is no packet.
    """
    try:
        values = json.loads(data)
        if values["schema"] != SCHEMA:
            raise PacketFormError("this file says it is of another form", remedy=f"name a {SCHEMA}")
        stream, head = str(values["stream"]), values["head"]
        entries = [_stored(stream, one) for one in values["entries"]]
        return StoredStream(stream, _PATIENT, Head(int(head["seq"]), str(head["hash"])), entries)
    except (KeyError, TypeError, ValueError, RecursionError, EntryFormError) as error:
        raise PacketFormError(
            "this is no packet of a record",
            why=f"{type(error).__name__}: {str(error)[:60]}",
            remedy="name the JSON file that the clinic exported",
        ) from None


def _stored(stream: str, value: dict[str, Any]) -> StoredEntry:
    entry = value["entry"]
    return StoredEntry(stream, int(entry["seq"]), canonical_json(entry), str(value["hash"]))
