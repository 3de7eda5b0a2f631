"""The contract, clause by clause, as it is seen from outside: files in, JSON and CSV out.

Expected figures are worked out here, with fractions, from the contract's sentences; nothing of
thecal but its command is used. Every test that replays runs `--as-recorded` unless the verdict is
its subject. The small system of most tests: SynchroMed II with 20 mL (tubing 0.14 mL, residual
1.4 mL, primes at 24 mL/d) and a catheter of 0.1 mL, so a line of 0.24 mL; Monday 2 March 2026.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from thecal.cli.main import main

F = Fraction
Json = Any
LINE, TUBING, CATHETER, RESIDUAL = F("0.24"), F("0.14"), F("0.1"), F("1.4")
PRIME_RATE = 24  # mL/d
UTC_OFFSET = "+01:00"
PURPOSES = {"therapy", "patient_bolus", "clinician_bolus", "prime", "bridge", "purge", "fault"}
MONDAY = "2026-03-02"

HEAD = """\
schema = "thecal.therapy/1"
utc_offset = "+01:00"

[patient]
id = "C-1"
birth_date = 1961-04-12
sex = "female"
weight = "82 kg"
therapy = "pain"
setting = "non-cancer"
opioid_tolerant = true
indication = "failed-back-surgery-syndrome"

[pump]
model = "synchromed-ii-20"
serial = "NGP1H"

[catheter]
model = "custom"
volume_per_length = "0.002 mL/cm"
implanted_length = "50 cm"
tip = "T10"
"""


def event(when: str, kind: str, /, **fields: str) -> str:
    """Return an event; `when` is `[day ]hh:mm[:ss]`, day 0 being Monday 2 March 2026."""
    day, _, clock = when.rpartition(" ")
    date = datetime.fromisoformat(MONDAY) + timedelta(days=int(day or 0))
    clock = clock if clock.count(":") == 2 else clock + ":00"
    lines = ["", "[[events]]", f"time = {date.date().isoformat()}T{clock}", f'type = "{kind}"']
    lines += [f"{name} = {value}" for name, value in fields.items()]
    return "\n".join(lines) + "\n"


def text(value: str) -> str:
    """Return a TOML text."""
    return f'"{value}"'


def fill(when: str, volume: str = "20 mL", morphine: str = "1 mg/mL", **fields: str) -> str:
    """Return a fill with one drug."""
    mixture = fields.pop("mixture", f'{{ morphine = "{morphine}" }}')
    return event(when, "fill", volume=text(volume), mixture=mixture, **fields)


def program(when: str, dose: str = "1 mg/d", mode: str = "continuous", **fields: str) -> str:
    """Return a program of morphine."""
    return event(
        when,
        "program",
        primary=text("morphine"),
        mode=text(mode),
        daily_dose=text(dose),
        **fields,
    )


def bolus(
    dose: str = "0.1 mg", duration: str = "12 min", lockout: str = "1 h", more: str = ""
) -> str:
    """Return the `patient_bolus` of a program."""
    return f'{{ dose = "{dose}", duration = "{duration}", lockout = "{lockout}"{more} }}'


def press(when: str) -> str:
    """Return a press."""
    return event(when, "press")


def moment(when: str) -> datetime:
    """Return the same time as `event` writes, with the pump's offset."""
    day, _, clock = when.rpartition(" ")
    clock = clock if clock.count(":") == 2 else clock + ":00"
    date = datetime.fromisoformat(f"{MONDAY}T{clock}{UTC_OFFSET}")
    return date + timedelta(days=int(day or 0))


def value(quantity: Json, unit: str | None = None) -> float:
    """Return the number of a quantity after checking its shape."""
    assert set(quantity) == {"value", "unit"}
    assert isinstance(quantity["value"], int | float)
    assert not isinstance(quantity["value"], bool)
    assert isinstance(quantity["unit"], str)
    if unit is not None:
        assert quantity["unit"] == unit
    return quantity["value"]


def in_ug(quantity: Json) -> float:
    """Return a mass in micrograms."""
    return value(quantity) * {"kg": 1e9, "mg": 1e3, "ug": 1, "ng": 1e-3}[quantity["unit"]]


def close(expected: Fraction | float) -> Any:
    """Return what compares equal within 12 significant digits."""
    return pytest.approx(float(expected), rel=1e-12, abs=1e-12)


@dataclass
class Row:
    """One row of the CSV."""

    start: datetime
    end: datetime
    purpose: str
    volume: float
    drugs: dict[str, float]

    @property
    def hours(self) -> float:
        """The length of the row."""
        return (self.end - self.start) / timedelta(hours=1)


@dataclass
class Replay:
    """What a run of `simulate` answered."""

    answer: Json
    rows: list[Row]
    header: list[str]

    def volume(self, purpose: str) -> float:
        """Microlitres of one purpose."""
        return sum(row.volume for row in self.rows if row.purpose == purpose)

    def mass(self, purpose: str | None = None, drug: str = "morphine") -> float:
        """Micrograms of one purpose, or of all."""
        return sum(row.drugs[drug] for row in self.rows if purpose in (None, row.purpose))

    def of(self, purpose: str) -> list[Row]:
        """The rows of one purpose."""
        return [row for row in self.rows if row.purpose == purpose]

    def presses(self) -> tuple[int, int]:
        """Granted and denied presses."""
        boluses = self.answer["boluses"]
        assert boluses["requested"] == boluses["granted"] + boluses["denied"]
        return boluses["granted"], boluses["denied"]


Simulate = Callable[..., Replay]


@pytest.fixture
def command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that writes a file and runs a verb on it."""

    def run(verb: str, content: str, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "own.toml"
        file.write_text(content)
        code = main([verb, str(file), *options])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def simulate(command: Command, tmp_path: Path) -> Simulate:
    """Return a function that replays events as recorded, with their deliveries."""

    def run(*events: str, until: str = "", head: str = HEAD, recorded: bool = True) -> Replay:
        rows = tmp_path / "rows.csv"
        options = ["--json", "--deliveries", str(rows)]
        options += ["--until", moment(until).isoformat()] if until else []
        options += ["--as-recorded"] if recorded else []
        code, out, err = command("simulate", head + "".join(events), *options)
        assert (code, err) == (0, ""), err or out
        header, parsed = read_rows(rows)
        replay = Replay(json.loads(out), parsed, header)
        check_books(replay)
        return replay

    return run


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """Read a deliveries file."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = list(csv.reader(stream))
    drugs = [name.removesuffix("_ug") for name in header[4:]]
    return header, [
        Row(
            datetime.fromisoformat(line[0]),
            datetime.fromisoformat(line[1]),
            line[2],
            float(line[3]),
            dict(zip(drugs, map(float, line[4:]), strict=True)),
        )
        for line in lines
    ]


