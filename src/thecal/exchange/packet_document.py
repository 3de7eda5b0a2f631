"""The packet on paper: every entry in plain words with its hash, to be read without a computer."""

from __future__ import annotations

from collections.abc import Callable

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.exchange.packet import SCHEMA, Packet
from thecal.record.entry import Entry

Words = Callable[[Entry], str]


def packet_document(packet: Packet, name: str, number: str, words: Words) -> Document:
    """Return the document of a packet.

    Parameters
    ----------
    name, number
        Of the patient; a name that was removed says so.
    words
        What an entry says, for people.
    """
    head = packet.head
    fields = (
        Field(Text("Patient", "Patient"), Text.same(name), emphasis=True),
        Field(Text("Number", "Nummer"), Text.same(number)),
        Field(Text("Stream", "Kette"), Text.same(packet.stream)),
        Field(Text("Entries", "Einträge"), Text.same(str(head.seq))),
        Field(Text("Hash of the last entry", "Hash des letzten Eintrags"), Text.same(head.hash)),
    )
    columns = (
        Text("No.", "Nr."),
        Text("Written (UTC)", "Geschrieben (UTC)"),
        Text("Who", "Wer"),
        Text("What and why", "Was und warum"),
    )
    told = Text(
        f"All entries of the record in their order, as in the file of schema {SCHEMA}. Each"
        " carries the hash of the entry before it; the hash under an entry is its own.",
        f"Alle Einträge der Akte in ihrer Reihenfolge, wie in der Datei nach {SCHEMA}. Jeder"
        " trägt den Hash des vorigen; der Hash unter einem Eintrag ist sein eigener.",
    )
    return Document(
        kind="record-packet",
        title=Text("Full record of a patient", "Vollständige Akte"),
        sections=(
            Section(Text("Whose record", "Wessen Akte"), (told,), fields),
            Section(
                Text("Entries", "Einträge"),
                grid=Grid(columns, tuple(_row(entry, words) for entry in packet.entries)),
            ),
        ),
        names_patient=True,
    )


def _row(entry: Entry, words: Words) -> tuple[Text, ...]:
    what = [words(entry)]
    if entry.pump_time:
        what.append(f"Happened (pump clock): {entry.pump_time[:16].replace('T', ' ')}")
    if entry.reason:
        what.append(f"Why: {entry.reason}")
    what.append(entry.hash())
    return (
        Text.same(str(entry.seq)),
        Text.same(entry.utc[:19].replace("T", " ")),
        Text.same(f"{entry.actor}, {entry.role}"),
        Text.same("\n".join(what)),
    )
