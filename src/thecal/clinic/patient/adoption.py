"""A patient enters with the full packet of another place: entries, hashes and order as they are.

Writes `patient.imported` to the stream of the clinic; the patient's own stream gets no entry, so
that what is exported again has the same bytes.
"""

from __future__ import annotations

from django.db import transaction

from thecal.clinic import clock
from thecal.clinic.access_rules import access_time
from thecal.clinic.ledger.log import Author, Draft, anchor_rows, read_entries, write_to_clinic
from thecal.clinic.ledger.projection import REGISTERED
from thecal.clinic.ledger.projector import project, save_projection
from thecal.clinic.models import Clinic, EntryRow, Patient, SealedText, Stream
from thecal.clinic.patient.timeline import lines_of
from thecal.clinic.programs.drafts import standing
from thecal.clinic.pumps.pump_log import unsettled
from thecal.clinic.pumps.virtual_pump import generation
from thecal.exchange.errors import PacketError
from thecal.exchange.packet import Packet
from thecal.record.entry import Entry, entry_of
from thecal.record.redaction import Sealed

IMPORTED = "patient.imported"
_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError)
"""What reading a body raises that does not hold what its kind holds."""


def packet_of(stream: Stream) -> Packet:
    """Return the packet of a stream as it stands in its `head_seq`."""
    sealed = SealedText.objects.filter(stream=stream).order_by("hash")
    return Packet(
        str(stream.pk),
        read_entries(stream),
        tuple(Sealed(one.salt, one.text) for one in sealed),
    )


def adopted_up_to(patient: Patient) -> int:
    """Return the number of the last entry that was written elsewhere; 0: all were written here."""
    rows = EntryRow.objects.filter(
        kind=IMPORTED, stream__kind=Stream.Kind.CLINIC, stream__clinic=patient.clinic_id
    )
    stream = str(Stream.objects.get(kind=Stream.Kind.PATIENT, patient=patient).pk)
    bodies = (entry_of(text).body for text in rows.values_list("text", flat=True))
    return max((int(body["seq"]) for body in bodies if body["stream"] == stream), default=0)


def adopt(clinic: Clinic, author: Author, packet: Packet) -> Patient:
    """Return the patient of a packet that was read, with every entry as it was written.

    Raises
    ------
    PacketError
        If the record is here already.
    ThecalError
        If the entries cannot be folded: nothing is written then.
    """
    head = packet.head
    if any(
        entry.written > clock.now() + access_time("packet", "clocks-apart")
        for entry in packet.entries
    ):
        raise PacketError(
            "an entry of the packet was written in the future",
            why="either its clock or the clock of this clinic is wrong",
            remedy="compare both clocks, and ask the clinic that sent it",
        )
    if clinic.training and not is_of_training(packet.entries):
        raise PacketError(
            "this packet is of somebody who exists, and this clinic is for training",
            why="learners see everybody here, and a login here needs no second factor of its own",
            remedy="take it in where the patient is treated",
        )
    if not clinic.training and is_of_training(packet.entries):
        raise PacketError(
            "this packet is of a training clinic: its patient does not exist",
            why="nothing of a training clinic ever enters the record of a real one",
            remedy="ask the clinic that sent it for the packet of the patient you mean",
        )
    with transaction.atomic():
        if Stream.objects.filter(pk=packet.stream).exists():
            raise PacketError(
                "this record is here already",
                why="a record never stands twice in one place",
                remedy="look for the patient by number",
            )
        if SealedText.objects.filter(hash__in=[one.hash for one in packet.sealed]).exists():
            raise PacketError(
                "a sealed text of the packet belongs to another record that is here",
                remedy="ask the clinic that sent it for a fresh packet",
            )
        patient = Patient.objects.create(clinic=clinic, created=clock.now())
        stream = Stream.objects.create(
            pk=packet.stream,
            kind=Stream.Kind.PATIENT,
            clinic=clinic,
            patient=patient,
            head_seq=head.seq,
            head_hash=head.hash,
        )
        rows = [
            EntryRow(
                stream=stream,
                seq=entry.seq,
                kind=entry.kind,
                utc=entry.written,
                text=entry.canonical(),
                hash=entry.hash(),
            )
            for entry in packet.entries
        ]
        EntryRow.objects.bulk_create(rows)
        SealedText.objects.bulk_create(
            SealedText(hash=one.hash, stream=stream, salt=one.salt, text=one.text)
            for one in packet.sealed
        )
        try:
            save_projection(project(patient, stream, ()))
            _check_readable(stream)
        except _UNREADABLE as error:
            raise PacketError(
                "the entries of the packet are not what their kinds hold",
                why=f"{type(error).__name__}: {str(error)[:80]}",
                remedy="ask the clinic that sent it for a fresh packet",
            ) from None
        body = {"stream": packet.stream, "seq": head.seq, "hash": head.hash}
        write_to_clinic(clinic, author, (Draft(IMPORTED, body),))
        transaction.on_commit(lambda: anchor_rows(stream, rows, durable=True))
    return patient


def is_of_training(entries: tuple[Entry, ...]) -> bool:
    """Whether entries were written for somebody who does not exist, in a training clinic."""
    return any(one.kind == REGISTERED and one.body.get("training") for one in entries)


def _check_readable(stream: Stream) -> None:
    """Read what every page of a patient reads; raises one of `_UNREADABLE`."""
    entries = read_entries(stream)
    lines_of(stream, entries, entries)
    standing(entries, clock.now())
    unsettled(entries)
    generation(entries)