def check_books(replay: Replay) -> None:
    """The mass balance of every drug adds up, and delivered is what the rows say."""
    answer = replay.answer
    for drug, books in answer["mass_balance"].items():
        entry = {name: in_ug(quantity) for name, quantity in books.items()}
        assert set(entry) >= {
            *("filled", "withdrawn", "reservoir", "line", "delivered", "unaccounted")
        }
        parts = ("withdrawn", "reservoir", "line", "delivered", "unaccounted")
        size = max(1, *(abs(entry[name]) for name in entry))
        assert abs(entry["filled"] - sum(entry[name] for name in parts)) < 1e-9 * size, drug
        assert entry["delivered"] == pytest.approx(replay.mass(None, drug), rel=1e-9, abs=1e-9)
        by = answer["delivered_by_purpose"][drug]
        assert set(by) <= PURPOSES
        for purpose, quantity in by.items():
            assert in_ug(quantity) == pytest.approx(replay.mass(purpose, drug), rel=1e-9, abs=1e-9)


# -- shapes ---------------------------------------------------------------------------------------

GOOD = HEAD + fill("10:00") + event("10:05", "prime") + program("11:00", "0.5 mg/d")
WITH_BOLUS = (
    HEAD.replace('"synchromed-ii-20"', '"synchromed-ii-40"')
    + fill("10:00", "38 mL", mixture='{ morphine = "5 mg/mL", bupivacaine = "4 mg/mL" }')
    + event("10:05", "prime")
    + program("11:00", "0.5 mg/d", patient_bolus=bolus("0.05 mg", "5 min", "4 h"))
    + press("1 10:00")
)
REFUSED = HEAD + fill("10:00", "10 mL", programmed_volume='"20 mL"') + program("11:00", "0.5 mg/d")
RISE = GOOD + program("9 11:00", "0.75 mg/d")
TWO_SOFT = RISE.replace('implanted_length = "50 cm"', 'implanted_length_range = ["40 cm", "60 cm"]')


def softs(answer: Json) -> set[str]:
    """The checks of a review that want an answer."""
    return {finding["check"] for finding in answer["findings"] if finding["severity"] == "soft"}


def test_review_has_its_keys(command: Command) -> None:
    code, out, err = command("review", WITH_BOLUS, "--json")
    assert code in (0, 4)
    assert err == ""
    answer = json.loads(out)
    assert set(answer) >= {"verdict", "findings", "programs"}
    assert answer["findings"]
    for finding in answer["findings"]:
        assert set(finding) >= {
            *("check", "severity", "event", "message", "value", "limit", "source")
        }
        assert finding["severity"] in ("hard", "soft", "warn", "info")
        assert finding["event"] is None or 0 <= finding["event"] <= 3
        assert finding["message"]
        assert finding["source"]
        for name in ("value", "limit"):
            assert finding[name] is None or isinstance(finding[name], str | dict | int | float)
            if isinstance(finding[name], dict):
                value(finding[name])
    (one,) = answer["programs"]
    assert one["event"] == 2
    assert value(one["volume_rate"], "mL/d") == close(F(1, 10))
    assert set(one["daily_doses"]) == {"morphine", "bupivacaine"}
    assert value(one["daily_doses"]["morphine"], "mg/d") == close(F(1, 2))
    assert value(one["daily_doses"]["bupivacaine"], "mg/d") == close(F(4, 10))
    # Six boluses fit into any 24 hours with four hours between their starts.
    assert in_ug(one["worst_case_24h"]["morphine"]) == close(500 + 6 * 50)
    assert in_ug(one["worst_case_24h"]["bupivacaine"]) == close((500 + 6 * 50) * F(4, 5))
    assert value(one["achievable_daily_doses"]["morphine"], "mg/d") == close(F(1, 2))


def test_worst_case_counts_the_boluses_of_a_day(command: Command) -> None:
    limited = WITH_BOLUS.replace('lockout = "4 h"', 'lockout = "1 h", max_per_day = 3')
    _, out, _ = command("review", limited, "--json")
    (one,) = json.loads(out)["programs"]
    assert in_ug(one["worst_case_24h"]["morphine"]) == close(500 + 3 * 50)


def test_daily_doses_are_those_of_the_fullest_day(command: Command) -> None:
    steps = (
        '[{ days = "mon", start = "12:00", duration = "12 h", dose = "0.6 mg" },'
        ' { days = "tue", start = "00:00", duration = "6 h", dose = "0.3 mg" }]'
    )
    content = HEAD + fill("10:00") + event("10:05", "prime")
    content += program("11:00", "0.48 mg/d", "flex", steps=steps)
    _, out, _ = command("review", content, "--json")
    (one,) = json.loads(out)["programs"]
    assert value(one["volume_rate"], "mL/d") == close(F("0.48"))  # the background alone
    # 18 hours of steps and 6 hours of background, from 12:00 to 12:00.
    assert value(one["daily_doses"]["morphine"], "mg/d") == close(F("0.9") + F("0.48") / 4)
    assert in_ug(one["worst_case_24h"]["morphine"]) == close(1020)


def test_simulate_has_its_keys(simulate: Simulate) -> None:
    replay = simulate(WITH_BOLUS[len(HEAD) :], head=HEAD, until="3 10:00")
    answer = replay.answer
    assert set(answer) >= {
        *("end", "reservoir", "mass_balance", "delivered_by_purpose", "boluses", "alarms"),
        *("refill", "drug_front", "body"),
    }
    assert answer["end"] == moment("3 10:00").isoformat()
    assert set(answer["reservoir"]) >= {"volume", "mixture"}
    value(answer["reservoir"]["volume"], "mL")
    assert set(answer["reservoir"]["mixture"]) == {"morphine", "bupivacaine"}
    for concentration in answer["reservoir"]["mixture"].values():
        value(concentration)
    assert set(answer["boluses"]) >= {"requested", "granted", "denied"}
    assert set(answer["refill"]) >= {
        *("low_reservoir_time", "low_reservoir_time_all_boluses", "empty_time", "refill_by")
    }
    for name in ("low_reservoir_time", "low_reservoir_time_all_boluses", "empty_time", "refill_by"):
        assert datetime.fromisoformat(answer["refill"][name]).utcoffset() == timedelta(hours=1)
    assert isinstance(answer["drug_front"], dict)
    assert isinstance(answer["body"], dict)


def test_deliveries_have_header_rows_and_columns(simulate: Simulate, tmp_path: Path) -> None:
    replay = simulate(WITH_BOLUS[len(HEAD) :], until="3 10:00")
    assert replay.header[:4] == ["start", "end", "purpose", "volume_uL"]
    assert set(replay.header[4:]) == {"morphine_ug", "bupivacaine_ug"}
    assert {row.purpose for row in replay.rows} == {"prime", "therapy", "patient_bolus"}
    assert replay.rows == sorted(replay.rows, key=lambda row: row.start)
    for row in replay.rows:
        assert row.start.utcoffset() == row.end.utcoffset() == timedelta(hours=1)
        assert row.start < row.end
        assert row.volume > 0
    # While a bolus runs, background and bolus are two rows.
    (given,) = replay.of("patient_bolus")
    assert any(row.start <= given.start and given.end <= row.end for row in replay.of("therapy"))


