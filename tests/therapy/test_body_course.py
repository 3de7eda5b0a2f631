"""The body of a therapy gets what left the tip: all of it, then and there."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from builders import MORPHINE, Chart, baclofen, morphine
from thecal.body.course import BodyCourse
from thecal.body.source import TipSource
from thecal.errors import BadFileError
from thecal.therapy.body_course import BodyWatch, shared_levels
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Length

CATHETER = {"model": "ascenda-8780", "implanted_length": "76 cm"}


def run(chart: Chart, until: float | None = None, **options: bool) -> tuple[Simulation, BodyCourse]:
    """Return a replay up to a day and its body."""
    therapy = chart.therapy()
    watch = BodyWatch(therapy)
    end = None if until is None else therapy.instant(therapy.events[0].time) + int(until * 86400)
    result = simulate(therapy, until=end, sink=watch)
    return result, watch.course(result.end, **options)


def sources(chart: Chart, drug: str, until: float, *, smear: bool = False) -> list[TipSource]:
    """Return what a drug gave at each place of the tip."""
    therapy = chart.therapy()
    watch = BodyWatch(therapy)
    end = therapy.instant(therapy.events[0].time) + int(until * 86400)
    watch.course(simulate(therapy, until=end, sink=watch).end)
    return list(watch._sources(drug, smear))


def masses(found: list[TipSource]) -> list[float]:
    return [float(sum(stream.masses.sum() for stream in one.streams)) for one in found]


def delivered(result: Simulation, drug: str) -> float:
    """Return what the pump's books say left the tip, micrograms."""
    return float(result.balance[drug].delivered.base)


def at(body: BodyCourse, drug: str, level: str) -> float:
    return float(body.windows[-1].drugs[drug].csf[-1, body.levels.index(level)])


def boluses() -> Chart:
    """Return two drugs, a flex program, presses, a clinician's bolus and a hand on the port."""
    chart = Chart().start(
        {"morphine": "5 mg/mL", "bupivacaine": "10 mg/mL"},
        "morphine",
        "0.5 mg/d",
        steps=[{"days": "daily", "start": "21:00", "duration": "2 h", "dose": "0.1 mg"}],
        patient_bolus={"dose": "0.05 mg", "duration": "5 min", "lockout": "3 h"},
    )
    for day in range(5):
        chart.add("press", day, "11:00").add("press", day, "11:30").add("press", day, "22:00")
    chart.add("bolus", 5, "12:00", dose="0.1 mg", duration="10 min")
    chart.add("access-port", 6, "12:00", injected="0.3 mL", mixture={"morphine": "1 mg/mL"})
    return chart


def test_the_dose_of_each_drug_is_what_the_pump_delivered() -> None:
    result, body = run(boluses(), 7.0)
    assert set(body.balance) == {"morphine", "bupivacaine"}
    for drug, balance in body.balance.items():
        assert balance.dose == pytest.approx(delivered(result, drug), rel=1e-9)
        assert balance.relative_error < 1e-10


@pytest.mark.inventory("S2.1")
def test_what_left_the_tip_is_booked_under_its_purpose_and_time() -> None:
    (found,) = sources(boluses(), "morphine", 7.0)
    pushes = [stream.pushes() for stream in found.streams]
    (by_hand,) = [times for times, _ in pushes if len(times)]
    assert by_hand == pytest.approx(np.full(len(by_hand), 147.0))
    assert len(found.streams) >= 4


def test_a_drug_that_never_left_the_tip_is_not_in_the_body() -> None:
    chart = Chart().fill(0, "09:00", MORPHINE).add("note", 1, text="nothing runs")
    _, body = run(chart)
    assert body.balance == {}
    assert body.windows[0].drugs == {}


# -- the tip ------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [None, MORPHINE], ids=["empty line", "the same solution in line"])
def test_after_a_revision_later_drug_enters_at_the_new_tip(line: dict[str, str] | None) -> None:
    chart = morphine().add("revise", 5, "12:00", catheter={**CATHETER, "tip": "C5"}, line=line)
    result, body = run(chart, 10.0)
    assert body.tips == ((0.0, "T10"), (123.0, "C5"))
    assert body.chosen_levels[0] == "C5"
    assert at(body, "morphine", "C5") > at(body, "morphine", "T10")
    assert body.balance["morphine"].dose == pytest.approx(delivered(result, "morphine"), rel=1e-9)
    old, new = sources(chart, "morphine", 10.0)
    assert max(stream.ends.max() for stream in old.streams) <= 123.0
    assert min(stream.starts.min() for stream in new.streams) >= 123.0


def test_two_revisions_are_three_places() -> None:
    chart = morphine()
    for day, tip in ((3, "T6"), (6, "L1")):
        chart.add("revise", day, catheter={**CATHETER, "tip": tip}, line=MORPHINE)
    assert [one.level for one in sources(chart, "morphine", 9.0)] == ["T10", "T6", "L1"]
    assert shared_levels([chart.therapy(), baclofen().therapy()]) == ("T6", "T10", "L1")


@pytest.mark.parametrize("tip", ["C8", "S4", "S3"])
def test_a_tip_outside_the_model_is_said_and_nothing_is_computed(tip: str) -> None:
    chart = morphine(catheter={**CATHETER, "tip": tip}).add("note", 2, text="end")
    with pytest.raises(BadFileError, match=f"the body model has no level {tip}") as caught:
        run(chart)
    assert caught.value.place == "catheter: tip"
    later = morphine().add("revise", 1, catheter={**CATHETER, "tip": tip}).add("note", 2, text="x")
    with pytest.raises(BadFileError, match=f"no level {tip}"):
        run(later)
    assert tip not in shared_levels([chart.therapy(), later.therapy()])


# -- time ---------------------------------------------------------------------------------------


