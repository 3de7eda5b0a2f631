"""H01, K14: no drug past the tip by a prime or a push."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, Chart, baclofen, plain
from thecal.safety.prime import check_prime
from thecal.units import Mass


@pytest.mark.req("H01")
def test_a_repeated_prime_states_mass_and_minutes():
    found = baclofen("200 ug/d", BACLOFEN_STRONG).add("prime", 1, "09:00").review()
    assert found.worst("H01", 3) == "hard"
    message = found.message("H01", 3)
    assert "0.3072 mL pushes 614.4 mcg of baclofen past the tip in 18.4 min" in message
    assert "enter what is meant as a dose as a bolus" in message
    assert found.verdict == "refused"


@pytest.mark.req("H01")
@pytest.mark.parametrize(
    ("volume", "severity"), [("0.3072 mL", "silent"), ("0.3073 mL", "hard"), ("0.2 mL", "silent")]
)
def test_exactly_the_drug_free_part_of_the_line_may_be_primed(volume, severity):
    chart = (
        Chart("spinal").fill(0, "09:00", BACLOFEN_STRONG).add("prime", 0, "09:05", volume=volume)
    )
    found = chart.review()
    assert found.worst("H01", 1) == severity
    if severity == "hard":
        assert "0.2 mcg" in found.message("H01", 1)


@pytest.mark.req("H01")
def test_back_table_then_catheter_is_the_same_as_a_full_prime():
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05", kind="back-table")
    chart.add("prime", 0, "10:00", kind="catheter").run(0, "10:30", "baclofen", "100 ug/d")
    found = chart.review()
    assert found.worst("H01") == "silent"
    assert found.worst("R09") == "silent"


@pytest.mark.req("H01")
def test_a_full_prime_after_the_tubing_was_primed_is_too_large():
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05", kind="back-table")
    found = chart.add("prime", 0, "10:00").review()
    assert found.worst("H01", 2) == "hard"
    assert "70 mcg" in found.message("H01", 2)


@pytest.mark.req("H01")
def test_a_back_table_prime_once_therapy_has_begun():
    found = baclofen().add("prime", 5, "09:00", kind="back-table").review()
    assert found.worst("H01", 3) == "hard"
    assert "the catheter is joined" in found.message("H01", 3)
    assert "70 mcg of baclofen" in found.message("H01", 3)


@pytest.mark.req("H01")
def test_the_tubing_of_a_new_pump_is_primed_on_the_table_though_the_catheter_holds_drug():
    chart = baclofen().add("replace", 9, "09:00", pump={"model": "synchromed-ii-20", "serial": "N"})
    chart.fill(9, "09:05", BACLOFEN).add("prime", 9, "09:10", kind="back-table")
    assert chart.review().worst("H01") == "silent"


@pytest.mark.req("H01")
def test_after_a_refill_with_another_solution_a_prime_is_a_dose_of_the_old_one():
    chart = baclofen().fill(30, "09:00", BACLOFEN_STRONG, aspirated="6.29 mL")
    found = chart.add("prime", 30, "09:05").run(30, "09:30", "baclofen", "200 ug/d").review()
    assert found.worst("H01", 4) == "hard"
    # The line less what was pumped since the fill, which is the new solution.
    assert "155.5 mcg" in found.message("H01", 4)


@pytest.mark.req("H01", "GIP-1.24")
def test_an_unfilled_pump_has_nothing_to_prime_with():
    found = Chart("spinal").add("prime", 0, "09:00").fill(0, "09:10", BACLOFEN).review()
    assert found.worst("H01", 0) == "hard"


@pytest.mark.req("H01")
def test_a_revised_catheter_takes_exactly_its_own_volume():
    new = {"model": "ascenda-8780", "implanted_length": "80 cm", "tip": "T9"}
    chart = baclofen().add("stop", 10, "08:50", reason="revision")
    chart.add("revise", 10, "09:00", catheter=new).add("prime", 10, "10:00", kind="catheter")
    found = chart.add("resume", 10, "10:30").review()
    assert found.verdict == "accepted"


@pytest.mark.req("K14")
def test_a_push_through_the_access_port_is_a_dose():
    chart = baclofen("200 ug/d", BACLOFEN_STRONG).add(
        "access-port", 5, "09:00", injected="2 mL", mixture={}
    )
    found = chart.review()
    assert found.worst("K14", 3) == "soft"
    assert "334.4 mcg of baclofen" in found.message("K14", 3)
    aspirated = baclofen("200 ug/d", BACLOFEN_STRONG).add(
        "access-port", 5, "09:00", aspirated="2 mL", injected="1 mL", mixture={}
    )
    assert aspirated.review().worst("K14", 3) == "silent"


@pytest.mark.req("K14", "E2")
def test_a_push_worth_days_of_therapy_is_refused():
    # 0.1672 mL of 2000 mcg/mL beside 150 mcg a day: 3.2 times the day.
    chart = baclofen("150 ug/d", BACLOFEN_STRONG).add(
        "access-port", 5, "09:00", injected="2 mL", mixture={}
    )
    assert chart.review().worst("K14", 3) == "hard"


@pytest.mark.req("K14", "K26")
def test_what_a_needle_leaves_in_the_catheter_fits_the_program():
    strong = baclofen().add(
        "access-port", 5, "09:00", aspirated="1 mL", injected="0.1672 mL", mixture=BACLOFEN_STRONG
    )
    found = strong.review()
    assert found.worst("K26", 3) == "hard"
    assert "400 % of the ordered baclofen for 10 h" in found.message("K26", 3)
    same = baclofen().add(
        "access-port", 5, "09:00", aspirated="1 mL", injected="0.1672 mL", mixture=BACLOFEN
    )
    assert same.review().verdict == "accepted"


@pytest.mark.req("H01")
@pytest.mark.parametrize(("minutes_later", "severity"), [(5, "warn"), (30, "warn"), (90, "hard")])
def test_a_trace_past_the_tip_warns_and_an_hours_dose_is_refused(minutes_later, severity):
    clock = f"{10 + minutes_later // 60:02}:{minutes_later % 60:02}"
    found = (
        baclofen("200 ug/d", BACLOFEN_STRONG)
        .add("access-port", 5, "10:00", aspirated="1 mL")
        .add("prime", 5, clock, kind="catheter")
        .review()
    )
    assert found.worst("H01", 4) == severity


@pytest.mark.req("H01")
@pytest.mark.parametrize(
    ("hour", "severity"), [("8.3334", "warn"), ("8.3333", "hard"), ("1000", "warn")]
)
@pytest.mark.parametrize("other", [None, "0"])
def test_what_the_therapy_gives_in_an_hour_is_a_trace_for_every_drug(hour, severity, other):
    asked = baclofen("200 ug/d").add("prime", 5, "09:00", kind="catheter").situation()
    # 200.0016 mcg a day are 8.3334 an hour.
    past = {"baclofen": Mass.of("8.3334", "ug")}
    given = {"baclofen": Mass.of(Fraction(hour) * 24, "ug")}
    if other is not None:
        # Of a second drug more passes than an hour gives.
        past["clonidine"], given["clonidine"] = Mass.of(2, "ug"), Mass.of(other, "ug")
    order = replace(asked.order, past_tip=past)
    (one,) = check_prime(replace(asked, order=order, therapy_before=given))
    assert one.severity == ("hard" if other is not None else severity)


@pytest.mark.req("K14")
@pytest.mark.parametrize(
    ("before", "severity", "words", "limit"),
    [
        # 400 mcg beside 200: exactly three times a day's dose.
        (200, "hard", "out at the tip at once, beside 200 mcg of baclofen a day: aspirate", 400),
        (200.1, "soft", "out at the tip at once, beside 200.1 mcg of baclofen a day: asp", 400.2),
        (None, "soft", "pushes 400 mcg of baclofen out at the tip at once: aspirate the", None),
    ],
)
def test_a_push_that_makes_three_days_doses_of_one_is_refused(before, severity, words, limit):
    asked = baclofen().add("access-port", 5, "09:00", aspirated="1 mL").situation()
    order = replace(asked.order, past_tip={"baclofen": Mass.of(400, "ug")})
    received = {} if before is None else {"baclofen": Mass.of(str(before), "ug")}
    asked = replace(asked, order=order, received=received, therapy_before=None)
    (one,) = check_prime(asked)
    assert one.severity == severity
    assert words in plain(one.message)
    assert (one.limit and float(one.limit.quantity.in_unit("ug"))) == limit