def test_alarms_have_time_name_and_priority(simulate: Simulate) -> None:
    replay = simulate(fill("00:00", "5 mL"), program("00:00"), until="6 00:00")
    alarms = replay.answer["alarms"]
    assert [alarm["alarm"] for alarm in alarms] == ["low-reservoir", "empty"]
    for alarm in alarms:
        assert set(alarm) >= {"time", "alarm", "priority"}
    assert alarms[0]["time"] == moment("3 00:00").isoformat()  # 3 of 5 mL at 1 mL/d
    assert datetime.fromisoformat(alarms[1]["time"]) == moment("0 00:00") + timedelta(days=3.6)


def test_numbers_carry_twelve_digits(simulate: Simulate, tmp_path: Path) -> None:
    replay = simulate(
        fill("00:00", "19 mL", "7 mg/mL"),
        program("01:00", "1.3 mg/d", patient_bolus=bolus("0.11 mg")),
        press("2 01:00"),
        until="11 06:07:13",
    )
    days = F(11) + F(5 * 3600 + 7 * 60 + 13, 86400)
    pumped = days * F("1.3") / 7 + F("0.11") / 7
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(19 - pumped)
    assert in_ug(replay.answer["mass_balance"]["morphine"]["delivered"]) == close(
        (pumped - LINE) * 7000
    )
    assert replay.volume("patient_bolus") == close(F(110, 7))
    content = (tmp_path / "rows.csv").read_text().splitlines()[1:]
    numbers = [cell for line in content for cell in line.split(",")[3:]]
    assert all(re.fullmatch(r"[0-9.]+(e-?[0-9]+)?", cell) for cell in numbers)
    assert any(len(cell.replace(".", "").strip("0")) >= 12 for cell in numbers)


# -- verdicts, overrides and exit codes -----------------------------------------------------------


def test_accepted_is_exit_0(command: Command) -> None:
    code, out, _ = command("review", GOOD, "--json")
    assert (code, json.loads(out)["verdict"]) == (0, "accepted")
    assert command("simulate", GOOD, "--json")[0] == 0


@pytest.mark.parametrize(
    ("content", "code", "verdict"), [(REFUSED, 3, "refused"), (RISE, 4, "override-needed")]
)
def test_refusal_shows_the_review_and_writes_nothing(
    content: str, code: int, verdict: str, command: Command, tmp_path: Path
) -> None:
    reviewed = command("review", content, "--json")
    assert reviewed[0] == code
    answer = json.loads(reviewed[1])
    assert answer["verdict"] == verdict
    assert answer["programs"]
    out = tmp_path / "out"
    out.mkdir()
    places = ("--deliveries", str(out / "rows.csv"), "--report", str(out / "report"))
    assert command("simulate", content, "--json", *places) == reviewed
    assert not list(out.iterdir())
    # What did happen is replayed whatever the findings.
    recorded = command("simulate", content, "--json", "--as-recorded", *places[:2])
    assert recorded[0] == 0
    assert "mass_balance" in json.loads(recorded[1])
    assert (out / "rows.csv").exists()


def test_people_get_text_without_json(command: Command) -> None:
    for verb in ("review", "simulate"):
        code, out, err = command(verb, GOOD)
        assert (code, err) == (0, "")
        with pytest.raises(json.JSONDecodeError):
            json.loads(out)
        assert "mcg" in out
        assert " ug" not in out


def test_each_override_answers_one_check(command: Command) -> None:
    code, out, _ = command("review", TWO_SOFT, "--json")
    open_checks = softs(json.loads(out))
    assert code == 4
    assert len(open_checks) == 2
    options: list[str] = []
    for left, check in enumerate(sorted(open_checks), start=1):
        options += ["--override", f"{check}: as agreed"]
        code, out, _ = command("review", TWO_SOFT, "--json", *options)
        assert code == (0 if left == len(open_checks) else 4)
    assert json.loads(out)["verdict"] == "accepted"
    assert command("simulate", TWO_SOFT, "--json", *options)[0] == 0
    assert command("simulate", TWO_SOFT, "--json", *options[:2])[0] == 4


def test_an_override_of_another_check_answers_nothing(command: Command) -> None:
    assert command("review", RISE, "--override", "K12: no")[0] == 4


def test_an_override_never_answers_a_hard_finding(command: Command) -> None:
    answer = json.loads(command("review", REFUSED, "--json")[1])
    hard = {one["check"] for one in answer["findings"] if one["severity"] == "hard"}
    assert hard
    checks = sorted(hard | softs(answer))
    options = [part for check in checks for part in ("--override", f"{check}: please")]
    assert command("review", REFUSED, *options)[0] == 3


def test_an_events_override_answers_its_own_event(command: Command) -> None:
    (check,) = softs(json.loads(command("review", RISE, "--json")[1]))
    answer = f'override = [{{ check = "{check}", reason = "titration in hospital", by = "Dr. B" }}]'
    assert command("review", RISE + answer)[0] == 0
    elsewhere = RISE.replace('type = "prime"', f'type = "prime"\n{answer}')
    assert command("review", elsewhere)[0] == 4
    without_by = answer.replace(', by = "Dr. B"', "")
    assert command("review", RISE + without_by)[0] == 0


# -- the end of a run -----------------------------------------------------------------------------


def test_until_without_offset_is_on_the_pump_clock(command: Command) -> None:
    for until in ("2026-03-05T12:00:00", "2026-03-05T12:00:00+01:00", "2026-03-05T11:00:00Z"):
        code, out, _ = command("simulate", GOOD, "--json", "--until", until)
        assert code == 0
        assert json.loads(out)["end"] == "2026-03-05T12:00:00+01:00"


def test_for_counts_from_the_first_event(command: Command) -> None:
    _, out, _ = command("simulate", GOOD, "--json", "--for", "36 h")
    assert json.loads(out)["end"] == "2026-03-03T22:00:00+01:00"


def test_without_either_the_run_ends_at_the_last_event(command: Command) -> None:
    _, out, _ = command("simulate", GOOD, "--json")
    assert json.loads(out)["end"] == "2026-03-02T11:00:00+01:00"


def test_events_after_the_end_are_left_out(simulate: Simulate) -> None:
    replay = simulate(fill("10:00"), program("11:00"), press("12:00"), until="11:30")
    assert replay.presses() == (0, 0)


def test_event_times_may_carry_their_own_offset(simulate: Simulate) -> None:
    own = program("11:00").replace("T11:00:00", "T05:00:00-05:00")
    replay = simulate(fill("10:00"), own, until="1 11:00")
    assert replay.of("therapy")[0].start == moment("11:00")


# -- the reservoir --------------------------------------------------------------------------------


