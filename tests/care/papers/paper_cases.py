"""Therapies for the tests of papers, and what a paper says in plain text."""

from __future__ import annotations

from thecal.care.document import Document, Language
from thecal.care.papers import ClinicContact, PaperRecord, record_at
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import parse_moment, read_therapy

HEAD = """
schema = "thecal.therapy/1"
utc_offset = "+01:00"
[patient]
id = "P-7"
birth_date = 1980-01-31
sex = "male"
weight = "70 kg"
therapy = "{therapy}"
{kind}
[pump]
model = "{pump}"
serial = "SN-123"
[catheter]
model = "indura-8709sc"
trimmed_length = "13 cm"
tip = "T11"
"""
FILL = """
[[events]]
time = 2026-01-12T08:00:00
type = "fill"
volume = "18 mL"
mixture = {{ {mixture} }}
"""
PRIME = """
[[events]]
time = 2026-01-12T08:05:00
type = "prime"
"""
PROGRAM = """
[[events]]
time = {time}
type = "program"
primary = "{drug}"
mode = "continuous"
daily_dose = "{dose}"
"""
CONTACT = ClinicContact(
    clinic="Pump Clinic North",
    address="1 Road",
    physician="Dr Muster",
    telephone="111",
    telephone_always="999",
)


def therapy(
    drug: str = "morphine",
    strength: str = "10 mg/mL",
    dose: str = "1 mg/d",
    pump: str = "synchromed-ii-20",
    more: str = "",
    mixture: str = "",
) -> Therapy:
    """Return a therapy from 12 January 2026 on, with `more` events after its first program."""
    spastic = drug == "baclofen"
    head = HEAD.format(
        therapy="spasticity" if spastic else "pain",
        kind='origin = "spinal"' if spastic else 'setting = "non-cancer"',
        pump=pump,
    )
    fill = FILL.format(mixture=mixture or f'{drug} = "{strength}"')
    program = PROGRAM.format(time="2026-01-12T09:00:00", drug=drug, dose=dose)
    run = "" if pump.startswith(("codman", "isomed", "archimedes")) else PRIME + program
    return read_therapy((head + fill + run + more).encode(), "t.toml")


def event(time: str, kind: str, more: str = "") -> str:
    """Return one event as it stands in a file."""
    return f'\n[[events]]\ntime = {time}\ntype = "{kind}"\n{more}\n'


def record(one: Therapy, at: str | None = None, **options: str) -> PaperRecord:
    """Return the record of a therapy with a known clinic."""
    instant = None if at is None else one.instant(parse_moment(at, one.utc_offset))
    return record_at(one, instant, contact=CONTACT, patient_name=options.get("name"))


def lines(document: Document, language: Language = "en") -> list[str]:
    """Return every text of a paper in order, with plain spaces."""
    found = [document.title]
    for section in document.sections:
        found += [section.heading, *section.paragraphs]
        for field in section.fields:
            found += [field.label, field.value]
        if section.grid is not None:
            found += [cell for row in (section.grid.columns, *section.grid.rows) for cell in row]
        found += section.signatures
    found += document.footnotes
    return [one.get(language).replace("\u00a0", " ") for one in found]


def said(document: Document, language: Language = "en") -> str:
    """Return the same in one text."""
    return "\n".join(lines(document, language))


def field(document: Document, label: str) -> str:
    """Return the value beside an English label."""
    values = [
        one.value.en.replace("\u00a0", " ")
        for section in document.sections
        for one in section.fields
        if one.label.en == label
    ]
    assert len(values) == 1, (label, values)
    return values[0]


def rows(document: Document, heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading that begins so."""
    (grid,) = (one.grid for one in document.sections if one.heading.en.startswith(heading))
    assert grid is not None
    return [[cell.en.replace("\u00a0", " ") for cell in row] for row in grid.rows]
