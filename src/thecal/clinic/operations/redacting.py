"""Taking a personal text out of a record: the text goes, its hash and the chain stay.

Writes `record.redacted`: which text it was, its hashes, who took it out and why. Backups that were
made before still hold the text.
"""

from __future__ import annotations

from django.db import transaction

from thecal.clinic.ledger.log import Author, Draft, patient_stream, read_entries, write
from thecal.clinic.models import Patient, SealedText
from thecal.errors import UsageError
from thecal.record.redaction import sealed_hashes

REDACTED = "record.redacted"


def redact(patient: Patient, author: Author, name: str, reason: str) -> int:
    """Remove a personal text from every entry of a patient that has it; return how many went.

    Parameters
    ----------
    name
        Which, as entries name it: `name`, `telephone`.

    Raises
    ------
    UsageError
        If no reason is given, or there is no such text; nothing is removed then.
    """
    if not reason.strip():
        raise UsageError("a text is removed for a reason only", remedy="say why")
    hashes = sealed_hashes(read_entries(patient_stream(patient)), name)
    with transaction.atomic():
        removed, _ = SealedText.objects.filter(hash__in=hashes).delete()
        if not removed:
            raise UsageError(f'there is no "{name}" beside this record, or it was removed before')
        draft = Draft(REDACTED, {"what": name, "hashes": list(hashes)}, reason)
        write(patient, author, (draft,), expected=None)
    return removed