def test_dose_is_rate_times_time(simulate: Simulate) -> None:
    replay = simulate(fill("10:00"), event("10:05", "prime"), program("11:00"), until="10 10:00")
    days = F(10) - F(1, 24)
    assert replay.mass("therapy") == close(days * 1000)
    assert replay.mass("prime") == 0
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(20 - LINE - days)
    books = replay.answer["mass_balance"]["morphine"]
    assert in_ug(books["line"]) == close(LINE * 1000)
    assert in_ug(books["filled"]) == 20_000
    assert in_ug(books["withdrawn"]) == in_ug(books["unaccounted"]) == 0


def test_unprimed_line_gives_no_drug_first(simulate: Simulate) -> None:
    replay = simulate(fill("10:00"), program("11:00"), until="1 11:00")
    first, second = replay.of("therapy")
    assert (first.volume, first.drugs["morphine"]) == (close(240), 0)
    assert (second.volume, second.drugs["morphine"]) == (close(760), close(760))
    assert first.hours == close(F("5.76"))


def test_first_refill_expects_what_lies_above_the_residual(simulate: Simulate) -> None:
    """No `aspirated`: the expectation is withdrawn."""
    replay = simulate(fill("00:00"), program("00:00"), fill("10 00:00"))
    books = replay.answer["mass_balance"]["morphine"]
    assert in_ug(books["withdrawn"]) == close((20 - 10 - RESIDUAL) * 1000)
    assert in_ug(books["unaccounted"]) == 0
    assert value(replay.answer["reservoir"]["volume"]) == 20
    assert in_ug(books["reservoir"]) == close((20 + RESIDUAL) * 1000)


def test_later_refills_expect_the_computed_volume(simulate: Simulate) -> None:
    replay = simulate(fill("00:00"), program("00:00"), fill("10 00:00"), fill("15 00:00"))
    books = replay.answer["mass_balance"]["morphine"]
    assert in_ug(books["withdrawn"]) == close((20 - 10 - RESIDUAL + 20 - 5) * 1000)
    assert in_ug(books["unaccounted"]) == 0


@pytest.mark.parametrize("drawn", ["0", "6.2", "8.6", "9.1", "30"])
def test_what_the_syringe_drew_is_never_altered(simulate: Simulate, drawn: str) -> None:
    replay = simulate(
        fill("00:00"), program("00:00"), fill("10 00:00", aspirated=text(f"{drawn} mL"))
    )
    books = replay.answer["mass_balance"]["morphine"]
    expected = 20 - 10 - RESIDUAL
    assert in_ug(books["withdrawn"]) == close(F(drawn) * 1000)
    assert in_ug(books["unaccounted"]) == close((expected - F(drawn)) * 1000)


def test_residual_mixes_with_the_new_solution(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"),
        program("00:00"),
        fill("10 00:00", morphine="2 mg/mL"),
        program("10 00:00", bridge='{ daily_dose = "1 mg/d" }'),
        until="12 00:00",
    )
    mixed = (20 * 2 + RESIDUAL * 1) / (20 + RESIDUAL)
    assert value(replay.answer["reservoir"]["mixture"]["morphine"], "mg/mL") == close(mixed)
    # 0.24 mL at 1 mL/d of the old solution, then 1 mg/d reckoned with 2 mg/mL as written.
    (bridge,) = replay.of("bridge")
    assert (bridge.start, bridge.hours) == (moment("10 00:00"), close(LINE * 24))
    assert bridge.drugs["morphine"] == close(LINE * 1000)
    after = replay.of("therapy")[-1]
    assert after.start == bridge.end
    assert after.volume == close((2 - LINE) / 2 * 1000)
    assert after.drugs["morphine"] == close((2 - LINE) / 2 * 1000 * mixed)


def test_bridge_runs_at_its_own_dose(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"),
        program("00:00"),
        fill("10 00:00", morphine="4 mg/mL"),
        program("10 00:00", "2 mg/d", bridge='{ daily_dose = "0.48 mg/d" }'),
        until="10 12:00",
    )
    (bridge,) = replay.of("bridge")
    assert bridge.volume == close(LINE * 1000)
    assert bridge.hours == close(12)
    assert replay.answer["activity"] == "running"


def test_bridge_pumps_the_tubing_constant_and_the_catheter(simulate: Simulate) -> None:
    head = HEAD.replace('"50 cm"', '"90 cm"')
    replay = simulate(
        fill("00:00"),
        program("00:00"),
        fill("10 00:00", morphine="4 mg/mL"),
        program("10 00:00", "2 mg/d", bridge='{ daily_dose = "0.5 mg/d" }'),
        until="11 00:00",
        head=head,
    )
    assert replay.volume("bridge") == close((TUBING + F("0.18")) * 1000)


def test_runs_dry_at_the_residual_on_a_first_fill(simulate: Simulate) -> None:
    events = (fill("00:00", "5 mL"), program("00:00"))
    dry = moment("00:00") + timedelta(days=3.6)
    ahead = simulate(*events).answer
    assert datetime.fromisoformat(ahead["refill"]["empty_time"]) == dry
    replay = simulate(*events, until="9 00:00")
    assert replay.rows[-1].end == dry
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(RESIDUAL)
    assert in_ug(replay.answer["mass_balance"]["morphine"]["reservoir"]) == close(1400)
    assert datetime.fromisoformat(replay.answer["refill"]["empty_time"]) == dry


def test_runs_dry_at_zero_later(simulate: Simulate) -> None:
    events = (fill("00:00", "5 mL"), program("00:00"), fill("2 00:00", "5 mL"))
    replay = simulate(*events, until="9 00:00")
    assert replay.rows[-1].end == moment("7 00:00")
    assert value(replay.answer["reservoir"]["volume"], "mL") == 0
    assert replay.answer["refill"]["empty_time"] == moment("7 00:00").isoformat()
    assert in_ug(replay.answer["mass_balance"]["morphine"]["reservoir"]) == close(1400)


def test_the_pump_counts_the_volume_that_was_typed(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00", "10 mL", programmed_volume='"20 mL"'), program("00:00"), until="12 00:00"
    )
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(20 - (10 - RESIDUAL))
    assert replay.volume("therapy") == close((10 - RESIDUAL) * 1000)
    assert not [a for a in replay.answer["alarms"] if a["alarm"] == "low-reservoir"]


def test_capacity_is_compared_with_the_volume_filled_alone(command: Command) -> None:
    refill = GOOD + fill("20 11:00", "20 mL", aspirated='"8 mL"')
    answer = json.loads(command("review", refill, "--json")[1])
    assert not [one for one in answer["findings"] if one["check"] == "R03"]
    above = json.loads(command("review", GOOD.replace("20 mL", "20.1 mL"), "--json")[1])
    assert [one["severity"] for one in above["findings"] if one["check"] == "R03"] == ["hard"]


