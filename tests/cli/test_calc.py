"""`thecal calc NAME` as the contract states it: keys, units, exit codes, refusals, text."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import pytest

from thecal.cli import calc
from thecal.errors import EntryError, ThecalError, UnknownIdError, UsageError

CONTRACT = {
    "bridge": (
        *("--old-concentration", "500 ug/mL", "--new-concentration", "2000 ug/mL"),
        *("--daily-dose", "200 ug/d", "--tubing-volume", "0.14 mL"),
        *("--catheter-volume", "0.1672 mL"),
    ),
    "refill-date": (
        *("--filled", "20 mL", "--alarm-volume", "2 mL", "--daily-volume", "0.4 mL/d"),
        *("--bolus-volume", "0.025 mL", "--max-per-day", "4"),
    ),
    "residual": ("--filled", "20 mL", "--expected", "4 mL", "--aspirated", "5.5 mL"),
    "convert-opioid": (
        *("--drug", "morphine", "--route", "oral"),
        *("--daily-dose", "300 mg/d", "--ratio", "300"),
    ),
    "baclofen-start": ("--screening-bolus", "50 ug", "--effect-duration", "6 h", "--rule", "us"),
    "recipe": (
        *("--volume", "20 mL", "--daily-volume", "0.4 mL/d"),
        *("--dose", "morphine=2 mg/d", "--dose", "clonidine=60 ug/d"),
        *("--stock", "morphine=25 mg/mL", "--stock", "clonidine=500 ug/mL"),
    ),
    "mixing": (
        *("--residual", "1.4 mL", "--old-concentration", "500 ug/mL"),
        *("--added", "20 mL", "--new-concentration", "2000 ug/mL"),
    ),
    "catheter-volume": ("--model", "prometra-11823", "--trimmed-length", "40 cm"),
    "prime": (
        *("--kind", "full", "--tubing-volume", "0.14 mL", "--catheter-volume", "0.1672 mL"),
        *("--rate", "24 mL/d", "--concentration", "baclofen=2000 ug/mL"),
    ),
}


@pytest.fixture
def run_calc(capsys):
    """Run `thecal calc ...` in this process; the exit code must be 0."""

    def run(*argv: str) -> str:
        parser = argparse.ArgumentParser()
        calc.configure(parser)
        assert calc.run(parser.parse_args(argv)) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def answer(run_calc):
    """Run with `--json` and return what was printed."""
    return lambda *argv: json.loads(run_calc(*argv, "--json"))


def changed(name: str, **options: str | None) -> tuple[str, ...]:
    """Return the contract's example with some options replaced, or left out where None."""
    argv = list(CONTRACT[name])
    for option, text in options.items():
        flag = "--" + option.replace("_", "-")
        if flag in argv:
            place = argv.index(flag)
            argv[place : place + 2] = [] if text is None else [flag, text]
        elif text is not None:
            argv += [flag, text]
    return (name, *argv)


def test_bridge_has_the_keys_of_the_contract(answer):
    found = answer("bridge", *CONTRACT["bridge"])
    assert found["volume"] == {"value": 0.3072, "unit": "mL"}
    assert found["rate"] == {"value": 0.4, "unit": "mL/d"}
    assert found["duration"] == {"value": 18.432, "unit": "h"}
    assert found["dose"] == {"value": 153.6, "unit": "ug"}
    assert found["new_rate"] == {"value": 0.1, "unit": "mL/d"}
    assert found["without_bridge"] == {
        "daily_dose": {"value": 50, "unit": "ug/d"},
        "duration": {"value": 73.728, "unit": "h"},
    }


def test_refill_date_has_the_keys_of_the_contract(answer):
    found = answer("refill-date", *CONTRACT["refill-date"])
    assert found["days_to_alarm"] == {"value": 45, "unit": "d"}
    assert found["days_to_alarm_all_boluses"] == {"value": 36, "unit": "d"}
    assert found["days_to_empty"] == {"value": 50, "unit": "d"}
    without = answer(*changed("refill-date", bolus_volume=None, max_per_day=None))
    assert without["days_to_alarm_all_boluses"] == without["days_to_alarm"]


def test_residual_has_the_keys_of_the_contract(answer):
    found = answer("residual", *CONTRACT["residual"])
    assert found["delivered_ratio"] == 0.90625
    assert found["difference"] == {"value": 1.5, "unit": "mL"}
    assert found["band"] == "green"
    less = answer(*changed("residual", aspirated="1 mL"))
    assert less["difference"] == {"value": -3, "unit": "mL"}
    assert less["band"] == "red"


