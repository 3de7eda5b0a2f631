"""What a pump does when it may not trust its program: no stop by reflex."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import DataError
from thecal.pharmacy import DRUG_FREE, Mixture, drugs, safe_state
from thecal.units import Concentration


def of(*names: str) -> Mixture:
    return Mixture.of({name: Concentration.of(1, "mg/mL") for name in names})


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (("morphine",), "stop"),
        (("morphine", "bupivacaine"), "stop"),
        (("baclofen",), "minimum-rate"),
        (("clonidine",), "minimum-rate"),
        (("morphine", "clonidine"), "minimum-rate"),
    ],
)
def test_one_drug_whose_abrupt_stop_is_a_hazard_decides(names, state) -> None:
    assert safe_state(of(*names)) == state


def test_every_drug_of_the_formulary_has_a_safe_state_and_fluid_without_drug_stops() -> None:
    assert all(safe_state(of(drug.id)) in ("stop", "minimum-rate") for drug in drugs())
    assert safe_state(DRUG_FREE) == "stop"


def test_another_word_in_a_clinics_table_is_refused(tmp_path: Path) -> None:
    head = "drug_class,parameter,rank," + ",".join(FACT_COLUMNS)
    row = "opioid,safe-state,1,slow down,text,our own,read,,2026-11-20,"
    (tmp_path / "safe_states.csv").write_text(f"{head}\n{row}\n")
    use_clinic_tables(tmp_path)
    try:
        with pytest.raises(DataError, match="safe state of opioid"):
            safe_state(of("morphine"))
    finally:
        use_clinic_tables(None)