@pytest.mark.inventory("S0.21")
def test_low_reservoir_with_and_without_boluses(simulate: Simulate) -> None:
    order = bolus(more=", max_per_day = 4")
    replay = simulate(fill("00:00"), program("00:00", patient_bolus=order))
    refill = replay.answer["refill"]
    low, every = (
        datetime.fromisoformat(refill[name])
        for name in ("low_reservoir_time", "low_reservoir_time_all_boluses")
    )
    assert low == moment("18 00:00")  # 18 mL above the alarm at 1 mL/d
    days = (every - moment("00:00")) / timedelta(days=1)
    assert days == pytest.approx(float(F(18) / F("1.4")), abs=1e-10)
    assert refill["empty_time"] == (moment("18 00:00") + timedelta(days=0.6)).isoformat()


def test_without_a_maximum_the_lockout_spreads_the_boluses(simulate: Simulate) -> None:
    replay = simulate(fill("00:00"), program("00:00", patient_bolus=bolus(lockout="3 h")))
    every = datetime.fromisoformat(replay.answer["refill"]["low_reservoir_time_all_boluses"])
    assert (every - moment("00:00")) / timedelta(days=1) == pytest.approx(10, abs=1e-10)


def test_the_files_own_alarm_volume_is_used(simulate: Simulate) -> None:
    head = HEAD.replace('serial = "NGP1H"', 'serial = "NGP1H"\nlow_reservoir_alarm = "5 mL"')
    replay = simulate(fill("00:00"), program("00:00"), until="16 00:00", head=head)
    assert replay.answer["alarms"][0]["time"] == moment("15 00:00").isoformat()
    assert replay.answer["refill"]["low_reservoir_time"] == moment("15 00:00").isoformat()


# -- prime, stop, refill --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "volume"),
    [
        ({}, LINE),
        ({"kind": '"full"'}, LINE),
        ({"kind": '"catheter"'}, CATHETER),
        ({"volume": '"0.1 mL"'}, F("0.1")),
    ],
)
def test_prime_runs_at_the_highest_rate(
    simulate: Simulate, fields: dict[str, str], volume: Fraction
) -> None:
    replay = simulate(fill("10:00"), event("10:05", "prime", **fields), until="12:00")
    (prime,) = replay.of("prime")
    assert prime.start == moment("10:05")
    assert prime.volume == close(volume * 1000)
    assert prime.hours == close(volume / PRIME_RATE * 24)
    assert prime.drugs["morphine"] == 0
    assert in_ug(replay.answer["mass_balance"]["morphine"]["line"]) == close(volume * 1000)
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(20 - volume)


def test_back_table_prime_goes_into_the_open(simulate: Simulate) -> None:
    replay = simulate(fill("10:00"), event("10:05", "prime", kind='"back-table"'), until="12:00")
    assert not replay.rows
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(20 - TUBING)
    assert in_ug(replay.answer["mass_balance"]["morphine"]["line"]) == close(TUBING * 1000)


def test_a_second_prime_drives_drug_past_the_tip_and_is_refused(
    simulate: Simulate, command: Command
) -> None:
    events = (fill("10:00"), event("10:05", "prime"), event("11:00", "prime"))
    replay = simulate(*events, until="12:00")
    assert replay.mass("prime") == close(240)
    assert command("review", HEAD + "".join(events))[0] == 3


def test_a_program_written_during_a_prime_starts_when_it_ends(simulate: Simulate) -> None:
    replay = simulate(fill("10:00"), event("10:05", "prime"), program("10:06"), until="12:00")
    (prime,) = replay.of("prime")
    assert prime.volume == close(240)
    assert replay.of("therapy")[0].start == prime.end


@pytest.mark.parametrize(
    ("old", "new", "dose"), [("1 mg/mL", "2 mg/mL", "1.1 mg/d"), ("2 mg/mL", "1 mg/mL", "1 mg/d")]
)
def test_a_program_while_a_bridge_runs_is_refused(
    command: Command, old: str, new: str, dose: str
) -> None:
    content = HEAD + fill("00:00", morphine=old) + program("00:00") + fill("5 00:00", morphine=new)
    content += program("5 00:00", bridge='{ daily_dose = "1 mg/d" }')
    assert command("review", content)[0] in (0, 4)
    assert command("review", content + program("5 01:00", dose))[0] == 3


def test_between_first_fill_and_first_program_the_pump_is_stopped(simulate: Simulate) -> None:
    replay = simulate(fill("10:00"), event("1 10:00", "note", text='"waiting"'))
    assert not replay.rows
    assert replay.answer["activity"] == "stopped"
    assert replay.answer["refill"]["low_reservoir_time"] is None
    assert replay.answer["refill"]["empty_time"] is None


def test_a_refill_with_the_same_mixture_leaves_the_program_running(
    simulate: Simulate, command: Command
) -> None:
    events = (fill("00:00"), program("00:00", "0.5 mg/d"), fill("10 00:00", aspirated='"13.6 mL"'))
    replay = simulate(*events, until="20 00:00")
    assert replay.volume("therapy") == close(20 * 500)
    assert command("review", HEAD + "".join(events))[0] in (0, 4)


def test_a_refill_with_another_mixture_and_no_program_is_refused(command: Command) -> None:
    content = HEAD + fill("00:00") + program("00:00", "0.5 mg/d")
    content += fill("10 00:00", morphine="2 mg/mL", aspirated='"13.6 mL"')
    code, out, _ = command("review", content, "--json")
    assert code == 3
    hard = [one for one in json.loads(out)["findings"] if one["severity"] == "hard"]
    assert 2 in {one["event"] for one in hard}


def test_the_old_volume_rate_goes_on_until_the_next_program(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"), program("00:00"), fill("10 00:00", morphine="2 mg/mL"), until="11 00:00"
    )
    mixed = (40 + RESIDUAL) / (20 + RESIDUAL)
    assert replay.volume("therapy") == close(11_000)
    # The first 0.24 mL from the tip are drug-free, the next 10 mL are old, the rest is mixed.
    assert replay.mass("therapy") == close(10_000 + (1 - LINE) * 1000 * mixed)
    assert replay.rows[-1].start == moment("10 00:00") + timedelta(hours=5.76)


@pytest.mark.req("R6.5.0(5)")
def test_stop_and_resume(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"),
        program("00:00"),
        event("1 00:00", "stop"),
        event("2 00:00", "resume"),
        until="3 00:00",
    )
    assert replay.volume("therapy") == close(2000)
    assert not [row for row in replay.rows if moment("1 00:00") < row.end <= moment("2 00:00")]


def test_mode_stopped_pumps_nothing(simulate: Simulate) -> None:
    stopped = event("1 00:00", "program", mode='"stopped"', reason='"a wish"')
    replay = simulate(fill("00:00"), program("00:00"), stopped, until="9 00:00")
    assert replay.volume("therapy") == close(1000)