def test_residual_ratio_is_null_where_less_than_4_ml_were_to_be_used(answer):
    found = answer(*changed("residual", expected="17 mL", aspirated="17.4 mL"))
    assert found["delivered_ratio"] is None
    assert found["band"] == "green"


def test_convert_opioid_has_the_keys_of_the_contract(answer):
    found = answer("convert-opioid", *CONTRACT["convert-opioid"])
    assert found["intrathecal_daily_dose"] == {"value": 1, "unit": "mg/d"}
    assert found["range"] == [{"value": 0.5, "unit": "mg/d"}, {"value": 1, "unit": "mg/d"}]
    first, *others = found["factors"]
    assert first["daily_dose"] == {"value": 1, "unit": "mg/d"}
    assert [one["factor"] for one in others] == [0.75, 0.5]
    for one in found["factors"]:
        assert set(one) == {"name", "factor", "daily_dose", "source", "status"}


def test_baclofen_start_has_the_key_of_the_contract(answer):
    found = answer("baclofen-start", *CONTRACT["baclofen-start"])
    assert found["daily_dose"] == {"value": 100, "unit": "ug/d"}


def test_recipe_has_the_keys_of_the_contract(answer):
    found = answer("recipe", *CONTRACT["recipe"])
    assert found["drugs"] == {
        "morphine": {
            "concentration": {"value": 5, "unit": "mg/mL"},
            "mass": {"value": 100, "unit": "mg"},
            "volume": {"value": 4, "unit": "mL"},
        },
        "clonidine": {
            "concentration": {"value": 150, "unit": "ug/mL"},
            "mass": {"value": 3000, "unit": "ug"},
            "volume": {"value": 6, "unit": "mL"},
        },
    }
    assert found["diluent"] == {"value": 10, "unit": "mL"}
    assert found["feasible"] is True


def test_recipe_counts_powder_potency_water_overfill_and_basis(answer):
    found = answer(
        *("recipe", "--volume", "20 mL", "--daily-volume", "0.4 mL/d", "--overfill", "2 mL"),
        *("--dose", "bupivacaine=6 mg/d", "--powder", "bupivacaine=hydrochloride-monohydrate"),
        *("--potency", "bupivacaine=0.98", "--water", "bupivacaine=0.01"),
        *(
            "--dose",
            "fentanyl=50 ug/d",
            "--stock",
            "fentanyl=500 ug/mL",
            "--basis",
            "fentanyl=salt",
        ),
    )
    assert found["prepared"] == {"value": 22, "unit": "mL"}
    assert found["recomputed"] is True
    weighed = 330 * 342.9 / 324.89 / 0.98 / 0.99
    assert found["drugs"]["bupivacaine"]["powder"]["value"] == pytest.approx(weighed, rel=1e-12)
    assert found["drugs"]["bupivacaine"]["powder_form"] == "hydrochloride monohydrate"
    as_base = 125 * 336.47 / 528.59
    assert found["drugs"]["fentanyl"]["concentration"]["value"] == pytest.approx(as_base, rel=1e-12)
    assert found["drugs"]["fentanyl"]["volume"] == {"value": 5.5, "unit": "mL"}


def test_recipe_that_cannot_be_made_still_exits_0(answer):
    found = answer(*changed("recipe", stock="morphine=2.5 mg/mL"))
    assert found["feasible"] is False
    assert found["diluent"] is None
    assert any("26" in one["message"] for one in found["findings"])
    powder = answer(
        "recipe", "--volume", "20 mL", "--daily-volume", "0.4 mL/d", "--dose", "bupivacaine=6 mg/d"
    )
    assert powder["drugs"]["bupivacaine"]["volume"] is None


def test_mixing_has_the_keys_of_the_contract(answer):
    found = answer("mixing", *CONTRACT["mixing"])
    assert found["concentration"]["unit"] == "ug/mL"
    assert found["concentration"]["value"] == pytest.approx(40700 / 21.4, rel=1e-14)
    assert found["error_percent"] == pytest.approx(100 * (40700 / 21.4 / 2000 - 1), rel=1e-12)
    in_mg = answer(*changed("mixing", new_concentration="2 mg/mL"))
    assert in_mg["concentration"]["unit"] == "mg/mL"


def test_catheter_volume_and_prime(answer):
    found = answer("catheter-volume", *CONTRACT["catheter-volume"])
    assert found["implanted_length"] == {"value": 70, "unit": "cm"}
    assert found["volume"] == {"value": 0.182, "unit": "mL"}
    primed = answer("prime", *CONTRACT["prime"])
    assert primed["volume"] == {"value": 0.3072, "unit": "mL"}
    assert primed["duration"] == {"value": 0.3072, "unit": "h"}
    assert primed["mass"] == {"baclofen": {"value": 614.4, "unit": "ug"}}


