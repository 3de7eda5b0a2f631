"""`thecal advise TOPIC FILE --documents DIR`: the letters, orders and sheets of an advice."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from thecal.care.case_file import read_case_file
from thecal.care.document import LANGUAGES, Document
from thecal.cli.advise import TOPICS
from thecal.cli.main import BAD_INPUT, DONE, OVERRIDE_NEEDED, REFUSED, main
from thecal.report.documents import Fit, fit_of
from thecal.therapy.file_reader import read_therapy_file

CASES = Path(__file__).resolve().parent.parent.parent / "examples" / "cases"
THERAPY = CASES.parent / "pain_two_drugs.toml"
HOOK = {"case": "documents", "therapy": "documents_therapy"}
MODULES = {name: import_module(topic.module) for name, topic in TOPICS.items()}
HOOKS = {name: HOOK[topic.reads] for name, topic in TOPICS.items()}
WITH = [name for name, module in MODULES.items() if hasattr(module, HOOKS[name])]
WITHOUT = [name for name in TOPICS if name not in WITH]


def of(topic: str) -> tuple[Document, ...]:
    hook = getattr(MODULES[topic], HOOKS[topic])
    if TOPICS[topic].reads == "therapy":
        found: tuple[Document, ...] = hook(read_therapy_file(THERAPY))
    else:
        found = hook(read_case_file(CASES / f"{topic}.toml", topic))
    return found


def ask(topic: str, folder: Path, *more: str, file: Path | None = None) -> int:
    example = THERAPY if TOPICS[topic].reads == "therapy" else CASES / f"{topic}.toml"
    case = file or example
    return main(["advise", topic, str(case), "--documents", str(folder), *more])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("topic", WITH)
def test_every_document_of_a_topic_is_written_in_both_languages(
    topic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(topic, tmp_path, "--json") in (DONE, OVERRIDE_NEEDED)
    wanted = [f"{one.kind}.{language}.html" for one in of(topic) for language in LANGUAGES]
    assert names(tmp_path) == sorted(wanted)
    told = json.loads(capsys.readouterr().out)["documents"]
    assert told == [str(tmp_path / name) for name in wanted]


def test_no_two_topics_write_documents_of_one_kind() -> None:
    kinds = [document.kind for topic in WITH for document in of(topic)]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("topic", WITH)
def test_the_documents_of_an_example_say_something_in_both_languages_and_fit(topic: str) -> None:
    documents = of(topic)
    assert documents
    for document in documents:
        assert re.fullmatch("[a-z][a-z0-9-]*", document.kind)
        assert document.title.en != document.title.de
        assert len({language: document.title.get(language) for language in LANGUAGES}) == 2
        assert all(fit_of(document, language) is not Fit.TOO_LONG for language in LANGUAGES)


@pytest.mark.parametrize("topic", WITH)
def test_no_page_of_an_example_holds_a_date_in_figures(topic: str, tmp_path: Path) -> None:
    ask(topic, tmp_path)
    for path in tmp_path.iterdir():
        body = path.read_text(encoding="utf-8").partition("</style>")[2]
        assert not re.search(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b", body), path.name
        if path.name.endswith(".de.html"):
            assert not re.search(r"\d,\d{3}\u00a0|/day| a day", body), path.name


def test_one_language_alone_is_written_where_it_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("compounding", tmp_path, "--language", "de") == DONE
    assert names(tmp_path) == ["compounding-label.de.html", "compounding-order.de.html"]
    assert f"written: {tmp_path / 'compounding-order.de.html'}" in capsys.readouterr().out


def test_what_is_there_is_lost_only_where_somebody_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "selection-letter.de.html").write_text("signed")
    assert ask("selection", tmp_path) == BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "selection-letter.de.html exists" in printed.err
    assert names(tmp_path) == ["selection-letter.de.html"]
    assert (tmp_path / "selection-letter.de.html").read_text() == "signed"
    assert ask("selection", tmp_path, "--overwrite") == DONE
    assert "<html" in (tmp_path / "selection-letter.de.html").read_text(encoding="utf-8")


def changed(topic: str, folder: Path, old: str, new: str) -> Path:
    text = (CASES / f"{topic}.toml").read_text(encoding="utf-8")
    assert old in text
    file = folder / "case.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_a_refused_order_gives_no_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = changed(
        "compounding", tmp_path, 'checked_by = "C. Hecker"', 'checked_by = "P. Reparator"'
    )
    assert ask("compounding", tmp_path / "out", "--json", file=file) == REFUSED
    printed = capsys.readouterr()
    assert json.loads(printed.out)["documents"] == []
    assert "no document is written: the advice refuses" in printed.err
    assert not (tmp_path / "out").exists()


def test_an_open_question_makes_the_documents_drafts(tmp_path: Path) -> None:
    file = changed("compounding", tmp_path, "consent = true\n", "")
    assert ask("compounding", tmp_path / "out", file=file) == OVERRIDE_NEEDED
    for path in (tmp_path / "out").iterdir():
        shown = path.read_text(encoding="utf-8")
        assert "Draft: open questions (" in shown or "Entwurf: offene Fragen (" in shown


def test_a_hostile_name_in_a_case_reaches_the_page_as_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>"
    file = changed("compounding", tmp_path, 'patient = "DEMO-001"', f'patient = "{name}"')
    assert ask("compounding", tmp_path / "out", file=file) == DONE
    for path in (tmp_path / "out").iterdir():
        shown = path.read_text(encoding="utf-8")
        assert "<script" not in shown
        assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize("topic", WITHOUT)
def test_a_topic_without_documents_says_so_and_writes_nothing(
    topic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(topic, tmp_path / "out") == BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f'"{topic}" has no documents' in printed.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [["--language", "de"], ["--overwrite"]])
def test_options_of_documents_without_documents_are_refused(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advise", "selection", str(CASES / "selection.toml"), *more]) == BAD_INPUT
    assert "belong to --documents" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("")
    assert ask("selection", tmp_path / "out") == BAD_INPUT
    assert "a file where the folder should be" in capsys.readouterr().err