def test_what_an_access_port_pushes_leaves_as_purge(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"),
        event("00:01", "prime"),
        program("01:00"),
        event("1 00:00", "access-port", injected='"0.15 mL"', mixture="{}"),
        event("2 00:00", "access-port", aspirated='"0.05 mL"'),
        until="3 00:00",
    )
    # The catheter holds 0.1 mL of drug; what follows the push is drug-free.
    assert replay.mass("purge") == close(100)
    assert replay.volume("purge") == close(150)
    assert in_ug(replay.answer["mass_balance"]["morphine"]["withdrawn"]) == close(50)


@pytest.mark.inventory("S2.7")
def test_a_constant_flow_pump_runs_from_its_first_fill(
    simulate: Simulate, command: Command
) -> None:
    head = HEAD.replace("synchromed-ii-20", "isomed-20-05")
    replay = simulate(fill("00:00"), until="2 00:00", head=head)
    assert replay.volume("therapy") == close(1000)  # 0.5 mL/d
    assert {row.purpose for row in replay.rows} == {"therapy"}
    assert command("review", head + fill("00:00") + program("01:00"))[0] == 3
    assert command("review", head + fill("00:00") + event("01:00", "prime"))[0] == 3


# -- boluses --------------------------------------------------------------------------------------

START = (fill("00:00"), program("00:00", patient_bolus=bolus()))


@pytest.mark.inventory("S0.4")
def test_a_bolus_comes_on_top_of_the_running_rate(simulate: Simulate) -> None:
    replay = simulate(*START, press("1 00:00"), until="2 00:00")
    (given,) = replay.of("patient_bolus")
    assert (given.start, given.hours) == (moment("1 00:00"), close(F(1, 5)))
    assert given.volume == close(100)
    assert given.drugs["morphine"] == close(100)
    assert replay.volume("therapy") == close(2000)


def test_lockout_to_the_second(simulate: Simulate) -> None:
    replay = simulate(*START, press("1 00:00"), press("1 00:59:59"), press("1 01:00:00"))
    assert replay.presses() == (2, 1)


def test_a_denied_press_does_not_move_the_lockout(simulate: Simulate) -> None:
    presses = [press(f"1 00:{minute}") for minute in (10, 20, 30, 40, 50)]
    replay = simulate(*START, press("1 00:00"), *presses, press("1 01:00"))
    assert replay.presses() == (2, 5)


def test_the_count_looks_at_the_closed_24_hours(simulate: Simulate) -> None:
    start = (fill("00:00"), program("00:00", patient_bolus=bolus(more=", max_per_day = 2")))
    presses = [press("1 00:00"), press("1 05:00")]
    assert simulate(*start, *presses, press("1 23:59:59")).presses() == (2, 1)
    assert simulate(*start, *presses, press("2 00:00:00")).presses() == (2, 1)
    assert simulate(*start, *presses, press("2 00:00:01")).presses() == (3, 0)
    again = simulate(*start, *presses, press("2 00:00:01"), press("2 05:00:00"))
    assert again.presses() == (3, 1)


def test_presses_that_must_be_denied(simulate: Simulate) -> None:
    order = bolus()
    cases = {
        "no bolus in the program": (fill("00:00"), program("00:00"), press("01:00")),
        "unprogrammed": (fill("00:00"), press("01:00")),
        "unfilled": (press("00:00"), fill("01:00")),
        "stopped": (*START, event("01:00", "stop"), press("01:01")),
        "stopped by program": (
            *START,
            event("01:00", "program", mode='"stopped"'),
            press("01:01"),
        ),
        "minimum rate": (*START, event("01:00", "program", mode='"minimum-rate"'), press("01:01")),
        "prime": (*START, event("01:00", "prime"), press("01:01")),
        "bridge": (
            *START,
            fill("1 00:00", morphine="2 mg/mL"),
            program("1 00:00", patient_bolus=order, bridge='{ daily_dose = "1 mg/d" }'),
            press("1 01:00"),
        ),
        "dry": (fill("00:00", "2 mL"), program("00:00", patient_bolus=order), press("1 00:00")),
        "clinician bolus": (
            *START,
            event("01:00", "bolus", dose='"0.1 mg"', duration='"30 min"'),
            press("01:29:59"),
        ),
    }
    for name, events in cases.items():
        replay = simulate(*events)
        assert replay.presses() == (0, 1), name
        assert not replay.of("patient_bolus"), name


def test_a_press_while_a_bolus_runs_is_denied(simulate: Simulate) -> None:
    start = (fill("00:00"), program("00:00", patient_bolus=bolus("0.1 mg", "2 h", "1 h")))
    replay = simulate(*start, press("01:00"), press("02:30"), press("03:00"), until="09:00")
    assert replay.presses() == (2, 1)


def test_a_clinician_bolus_is_not_counted(simulate: Simulate) -> None:
    start = (fill("00:00"), program("00:00", patient_bolus=bolus(more=", max_per_day = 1")))
    given = event("01:00", "bolus", dose='"0.2 mg"', duration='"24 min"')
    replay = simulate(*start, given, press("01:23"), press("01:24"), until="03:00")
    assert replay.presses() == (1, 1)
    assert replay.volume("clinician_bolus") == close(200)


def test_lockout_and_count_survive_a_new_program(simulate: Simulate) -> None:
    order = bolus(more=", max_per_day = 2")
    start = (fill("00:00"), program("00:00", patient_bolus=order), press("01:00"))
    again = program("01:30", "0.9 mg/d", patient_bolus=order)
    replay = simulate(*start, again, press("01:59:59"), press("02:00"), press("04:00"))
    assert replay.presses() == (2, 2)


@pytest.mark.parametrize("ending", ["program", "stop"])
def test_a_new_program_or_a_stop_ends_a_bolus(simulate: Simulate, ending: str) -> None:
    order = bolus("0.1 mg", "1 h", "4 h")
    end = program("01:15", patient_bolus=order) if ending == "program" else event("01:15", "stop")
    replay = simulate(
        fill("00:00"), program("00:00", patient_bolus=order), press("01:00"), end, until="03:00"
    )
    (given,) = replay.of("patient_bolus")
    assert given.end == moment("01:15")
    assert given.volume == close(25)
    assert replay.presses() == (1, 0)


def test_the_dose_of_a_day_limits_presses(simulate: Simulate) -> None:
    order = bolus(more=', max_dose_per_day = "1.2 mg"')
    replay = simulate(
        fill("00:00"),
        program("00:00", patient_bolus=order),
        *(press(f"1 0{hour}:00") for hour in range(2, 6)),
    )
    assert replay.presses() == (2, 2)  # 1 mg of background leaves room for two of 0.1 mg


# -- steps ----------------------------------------------------------------------------------------


def step(days: str, start: str, duration: str, dose: str) -> str:
    """Return one step."""
    return f'{{ days = "{days}", start = "{start}", duration = "{duration}", dose = "{dose}" }}'