@pytest.mark.parametrize("name", CONTRACT)
def test_every_finding_and_step_is_whole(name, answer):
    found = answer(name, *CONTRACT[name])
    keys = {"check", "severity", "event", "message", "value", "limit", "source"}
    for one in found["findings"]:
        assert set(one) == keys
        assert one["event"] is None
        assert one["severity"] in ("warn", "info")
        assert one["message"]
        assert one["source"]
    assert found["derivation"]
    for step in found["derivation"]:
        assert all(step[key] for key in ("what", "formula", "numbers", "result", "source"))


@pytest.mark.parametrize("name", CONTRACT)
def test_text_shows_results_then_derivation_then_findings(name, run_calc):
    text = run_calc(name, *CONTRACT[name])
    assert "not for patient care" in text.splitlines()[0]
    assert text.index("How it was computed") > 0
    assert "source: " in text
    if "Findings" in text:
        assert text.index("Findings") > text.index("How it was computed")
    # N-rules: never a micro sign, never a bare leading point, never a bare `ug`.
    assert "\u00b5" not in text
    assert "\u03bc" not in text
    assert " ." not in text
    assert "\u00a0ug" not in text


@pytest.mark.inventory("W33")
def test_doses_are_shown_in_mg_and_mcg_with_digits_grouped(run_calc):
    text = run_calc("convert-opioid", *CONTRACT["convert-opioid"])
    assert "1\u00a0mg/day (1,000\u00a0mcg/day)" in text
    assert "unverified (recalled)" in text


def test_zero_is_read_where_the_contract_allows_it(answer):
    assert answer(*changed("residual", expected="0 mL", aspirated="0 mL"))["band"] == "green"
    assert answer(*changed("mixing", residual="0 mL"))["error_percent"] == 0
    whole = answer("catheter-volume", "--model", "prometra-11823", "--trimmed-length", "0 cm")
    assert whole["volume"] == {"value": 0.286, "unit": "mL"}


def test_mcg_and_trailing_zeros_are_read(answer):
    typed = answer(*changed("bridge", daily_dose="200.00 mcg/d", old_concentration="500 mcg/mL"))
    assert typed["dose"] == {"value": 153.6, "unit": "ug"}


MALFORMED = [
    changed("bridge", daily_dose=".5 mg/d"),
    changed("bridge", daily_dose="1,5 mg/d"),
    changed("bridge", daily_dose="1e-3 mg/d"),
    changed("bridge", daily_dose="5mg/d"),
    changed("bridge", daily_dose="5  mg/d"),
    changed("bridge", daily_dose="5 \u00b5g/d"),
    changed("bridge", daily_dose="5 \u03bcg/d"),
    changed("bridge", daily_dose="5"),
    changed("bridge", daily_dose=""),
    changed("bridge", daily_dose=" 5 mg/d"),
    changed("bridge", daily_dose="5 mg/d "),
    changed("bridge", daily_dose="nan mg/d"),
    changed("bridge", daily_dose="inf mg/d"),
    changed("bridge", daily_dose="-5 mg/d"),
    changed("bridge", daily_dose="+5 mg/d"),
    changed("bridge", daily_dose="0 mg/d"),
    changed("bridge", daily_dose="0.0000001 mg/d"),
    changed("bridge", daily_dose="12345678 mg/d"),
    changed("bridge", daily_dose="5 mg"),
    changed("bridge", daily_dose="5 mL/d"),
    changed("bridge", daily_dose="5 mg/day"),
    changed("bridge", daily_dose="\u0665 mg/d"),
    changed("bridge", daily_dose="5\u00a0mg/d"),
    changed("bridge", old_concentration="500 ug"),
    changed("bridge", tubing_volume="0.14 cc"),
    changed("bridge", tubing_volume="0 mL"),
    changed("bridge", catheter_volume="0.1672 ml"),
    changed("bridge", new_daily_dose="2.2 mg/mL"),
    changed("refill-date", filled="20 mg"),
    changed("refill-date", alarm_volume="0 mL"),
    changed("refill-date", daily_volume="0.4 mL"),
    changed("refill-date", max_per_day="4.5"),
    changed("refill-date", max_per_day="0"),
    changed("refill-date", max_per_day="-4"),
    changed("refill-date", max_per_day="four"),
    changed("refill-date", max_per_day="4 /d"),
    changed("residual", aspirated="-1 mL"),
    changed("residual", filled="0 mL"),
    changed("residual", expected="21 mL"),
    changed("convert-opioid", ratio="0"),
    changed("convert-opioid", ratio="300:1"),
    changed("convert-opioid", ratio="1e2"),
    changed("baclofen-start", screening_bolus="50 ug/d"),
    changed("baclofen-start", effect_duration="0 h"),
    changed("baclofen-start", effect_duration="6 hours"),
    changed("recipe", dose="morphine"),
    changed("recipe", dose="morphine 2 mg/d"),
    changed("recipe", dose="morphine=2mg/d"),
    changed("recipe", dose="clonidine=60 ug/d"),
    changed("recipe", stock="morphine=0 mg/mL"),
    changed("recipe", overfill="2"),
    changed("recipe", overfill="-2 mL"),
    changed("recipe", basis="morphine=acid"),
    changed("recipe", basis="morphine"),
    changed("recipe", potency="morphine=98 %"),
    changed("recipe", potency="morphine=0"),
    changed("recipe", water="morphine=1"),
    changed("recipe", potency="morphine=0.98"),
    changed("recipe", water="bupivacaine=0.1"),
    changed("mixing", added="0 mL"),
    changed("mixing", residual="1.4 L"),
    changed("catheter-volume", trimmed_length="110 cm"),
    changed("catheter-volume", trimmed_length="400 mm"),
    changed("catheter-volume", implanted_length="60 cm"),
    changed("prime", rate="0 mL/d"),
    changed("prime", concentration="baclofen=2000 ug"),
]


