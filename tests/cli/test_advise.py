"""`thecal advise`: every topic answers its example, for people and as JSON, with sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thecal.cli.advise import TOPICS
from thecal.cli.main import BAD_INPUT, DONE, OVERRIDE_NEEDED, REFUSED, main

CASES = Path(__file__).resolve().parent.parent.parent / "examples" / "cases"
CASE_TOPICS = [name for name, topic in TOPICS.items() if topic.reads == "case"]
ANSWERED = (DONE, REFUSED, OVERRIDE_NEEDED)


@pytest.mark.parametrize("topic", CASE_TOPICS)
def test_every_topic_answers_its_example_with_reasons_and_sources(
    topic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advise", topic, str(CASES / f"{topic}.toml"), "--json"]) in ANSWERED
    answer = json.loads(capsys.readouterr().out)
    assert answer["topic"] == topic
    assert answer["verdict"]
    assert answer["summary"]
    cited = [figure for reason in answer["reasons"] for figure in reason["figures"]]
    cited += [figure for one in answer["disagreements"] for figure in one["answers"]]
    assert cited
    assert all(figure["source"] and figure["status"] for figure in cited)
    unverified = [figure for figure in cited if figure["status"] != "verified"]
    assert all(figure in answer["unverified"] for figure in unverified)


@pytest.mark.parametrize("topic", CASE_TOPICS)
def test_every_topic_tells_people_its_verdict_and_what_is_unverified(
    topic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advise", topic, str(CASES / f"{topic}.toml")]) in ANSWERED
    text = capsys.readouterr().out
    assert "not for patient care" in text
    assert "Unverified:" in text


@pytest.mark.parametrize("topic", CASE_TOPICS)
def test_a_key_that_no_rule_reads_is_refused_by_name(
    topic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.toml"
    example = (CASES / f"{topic}.toml").read_text()
    file.write_text(example.replace(f"[{topic}]\n", f"[{topic}]\nlife_expectansy = 3\n", 1))
    assert main(["advise", topic, str(file)]) == BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "life_expectansy" in printed.err
    assert "case.toml" in printed.err


def test_an_unknown_topic_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["advise", "horoscope", "case.toml"]) == BAD_INPUT
    assert '"horoscope" is no topic' in capsys.readouterr().err


def test_a_case_without_the_table_of_the_topic_says_what_to_add(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.toml"
    file.write_text('schema = "thecal.case/1"\n')
    for topic in CASE_TOPICS:
        assert main(["advise", topic, str(file)]) == BAD_INPUT
        assert f"[{topic}]" in capsys.readouterr().err


def test_what_would_pass_and_who_answered_stand_below_a_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["advise", "restart", str(CASES / "restart.toml")]) == REFUSED
    assert (
        "would pass: at most 0.5\u00a0mg (500\u00a0mcg) a day, watched" in capsys.readouterr().out
    )
    assert main(["advise", "restart", str(CASES / "restart.toml"), "--json"]) == REFUSED
    (refused,) = json.loads(capsys.readouterr().out)["findings"]
    assert refused["suggestion"].startswith("at most")
    main(["advise", "interactions", str(CASES / "interactions.toml"), "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert any(one.get("override", {}).get("by") == "Dr. F" for one in found)
