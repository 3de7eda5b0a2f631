"""What the access of an external pump needs, and what its catheter holds."""

from __future__ import annotations

import pytest

from thecal.device import care_task_ids, care_tasks, catheter_model, implant_catheter, pump_model
from thecal.units import Duration, Length, Volume


@pytest.mark.parametrize(
    ("access", "tasks"),
    [
        ("port", {"needle", "dressing", "set", "filter"}),
        ("percutaneous catheter", {"dressing", "set", "filter", "catheter"}),
        ("", set()),
    ],
)
def test_each_access_has_its_tasks_and_every_interval_is_shown_as_unverified(
    access: str, tasks: set[str]
) -> None:
    found = care_tasks(access)
    assert {task.id for task in found} == tasks
    for task in found:
        assert task.interval.value > Duration.zero()
        assert "unverified" in task.interval.provenance()


def test_where_centres_disagree_the_other_answer_is_kept() -> None:
    (dwell,) = (task for task in care_tasks("percutaneous catheter") if task.id == "catheter")
    assert [fact.value for fact in dwell.others] == [Duration.of(14, "d")]


def test_the_dwell_of_a_catheter_is_nothing_that_a_visit_ticks_off() -> None:
    assert set(care_task_ids()) == {"needle", "dressing", "set", "filter"}


def test_a_port_adds_its_chamber_to_the_lumen() -> None:
    seventy = Length.of(70, "cm")
    port = implant_catheter(catheter_model("intrathecal-port"), implanted_length=seventy)
    assert port.volume() == Volume.of("0.654", "mL")
    assert port.volume_range() == (port.volume(), port.volume())
    ends = (Length.of(40, "cm"), Length.of(90, "cm"))
    between = implant_catheter(catheter_model("intrathecal-port"), implanted_length_range=ends)
    assert between.volume_range() == (Volume.of("0.588", "mL"), Volume.of("0.698", "mL"))
    plain = implant_catheter(catheter_model("intrathecal-percutaneous"), implanted_length=seventy)
    assert plain.volume() == Volume.of("0.112", "mL")


def test_the_generic_external_pump_runs_out_of_the_box_and_no_figure_of_it_is_verified() -> None:
    model = pump_model("external-ambulatory")
    for name in ("capacity", "minimum_rate", "maximum_rate", "tubing_volume_prime"):
        fact = getattr(model, name)
        assert fact is not None, name
        assert fact.recalled, name
    assert all(not fact.verified for fact in model.facts.values())
