"""Making every projection anew from the log, and saying which were not what the log gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import final

from django.db import transaction

from thecal.clinic import clock
from thecal.clinic.ledger.projector import reproject, save_projection
from thecal.clinic.models import Patient, Projection, Stream

_ASKED_AGAIN = "wakes"


@final
@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One patient's projection; `differs` names the fields that were not what the log gives."""

    patient: str
    differs: tuple[str, ...]


def rebuild(*, keep: bool) -> Iterator[Rebuilt]:
    """Yield every patient after their projection was made anew from the rows of the log.

    Parameters
    ----------
    keep
        Whether what was stored stays as it is: the two are only compared.

    Raises
    ------
    FoldError, BadFileError
        If the entries of a patient cannot be folded.
    """
    for patient in Patient.objects.order_by("pk").iterator(chunk_size=100):
        with transaction.atomic():
            # Under the lock of the stream, so that nobody writes between the fold and the row.
            stream = (
                Stream.objects.select_for_update()
                .filter(patient=patient, kind=Stream.Kind.PATIENT, head_seq__gt=0)
                .first()
            )
            if stream is None:
                continue
            differs = differences(patient, stream)
            if not keep:
                save_projection(reproject(patient, stream, clock.now()))
        yield Rebuilt(str(patient.pk), differs)


def differences(patient: Patient, stream: Stream) -> tuple[str, ...]:
    """Return the names of the fields of a projection that are not what the log gives.

    What is due changes with time alone: a list that no longer holds is compared with that of the
    last moment at which it did. When it is to be asked again is left out: forecasts move that time
    by seconds, and it may come too early.
    """
    names = [one.attname for one in Projection._meta.concrete_fields if one.attname != _ASKED_AGAIN]
    stored = Projection.objects.filter(patient=patient).first()
    if stored is None:
        return tuple(names)
    at = clock.now()
    if stored.wakes is not None and stored.wakes <= at:
        at = stored.wakes - timedelta.resolution
    made = reproject(patient, stream, at)
    return tuple(name for name in names if getattr(stored, name) != getattr(made, name))
