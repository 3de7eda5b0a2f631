"""Ranking causes by bedside findings: the decision table, its reasons, and what always holds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import MORPHINE, Chart, baclofen, morphine
from thecal.care.troubleshoot import candidates, rank, shares
from thecal.care.troubleshoot_answer import TroubleAnswer, answer
from thecal.care.troubleshoot_case import TroubleCase, read_case
from thecal.care.troubleshoot_next import inseparable, next_tests, overlap, telling
from thecal.care.troubleshoot_table import causes, likelihood, number
from thecal.data import rows
from thecal.device import fault_kinds
from thecal.errors import BadFileError
from thecal.safety.finding import Severity
from thecal.therapy.bedside import Bedside, finding_kinds
from thecal.therapy.file_reader import read_therapy, read_with_bedside

KINDS = ("roller", "valve-gated", "constant-flow", "external")
OCCLUDED = {
    "telemetry": "ok",
    "residual": "above",
    "x-ray": "normal",
    "rotor": "moves",
    "access-port": "none",
}
ALIKE = {"incomplete-aspiration", "valve-stuck-open", "access-port-injection", "air"}
"""Causes of the table's last row that the row itself does not name."""


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A kind of pump and some findings that it can give."""
    kind = draw(st.sampled_from(KINDS))
    found = {}
    for one in finding_kinds().values():
        if one.holds_for(kind) and draw(st.booleans()):
            found[one.id] = draw(st.sampled_from(sorted(one.outcomes)))
    return kind, found


# -- the tables --------------------------------------------------------------------------------


def test_every_fault_of_the_catalogue_is_a_cause() -> None:
    assert {kind.id for kind in fault_kinds()} <= {one.id for one in causes()}


def test_every_row_of_likelihood_names_a_cause_or_pattern_a_finding_and_an_outcome() -> None:
    owners = {"*", *(one.id for one in causes()), *(one.like for one in causes())}
    for row in rows("troubleshoot_likelihoods"):
        assert row["cause"] in owners, row
        assert row["outcome"] in finding_kinds()[row["finding"]].outcomes, row
        assert number("likelihood", row["value"]) > 0


def test_no_class_of_likelihood_is_above_expected() -> None:
    classes = [
        number("likelihood", row["parameter"])
        for row in rows("troubleshoot_rules")
        if row["kind"] == "likelihood"
    ]
    assert max(classes) == number("likelihood", "expected") < 1


def test_the_outcomes_of_a_finding_under_a_cause_add_up_to_about_one() -> None:
    for cause in causes():
        for kind in finding_kinds().values():
            total = sum(likelihood(cause, kind.id, word).weight for word in kind.outcomes)
            assert Fraction(7, 10) <= total <= Fraction(13, 10), (cause.id, kind.id, float(total))


def test_every_likelihood_has_source_and_standing() -> None:
    for cause in causes():
        for kind in finding_kinds().values():
            for word in kind.outcomes:
                assert "unverified" in likelihood(cause, kind.id, word).source


# -- the decision table of workflow.md 2.T -------------------------------------------------------


@pytest.mark.parametrize(
    ("findings", "verdicts"),
    [
        (
            {"telemetry": "ok", "residual": "expected", "x-ray": "normal", "access-port": "free"},
            {"tolerance-or-disease", "granuloma"},
        ),
        (OCCLUDED, {"catheter-occlusion"}),
        (
            {
                "telemetry": "stall",
                "residual": "above",
                "rotor": "still",
                "access-port": "free",
            },
            {"motor-stall"},
        ),
        (
            {
                "telemetry": "ok",
                "residual": "expected",
                "x-ray": "gap",
                "rotor": "moves",
                "access-port": "none",
            },
            {"catheter-fracture"},
        ),
        (
            {
                "telemetry": "ok",
                "residual": "expected",
                "x-ray": "migrated",
                "rotor": "moves",
                "access-port": "air",
            },
            {"catheter-migration"},
        ),
        ({"telemetry": "empty", "residual": "dry"}, {"missed-refill", "wrong-volume"}),
        (
            {"telemetry": "ok", "residual": "below"},
            {"over-infusion", "septum-leak", "pocket-fill", "diversion", "wrong-volume"},
        ),
    ],
)
def test_the_rows_of_the_published_table(findings: dict[str, str], verdicts: set[str]) -> None:
    first = [one.cause.id for one in rank(findings, "roller")]
    assert first[0] in verdicts
    assert verdicts <= set(first[: len(verdicts) + len(ALIKE)])


def test_a_needle_in_the_access_port_draws_fluid_of_the_spine() -> None:
    found = {"patient": "overdose", "onset": "after-refill", "aspirate": "csf-like"}
    assert next(iter(shares(found, "roller"))) == "access-port-injection"


# -- what always holds ---------------------------------------------------------------------------


@given(case=cases(), data=st.data())
def test_a_finding_that_a_cause_expects_never_lowers_its_rank(
    case: tuple[str, dict[str, str]], data: st.DataObject
) -> None:
    kind, found = case
    cause = data.draw(st.sampled_from(candidates(kind)))
    expected = [
        (one.id, word)
        for one in finding_kinds().values()
        if one.id not in found and one.holds_for(kind)
        for word in one.outcomes
        if likelihood(cause, one.id, word).word == "expected"
    ]
    if not expected:
        return
    finding, outcome = data.draw(st.sampled_from(expected))
    before = list(shares(found, kind)).index(cause.id)
    after = list(shares({**found, finding: outcome}, kind)).index(cause.id)
    assert after <= before


@given(case=cases(), data=st.data())
def test_the_order_of_the_findings_does_not_matter(
    case: tuple[str, dict[str, str]], data: st.DataObject
) -> None:
    kind, found = case
    shuffled = dict(data.draw(st.permutations(list(found.items()))))
    assert shares(shuffled, kind) == shares(found, kind)


@given(case=cases())
def test_shares_add_up_to_one_and_only_causes_of_this_pump_are_ranked(
    case: tuple[str, dict[str, str]],
) -> None:
    kind, found = case
    ranked = shares(found, kind)
    assert sum(ranked.values()) == 1
    assert set(ranked) == {one.id for one in causes() if one.can_befall(kind)}
    assert list(ranked.values()) == sorted(ranked.values(), reverse=True)


def test_an_external_pump_has_neither_pocket_nor_septum() -> None:
    """It lies outside, and takes its drug from a bag; the pocket of its port may still swell."""
    ranked = shares({"patient": "overdose", "onset": "after-refill"}, "external")
    assert not {"pocket-fill", "septum-leak", "needle-outside"} & ranked.keys()
    asked = {one.kind.id for one in next_tests({}, "external")}
    assert "template" not in asked
    assert {"pocket", "template"} <= {one.kind.id for one in next_tests({}, "roller")}


@given(case=cases())
def test_a_test_tells_something_or_nothing_never_less(case: tuple[str, dict[str, str]]) -> None:
    kind, found = case
    tests = next_tests(found, kind)
    assert all(one.gain >= 0 for one in tests)
    assert {one.kind.id for one in tests}.isdisjoint(found)
    assert all(one.kind.holds_for(kind) for one in tests)


# -- reasons -------------------------------------------------------------------------------------


def test_each_cause_says_which_findings_speak_for_and_against_it() -> None:
    first, *others = rank(OCCLUDED, "roller")
    assert first.cause.id == "catheter-occlusion"
    sides = {one.finding: one.side for one in first.evidence}
    assert sides["residual"] == sides["access-port"] == "for"
    stall = next(one for one in others if one.cause.id == "motor-stall")
    assert {one.finding: one.side for one in stall.evidence}["telemetry"] == "against"
    assert "rotor" in stall.contradicted_by


def test_findings_that_no_one_cause_explains_are_named() -> None:
    found = answer(TroubleCase({"x-ray": "gap", "telemetry": "memory-error"}, {}, "roller"))
    assert found.unexplained


def test_fracture_and_migration_are_told_apart_by_imaging_and_never_through_a_dry_port() -> None:
    by_id = {one.id: one for one in causes()}
    pair = (by_id["catheter-fracture"], by_id["catheter-migration"])
    assert {"x-ray", "ct", "dye"} == {kind.id for kind, _ in telling(*pair, {}, "roller")}
    after = {kind.id for kind, _ in telling(*pair, {"access-port": "none"}, "roller")}
    assert after == {"x-ray", "ct"}


def test_causes_that_all_findings_see_alike_are_listed() -> None:
    pairs = inseparable("roller")
    assert ("clock-reset", "clock-drift") in pairs
    assert ("battery-film", "premature-replacement-indicator") in pairs
    assert ("catheter-occlusion", "missed-refill") not in pairs


def test_with_no_test_left_nothing_more_is_told_apart() -> None:
    everything = {one.id: next(iter(one.outcomes)) for one in finding_kinds().values()}
    many = len(candidates("roller"))
    assert len(inseparable("roller", everything)) == many * (many - 1) // 2


@given(case=cases())
def test_a_cause_looks_to_findings_exactly_like_itself(case: tuple[str, dict[str, str]]) -> None:
    kind, found = case
    kinds = [finding_kinds()[one] for one in found]
    first, second = candidates(kind)[:2]
    assert overlap(first, first, kinds) == 1
    assert 0 < overlap(first, second, kinds) <= 1


# -- what comes first, and what must not be done ------------------------------------------------


def answered(
    findings: dict[str, str], planned: str | None = None, chart: Chart | None = None
) -> TroubleAnswer:
    therapy = (chart or morphine()).therapy()
    return answer(read_case(therapy, Bedside(findings, planned=planned), "t.toml"))


def test_a_sick_patient_comes_before_every_test() -> None:
    found = answered({"patient": "withdrawal"}, chart=baclofen())
    assert "baclofen" in found.first[0].what.value
    assert any("before any test" in one.what.value for one in found.first)
    overdose = answered({"patient": "overdose"})
    assert any("naloxone" in one.what.value for one in overdose.first)
    assert not any("baclofen" in one.what.value for one in overdose.first)


def test_a_well_patient_has_no_emergency_and_silence_is_asked_about() -> None:
    assert answered({"patient": "less-effect"}).first == ()
    assert "is the patient sick" in answered({}).first[0].what.value


@pytest.mark.parametrize("port", ["none", "air"])
def test_a_needle_that_cannot_aspirate_is_never_injected_through(port: str) -> None:
    found = answered({"access-port": port}, planned="dye")
    assert [one.severity for one in found.refusals] == [Severity.HARD]
    assert any("inject nothing" in one.what.value for one in found.beware)
    dye = next(one for one in found.tests if one.kind.id == "dye")
    assert not dye.open
    assert found.tests[0].open


def test_contrast_before_the_port_was_tried_needs_an_answer_and_after_it_none() -> None:
    assert [one.severity for one in answered({}, planned="dye").refusals] == [Severity.SOFT]
    assert answered({"access-port": "free"}, planned="dye").refusals == ()


def test_contrast_that_went_in_against_the_rule_is_a_warning_about_what_the_line_held() -> None:
    found = answered({"access-port": "none", "dye": "blocked"})
    assert [one.severity for one in found.refusals] == [Severity.WARN]


def test_after_an_aspiration_a_prime_or_bridge_must_follow() -> None:
    found = answered({"access-port": "free"})
    assert any("prime or bridge must follow" in one.what.value for one in found.beware)


def test_a_large_residual_forbids_a_restart_at_the_old_dose() -> None:
    assert any(one.when == "held-back" for one in answered({"residual": "above"}).beware)


# -- where findings come from --------------------------------------------------------------------


def case_of(chart: Chart, bedside: str = "") -> TroubleCase:
    therapy, found = read_with_bedside((chart.text() + bedside).encode(), "t.toml")
    return read_case(therapy, found, "t.toml")


def test_the_last_observation_counts_and_the_bedside_table_goes_before_it() -> None:
    chart = morphine().add("observe", 3, scale="x-ray", value="normal")
    chart = chart.add("observe", 9, scale="x-ray", value="gap").add(
        "observe", 9, scale="NRS", value=7
    )
    assert case_of(chart).findings == {"x-ray": "gap"}
    assert case_of(chart, '[bedside]\nx-ray = "kink"\n').findings == {"x-ray": "kink"}


def test_the_residual_of_the_last_fill_is_taken_from_the_log() -> None:
    chart = morphine("2 mg/d").fill(50, "09:00", MORPHINE, aspirated="18.2 mL")
    case = case_of(chart)
    assert case.findings["residual"] == "above"
    assert case.origins["residual"].startswith("event 3")


def test_a_residual_drawn_before_the_trouble_began_is_not_taken() -> None:
    chart = morphine("2 mg/d").fill(50, "09:00", MORPHINE, aspirated="18.2 mL")
    case = case_of(chart, '[bedside]\nonset = "after-refill"\n')
    assert "residual" not in case.findings
    assert any("before the trouble began" in note for note in case.notes)


@pytest.mark.parametrize(
    ("filled", "expected", "aspirated", "outcome"),
    [
        ("20 mL", "13 mL", "11.5 mL", "below"),
        ("40 mL", "20 mL", "23 mL", "above"),
        ("20 mL", "5 mL", "5.5 mL", "expected"),
        ("20 mL", "9 mL", "10.4 mL", "slightly-above"),
        ("20 mL", "9 mL", "0.2 mL", "dry"),
    ],
)
def test_a_residual_in_volumes_is_judged_by_the_bands_of_the_refill(
    filled: str, expected: str, aspirated: str, outcome: str
) -> None:
    volumes = f'filled = "{filled}", expected = "{expected}", aspirated = "{aspirated}"'
    case = case_of(morphine(), f"[bedside]\nresidual = {{ {volumes} }}\n")
    assert case.findings["residual"] == outcome


def test_a_volume_typed_other_than_filled_is_a_finding_of_the_record() -> None:
    chart = Chart().fill(0, "09:00", MORPHINE, "20 mL", programmed_volume="40 mL")
    assert case_of(chart).findings["settings"] == "volume-off"


def test_the_fault_that_a_file_names_is_not_read() -> None:
    chart = morphine().add("fault", 5, kind="catheter-occlusion")
    assert case_of(chart).findings == {}


@pytest.mark.parametrize(
    "bedside",
    [
        '[bedside]\nx-ray = "fine"\n',
        '[bedside]\nxray = "normal"\n',
        "[bedside]\nresidual = 3\n",
        '[bedside]\nresidual = { filled = "20 mL", expected = "20 mL", aspirated = "1 mL" }\n',
        '[bedside]\nresidual = { filled = "20 mL", expected = "2 mL" }\n',
        '[bedside]\nplanned = "injection"\n',
        "bedside = 1\n",
    ],
)
def test_a_bedside_table_is_read_strictly(bedside: str) -> None:
    text = morphine().text()
    spoilt = bedside + text if bedside.startswith("bedside") else text + bedside
    with pytest.raises(BadFileError, match="bedside"):
        read_therapy(spoilt.encode(), "t.toml")


def test_an_observation_with_the_scale_of_a_finding_has_one_of_its_outcomes() -> None:
    with pytest.raises(BadFileError, match="event 3"):
        case_of(morphine().add("observe", 3, scale="rotor", value="perhaps"))


def test_a_pump_without_a_rotor_gives_no_rotor_study() -> None:
    chart = morphine(pump="prometra-ii-20")
    with pytest.raises(BadFileError, match="valve-gated"):
        case_of(chart, '[bedside]\nrotor = "still"\n')


def test_an_answer_lists_the_causes_of_the_pump_that_is_in_now() -> None:
    found = answered({}, chart=morphine(pump="prometra-ii-20"))
    listed = {one.cause.id for one in found.ranking}
    assert "valve-stuck-closed" in listed
    assert "motor-stall" not in listed
