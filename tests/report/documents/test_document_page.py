"""A document as a page: complete, readable by everybody, safe, and the same every time."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from document_builder import everything
from page_reading import Reading, read_page

from thecal import BANNER
from thecal.care.document import LANGUAGES, Document, Language, Section, Text
from thecal.data import rows
from thecal.report.documents import document_page
from thecal.report.documents.localised import localised

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt;",
    "Müller-\u202eevil\u0000",
)
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "p", "strong", "header", "a", "h1", "main"),
    *("section", "h2", "dl", "div", "dt", "dd", "span", "table", "caption", "thead", "tr", "th"),
    *("tbody", "td", "ul", "li", "footer"),
    *("figure", "svg", "rect", "text"),
}


def page(language: Language = "en", document: Document | None = None) -> Reading:
    reading = read_page(document_page(document or everything(), language))
    assert reading.faults == []
    return reading


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_the_document_says_stands_on_the_page(language: Language) -> None:
    shown = page(language).shown
    document = everything()
    texts = [document.title, *document.footnotes]
    for section in document.sections:
        texts += [section.heading, *section.paragraphs]
        texts += [text for field in section.fields for text in (field.label,)]
        if section.grid is not None:
            texts += section.grid.columns
    for text in texts:
        assert localised(text, language) in shown
    signed = "\n".join(tag.text for tag in page(language).all("ul"))
    for section in document.sections:
        assert all(who.get(language) in signed for who in section.signatures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_its_language_and_has_landmarks_and_headings_in_order(
    language: Language,
) -> None:
    reading = page(language)
    assert reading.all("html")[0].attributes["lang"] == language
    for landmark in ("header", "main", "footer"):
        assert len(reading.all(landmark)) == 1
    levels = [int(tag.name[1]) for tag in reading.tags if re.fullmatch("h[1-6]", tag.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_each_section_is_named_by_a_heading_that_is_there() -> None:
    reading = page()
    ids = [tag.attributes["id"] for tag in reading.tags if "id" in tag.attributes]
    assert len(ids) == len(set(ids))
    for section in reading.all("section"):
        assert section.attributes["aria-labelledby"] in ids


def test_headers_of_tables_say_what_they_head_and_every_table_is_named() -> None:
    reading = page()
    assert [tag.attributes["scope"] for tag in reading.all("th")] == ["col"] * 3 + ["row"]
    assert [tag.text for tag in reading.all("caption")] == ["Table: Doses"]


def test_a_table_and_the_skip_link_are_reached_by_keyboard() -> None:
    reading = page()
    assert reading.all("a")[0].attributes["href"] == "#main"
    regions = [tag for tag in reading.tags if tag.attributes.get("role") == "region"]
    assert regions
    assert all(
        tag.attributes["tabindex"] == "0" and tag.attributes["aria-label"] for tag in regions
    )


@pytest.mark.parametrize(("language", "word"), [("en", "Important:"), ("de", "Wichtig:")])
def test_what_must_be_seen_first_is_said_in_a_word_and_not_by_colour_alone(
    language: Language, word: str
) -> None:
    labels = [tag.text for tag in page(language).all("dt") if word in tag.text]
    assert len(labels) == 1
    assert "Use before" in labels[0] or "Verwendbar bis" in labels[0]


def test_what_is_empty_is_a_line_to_write_on_with_a_word_for_who_cannot_see_it() -> None:
    blanks = [tag for tag in page().all("span") if tag.attributes.get("class") == "blank"]
    assert len(blanks) == 3
    assert {tag.text for tag in blanks} == {"to be written by hand"}


def test_a_page_on_which_nobody_is_named_has_a_line_for_the_name() -> None:
    assert "Patient, date of birth:" in page().shown
    assert "date of birth" not in page("en", everything(names_patient=True)).shown


def test_the_page_says_what_the_software_is_for_above_and_below() -> None:
    assert page().all("p")[0].text == BANNER
    assert BANNER in page().all("footer")[0].text
    assert "nicht für die Versorgung" in page("de").all("p")[0].text


def test_what_a_patient_gets_says_that_it_is_information_and_not_advice() -> None:
    assert "Information, not advice" in page("en", everything(for_patient=True)).shown
    assert "Information, keine Empfehlung" in page("de", everything(for_patient=True)).shown
    assert "not advice" not in page("en").shown


def test_open_questions_make_it_a_draft_that_names_them() -> None:
    html = document_page(everything(), "en", open_checks=("K15", "H02", "K15"))
    assert "Draft: open questions (K15, H02)." in read_page(html).shown
    assert "Draft" not in page().shown


def test_unverified_is_explained_and_a_translation_says_that_nobody_read_it() -> None:
    assert "nobody has compared" in page().shown
    assert "kein Übersetzer geprüft" in page("de").shown


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_text_and_nothing_else(name: str, language: Language) -> None:
    heading = Text.same(name)
    document = everything(name)
    extra = Section(heading, (heading,), signatures=(heading,))
    reading = page(
        language, Document("x", heading, (*document.sections, extra), document.footnotes)
    )
    assert {tag.name for tag in reading.tags} <= ALLOWED
    assert not any(key.startswith("on") for tag in reading.tags for key in tag.attributes)
    wanted = name.replace("\u202e", "\ufffd").replace("\u0000", "\ufffd")
    assert reading.all("h1")[0].text == wanted
    assert reading.all("td")[0].text.startswith(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_needs_nothing_but_itself(language: Language) -> None:
    html = document_page(everything(), language)
    assert "<script" not in html
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html
    assert "prefers-color-scheme: dark" in html
    assert "size: A4" in html


def test_the_same_document_gives_the_same_page() -> None:
    assert document_page(everything(), "de") == document_page(everything(), "de")


def test_every_word_of_the_page_stands_in_both_languages() -> None:
    found: dict[str, set[str]] = {}
    for row in rows("document_words"):
        found.setdefault(row["parameter"], set()).add(row["language"])
    english_needs_none = {"translation", "per-day", "a-day", "standing-read", "standing-recalled"}
    english_needs_none |= {"project-rule", "general-knowledge"}
    for name, languages in found.items():
        assert languages == set(LANGUAGES) or name in english_needs_none, name
