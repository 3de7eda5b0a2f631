"""From opioids by other routes to an intrathecal start: published examples, limits, refusals."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.case_file import read_case_table
from thecal.care.conversion.advise import advise
from thecal.care.conversion.convert import dose_range
from thecal.care.conversion.start_limits import ABOVE, REACHES, allowed_start, held_against
from thecal.errors import BadFileError
from thecal.pharmacy import published_ratios
from thecal.units import MassRate


def ask(*lines: str, to: str = "morphine", route: str = "intrathecal", more: str = ""):
    drugs = "".join(f"[[conversion.drugs]]\n{line}\n" for line in lines)
    head = f'schema = "thecal.case/1"\n[conversion]\nto = "{to}"\nto_route = "{route}"\n'
    text = f"{head}{more}\n{drugs}"
    return advise(read_case_table(text.encode(), "case.toml", "conversion"))


def line(drug: str, route: str, dose: str, more: str = "") -> str:
    return f'drug = "{drug}"\nroute = "{route}"\ndaily_dose = "{dose}"\n{more}'


ORAL_300 = line("morphine", "oral", "300 mg/d")
TWICE_40 = 'drug = "oxycodone"\nroute = "oral"\ndose = "40 mg"\ntimes_per_day = 2\n'
OXYCODONE = TWICE_40 + 'to_oral_morphine = "1.5"'
PATCH = line("fentanyl", "transdermal", "50 ug/h", 'oral_morphine_per_mcg_h = "2.4"')
TOLERANT = "opioid_tolerant = true\n"


def rate(advice, key: str, unit: str = "mg/d"):
    value = advice.results[key]
    if isinstance(value, tuple):
        return tuple(one.quantity.in_unit(unit) for one in value)
    return value.quantity.in_unit(unit)


def told(advice, severity: str) -> list[str]:
    return [one.message for one in advice.findings if one.severity.value == severity]


def rows(advice, title: str):
    return next(one for one in advice.listings if one.title.startswith(title)).rows


@pytest.mark.inventory("T1", "S3.10", "S0.2")
def test_t1_oral_300_mg_at_300_to_1_is_a_range_and_the_consensus_start_bounds_it() -> None:
    """The PACC start of 0.5 mg/d is recalled: it asks, and what is offered stays within it."""
    advice = ask(ORAL_300, more='ratio = "300"\n' + TOLERANT)
    assert rate(advice, "dose_over_ratio") == 1
    assert rate(advice, "range") == (Fraction(1, 2), 1)
    assert rate(advice, "allowed_start") == (Fraction(1, 2), Fraction(1, 2))
    assert advice.verdict == "computed"
    assert any("pacc-2017" in one and "0.5" in one for one in told(advice, "soft"))
    assert not told(advice, "hard")


@pytest.mark.inventory("T2")
def test_t2_at_100_to_1_three_times_as_much_and_the_published_raise_is_shown_not_proposed() -> None:
    advice = ask(ORAL_300, more='ratio = "100"\n' + TOLERANT)
    assert rate(advice, "dose_over_ratio") == 3
    assert any("pacc-2017" in one for one in told(advice, "soft"))
    after = rows(advice, "After the start")[1][2].quantity
    assert round(after.in_unit("mg/d"), 2) == 5
    assert rate(advice, "allowed_start") == (Fraction(1, 10), Fraction(1, 2))
    text = next(one.text for one in advice.reasons if one.rule == "utah")
    assert "42" in text
    assert "66.7" in text


@pytest.mark.inventory("T3", "S1.R4")
def test_t3_a_list_goes_by_factors_that_a_person_chose_and_never_by_a_table() -> None:
    low = ask(OXYCODONE, PATCH, more='ratio = "300"\n' + TOLERANT)
    high = ask(OXYCODONE, PATCH, more='ratio = "100"\n' + TOLERANT)
    assert rate(low, "dose_over_ratio") == Fraction(8, 10)
    assert rate(high, "dose_over_ratio") == Fraction(24, 10)
    assert "not a conversion table" in low.results["banner"]
    without = ask(TWICE_40, line("morphine", "oral", "30 mg/d"), more='ratio = "300"')
    assert without.verdict == "missing"
    assert without.results["dose_over_ratio"] is None
    missing = [one.text for one in without.reasons if one.rule == "oral-factor"]
    assert "to_oral_morphine" in missing[0]


@pytest.mark.inventory("T4")
@pytest.mark.parametrize(
    ("ratio", "raw"), [("5", Fraction(16, 100)), ("6", Fraction(8, 60))], ids=["5", "6"]
)
def test_t4_intrathecal_morphine_to_hydromorphone(ratio: str, raw: Fraction) -> None:
    advice = ask(
        line("morphine", "intrathecal", "0.8 mg/d"),
        to="hydromorphone",
        more=f'ratio = "{ratio}"\n{TOLERANT}',
    )
    assert rate(advice, "dose_over_ratio") == raw
    assert rate(advice, "range") == (raw / 2, raw * Fraction(3, 4))
    assert rate(advice, "allowed_start") == (raw / 2, raw * Fraction(3, 4))
    assert any("0.15" in one for one in told(advice, "warn")) == (ratio == "5")


@pytest.mark.inventory("T5")
def test_t5_fentanyl_48_a_day_is_computed_and_48_an_hour_is_refused() -> None:
    case = line("fentanyl", "intravenous", "200 ug/h")
    more = f'ratio = "100"\n{TOLERANT}'
    advice = ask(case, to="fentanyl", more=more + 'intended_start = "48 ug/d"')
    assert rate(advice, "dose_over_ratio", "ug/d") == 48
    assert rate(advice, "dose_over_ratio_per_hour", "ug/h") == 2
    assert rate(advice, "range", "ug/d") == (24, 48)
    assert advice.verdict == "computed"
    wrong = ask(case, to="fentanyl", more=more + 'intended_start = "48 ug/h"')
    assert wrong.verdict == "refused"
    assert any("1,152" in one and "1,000" in one for one in told(wrong, "hard"))
    assert any("24 times" in one for one in told(wrong, "warn"))


@pytest.mark.inventory("S0.2", "S2.3")
def test_every_published_ratio_stands_beside_the_chosen_one_and_routes_are_compared() -> None:
    advice = ask(ORAL_300, more='ratio = "200"\n' + TOLERANT)
    by_ratio = {row[0]: row[1].quantity.in_unit("mg/d") for row in rows(advice, "What each ratio")}
    assert (by_ratio[300], by_ratio[100], by_ratio[200]) == (1, 3, Fraction(3, 2))
    ways = {(row[0], row[1]): row[2] for row in rows(advice, "Morphine by route")}
    assert ways["oral", "epidural"] == "30"
    assert ways["intravenous", "intrathecal"] == "100"
    assert ways["intrathecal", "oral"] == "none: not inverted"
    assert not next(one for one in advice.disagreements if one.question == "Which ratio?").used


@pytest.mark.inventory("S1.R17")
@pytest.mark.parametrize("way", ["oral", "intravenous", "epidural"])
def test_the_way_back_is_refused_for_no_source_has_a_figure(way: str) -> None:
    advice = ask(line("morphine", "intrathecal", "1 mg/d"), route=way, more='ratio = "0.01"')
    assert advice.verdict == "refused"
    assert advice.results["dose_over_ratio"] is None
    assert any("not inverted" in one for one in told(advice, "hard"))


@pytest.mark.inventory("S1.R17")
def test_the_way_back_is_refused_also_where_the_way_there_has_no_figure_either() -> None:
    back = ask(line("fentanyl", "intrathecal", "48 ug/d"), to="fentanyl", route="oral")
    assert not published_ratios("fentanyl", "oral", "intrathecal", "fentanyl")
    assert any("not inverted" in one for one in told(back, "hard"))


@pytest.mark.inventory("S1.R17")
def test_hydromorphone_back_to_morphine_is_refused_for_only_the_way_there_has_figures() -> None:
    back = ask(line("hydromorphone", "intrathecal", "0.16 mg/d"), more='ratio = "0.2"')
    assert back.verdict == "refused"
    assert back.results["dose_over_ratio"] is None


@pytest.mark.inventory("S1.R17")
@pytest.mark.parametrize("factor", ["", 'to_oral_morphine = "300"'])
def test_an_intrathecal_line_in_a_list_is_not_led_back_through_the_mouth(factor: str) -> None:
    mixed = ask(ORAL_300, line("morphine", "intrathecal", "1 mg/d", factor), more='ratio = "300"')
    assert mixed.verdict == "refused"
    assert mixed.results["dose_over_ratio"] is None
    assert not [row for row in rows(mixed, "What each ratio") if row]


@pytest.mark.inventory("S1.R17")
def test_hydromorphone_is_asymmetric_by_route_and_its_sources_disagree() -> None:
    advice = ask(
        line("hydromorphone", "intravenous", "5 mg/d"),
        to="hydromorphone",
        route="epidural",
        more='ratio = "5"',
    )
    assert rate(advice, "dose_over_ratio") == 1
    inward = published_ratios("hydromorphone", "intravenous", "intrathecal", "hydromorphone")
    assert [one.value for one in inward] == [100, 25]
    assert not published_ratios("hydromorphone", "epidural", "intravenous", "hydromorphone")


@pytest.mark.inventory("S1.R11")
@pytest.mark.parametrize("route", ["transdermal", "intrathecal"])
def test_lipophilic_to_hydrophilic_is_refused_and_allowed_is_told_without_it(route: str) -> None:
    alone = ask(line("fentanyl", route, "50 ug/h"), more='ratio = "100"\n' + TOLERANT)
    assert alone.verdict == "refused"
    assert any("equianalgesic" in one for one in told(alone, "hard"))
    assert alone.results["allowed_start"] is None
    both = ask(OXYCODONE, PATCH, more='ratio = "300"\n' + TOLERANT)
    assert rate(both, "dose_over_ratio_without_lipophilic") == Fraction(4, 10)
    assert rate(both, "allowed_start") == (Fraction(2, 10), Fraction(3, 10))
    rule = next(one for one in both.reasons if one.rule == "cross-tolerance")
    assert any("spinal opioid" in str(one.fact.value) for one in rule.figures)


@pytest.mark.inventory("S1.R7")
def test_a_start_without_a_trial_asks_for_a_reason_and_shows_who_disagrees() -> None:
    more = f'ratio = "300"\n{TOLERANT}setting = "cancer"\ntrial_done = false\n'
    asked = ask(ORAL_300, more=more)
    assert any("documented reason" in one for one in told(asked, "soft"))
    answered = ask(ORAL_300, more=more + 'no_trial_reason = "short life"')
    assert not any("documented reason" in one for one in told(answered, "soft"))
    question = next(one for one in answered.disagreements if "without a trial" in one.question)
    assert not question.used
    assert {one.fact.status for one in question.answers} == {"read", "recalled"}


@pytest.mark.inventory("S3.10")
def test_outside_cancer_a_start_without_a_trial_asks_whatever_the_reason() -> None:
    more = 'ratio = "300"\ntrial_done = false\nno_trial_reason = "wish"\n' + TOLERANT

    def asked(setting: str) -> bool:
        found = told(ask(ORAL_300, more=more + setting), "soft")
        return any("without a neuraxial trial" in one for one in found)

    assert asked("")
    assert asked('setting = "non-cancer"\n')
    assert not asked('setting = "cancer"\n')


def test_a_lipophilic_target_is_called_unreliable_as_the_calculator_does() -> None:
    fentanyl = line("fentanyl", "intravenous", "200 ug/h")
    advice = ask(fentanyl, to="fentanyl", more='ratio = "100"\n' + TOLERANT)
    assert any("unreliable" in one for one in told(advice, "warn"))


def test_above_the_cap_of_5_mg_is_shown_refused_and_the_allowed_start_named() -> None:
    advice = ask(line("morphine", "oral", "600 mg/d"), more='ratio = "60"\n' + TOLERANT)
    assert rate(advice, "dose_over_ratio") == 10
    assert any("sfetd-2024" in one and "5" in one for one in told(advice, "hard"))
    assert rate(advice, "allowed_start")[1] == Fraction(1, 2)
    assert any("more than every published" in one for one in told(advice, "soft"))
    exact = ask(line("morphine", "oral", "1500 mg/d"), more='ratio = "300"\n' + TOLERANT)
    assert not any("sfetd" in one for one in told(exact, "hard"))


def test_unknown_tolerance_asks_instead_of_choosing_a_label() -> None:
    advice = ask(line("morphine", "oral", "600 mg/d"), more='ratio = "300"')
    assert "whether the person is opioid-tolerant" in advice.not_checked
    naive = [one for one in told(advice, "soft") if "naive" in one]
    assert "nobody said" in naive[0]
    sure = ask(line("morphine", "oral", "600 mg/d"), more='ratio = "300"\nopioid_tolerant = false')
    assert any("naive" in one for one in told(sure, "hard"))


def test_without_a_ratio_nothing_is_computed() -> None:
    advice = ask(ORAL_300)
    assert advice.verdict == "missing"
    assert advice.results["range"] is None
    assert advice.results["allowed_start"] is None


@pytest.mark.inventory("S3.11", "S0.2")
def test_side_effects_are_tracked_by_route_and_what_was_not_asked_says_so() -> None:
    scores = (
        "side_effects = { nausea = { systemic = 7, intrathecal = 3 },"
        " drowsiness = { systemic = 2, intrathecal = 4 }, dependency = { systemic = 5 } }"
    )
    found = {row[0]: row[3] for row in rows(ask(ORAL_300, more=scores), "Side effects")}
    assert found["nausea"] == "less"
    assert found["drowsiness"] == "more"
    assert found["dependency"] == "not known"
    with pytest.raises(BadFileError, match="score"):
        ask(ORAL_300, more="side_effects = { nausea = { systemic = 11 } }")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (line("fentanyl", "transdermal", "1200 ug/d"), "labelled per hour"),
        (line("morphine", "oral", "12.5 mg/h"), "300"),
        ('drug = "fentanyl"\nroute = "transdermal"\ndose = "50 ug"\ntimes_per_day = 1', "patch"),
        (line("morphine", "oral", "300 mg"), "mg"),
        (line("baclofen", "oral", "30 mg/d"), "unknown"),
        (line("morphine", "oral", "30 mg/d", 'worn = "72 h"'), "worn"),
        (ORAL_300 + '\ndose = "30 mg"\ntimes_per_day = 2', "twice"),
    ],
)
def test_unit_traps_and_contradictions_are_refused_at_the_door(bad: str, words: str) -> None:
    with pytest.raises(BadFileError) as refused:
        ask(bad, more='ratio = "300"')
    assert words in str(refused.value)


@given(
    dose=st.integers(1, 9_999),
    ratio=st.integers(1, 1_000),
    changes=st.booleans(),
    tolerant=st.sampled_from([True, False, None]),
    drug=st.sampled_from(["morphine", "hydromorphone", "fentanyl", "sufentanil"]),
)
def test_nothing_allowed_is_above_any_limit(
    dose: int, ratio: int, changes: bool, tolerant: bool | None, drug: str
) -> None:
    doses = dose_range(MassRate.of(dose, "mg/d"), Fraction(ratio), changes=changes)
    held = held_against(drug, doses, tolerant=tolerant)
    allowed = allowed_start(drug, doses, held)
    assert MassRate.zero() < allowed.low <= allowed.high <= doses.high
    assert all(allowed.high <= one.limit.rate for one in held)


@given(dose=st.integers(1, 9_999), ratio=st.integers(1, 1_000), changes=st.booleans())
def test_more_before_or_a_smaller_ratio_never_gives_less(
    dose: int, ratio: int, changes: bool
) -> None:
    def high(dose: int, ratio: int) -> MassRate:
        return dose_range(MassRate.of(dose, "mg/d"), Fraction(ratio), changes=changes).high

    assert high(dose + 1, ratio) > high(dose, ratio) > high(dose, ratio + 1)


@pytest.mark.parametrize(("high", "above"), [("0.5", False), ("0.500001", True)])
def test_a_range_that_ends_exactly_at_a_limit_is_within_it(high: str, above: bool) -> None:
    doses = dose_range(MassRate.of(high, "mg/d"), Fraction(1), changes=False)
    held = held_against("morphine", doses, tolerant=True)
    exceeded = [one for one in held if one.limit.edition == "pacc-2017" and one.exceeded]
    assert bool(exceeded) == above
    assert all(one.standing in (REACHES, ABOVE) for one in exceeded)
