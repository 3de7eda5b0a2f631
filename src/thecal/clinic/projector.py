"""The projection of a patient: what lists, headers and searches need, folded from the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from thecal.clinic.folding import Folded, fold, folded_of, read_rows, remember
from thecal.clinic.models import Patient, Projection, SealedText, Stream
from thecal.clinic.models.record import LONGEST_NAME, LONGEST_NUMBER
from thecal.clinic.projection import Projected, projected
from thecal.record.entry import Entry


def project(
    patient: Patient,
    stream: Stream,
    new: tuple[Entry, ...],
    sealed: Mapping[str, str] | None = None,
) -> Projection:
    """Return the projection of a patient after new entries; it is not stored.

    Parameters
    ----------
    sealed
        Personal texts of the new entries by hash: they are stored together with these.

    Raises
    ------
    FoldError, BadFileError
        If the entries, with the new ones, cannot be a record.
    """
    before: Folded = fold(stream)
    folded = folded_of((*before.entries, *new))
    if new:
        remember((str(stream.pk), new[-1].hash()), folded)
    return _row(patient, projected(folded, {**_personal(stream), **(sealed or {})}))


def reproject(patient: Patient, stream: Stream) -> Projection:
    """Return the projection of a patient from the rows alone: nothing that was kept is used."""
    folded = folded_of(read_rows(stream))
    return _row(patient, projected(folded, _personal(stream)))


def save_projection(projection: Projection) -> None:
    """Store a projection in place of the older one."""
    projection.save(force_insert=False)


def _personal(stream: Stream) -> Mapping[str, str]:
    """Return the personal texts beside a stream by hash; those removed are missing."""
    return dict(SealedText.objects.filter(stream=stream).values_list("hash", "text"))


def _row(patient: Patient, made: Projected) -> Projection:
    return Projection(
        patient=patient,
        clinic_id=patient.clinic_id,
        seq=made.seq,
        name_key=made.name.lower()[:LONGEST_NAME],
        number_key=made.number.lower()[:LONGEST_NUMBER],
        stage=made.stage,
        wakes=made.wakes,
        urgent=made.urgent,
        content=json.dumps(made.content, sort_keys=True, default=_text),
    )


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a projection")