def test_a_therapy_without_length_has_no_body() -> None:
    with pytest.raises(BadFileError, match="needs time"):
        run(Chart().fill(0, "09:00", MORPHINE))


def test_a_course_of_centuries_is_refused_before_it_fills_the_memory() -> None:
    chart = morphine()
    with pytest.raises(BadFileError, match="at most 50 years"):
        run(chart, 20_000.0)


def test_progress_is_told_whole() -> None:
    therapy = morphine().add("note", 2, text="end").therapy()
    watch = BodyWatch(therapy)
    result = simulate(therapy, sink=watch)
    parts: list[float] = []
    watch.course(result.end, draws=3, progress=parts.append)
    assert sum(parts) == pytest.approx(1.0)


# -- the person ---------------------------------------------------------------------------------


def test_height_is_read_and_written_and_read_again() -> None:
    tall, plain = morphine(patient={"height": "187.5 cm"}).therapy(), morphine().therapy()
    assert tall.patient.height == Length.of("187.5", "cm")
    assert plain.patient.height is None
    for therapy in (tall, plain):
        assert read_therapy(write_therapy(therapy).encode(), "again.toml") == therapy


def test_height_scales_the_canal_and_a_file_without_it_says_what_is_used() -> None:
    tall = run(morphine(patient={"height": "187 cm"}), 2.0)[1]
    plain = run(morphine(), 2.0)[1]
    assert tall.length / plain.length == pytest.approx(187.0 / 164.0)
    assert any("the mean of a female adult" in note for note in plain.notes)
    assert not any("height" in note for note in tall.notes)


@pytest.mark.parametrize(
    ("patient", "place"),
    [
        ({"height": "1 cm"}, "patient: height"),
        ({"height": "1700 cm"}, "patient: height"),
        ({"weight": "9999 kg"}, "patient: weight"),
        ({"weight": "900 kg", "height": "60 cm"}, "patient: weight"),
        ({"birth_date": date(1900, 1, 1)}, ""),
    ],
)
def test_who_cannot_be_a_person_has_no_body(patient: dict[str, object], place: str) -> None:
    chart = morphine(patient=patient)
    if not place:  # 126 years are not impossible
        assert run(chart, 2.0)[1].balance
        return
    with pytest.raises(BadFileError, match="no person is") as caught:
        run(chart, 2.0)
    assert caught.value.place == place


# -- smeared fronts -----------------------------------------------------------------------------


def bridged() -> Chart:
    """Return baclofen at a new strength after ten days, with a bridge."""
    return (
        baclofen("200 ug/d")
        .fill(10, "09:00", {"baclofen": "2000 ug/mL"}, aspirated="15.5 mL")
        .run(10, "09:10", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
    )


def test_smearing_keeps_the_mass_and_rounds_the_front_of_a_bridge() -> None:
    sharp, smeared = (sources(bridged(), "baclofen", 30.0, smear=on) for on in (False, True))
    assert masses(smeared) == pytest.approx(masses(sharp), rel=1e-9)
    assert sum(len(stream.masses) for stream in smeared[0].streams) > 50
    result, body = run(bridged(), 30.0, taylor_smear=True)
    assert body.balance["baclofen"].dose == pytest.approx(delivered(result, "baclofen"), rel=1e-9)


def test_smearing_changes_the_days_of_the_front_and_not_the_others() -> None:
    (_, sharp), (_, smeared) = (run(bridged(), 40.0, taylor_smear=on) for on in (False, True))
    tip = sharp.levels.index("T10")
    times = sharp.windows[0].times
    one, other = (body.windows[0].drugs["baclofen"].csf[:, tip] for body in (sharp, smeared))
    off = np.abs(other / np.maximum(one, 1e-12) - 1.0)
    days = times / 24.0
    assert off[(days > 9.9) & (days < 12)].max() > 5e-4
    assert off[(days > 4) & (days < 9.5)].max() < 1e-6
    assert off[days > 20].max() < 1e-6


def test_a_constant_infusion_has_no_front_after_the_first() -> None:
    chart = baclofen("200 ug/d")
    (sharp,), (smeared,) = (sources(chart, "baclofen", 30.0, smear=on) for on in (False, True))
    after = np.linspace(24.0, 700.0, 50)
    before, again = (
        sum(stream.before(after) for stream in one.streams) for one in (sharp, smeared)
    )
    assert np.diff(again) == pytest.approx(np.diff(before), rel=1e-9)


def test_the_front_between_two_drugs_is_smeared_too() -> None:
    """Morphine follows hydromorphone: each of the two has a front there."""
    chart = (
        Chart()
        .start({"hydromorphone": "2 mg/mL"}, "hydromorphone", "0.4 mg/d")
        .fill(10, "09:00", {"morphine": "10 mg/mL"}, aspirated="18 mL")
        .run(
            10,
            "09:10",
            "morphine",
            "2 mg/d",
            bridge={"drug": "hydromorphone", "daily_dose": "0.4 mg/d"},
        )
    )
    sharp, smeared = (
        {drug: sources(chart, drug, 30.0, smear=on) for drug in ("hydromorphone", "morphine")}
        for on in (False, True)
    )
    front = np.array([min(stream.starts.min() for stream in sharp["morphine"][0].streams)])
    for drug, sign in (("hydromorphone", -1.0), ("morphine", 1.0)):
        assert masses(smeared[drug]) == pytest.approx(masses(sharp[drug]), rel=1e-6)
        before, earlier = (
            float(sum(stream.before(front)[0] for stream in one[drug][0].streams))
            for one in (sharp, smeared)
        )
        assert sign * (earlier - before) > 1.0
    _, body = run(chart, 30.0, taylor_smear=True)
    assert max(balance.relative_error for balance in body.balance.values()) < 1e-10