@pytest.mark.parametrize("argv", MALFORMED, ids=lambda argv: " ".join(argv)[:90])
def test_a_malformed_value_is_refused_in_one_line_and_nothing_is_printed(argv, capsys):
    parser = argparse.ArgumentParser()
    calc.configure(parser)
    args = parser.parse_args([*argv, "--json"])
    with pytest.raises((EntryError, UsageError)) as caught:
        calc.run(args)
    assert capsys.readouterr().out == ""
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) > 10


USAGE = [
    (("bridge",), "--old-concentration is missing"),
    (changed("bridge", daily_dose=None), "--daily-dose is missing"),
    ((*changed("bridge"), "--daily-dose", "300 ug/d"), "given 2 times"),
    (changed("refill-date", max_per_day=None), "--max-per-day is missing"),
    (changed("convert-opioid", drug="baclofen"), "no opioid"),
    (changed("convert-opioid", route="rectal"), "no route"),
    (changed("baclofen-start", rule="US"), "no rule"),
    (changed("prime", kind="half"), "no kind of prime"),
    (changed("prime", tubing_volume=None), "--tubing-volume is missing"),
    (changed("catheter-volume", trimmed_length=None), "implanted length is not known"),
    ((), "no calculator is named"),
]


@pytest.mark.parametrize(("argv", "words"), USAGE)
def test_a_wrong_call_says_what_is_wrong(argv, words, capsys):
    parser = argparse.ArgumentParser()
    calc.configure(parser)
    with pytest.raises(UsageError, match=words):
        calc.run(parser.parse_args(argv))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "argv",
    [
        changed("catheter-volume", model="prometra-11824"),
        changed("recipe", dose="morfine=2 mg/d"),
        changed("recipe", powder="morfine=base"),
        changed("prime", concentration="Lioresal=2000 ug/mL"),
    ],
)
def test_an_unknown_id_is_refused_with_the_nearest(argv):
    parser = argparse.ArgumentParser()
    calc.configure(parser)
    with pytest.raises(UnknownIdError) as caught:
        calc.run(parser.parse_args(argv))
    assert caught.value.remedy


def test_an_error_names_the_option_as_it_is_typed():
    parser = argparse.ArgumentParser()
    calc.configure(parser)
    with pytest.raises(ThecalError) as caught:
        calc.run(parser.parse_args(changed("catheter-volume", trimmed_length="110 cm")))
    assert caught.value.place == "--trimmed-length"
    assert "_" not in str(caught.value)


def test_json_may_stand_before_or_after_the_name(run_calc):
    after = run_calc("mixing", *CONTRACT["mixing"], "--json")
    assert run_calc("--json", "mixing", *CONTRACT["mixing"]) == after
    assert json.loads(after)


@pytest.mark.req("GIP-2.1.4")
def test_an_unknown_option_or_an_abbreviation_is_refused(capsys):
    parser = argparse.ArgumentParser()
    calc.configure(parser)
    for argv in (["residual", "--fill", "20 mL"], ["residual", "--pump", "x"], ["dose"]):
        with pytest.raises(SystemExit) as caught:
            parser.parse_args(argv)
        assert caught.value.code == 2
    assert capsys.readouterr().out == ""


def test_importing_the_command_imports_nothing_that_computes():
    code = (
        "import sys, thecal.cli.calc as c, argparse; c.configure(argparse.ArgumentParser());"
        "print(sorted(m for m in sys.modules if m.startswith(('thecal.care', 'thecal.units'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
