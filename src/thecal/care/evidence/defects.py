"""What is wrong with citations, by rules: one identifier is one paper, in one place and year.

A citation is held against itself, against the library, and against the others of its list. What a
print does not show is not judged; a comparison with a remembered field says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.evidence.citation import (
    Citation,
    doi_year,
    first_author,
    first_page,
    plain_doi,
    same_journal,
    same_title,
)
from thecal.care.evidence.reference import Reference, references
from thecal.pharmacy.lookup import by_key

Work = Citation | Reference


@final
@dataclass(frozen=True, slots=True)
class Defect:
    """One defect of a citation.

    Attributes
    ----------
    citation
        Id of the citation.
    rule
        Key of `citation_rules.csv`.
    message
        What does not fit, in plain words.
    figures
        The rule, then the fields of the library it rests on.
    """

    citation: str
    rule: str
    message: str
    figures: tuple[Cited, ...]

    @property
    def certain(self) -> bool:
        """Whether nothing that it rests on is only remembered."""
        return not any(one.fact.recalled for one in self.figures)


def check_citations(citations: Sequence[Citation]) -> tuple[Defect, ...]:
    """Return every defect of a list of citations, in the order of the list."""
    found: list[Defect] = []
    for one in citations:
        found += [*_alone(one), *_with_library(one)]
    guilty = {(one.citation, one.rule) for one in found}
    alike = _alike(citations)
    for one in citations:
        found += _with_others(one, alike[one.id], guilty)
    order = {one.id: place for place, one in enumerate(citations)}
    return tuple(sorted(found, key=lambda defect: order[defect.citation]))


def rule_cited(rule: str) -> Cited:
    """Return a rule of the validator as a statement with its source."""
    return Cited(rule, by_key("citation_rules", "rule")[rule]["text"][0])


def _tolerance() -> int:
    fact = by_key("citation_rules", "rule")["any"]["year-tolerance"][0].of_kind(Fraction)
    return int(fact.value)


def _defect(one: Citation, rule: str, message: str, *figures: Cited) -> Defect:
    return Defect(one.id, rule, message, (rule_cited(rule), *figures))


def _field(work: Reference, name: str) -> Cited:
    return Cited(f"{work.name}: {name}", work.facts[name])


def _alone(one: Citation) -> Iterator[Defect]:
    if one.lacks_title:
        yield _defect(one, "title-missing", "the title is missing")
    title, journal = one.text("title"), one.text("journal")
    known = [journal] if journal else []
    known += [name for work in references() if (name := work.text("journal"))]
    if title and any(same_journal(title, name) for name in known):
        yield _defect(one, "title-is-journal", f'"{title}" is the name of a journal, no title')
    doi, printed = one.text("doi"), one.text("year")
    if doi and printed and (carried := doi_year(doi)) and _apart(printed, str(carried)):
        message = f"the DOI {doi} carries {carried}, the citation says {printed}"
        yield _defect(one, "identifier-year", message)


def _with_library(one: Citation) -> Iterator[Defect]:
    for work in references():
        if _same_doi(one, work):
            for name in _differences(one, work):
                message = (
                    f"the DOI is that of {work.name}; {name} differs: {_both(one, work, name)}"
                )
                yield _defect(one, "identifier-work", message, _field(work, name))
        elif _same_place(one, work) and _authors_differ(one, work):
            message = f"volume and page are those of {work.name}"
            figures = (_field(work, name) for name in ("volume", "pages", "authors"))
            yield _defect(one, "place-shared", message, *figures)
        if _same_work(one, work):
            for name in _place_differences(one, work):
                message = f"{work.name} is cited with another {name}: {_both(one, work, name)}"
                yield _defect(one, "work-cited-twice", message, _field(work, name))
        yield from _against_volume(one, work)


def _against_volume(one: Citation, work: Reference) -> Iterator[Defect]:
    """Yield where the year of a volume cannot be: volumes of a journal follow its years."""
    if not _one_journal(one, work):
        return
    volume, other = one.text("volume"), work.text("volume")
    year, known = one.text("year"), work.text("year")
    if not (volume and other and known and volume.isdecimal() and other.isdecimal()):
        return
    figures = (_field(work, "volume"), _field(work, "year"))
    carried = doi_year(one.text("doi") or "")
    if volume == other and carried is not None and year is None and _apart(str(carried), known):
        message = f"the DOI carries {carried}, but volume {volume} of the journal is of {known}"
        yield _defect(one, "identifier-year", message, *figures)
    if year is None or not year.isdecimal():
        return
    late = int(year) - int(known) > _tolerance() and int(volume) <= int(other)
    early = int(known) - int(year) > _tolerance() and int(volume) >= int(other)
    if late or early:
        message = f"volume {volume} with {year}, but volume {other} of the journal is of {known}"
        yield _defect(one, "volume-year", message, *figures)


def _alike(citations: Sequence[Citation]) -> dict[str, tuple[Citation, ...]]:
    """Return for each citation the others that share identifier, place or author with it.

    No conflict is possible without one of them, and a list of thousands stays quick.
    """
    groups: dict[tuple[str, str], list[Citation]] = {}
    for one in citations:
        for key in _group_keys(one):
            groups.setdefault(key, []).append(one)
    return {
        one.id: tuple(
            {
                other.id: other
                for key in _group_keys(one)
                for other in groups[key]
                if other.id != one.id
            }.values()
        )
        for one in citations
    }


def _group_keys(one: Citation) -> Iterator[tuple[str, str]]:
    doi, authors = one.text("doi"), one.text("authors")
    volume, pages = one.text("volume"), one.text("pages")
    if doi:
        yield "doi", plain_doi(doi)
    if authors:
        yield "author", first_author(authors)
    if volume and pages:
        yield "place", f"{volume.casefold()}:{first_page(pages)}"


def _with_others(
    one: Citation, others: Sequence[Citation], guilty: set[tuple[str, str]]
) -> Iterator[Defect]:
    """Yield conflicts within the list, unless the library has already told who is wrong."""

    def blamed(other: Citation, *rules: str) -> bool:
        return any((id_, rule) in guilty for id_ in (one.id, other.id) for rule in rules)

    for other in others:
        if _same_doi(one, other) and not blamed(other, "identifier-work"):
            differ = _differences(one, other)
            if differ:
                message = f"the same DOI as {other.id}, but {', '.join(differ)} differ"
                yield _defect(one, "identifier-shared", message)
        elif _same_place(one, other) and _authors_differ(one, other):
            if not blamed(other, "place-shared"):
                yield _defect(one, "place-shared", f"volume and page are those of {other.id}")
        elif _same_work(one, other) and not blamed(other, "work-cited-twice"):
            differ = _place_differences(one, other)
            if differ:
                message = f"the same paper as {other.id}, but with another {' and '.join(differ)}"
                yield _defect(one, "work-cited-twice", message)


def _both(one: Work, other: Work, name: str) -> str:
    return f'"{one.text(name)}" against "{other.text(name)}"'


def _agree(one: Work, other: Work, name: str, same: Callable[[str, str], bool]) -> bool | None:
    """Return whether a field agrees, None where one of the two does not have it."""
    first, second = one.text(name), other.text(name)
    return None if first is None or second is None else same(first, second)


def _apart(one: str, other: str) -> bool:
    return one.isdecimal() and other.isdecimal() and abs(int(one) - int(other)) > _tolerance()


def _same_doi(one: Work, other: Work) -> bool:
    return _agree(one, other, "doi", lambda a, b: plain_doi(a) == plain_doi(b)) is True


def _authors_differ(one: Work, other: Work) -> bool:
    return _agree(one, other, "authors", _one_author) is False


def _one_author(one: str, other: str) -> bool:
    return first_author(one) == first_author(other)


def _one_journal(one: Work, other: Work) -> bool:
    return _agree(one, other, "journal", same_journal) is True


def _one_volume(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _one_page(one: str, other: str) -> bool:
    return first_page(one) == first_page(other)


def _same_place(one: Work, other: Work) -> bool:
    return (
        _one_journal(one, other)
        and _agree(one, other, "volume", _one_volume) is True
        and _agree(one, other, "pages", _one_page) is True
    )


def _same_work(one: Work, other: Work) -> bool:
    return (
        _agree(one, other, "authors", _one_author) is True
        and _agree(one, other, "title", same_title) is True
    )


def _place_differences(one: Work, other: Work) -> tuple[str, ...]:
    """Return which of year, volume and first page contradict each other."""
    rules: dict[str, Callable[[str, str], bool]] = {
        "year": lambda a, b: not _apart(a, b),
        "volume": _one_volume,
        "pages": _one_page,
    }
    return tuple(name for name, same in rules.items() if _agree(one, other, name, same) is False)


def _differences(one: Work, other: Work) -> tuple[str, ...]:
    """Return every field that contradicts itself in two entries of one DOI."""
    found = tuple(
        name
        for name, same in (("authors", _one_author), ("title", same_title))
        if _agree(one, other, name, same) is False
    )
    return found + _place_differences(one, other)
