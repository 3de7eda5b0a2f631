"""Reading entries of some kinds of a whole clinic: the lists of supply look across patients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Q, QuerySet

from thecal.care.spans import span
from thecal.care.supply.rules import RULES
from thecal.care.supply.told import BEGUN, EVENT, OF_ORDERS, OF_VISITS, VISIT_STEP, Told
from thecal.clinic import clock
from thecal.clinic.ledger.supply import told_of
from thecal.clinic.models import Clinic, EntryRow, Stream
from thecal.record.entry import Entry, entry_of
from thecal.record.fold import CORRECTION, effective
from thecal.units import Duration

_OF_PATIENTS = OF_ORDERS | OF_VISITS | {EVENT}
_WITH_A_KIT = (VISIT_STEP, "port.drawn")


def told_by_clinic(clinic: Clinic, kinds: frozenset[str]) -> tuple[Told, ...]:
    """Return entries of the clinic's own stream, in their order."""
    rows = EntryRow.objects.filter(
        stream__clinic=clinic, stream__kind=Stream.Kind.CLINIC, kind__in=kinds
    )
    found = [entry_of(text) for text in rows.order_by("seq").values_list("text", flat=True)]
    return tuple(told_of(one) for one in effective(found))


def told_by_patients(clinic: Clinic) -> Mapping[str, tuple[Told, ...]]:
    """Return what patients' records say of drugs, by the patient's id.

    Of what was written within the time that the book is kept; a correction counts wherever it
    stands.
    """
    since = clock.now() - kept()
    rows = EntryRow.objects.filter(
        stream__clinic=clinic,
        stream__kind=Stream.Kind.PATIENT,
        stream__patient__run=None,
        kind__in=(*_OF_PATIENTS, CORRECTION),
        utc__gte=since,
    )
    return {patient: _standing(entries) for patient, entries in _by_patient(rows).items()}


def kits_opened(clinic: Clinic) -> Mapping[str, tuple[Told, ...]]:
    """Return the entries in which a kit was named, however old, by the patient's id."""
    rows = EntryRow.objects.filter(
        Q(kind__in=_WITH_A_KIT, text__contains='"kit_lot"') | Q(kind=CORRECTION),
        stream__clinic=clinic,
        stream__kind=Stream.Kind.PATIENT,
    )
    return {
        patient: tuple(told_of(one) for one in effective(_own(entries)) if one.body is not None)
        for patient, entries in _by_patient(rows).items()
    }


def _by_patient(rows: QuerySet[EntryRow]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    values = rows.order_by("stream_id", "seq").values_list("stream__patient_id", "text")
    for patient, text in values:
        found.setdefault(str(patient), []).append(entry_of(text))
    return found


def _own(entries: list[Entry]) -> list[Entry]:
    """Leave out corrections of what is not among the entries."""
    numbers = {one.seq for one in entries}
    return [one for one in entries if one.kind != CORRECTION or one.body["replaces"] in numbers]


def kept() -> timedelta:
    """Return how far back the book is reckoned."""
    return span(RULES.get("book", "kept", Duration).value)


def _standing(entries: list[Entry]) -> tuple[Told, ...]:
    """Return entries as they stand; a correction of something that is not among them tells nothing.

    What a refill visit, a fill or an order was begun with may be older than the book: it is left
    out as a whole.
    """
    own = _own(entries)
    begun = {one.seq for one in own if one.kind in BEGUN | {"solution.ordered"}}
    kept_ones = [told_of(one) for one in effective(own) if one.body is not None]
    return tuple(one for one in kept_ones if _belongs(one, begun))


def _belongs(one: Told, begun: set[int]) -> bool:
    named = one.body.get("visit" if one.kind in OF_VISITS else "order")
    needs = one.kind in (OF_VISITS | OF_ORDERS) - {
        *BEGUN,
        "solution.ordered",
        "solution.not_needed",
    }
    return not needs or named in begun
