"""The validator finds defective citations by rules: one identifier, one title, year and place."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.evidence.citation import (
    Citation,
    doi_year,
    first_author,
    first_page,
    plain_doi,
    printed_citations,
    same_journal,
    same_title,
)
from thecal.care.evidence.citation_csv import COLUMNS, read_citations
from thecal.care.evidence.defects import check_citations
from thecal.care.evidence.reference import FIELDS, references
from thecal.errors import BadFileError


def cite(name: str, **fields: str) -> Citation:
    return Citation(name, MappingProxyType(fields))


def rules(*citations: Citation) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in check_citations(citations):
        found.setdefault(one.citation, set()).add(one.rule)
    return found


@pytest.mark.inventory(
    "W28", "S0.R3", "S0.R6", "S0.R8", "S0.R10", "S0.R11", "S0.R17", "S1.R12", "S0.R1"
)
def test_exactly_the_defective_citations_of_the_source_documents_are_found() -> None:
    found = rules(*printed_citations())
    assert set(found) == {
        *("S0.R3", "S0.R6", "S0.R8", "S0.R10", "S0.R11a", "S0.R11b", "S0.R17", "S1.R12")
    }
    assert found["S0.R3"] >= {"title-is-journal", "place-shared", "identifier-year"}
    assert "title-is-journal" in found["S0.R6"]
    assert found["S0.R8"] == found["S0.R11a"] == found["S0.R11b"] == {"title-missing"}
    assert found["S0.R10"] == {"identifier-work"}
    assert found["S0.R17"] == {"work-cited-twice"}
    assert found["S1.R12"] == {"volume-year"}


@pytest.mark.inventory("W28", "S0.R10", "S1.R26")
def test_the_identifier_of_the_registry_under_another_name_says_whose_it_is() -> None:
    (defect,) = [one for one in check_citations(printed_citations()) if one.citation == "S0.R10"]
    assert "Schiess" in defect.message
    assert defect.certain


def test_a_defect_that_rests_on_a_remembered_field_is_not_certain() -> None:
    by_library = check_citations([cite("x", doi="10.1111/ner.12352", volume="91")])
    assert [one.rule for one in by_library] == ["identifier-work"]
    assert not by_library[0].certain


@pytest.mark.parametrize("one", references(), ids=lambda one: one.id)
def test_the_library_itself_is_sound(one: object) -> None:
    own = [
        cite(r.id, **{name: text for name in FIELDS if (text := r.text(name))})
        for r in references()
        if r is one
    ]
    assert check_citations(own) == ()


def test_the_whole_library_together_is_sound() -> None:
    own = [
        cite(r.id, **{name: text for name in FIELDS if (text := r.text(name))})
        for r in references()
    ]
    assert check_citations(own) == ()


OWN = {
    "authors": "Miller A",
    "title": "Catheters that nobody has written about so far",
    "journal": "Journal of Inventions",
    "year": "2019",
    "volume": "12",
    "pages": "100-110",
    "doi": "10.9999/own.1",
}


def own(name: str, **other: str) -> Citation:
    return cite(name, **(OWN | other))


def test_two_citations_with_one_identifier_and_different_papers_are_both_flagged() -> None:
    title = "Pumps that nobody has written about so far"
    found = rules(own("1"), own("2", title=title, volume="13"))
    assert found == {"1": {"identifier-shared"}, "2": {"identifier-shared"}}


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Another title of four words"},
        {"year": "2012"},
        {"pages": "7"},
        {"volume": "9"},
        {"authors": "Other B"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_each_contradiction_under_one_identifier_is_enough(other: dict[str, str]) -> None:
    assert "identifier-shared" in rules(own("1"), own("2", **other))["1"]


def test_the_same_paper_cited_twice_alike_is_no_defect() -> None:
    twice = own("2", doi="https://doi.org/10.9999/OWN.1", journal="J Inventions", pages="100")
    assert rules(own("1"), twice) == {}


def test_one_page_of_one_volume_is_one_paper() -> None:
    found = rules(own("1"), own("2", authors="Other B", title="A different one", doi="10.9/2"))
    assert found == {"1": {"place-shared"}, "2": {"place-shared"}}


def test_one_paper_with_two_years_is_flagged_without_an_identifier() -> None:
    found = rules(own("1", doi=""), own("2", doi="", year="2011"))
    assert found == {"1": {"work-cited-twice"}, "2": {"work-cited-twice"}}


def test_a_year_between_online_and_print_is_no_defect() -> None:
    assert rules(own("1", doi=""), own("2", doi="", year="2018")) == {}


@pytest.mark.parametrize(
    ("year", "flagged"), [("2019", False), ("2018", False), ("2020", False), ("2021", True)]
)
def test_the_year_within_an_identifier_is_the_year_of_the_paper(year: str, flagged: bool) -> None:
    found = rules(own("1", doi="10.1111/j.1000-1000.2019.00001.x", year=year))
    assert (found == {"1": {"identifier-year"}}) is flagged


@pytest.mark.parametrize(
    ("volume", "year", "flagged"),
    [
        ("47", "2001", True),
        ("47", "1991", False),
        ("30", "1999", True),
        ("200", "1990", True),
        ("60", "1995", False),
    ],
)
def test_the_volumes_of_a_journal_follow_its_years(volume: str, year: str, flagged: bool) -> None:
    found = rules(own("1", journal="Pain", volume=volume, year=year, doi=""))
    assert (found == {"1": {"volume-year"}}) is flagged


def test_what_the_print_does_not_show_is_not_judged() -> None:
    assert rules(cite("1", authors="Nobody", year="1999")) == {}


@given(st.permutations([one for one in printed_citations() if one.id.startswith("S0")]))
def test_the_order_of_a_list_changes_nothing(order: list[Citation]) -> None:
    assert rules(*order) == rules(*sorted(order, key=lambda one: one.id))


def test_names_titles_journals_and_identifiers_are_compared_as_people_mean_them() -> None:
    assert first_author("Smith TJ, Staats PS") == first_author("Smith, T.J.") == "smith"
    assert first_author("van der Plas AA et al.") == first_author("van der Plas") == "van der plas"
    assert first_author("Müller K") == first_author("Muller K")
    assert same_journal("J Clin Oncol", "Journal of Clinical Oncology")
    assert not same_journal("Pain", "Pain Medicine")
    assert same_title("A trial of one drug: the end", "A Trial of One Drug")
    assert not same_title("A trial", "A trial of one drug")
    assert plain_doi("https://doi.org/10.1111/NER.13097") == plain_doi("doi: 10.1111/ner.13097")
    assert doi_year("10.1200/JCO.2002.02.118") == 2002
    assert doi_year("10.1111/ner.13097") is None
    assert first_page("4040-9") == first_page("4040\u20134049") == "4040"


HEAD = ",".join(COLUMNS) + "\n"


@pytest.mark.inventory("W28", "S1.R22")
def test_a_clinics_own_list_is_judged_by_the_same_rules() -> None:
    lines = (
        "1,Duarte R,,Neuromodulation,2020,,,,10.1111/ner.13097\n"
        "2,Hayek SM,Intrathecal therapy for cancer and non-cancer pain,Pain Physician,2011,14,,,\n"
    )
    found = rules(*read_citations((HEAD + lines).encode(), "own.csv"))
    assert found == {"1": {"title-missing", "identifier-work"}}


@pytest.mark.parametrize(
    "text",
    [
        "id,title\n1,x\n",
        HEAD,
        HEAD + "1,A,T,J,2001,1,1,1,\n1,A,T,J,2001,1,1,1,\n",
        HEAD + "1,A,T,J,20001,1,1,1,\n",
        HEAD + ",A,T,J,2001,1,1,1,\n",
        HEAD + "1,A,T\n",
        HEAD + '1,"A,T\n',
    ],
)
def test_a_list_that_cannot_be_read_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadFileError, match=r"own\.csv"):
        read_citations(text.encode(), "own.csv")


def test_a_list_of_thousands_is_judged_by_who_shares_something() -> None:
    many = [
        own(
            str(n), authors=f"Author{n} A", doi=f"10.9/{n}", pages=str(n), title=f"Number {n} of it"
        )
        for n in range(3000)
    ]
    assert rules(*many, own("twin", authors="Twin B", doi="10.9/17", pages="17", title="x")) == {
        "17": {"identifier-shared"},
        "twin": {"identifier-shared"},
    }
