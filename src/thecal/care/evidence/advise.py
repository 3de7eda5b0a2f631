"""The topic `evidence` of `thecal advise`: what a reference supports, whether citations hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Advice, Cited, Listing, Reason, Weight
from thecal.care.derivation import warn
from thecal.care.evidence.citation import Citation, printed_citations
from thecal.care.evidence.citation_csv import read_citations
from thecal.care.evidence.defects import Defect, check_citations
from thecal.care.evidence.history import history, history_listing
from thecal.care.evidence.rates import (
    published_rates,
    rate_disagreement,
    rate_listing,
    rate_topics,
)
from thecal.care.evidence.reference import FIELDS, Reference, references, references_of
from thecal.care.evidence.statements import Flag, flags
from thecal.pharmacy.lookup import unknown
from thecal.therapy.file_reader import read_bytes
from thecal.therapy.table import Table

TOPIC = "evidence"
_KEYS = ("source_documents", "file", "inventory", "supports", "rates")
DEFECTIVE, SOUND = "defective", "sound"


@final
@dataclass(frozen=True, slots=True)
class EvidenceCase:
    """What is asked of the library.

    Attributes
    ----------
    citations
        The list to judge.
    document_texts
        Whether the texts of the source documents are judged as well.
    about
        References to show.
    rates
        Topic of published rates to show; None for none.
    """

    citations: tuple[Citation, ...]
    document_texts: bool
    about: tuple[Reference, ...]
    rates: str | None = None


def advise(case: Table) -> Advice:
    """Return what the library says to a table `[evidence]`.

    Raises
    ------
    BadFileError
        If the table or the list of citations beside it cannot be read.
    UnknownIdError
        If no reference belongs to the row or the command asked about.
    """
    return judge(read_evidence(case))


def read_evidence(table: Table) -> EvidenceCase:
    """Read the table of the topic; raises as `advise` does."""
    # Unknown keys first: a file that is not beside the case would hide a misspelt key.
    for key in _KEYS:
        table.optional(key, table.take_any)
    table.finish()
    documents = bool(table.optional("source_documents", table.take_flag))
    citations = printed_citations() if documents else ()
    if table.has("file"):
        path = table.take_file("file")
        citations += read_citations(read_bytes(path), path.name)
    about: tuple[Reference, ...] = ()
    if table.has("inventory"):
        about += references_of(table.take_text("inventory"))
    if table.has("supports"):
        about += supporting(table.take_text("supports"))
    rates = table.optional("rates", lambda key: table.take_choice(key, rate_topics()))
    if not (citations or about or rates):
        raise table.error("nothing is asked", "give at least one of " + ", ".join(_KEYS))
    return EvidenceCase(citations, documents, tuple({one.id: one for one in about}.values()), rates)


def supporting(command: str) -> tuple[Reference, ...]:
    """Return the references behind a command, as in `thecal advise outcomes`."""
    found = tuple(one for one in references() if one.supports == command)
    if not found:
        raise unknown(
            "command with references", command, sorted({r.supports for r in references()})
        )
    return found


def judge(case: EvidenceCase) -> Advice:
    """Return the defects of citations and texts, and the references asked about."""
    defects = check_citations(case.citations)
    doubts = flags() if case.document_texts else ()
    listings = [_reference_listing(case.about)] if case.about else []
    if case.document_texts:
        listings.append(history_listing())
    if case.rates is not None:
        listings.append(rate_listing(published_rates(case.rates)))
    guilty = {one.citation for one in defects}
    judged = len(case.citations)
    return Advice(
        topic=TOPIC,
        verdict=DEFECTIVE if defects or doubts else SOUND,
        summary=f"{len(guilty)} of {judged} citations are defective;"
        f" {len(doubts)} doubts about texts; {len(case.about)} references shown",
        reasons=(*_reasons(defects, doubts), *_shown(case)),
        results={
            "citations": str(judged),
            "defective": tuple(dict.fromkeys(one.citation for one in defects)),
            "rules": dict(sorted((k, str(n)) for k, n in Counter(d.rule for d in defects).items())),
        },
        listings=tuple(listings),
        disagreements=() if case.rates is None else rate_disagreement(case.rates),
        findings=tuple(
            warn(one.rule, f"{one.citation}: {one.message}", one.figures[0].fact.provenance())
            for one in defects
        ),
        not_checked=_not_checked(case.citations),
    )


def _reasons(defects: tuple[Defect, ...], doubts: tuple[Flag, ...]) -> Iterator[Reason]:
    for one in defects:
        weight = Weight.AGAINST if one.certain else Weight.CAUTION
        yield Reason(one.rule, weight, f"{one.citation}: {one.message}", one.figures)
    for flag in doubts:
        text = f"{flag.statement} ({flag.language}): {flag.message}"
        yield Reason(flag.rule, Weight.AGAINST, text, flag.figures)


def _shown(case: EvidenceCase) -> Iterator[Reason]:
    for one in case.about:
        figures = tuple(
            Cited(f"{one.id}: {name}", one.facts[name])
            for name in (*FIELDS, "says", "supports")
            if name in one.facts
        )
        yield Reason("reference", Weight.NOTE, f"{one.name}: {one.says}", figures)
        if "caution" in one.facts:
            caution = one.facts["caution"]
            yield Reason("reference", Weight.CAUTION, caution.value, (Cited(one.id, caution),))
    if case.rates is not None:
        figures = tuple(one.cited for one in published_rates(case.rates))
        yield Reason("rates", Weight.NOTE, f"published of {case.rates}", figures)
    if case.document_texts:
        yield Reason("history", Weight.NOTE, "how the therapy came about", history())


def _reference_listing(about: tuple[Reference, ...]) -> Listing:
    columns = ("id", *FIELDS, "supports")
    rows = tuple(
        (one.id, *(one.text(name) or "not known" for name in FIELDS), one.supports) for one in about
    )
    return Listing("References", columns, rows)


def _not_checked(citations: tuple[Citation, ...]) -> tuple[str, ...]:
    """Return which fields could not be judged because nobody knows their print."""
    found = []
    for name in FIELDS:
        bare = sum(1 for one in citations if name not in one.fields)
        if bare:
            found.append(f"{name} of {bare} citations: what the documents print is not known here")
    return tuple(found)
