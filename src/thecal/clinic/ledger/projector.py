"""The projection of a patient: what lists, headers and searches need, folded from the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from thecal.clinic import clock
from thecal.clinic.ledger.folding import Folded, fold, folded_of, read_rows, remember
from thecal.clinic.ledger.projection import projected
from thecal.clinic.ledger.supply import supply_settings
from thecal.clinic.models import Patient, Projection, SealedText, Stream
from thecal.clinic.models.record import LONGEST_NAME, LONGEST_NUMBER
from thecal.record.entry import Entry
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
    return _row(patient, folded, {**_personal(stream), **personal}, clock.now())


def reproject(patient: Patient, stream: Stream, at: datetime) -> Projection:
    """Return the projection of a patient at a moment from the rows alone; nothing kept is used."""
    return _row(patient, folded_of(read_rows(stream)), _personal(stream), at)


def refresh(projection: Projection) -> Projection:
    """Return a projection anew for this moment; it is stored where it changed."""
    patient = projection.patient
    with transaction.atomic():
        # Under the lock of the stream: a writer's newer projection is never put back to an older.
        streams = Stream.objects.select_for_update().filter(kind=Stream.Kind.PATIENT)
        made = project(patient, streams.get(patient=patient), ())
        save_projection(made)
    return made


def save_projection(projection: Projection) -> None:
    """Store a projection in place of the older one."""
    projection.save(force_insert=False)


def _personal(stream: Stream) -> Mapping[str, str]:
    """Return the personal texts beside a stream by hash; those removed are missing."""
    return dict(SealedText.objects.filter(stream=stream).values_list("hash", "text"))


def _row(patient: Patient, folded: Folded, personal: Mapping[str, str], at: datetime) -> Projection:
    local = at.astimezone(ZoneInfo(patient.clinic.timezone))
    made = projected(folded, personal, local, supply_settings(patient.clinic))
    return Projection(
        patient=patient,
        clinic_id=patient.clinic_id,
        seq=made.seq,
        name_key=made.name.lower()[:LONGEST_NAME],
        number_key=made.number.lower()[:LONGEST_NUMBER],
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
