"""The projection of a patient: what lists, headers and searches need, folded from the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from thecal.clinic import clock
from thecal.clinic.folding import Folded, fold, folded_of, remember
from thecal.clinic.models import Patient, Projection, SealedText, Stream
from thecal.clinic.projection import REGISTERED, projected
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.record.redaction import Sealed


def project(
    patient: Patient, stream: Stream, new: tuple[Entry, ...], sealed: tuple[Sealed, ...] = ()
) -> Projection:
    """Return the projection of a patient after new entries; it is not stored.

    Parameters
    ----------
    sealed
        Personal texts of the new entries, which no table holds yet.

    Raises
    ------
    FoldError, BadFileError
        If the entries, with the new ones, cannot be a record.
    """
    before: Folded = fold(stream)
    folded = folded_of((*before.entries, *new))
    if new:
        remember((str(stream.pk), new[-1].hash()), folded)
    personal = {one.hash: one.text for one in sealed}
    return _row(patient, folded, {**_personal(folded.entries), **personal})


def refresh(projection: Projection) -> Projection:
    """Return a projection anew for this moment; it is stored where it changed."""
    stream = Stream.objects.get(patient=projection.patient_id, kind=Stream.Kind.PATIENT)
    made = project(projection.patient, stream, ())
    save_projection(made)
    return made


def save_projection(projection: Projection) -> None:
    """Store a projection in place of the older one."""
    projection.save(force_insert=False)


def _personal(entries: tuple[Entry, ...]) -> Mapping[str, str]:
    """Return the personal texts that the entries seal, by hash; those removed are left out."""
    hashes = [
        value
        for one in effective(entries)
        if one.entry.kind == REGISTERED and one.body is not None
        for value in one.body.get("sealed", {}).values()
    ]
    found = SealedText.objects.filter(hash__in=hashes).values_list("hash", "text")
    return dict(found)


def _row(patient: Patient, folded: Folded, personal: Mapping[str, str]) -> Projection:
    now = clock.now().astimezone(ZoneInfo(patient.clinic.timezone))
    made = projected(folded, personal, now)
    return Projection(
        patient=patient,
        clinic_id=patient.clinic_id,
        seq=made.seq,
        name_key=made.name.lower(),
        number_key=made.number.lower(),
        stage=made.stage,
        wakes=made.wakes,
        urgency=made.urgency,
        urgent=made.urgent,
        content=json.dumps(made.content, sort_keys=True, default=_text),
    )


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a projection")
