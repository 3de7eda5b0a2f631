"""H09: a catheter that does not fit the pump is said when both are joined (recall 2013 FA579)."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import MORPHINE, Chart
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.device import catheter_model, misfit, pump_models

LENGTH = {"implanted_length": "76 cm"}


def table(catheter: str) -> dict[str, str]:
    """Return a catheter's table; the catalogue has no bore of the one of Codman."""
    bore = {"volume_per_length": "0.0022 mL/cm"} if "codman" in catheter else {}
    return {"model": catheter, "tip": "T10", **LENGTH, **bore}


def chart(pump: str, catheter: str) -> Chart:
    made = Chart(pump=pump, catheter=table(catheter))
    return made.fill(0, "09:00", MORPHINE, "15 mL").add("note", 1, text="later")


@pytest.mark.req("H09", "REC-2013-FA579")
@pytest.mark.parametrize(
    ("pump", "catheter", "severities"),
    [
        ("synchromed-ii-40", "ascenda-8780", []),
        ("synchromed-iii-20", "ascenda-8781", []),
        ("synchromed-el-18", "indura-8709sc", []),
        ("prometra-ii-20", "prometra-11823", []),
        ("archimedes-20", "codman-60-2914", []),
        ("synchromed-ii-40", "codman-60-2914", ["soft"]),
        ("synchromed-ii-40", "prometra-11823", ["warn"]),
        ("prometra-20", "ascenda-8780", ["warn"]),
    ],
)
def test_a_misfit_is_said_once_as_surely_as_it_is_known(
    pump: str, catheter: str, severities: list[str]
) -> None:
    assert chart(pump, catheter).review().severities("H09") == severities


@pytest.mark.req("H09", "REC-2013-FA579")
def test_a_verified_row_refuses(tmp_path: Path) -> None:
    head = "catheter,parameter,rank," + ",".join(FACT_COLUMNS)
    row = "ascenda-8780,fits,1,synchromed-iii-*,text,our label,verified,A,2026-11-20,"
    (tmp_path / "catheters.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    use_clinic_tables(tmp_path)
    try:
        assert chart("synchromed-ii-40", "ascenda-8780").review().severities("H09") == ["hard"]
    finally:
        use_clinic_tables(None)


@pytest.mark.req("H09", "REC-2013-FA579")
def test_a_new_pump_and_a_new_catheter_are_looked_at_and_nothing_in_between() -> None:
    made = chart("synchromed-ii-40", "ascenda-8780")
    made = made.add("replace", 2, pump={"model": "prometra-20", "serial": "P1"})
    made = made.add("revise", 3, catheter=table("prometra-11823"))
    made = made.add("revise", 4, catheter=table("codman-60-2914"))
    assert [one.event for one in made.review().of("H09")] == [2, 4]


@pytest.mark.req("H09", "REC-2013-FA579")
def test_what_nothing_is_known_of_is_no_misfit() -> None:
    custom = catheter_model("custom")
    assert all(misfit(custom, pump.id) is None for pump in pump_models())


@pytest.mark.req("H09", "REC-2013-FA579")
def test_the_portal_that_was_recalled_is_named() -> None:
    row = misfit(catheter_model("indura-8709sc"), "external-port")
    assert row is not None
    assert (row.status, row.source) == ("read", "devices.md 2")


@pytest.mark.req("H09", "REC-2013-FA579")
@pytest.mark.parametrize("parameter", ["fits", "does-not-fit"])
def test_every_pattern_names_a_pump_of_the_catalogue(parameter: str) -> None:
    """A misspelt pattern would silently fit nothing."""
    from fnmatch import fnmatchcase

    from thecal.device import catheter_models

    for catheter in catheter_models():
        row = catheter.facts.get(parameter)
        for pattern in [] if row is None else row.of_kind(str).value.split("; "):
            assert any(fnmatchcase(pump.id, pattern) for pump in pump_models()), pattern