def volume_between(replay: Replay, start: str, end: str) -> float:
    """Microlitres of therapy between two times, rows being even."""
    begin, stop = moment(start), moment(end)
    total = 0.0
    for row in replay.of("therapy"):
        shared = min(row.end, stop) - max(row.start, begin)
        if shared > timedelta(0):
            total += row.volume * (shared / (row.end - row.start))
    return total


def test_a_step_replaces_the_background(simulate: Simulate) -> None:
    steps = f"[{step('mon,wed-thu', '07:00', '2 h', '0.3 mg')}]"
    replay = simulate(
        fill("00:00"), program("00:00", "0.48 mg/d", "flex", steps=steps), until="7 00:00"
    )
    for day in range(7):
        expected = F(300) if day in (0, 2, 3) else F(40)
        assert volume_between(replay, f"{day} 07:00", f"{day} 09:00") == close(expected), day
        assert volume_between(replay, f"{day} 09:00", f"{day} 10:00") == close(20)
    assert replay.volume("therapy") == close(7 * 480 + 3 * (300 - 40))


def test_a_step_across_midnight_belongs_to_the_day_on_which_it_starts(simulate: Simulate) -> None:
    steps = f"[{step('sun', '23:00', '4 h', '0.4 mg')}]"
    replay = simulate(
        fill("00:00"), program("00:00", "0.24 mg/d", "flex", steps=steps), until="9 00:00"
    )
    # Monday 2 March 00:00 lies in the step that began on Sunday; the next begins on 8 March.
    assert volume_between(replay, "0 00:00", "0 03:00") == close(300)
    assert volume_between(replay, "0 23:00", "1 03:00") == close(40)
    assert volume_between(replay, "6 22:00", "6 23:00") == close(10)
    assert volume_between(replay, "6 23:00", "7 03:00") == close(400)
    assert volume_between(replay, "7 03:00", "7 04:00") == close(10)


def test_a_step_under_way_runs_its_remaining_time_at_its_rate(simulate: Simulate) -> None:
    steps = f"[{step('daily', '10:00', '2 h', '0.4 mg')}]"
    replay = simulate(
        fill("00:00"), program("11:30", "0.24 mg/d", "flex", steps=steps), until="13:00"
    )
    first, second = replay.of("therapy")[0], replay.of("therapy")[-1]
    assert volume_between(replay, "11:30", "12:00") == close(100)
    assert volume_between(replay, "12:00", "13:00") == close(10)
    assert first.start == moment("11:30")
    assert second.end == moment("13:00")


def test_a_step_may_last_from_one_day_into_the_next_without_overlap(command: Command) -> None:
    steps = (
        f"[{step('daily', '23:00', '2 h', '0.05 mg')}, {step('daily', '01:00', '1 h', '0.03 mg')}]"
    )
    content = HEAD + fill("00:00") + program("00:00", "0.5 mg/d", "flex", steps=steps)
    assert command("review", content)[0] in (0, 4)


# -- the whole system -----------------------------------------------------------------------------


def test_books_after_an_explant(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"), event("00:05", "prime"), program("01:00"), event("5 01:00", "explant")
    )
    books = replay.answer["mass_balance"]["morphine"]
    assert in_ug(books["delivered"]) == close(5000)
    assert in_ug(books["withdrawn"]) == close(15_000)


def test_books_after_a_new_pump_and_catheter(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"),
        event("00:05", "prime"),
        program("01:00"),
        event("5 01:00", "replace", pump='{ model = "synchromed-ii-40", serial = "NGV2H" }'),
        event(
            "5 01:00",
            "revise",
            catheter=(
                '{ model = "custom", volume_per_length = "0.002 mL/cm",'
                ' implanted_length = "60 cm", tip = "T9" }'
            ),
        ),
        fill("5 02:00"),
        event("5 02:05", "prime"),
        program("5 03:00"),
        until="6 03:00",
    )
    assert in_ug(replay.answer["mass_balance"]["morphine"]["delivered"]) == close(6000)
    assert in_ug(replay.answer["mass_balance"]["morphine"]["line"]) == close(260)


def test_a_new_pump_after_an_explant_runs(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"),
        program("00:00"),
        event("5 00:00", "explant"),
        event("30 00:00", "replace", pump='{ model = "synchromed-ii-20", serial = "NGP2H" }'),
        fill("30 00:00"),
        program("30 00:00"),
        until="31 00:00",
    )
    assert replay.rows[-1].end == moment("31 00:00")


def test_a_random_year_adds_up(simulate: Simulate) -> None:
    order = bolus("0.03 mg", "7 min", "3 h", ", max_per_day = 4")
    morning, night = (
        step("mon-fri", "07:00", "1 h", "0.07 mg"),
        step("daily", "22:30", "3 h", "0.11 mg"),
    )
    steps = f"[{morning}, {night}]"
    mixture = '{ morphine = "1 mg/mL", clonidine = "33 ug/mL" }'
    events = [fill("00:00", mixture=mixture), event("00:10", "prime")]
    events += [program("01:00", "0.4 mg/d", "flex", steps=steps, patient_bolus=order)]
    for month in range(1, 12):
        drawn = text(f"{1 + month % 7}.{month % 10} mL")
        events += [press(f"{31 * month - 3} 08:0{minute}") for minute in (0, 5)]
        events += [fill(f"{31 * month} 00:00", mixture=mixture, aspirated=drawn)]
    replay = simulate(*events, until="365 00:00")
    assert replay.presses() == (11, 11)
    assert set(replay.answer["mass_balance"]) == {"morphine", "clonidine"}
    total = volume_between(replay, "341 00:00", "365 00:00")
    assert value(replay.answer["reservoir"]["volume"], "mL") == close(20 - F(total) / 1000)


def test_same_file_same_bytes(tmp_path: Path) -> None:
    thecal = str(Path(sys.executable).with_name("thecal"))
    file = tmp_path / "own.toml"
    file.write_text(WITH_BOLUS)
    seen = set()
    for seed in ("0", "1"):
        rows = tmp_path / f"rows{seed}.csv"
        done = subprocess.run(
            [
                *(thecal, "simulate", str(file), "--as-recorded", "--json", "--for", "60 d"),
                *("--deliveries", str(rows)),
            ],
            capture_output=True,
            check=True,
            timeout=60,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "TZ": "Asia/Tokyo" if seed == "1" else "UTC",
            },
        )
        assert done.stderr == b""  # no progress where nobody sees it
        seen.add((done.stdout, rows.read_bytes()))
    assert len(seen) == 1


# -- what else is promised ------------------------------------------------------------------------

