"""K27, K32, K33: absolute limits by drug, population and edition, with every bolus taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from builders import MORPHINE, Chart, baclofen, morphine, plain
from thecal.program.program import Mode
from thecal.safety.limits import check_patient_bolus

BOLUS = {"dose": "0.1 mg", "duration": "5 min", "lockout": "4 h", "max_per_day": 4}


def _start(kind, mixture, drug, dose, **more):
    return Chart(kind).start(mixture, drug, dose, volume="40 mL", **more).review()


def _maximum(found, event=2):
    return [
        str(one.severity)
        for one in found.of("K27", event)
        if "maximum" in one.message or "ceiling" in one.message
    ]


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("dose", "severities"),
    [
        ("14.99 mg/d", []),
        ("15 mg/d", ["warn"]),
        ("15.01 mg/d", ["soft"]),
        ("20 mg/d", ["warn", "soft"]),
        ("20.01 mg/d", ["soft", "soft"]),
        ("25 mg/d", ["soft", "soft"]),
        ("25.01 mg/d", ["hard", "soft", "soft"]),
    ],
)
def test_morphine_pacc_15_label_20_ceiling_25(dose, severities):
    found = _start("cancer", {"morphine": "20 mg/mL"}, "morphine", dose)
    assert _maximum(found) == severities


@pytest.mark.req("T12")
def test_t12_both_exactly_at_the_pacc_maximum_are_allowed_with_a_warning():
    found = _start("cancer", {"morphine": "20 mg/mL"}, "morphine", "15 mg/d")
    assert "exactly at the maximum of 20 mg/mL" in found.message("K27", 0)
    assert found.worst("K27", 0) == "warn"
    assert _maximum(found) == ["warn"]
    assert found.review.programs[0].volume_rate.in_unit("mL/d") * 4 == 3


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("kind", "dose", "severities"),
    [
        ("spinal", "1000 ug/d", ["warn"]),
        ("spinal", "1001 ug/d", ["soft"]),
        ("spinal", "2000 ug/d", ["soft"]),
        ("spinal", "2001 ug/d", ["hard", "soft"]),
        ("cerebral", "1395 ug/d", ["soft"]),
        ("cerebral", "1396 ug/d", ["hard", "soft"]),
    ],
)
def test_baclofen_label_1000_and_ceilings_by_origin(kind, dose, severities):
    found = _start(kind, {"baclofen": "2000 ug/mL"}, "baclofen", dose)
    assert _maximum(found) == severities


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("drug", "mixture", "dose", "severities"),
    [
        # PACC's 500 mcg lies above the highest dose any source reports as given: a conflict shown.
        ("sufentanil", "1 mg/mL", "100 ug/d", []),
        ("sufentanil", "1 mg/mL", "101 ug/d", ["hard"]),
        # No source reports a ceiling for fentanyl: its recalled maximum alone never refuses.
        ("fentanyl", "10 mg/mL", "1000 ug/d", ["warn"]),
        ("fentanyl", "10 mg/mL", "2000 ug/d", ["soft"]),
        ("clonidine", "1000 ug/mL", "600 ug/d", ["warn"]),
        ("clonidine", "1000 ug/mL", "2001 ug/d", ["hard", "soft"]),
        ("ziconotide", "25 ug/mL", "19.2 ug/d", ["warn", "warn"]),
        ("ziconotide", "25 ug/mL", "21.6 ug/d", ["soft", "warn", "soft"]),
        ("ziconotide", "25 ug/mL", "21.7 ug/d", ["hard", "soft", "soft", "soft"]),
        ("bupivacaine", "20 mg/mL", "21.5 mg/d", ["hard", "soft"]),
        ("ropivacaine", "10 mg/mL", "8.1 mg/d", ["soft"]),
    ],
)
def test_each_drug_has_its_own_limits(drug, mixture, dose, severities):
    assert _maximum(_start("cancer", {drug: mixture}, drug, dose)) == severities


@pytest.mark.req("K27")
def test_a_drug_without_a_ceiling_is_not_checked():
    found = _start("cancer", {"fentanyl": "1 mg/mL"}, "fentanyl", "50 ug/d")
    assert "not checked: no source reports" in found.message("K27", 2)


@pytest.mark.req("K27")
@pytest.mark.parametrize("rows", [("fentanyl", "10 mg/mL", "50000 ug/d")])
def test_a_figure_only_recalled_is_never_hard_on_its_own(rows):
    drug, mixture, dose = rows
    found = _start("cancer", {drug: mixture}, drug, dose)
    for one in found.findings:
        if str(one.severity) == "hard":
            assert "recalled" not in one.source, one


@pytest.mark.req("T38")
def test_t38_epidural_clonidine_as_intrathecal():
    found = _start("cancer", {"clonidine": "2000 ug/mL"}, "clonidine", "720 ug/d")
    assert found.worst("K27", 2) == "soft"
    assert "720 mcg of clonidine a day is above the maximum of 600 mcg" in found.message("K27", 2)
    assert found.verdict == "override-needed"


@pytest.mark.req("T23")
def test_t23_three_drugs_below_every_maximum():
    mixture = {"morphine": "5 mg/mL", "bupivacaine": "15 mg/mL", "clonidine": "150 ug/mL"}
    found = _start("cancer", mixture, "morphine", "2 mg/d")
    assert _maximum(found) == _maximum(found, 0) == []
    doses = found.review.programs[0].daily_doses
    assert {d: float(m.in_unit("mg")) for d, m in doses.items()} == {
        "morphine": 2,
        "bupivacaine": 6,
        "clonidine": 0.06,
    }


@pytest.mark.req("T24")
def test_t24_the_worst_day_counts():
    mixture = {"morphine": "5 mg/mL", "bupivacaine": "15 mg/mL", "clonidine": "150 ug/mL"}
    bolus = {"dose": "0.2 mg", "duration": "5 min", "lockout": "1 h", "max_per_day": 4}
    chart = Chart("cancer").start(mixture, "morphine", "2 mg/d", patient_bolus=bolus)
    found = chart.review()
    worst = found.review.programs[0].worst_case_24h
    assert worst["morphine"].in_unit("mg") * 10 == 28
    assert worst["bupivacaine"].in_unit("mg") * 10 == 84
    assert worst["clonidine"].in_unit("ug") == 84
    assert found.verdict == "accepted"


@pytest.mark.req("K32")
@pytest.mark.parametrize(
    ("count", "severity"), [(9, "silent"), (10, "warn"), (11, "soft"), (150, "hard")]
)
def test_the_limits_hold_with_every_bolus(count, severity):
    bolus = {"dose": "0.5 mg", "duration": "1 min", "lockout": "2 min", "max_per_day": count}
    chart = Chart("cancer").start(
        {"morphine": "20 mg/mL"}, "morphine", "10 mg/d", patient_bolus=bolus
    )
    found = chart.review()
    worst = [s for s in found.severities("K32", 2) if s != "warn"]
    warned = "exactly at the maximum of 15 mg" in found.message("K32", 2)
    assert (worst[0] if worst else "warn" if warned else "silent") == severity


@pytest.mark.req("K32")
def test_a_late_step_of_the_old_and_an_early_step_of_the_new_program_fall_into_one_day():
    evening = [{"days": "daily", "start": "18:00", "duration": "6 h", "dose": "550 ug"}]
    morning = [{"days": "daily", "start": "06:00", "duration": "6 h", "dose": "560 ug"}]
    chart = Chart("spinal").start(
        {"baclofen": "2000 ug/mL"}, "baclofen", "240 ug/d", steps=evening, volume="40 mL"
    )
    found = chart.run(10, "02:00", "baclofen", "240 ug/d", steps=morning).review()
    assert found.worst("K27", 3) == "silent"
    assert found.worst("K32", 3) == "soft"
    assert "1,230 mcg" in found.message("K32", 3)


@pytest.mark.req("K32")
@pytest.mark.parametrize(
    ("tolerant", "severity", "words"),
    [(True, "silent", ""), (False, "soft", "opioid-naive"), (None, "soft", "not recorded")],
)
def test_a_patient_bolus_of_an_opioid_is_for_the_tolerant(tolerant, severity, words):
    chart = Chart(patient={"opioid_tolerant": tolerant})
    chart.start(MORPHINE, "morphine", "1 mg/d", patient_bolus=BOLUS)
    found = chart.review()
    assert found.worst("K32", 2) == severity
    assert words in found.message("K32", 2)


@pytest.mark.req("K32")
@pytest.mark.parametrize(
    ("kind", "drug", "strength", "dose", "bolus"),
    [
        ("spinal", "baclofen", "500 ug/mL", "200 ug/d", "10 ug"),
        ("pain", "ziconotide", "25 ug/mL", "2.4 ug/d", "0.1 ug"),
    ],
)
def test_no_patient_bolus_of_baclofen_or_ziconotide_by_label(kind, drug, strength, dose, bolus):
    chart = Chart(kind).start({drug: strength}, drug, dose, patient_bolus={**BOLUS, "dose": bolus})
    found = chart.review()
    assert found.worst("K32", 2) == "soft"
    assert f"a patient bolus of {drug}" in found.message("K32", 2)


@pytest.mark.req("K32")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dose": "0.2 mg"}, ""),
        ({"dose": "0.201 mg"}, "20.1 % of the daily dose"),
        ({"lockout": "60 min"}, ""),
        ({"lockout": "59 min"}, "lockout of 59 min"),
        ({"lockout": "1 h", "max_per_day": 6}, ""),
        ({"lockout": "1 h", "max_per_day": 7}, "7 patient boluses a day"),
    ],
)
def test_settings_outside_practice_are_pointed_out(change, words):
    found = morphine("1 mg/d").run(
        10, "09:00", "morphine", "1 mg/d", patient_bolus={**BOLUS, **change}
    )
    found = found.review()
    assert found.worst("K32", 3) == ("warn" if words else "silent")
    assert words in found.message("K32", 3)
    assert found.verdict == "accepted"


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("tolerant", "dose", "severity"),
    [
        (False, "0.5 mg/d", "silent"),
        (False, "0.51 mg/d", "warn"),
        (False, "1.01 mg/d", "soft"),
        (True, "10 mg/d", "warn"),
        (True, "10.01 mg/d", "soft"),
    ],
)
def test_the_first_dose_is_held_against_label_and_consensus(tolerant, dose, severity):
    chart = Chart("cancer", patient={"opioid_tolerant": tolerant})
    assert chart.start(MORPHINE, "morphine", dose).review().worst("K27", 2) == severity


@pytest.mark.req("K27")
def test_a_drug_that_joins_later_starts_too():
    chart = morphine("1 mg/d").fill(
        30, "09:00", {"morphine": "10 mg/mL", "bupivacaine": "50 mg/mL"}, aspirated="15.29 mL"
    )
    chart.run(30, "09:10", "morphine", "1 mg/d", bridge={"daily_dose": "1 mg/d"})
    assert "a start with 5 mg of bupivacaine" in chart.review().message("K27", 4)


@pytest.mark.req("K27")
@pytest.mark.parametrize(("dose", "severity"), [("100 ug", "silent"), ("100.1 ug", "soft")])
def test_a_clinicians_bolus_is_held_against_the_largest_single_dose(dose, severity):
    chart = baclofen("300 ug/d", {"baclofen": "2000 ug/mL"})
    found = chart.add("bolus", 10, "09:00", dose=dose, duration="20 min").review()
    assert found.worst("K27", 3) == severity


@pytest.mark.req("K27")
def test_a_recalled_single_dose_only_warns():
    chart = morphine("2 mg/d").add("bolus", 10, "09:00", dose="0.6 mg", duration="20 min")
    assert chart.review().worst("K27", 3) == "warn"


@pytest.mark.req("K27")
def test_a_whole_day_in_one_step_is_pointed_out():
    step = [{"days": "daily", "start": "08:00", "duration": "30 min", "dose": "150 ug"}]
    chart = baclofen("300 ug/d").run(10, "09:00", "baclofen", "140 ug/d", steps=step)
    found = chart.review()
    assert found.worst("K27", 3) == "warn"
    assert "in one hour up to" in found.message("K27", 3)


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("mixture", "severity"),
    [
        ({"morphine": "19.9 mg/mL"}, "silent"),
        ({"morphine": "20 mg/mL"}, "warn"),
        ({"morphine": "20.1 mg/mL"}, "soft"),
        ({"ziconotide": "100.1 ug/mL"}, "soft"),
    ],
)
def test_concentrations(mixture, severity):
    assert Chart().fill(0, "09:00", mixture).review().worst("K27", 0) == severity


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("born", "drug", "severity"),
    [
        (date(2022, 3, 2), "baclofen", "silent"),
        (date(2022, 3, 3), "baclofen", "soft"),
        (date(2008, 3, 2), "morphine", "silent"),
        (date(2008, 3, 3), "morphine", "soft"),
    ],
)
def test_ages_of_the_labels(born, drug, severity):
    chart = Chart("spinal" if drug == "baclofen" else "cancer", patient={"birth_date": born})
    strength = {"baclofen": "500 ug/mL"} if drug == "baclofen" else MORPHINE
    assert chart.fill(0, "09:00", strength).review().worst("K27", 0) == severity


@pytest.mark.req("T27", "K33")
def test_t27_baclofen_is_not_mixed_by_label():
    found = Chart("spinal").fill(0, "09:00", {"baclofen": "500 ug/mL", "morphine": "5 mg/mL"})
    found = found.review()
    assert found.worst("K33", 0) == "soft"
    assert "forbids mixing" in found.message("K33", 0)


@pytest.mark.req("K33")
@pytest.mark.parametrize(
    ("mixture", "severity"),
    [
        (MORPHINE, "silent"),
        ({"ziconotide": "25 ug/mL"}, "silent"),
        ({"hydromorphone": "5 mg/mL"}, "info"),
        ({"morphine": "5 mg/mL", "bupivacaine": "5 mg/mL"}, "info"),
    ],
)
def test_solutions_outside_the_label_need_consent(mixture, severity):
    assert Chart().fill(0, "09:00", mixture).review().worst("K33", 0) == severity


# -- a constant-flow pump's fill is its program -------------------------------------------------


@pytest.mark.req("K27", "S0.5")
def test_what_a_constant_flow_pump_is_filled_with_decides_its_dose():
    found = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", {"morphine": "26 mg/mL"}, "35 mL")
    found = found.review()
    assert "ceiling" in found.message("K27", 0)
    assert found.verdict == "refused"
    ok = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", {"morphine": "2 mg/mL"}, "35 mL")
    assert ok.review().verdict == "accepted"


@pytest.mark.req("K3")
@pytest.mark.parametrize(("strength", "severity"), [("2.99 mg/mL", "silent"), ("3 mg/mL", "hard")])
def test_a_stronger_refill_of_it_is_a_rise(strength, severity):
    chart = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", {"morphine": "1 mg/mL"}, "35 mL")
    chart.fill(20, "09:00", {"morphine": strength}, "35 mL", aspirated="15 mL")
    assert chart.review().worst("K3", 1) == severity


@pytest.mark.req("K12")
def test_a_constant_flow_pump_that_ran_empty_does_not_go_on_by_a_refill_either():
    chart = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", {"morphine": "1 mg/mL"}, "35 mL")
    chart.fill(90, "09:00", {"morphine": "1 mg/mL"}, "35 mL", aspirated="0 mL")
    assert chart.review().worst("K12", 1) == "hard"


# -- which check speaks, how gravely, in which words ---------------------------------------------


@pytest.mark.req("K27", "K32")
def test_the_schedule_is_told_without_and_the_worst_day_with_the_boluses():
    plain_program = _start("cancer", {"morphine": "20 mg/mL"}, "morphine", "15 mg/d")
    assert plain_program.worst("K32", 2) == "silent"
    (at_maximum,) = [one for one in plain_program.of("K27", 2) if "maximum" in one.message]
    assert plain(at_maximum.message).startswith("15 mg of morphine a day is exactly at")
    chart = baclofen("300 ug/d", {"baclofen": "2000 ug/mL"})
    found = chart.add("bolus", 10, "09:00", dose="710 ug", duration="1 h").review()
    (one,) = found.of("K32", 3)
    assert one.severity == "soft"
    assert plain(one.message).startswith(
        "with every bolus and what ran before, 1,010 mcg of baclofen a day is above"
    )
    assert not [one for one in found.of("K27", 3) if "maximum" in one.message]


@pytest.mark.req("K27")
def test_what_is_not_checked_only_informs():
    found = _start("cancer", {"fentanyl": "1 mg/mL"}, "fentanyl", "50 ug/d")
    assert found.severities("K27", 2) == ["info"]


@pytest.mark.req("D18")
def test_one_opioid_is_not_several_together():
    found = _start("cancer", {"morphine": "20 mg/mL"}, "morphine", "16 mg/d")
    assert found.worst("D18", 2) == "silent"


@pytest.mark.req("K27")
@pytest.mark.parametrize(
    ("drug", "strength", "dose", "told"),
    [
        # Editions of one figure speak once, as gravely as the gravest of them.
        (
            "ziconotide",
            "25 ug/mL",
            "3 ug/d",
            [
                ("soft", "2.4", ["label-us", "label-eu", "pacc-2012"]),
                ("warn", "1.2", ["practice", "pacc-2017"]),
                ("warn", "0.5", ["sfetd-2024"]),
            ],
        ),
        # Practice that was read is no label.
        (
            "clonidine",
            "500 ug/mL",
            "110 ug/d",
            [("warn", "100", ["pacc-2017", "pacc-2012"]), ("warn", "30", ["practice, cancer"])],
        ),
    ],
)
def test_a_first_dose_names_every_edition_that_it_is_above(drug, strength, dose, told):
    found = [
        one
        for one in _start("cancer", {drug: strength}, drug, dose).of("K27", 2)
        if one.message.startswith("a start")
    ]
    assert [
        (
            str(one.severity),
            plain(one.message).split("is above ")[1].split()[0],
            [part.split(":")[0].strip() for part in one.source.split(";")],
        )
        for one in found
    ] == told


@pytest.mark.req("K33")
@pytest.mark.parametrize(
    "mixture", [{"morphine": "5 mg/mL", "ziconotide": "5 ug/mL"}, {"clonidine": "100 ug/mL"}]
)
def test_two_approved_drugs_together_are_outside_the_label_as_one_unapproved_is(mixture):
    found = Chart().fill(0, "09:00", mixture).review()
    assert found.severities("K33", 0) == ["info"]


@pytest.mark.req("K27")
def test_an_hour_is_asked_about_only_where_the_dose_is_uneven():
    # 20 mg a day are 0.83 mg in every hour, above a trial's 0.5 mg: that is no single dose.
    found = _start("cancer", {"morphine": "20 mg/mL"}, "morphine", "20 mg/d")
    assert "in one hour" not in found.message("K27", 2)
    bolus = {"dose": "0.6 mg", "duration": "5 min", "lockout": "12 h", "max_per_day": 2}
    found = _start("cancer", MORPHINE, "morphine", "3 mg/d", patient_bolus=bolus)
    assert "in one hour up to" in found.message("K27", 2)


@pytest.mark.req("K27")
def test_a_step_above_the_labels_single_dose_is_pointed_out_and_not_asked_about():
    step = [{"days": "daily", "start": "08:00", "duration": "30 min", "dose": "150 ug"}]
    chart = baclofen("300 ug/d").run(10, "09:00", "baclofen", "200 ug/d", steps=step)
    found = [one for one in chart.review().of("K27", 3) if "in one hour" in one.message]
    assert [(str(one.severity), one.limit.quantity.in_unit("ug")) for one in found] == [
        ("warn", 100)
    ]


@pytest.mark.req("K32")
def test_a_bolus_of_a_program_that_gives_no_therapy_has_no_share_of_a_daily_dose():
    asked = (
        morphine("1 mg/d").run(9, "09:00", "morphine", "1 mg/d", patient_bolus=BOLUS).situation()
    )
    written = asked.order.written
    least = replace(written.program, mode=Mode.MINIMUM_RATE, primary=None, daily_dose=None)
    order = replace(asked.order, written=replace(written, program=least, bolus=None))
    assert list(check_patient_bolus(replace(asked, order=order))) == []
