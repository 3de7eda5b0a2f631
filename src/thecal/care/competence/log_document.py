"""The competence log of one person as form F18 prints it, in English and German."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from thecal.care.competence.catalogue import NONE, evidence_classes, level_words, skills
from thecal.care.competence.counts import Counts
from thecal.care.competence.matrix import Matrix
from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.forms.catalogue import FormField, FormSection, form
from thecal.care.papers.words import day

_FORM = "F18"
_COLUMNS = ("skill", "level", "observed", "supervised", "solo", "last_done", "expires", "evidence")
_NOTHING = Text.same("–")


def log_document(
    name: str, role: Text, person: str, matrix: Matrix, counts: Mapping[tuple[str, str], Counts]
) -> Document:
    """Return the log of a person.

    Parameters
    ----------
    name
        As others know the person; `person` is the login name that the matrix knows.
    role
        In words.
    """
    f18 = form(_FORM)
    sections = {one.id: one for one in f18.sections}
    return Document(
        kind="competence-log",
        title=f18.title,
        sections=(
            Section(
                sections["person"].title,
                fields=(
                    Field(_label(sections["person"], "clinician"), Text.same(name), True),
                    Field(_label(sections["person"], "role"), role),
                    *_items(sections["person"], person, matrix),
                ),
            ),
            Section(
                sections["skills"].title,
                grid=Grid(
                    tuple(_label(sections["skills"], one) for one in _COLUMNS),
                    tuple(_row(one, person, matrix, counts) for one in skills()),
                ),
            ),
            Section(
                sections["assessment"].title,
                signatures=(_label(sections["assessment"], "trainer"),),
            ),
        ),
        footnotes=(Text.same(f18.source.provenance()),),
        names_patient=True,
    )


def _items(section: FormSection, person: str, matrix: Matrix) -> Iterator[Field]:
    beside = {
        "vendor-training": "vendor_training",
        "software-updates": "software_training",
        "emergency-drugs": "emergency_drugs_known",
    }
    for item, field in beside.items():
        done = [one for one in matrix.done if (one.person, one.item) == (person, item)]
        yield Field(_label(section, field), day(done[-1].on) if done else _NOTHING)


def _row(
    skill: str, person: str, matrix: Matrix, counts: Mapping[tuple[str, str], Counts]
) -> tuple[Text, ...]:
    given = matrix.levels.get((person, skill))
    done = counts.get((person, skill), Counts())
    words = skills()[skill].name
    return (
        words,
        level_words(NONE if given is None else given.level),
        *(Text.same(str(one)) for one in (done.observed, done.supervised, done.solo)),
        _day(done.last),
        _day(None if given is None else given.until),
        _NOTHING if given is None else evidence_classes()[given.evidence].name,
    )


def _day(on: date | None) -> Text:
    return _NOTHING if on is None else day(on)


def _label(section: FormSection, id: str) -> Text:
    found: FormField = next(one for one in section.fields if one.id == id)
    return found.label