BAD = {
    "no TOML": GOOD + "\n]",
    "unknown table": GOOD + '\n[nurse]\nname = "N"\n',
    "missing table": GOOD.replace("[catheter]", "[cat]"),
    "unknown key": GOOD.replace('sex = "female"', 'sex = "female"\nage = 64'),
    "missing key": GOOD.replace('weight = "82 kg"\n', ""),
    "schema": GOOD.replace("therapy/1", "therapy/9"),
    "type": GOOD.replace('"prime"', '"flush"'),
    "kind": GOOD.replace('type = "prime"', 'type = "prime"\nkind = "half"'),
    "mode": GOOD.replace('"continuous"', '"simple"'),
    "model": GOOD.replace('"synchromed-ii-20"', '"synchromed-9"'),
    "drug": GOOD.replace("morphine =", "morphium ="),
    "indication": GOOD.replace('"failed-back-surgery-syndrome"', '"headache"'),
    "unit": GOOD.replace("0.5 mg/d", "0.5 mg/wk"),
    "weekday": GOOD
    + program("2 11:00", "0.5 mg/d", "flex", steps=f"[{step('mo', '07:00', '1 h', '0.1 mg')}]"),
    "hour": GOOD
    + program("2 11:00", "0.5 mg/d", "flex", steps=f"[{step('mon', '24:00', '1 h', '0.1 mg')}]"),
    "level": GOOD.replace('"T10"', '"T13"'),
    "quantity": GOOD.replace("0.5 mg/d", ".5 mg/d"),
    "order": GOOD + event("09:00", "note", text='"early"'),
    "primary": GOOD.replace('primary = "morphine"', 'primary = "clonidine"'),
    "trimmed": GOOD.replace(
        'implanted_length = "50 cm"', 'supplied_length = "50 cm"\ntrimmed_length = "50 cm"'
    ),
    "max_per_day": WITH_BOLUS.replace('lockout = "4 h"', 'lockout = "4 h", max_per_day = 2.5'),
    "overlap": GOOD
    + program(
        "2 11:00",
        "0.5 mg/d",
        "flex",
        steps=f"[{step('sat', '23:00', '2 h', '0.1 mg')}, {step('sun', '00:30', '1 h', '0.1 mg')}]",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_the_contracts_bad_input(name: str, command: Command) -> None:
    assert BAD[name] not in (GOOD, WITH_BOLUS)
    for verb in ("review", "simulate"):
        code, out, err = command(verb, BAD[name], "--json")
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 1
        assert "own.toml" in err


def test_events_at_equal_times_keep_their_order(simulate: Simulate) -> None:
    replay = simulate(
        fill("00:00"), program("00:00"), program("00:00", "0.5 mg/d"), until="1 00:00"
    )
    assert replay.volume("therapy") == close(500)


def test_mcg_is_read_as_ug(simulate: Simulate) -> None:
    one, other = (
        simulate(fill("00:00", morphine=f"1000 {unit}/mL"), program("00:00"), until="1 00:00")
        for unit in ("ug", "mcg")
    )
    assert one.answer["mass_balance"] == other.answer["mass_balance"]


def test_a_catheter_of_unknown_length_is_soft(command: Command) -> None:
    content = GOOD.replace(
        'implanted_length = "50 cm"', 'implanted_length_range = ["40 cm", "60 cm"]'
    )
    code, out, _ = command("review", content, "--json")
    assert code == 4
    assert "K25" in softs(json.loads(out))


def test_a_missing_aspirate_is_a_warning(command: Command) -> None:
    content = GOOD + fill("20 11:00")
    findings = json.loads(command("review", content, "--json")[1])["findings"]
    assert [one for one in findings if one["event"] == 3 and one["severity"] == "warn"]


def test_what_the_file_leaves_out_is_reported(command: Command) -> None:
    content = GOOD.replace('indication = "failed-back-surgery-syndrome"\n', "")
    content = content.replace("opioid_tolerant = true\n", "")
    findings = json.loads(command("review", content, "--json")[1])["findings"]
    unchecked = [one["message"] for one in findings if "not checked" in one["message"]]
    assert any("indication" in message for message in unchecked)
    assert any("opioid_tolerant" in message for message in unchecked)


CATALOGUE = {
    "pumps": ("synchromed-ii-40", "synchromed-ii-20", "prometra-20", "medstream-40"),
    "catheters": ("ascenda-8780", "prometra-11823", "indura-8709sc", "custom"),
    "drugs": (
        *("morphine", "hydromorphone", "fentanyl", "sufentanil", "bupivacaine", "ropivacaine"),
        *("clonidine", "ziconotide", "baclofen"),
    ),
    "indications": (
        *("failed-back-surgery-syndrome", "complex-regional-pain-syndrome"),
        *("neuropathic-pain-spinal-cord-injury", "chronic-pancreatitis", "chronic-abdominal-pain"),
        *("arachnoiditis", "osteoarthritis", "cancer-pain", "multiple-sclerosis"),
        *("cerebral-palsy", "stroke", "spinal-cord-injury", "brain-injury", "spastic-diplegia"),
    ),
    "faults": ("motor-stall",),
    "checks": (
        *("K1", "K2", "K3", "K4", "K5", "K6", "K12", "K13", "K17", "K24", "K25", "K26", "K27"),
        *("K31", "K32", "K34"),
    ),
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_catalogue(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", name, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    ids = [entry["id"] for entry in listed]
    assert set(CATALOGUE[name]) <= set(ids)
    assert len(ids) == len(set(ids))
    assert all(isinstance(entry["name"], str) for entry in listed)
    assert main(["catalogue", name]) == 0
    shown = capsys.readouterr().out
    assert all(one in shown for one in CATALOGUE[name])
    assert "Fact(" not in shown


@pytest.mark.inventory("S3.14", "S3.17")
def test_the_catalogue_shows_the_brands_of_a_drug(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "drugs"]) == 0
    shown = capsys.readouterr().out
    assert "baclofen (Lioresal, Gablofen)" in shown
    assert "ziconotide (Prialt)" in shown


@pytest.mark.inventory("S3.23")
def test_the_catalogue_holds_every_answer_of_sources_that_disagree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["catalogue", "pumps", "--json"]) == 0
    listed = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    answers = listed["synchromed-ii-40"]["disagreements"]
    assert [one["value"] for one in answers["mri-field"]] == [1.5, 3]
    assert [one["value"] for one in answers["battery-life-high"]] == [7, 10]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    shown = capsys.readouterr().out.strip()
    assert main(["version", "--json"]) == 0
    number = json.loads(capsys.readouterr().out)["version"]
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+.*", number)
    assert number in shown


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("pain_two_drugs", {0, 4}),
        ("spasticity_baclofen", {0, 4}),
        ("incident_hourly_for_daily", {3}),
        ("incident_wrong_volume", {3}),
    ],
)
def test_examples(name: str, codes: set[int], capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(__file__).parents[2] / "examples"
    (file,) = folder.rglob(f"{name}.toml")
    assert main(["review", str(file), "--json"]) in codes
    answer = json.loads(capsys.readouterr().out)
    assert answer["programs"]
    assert main(["simulate", str(file), "--json", "--as-recorded", "--for", "200 d"]) == 0
    capsys.readouterr()
