"""K10: a kit fits the pump and the port that is aimed at, and its own needle is used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thecal.care.kits import UNLISTED, KitInHand, Port, check_kit, fitting, kits
from thecal.device import pump_model, pump_models
from thecal.safety.finding import Finding
from thecal.units import Length

ROLLER, VALVE, GAS = (
    pump_model(one) for one in ("synchromed-ii-40", "prometra-20", "codman-3000-30")
)
REFILL = KitInHand("synchromed-refill", 22, Length.of("3.8", "cm"))
THIN = KitInHand("synchromed-access-port", 24, None)
RESERVOIR, SIDE = Port.RESERVOIR, Port.SIDE


def told(in_hand: KitInHand, aimed: Port, model=ROLLER) -> list[Finding]:
    return list(check_kit(in_hand, aimed, model))


@pytest.mark.parametrize("model", [one for one in pump_models() if one.kind != "external"])
def test_every_implanted_pump_has_a_kit_for_its_reservoir(model) -> None:
    assert fitting(model, RESERVOIR)


@pytest.mark.parametrize("kit", kits().values(), ids=str)
def test_every_kit_is_for_a_port_and_a_pump_that_there_are(kit) -> None:
    assert Port(kit.port.value)
    assert any(kit.fits(one) for one in pump_models())


@pytest.mark.req("K10")
@pytest.mark.inventory("S0.22", "E2")
@pytest.mark.parametrize(("in_hand", "aimed"), [(REFILL, RESERVOIR), (THIN, SIDE)])
def test_the_kit_of_the_pump_at_its_own_port_is_silent(in_hand: KitInHand, aimed: Port) -> None:
    assert told(in_hand, aimed) == []


@pytest.mark.req("K10")
@pytest.mark.inventory("S0.22", "E2")
@pytest.mark.parametrize(
    ("in_hand", "aimed", "model", "words"),
    [
        (THIN, RESERVOIR, ROLLER, "open the refill kit for SynchroMed pumps"),
        (REFILL, SIDE, ROLLER, "open the catheter access port kit (8540)"),
        (REFILL, RESERVOIR, VALVE, "not made for Prometra"),
        (REFILL, RESERVOIR, GAS, "open the refill kit for Codman 3000 pumps"),
        (THIN, SIDE, pump_model("synchromed-el-18"), "catheter access port kit for SynchroMed EL"),
    ],
)
def test_another_pump_or_the_other_port_is_refused(in_hand, aimed, model, words) -> None:
    (one,) = told(in_hand, aimed, model)
    assert (one.check, one.severity) == ("K10", "hard")
    assert words in one.message


@pytest.mark.req("K10")
@pytest.mark.inventory("W18")
def test_w18_a_needle_that_does_not_belong_to_the_kit_is_refused() -> None:
    (one,) = told(replace(REFILL, needle_gauge=24), RESERVOIR)
    assert one.severity == "hard"
    assert "24 gauge does not belong" in one.message


@pytest.mark.req("K10")
def test_what_a_row_only_remembers_asks_and_never_refuses() -> None:
    # The gauge of this kit and the port of that needle are from memory.
    (gauge,) = told(KitInHand("prometra-refill", 20, None), RESERVOIR, VALVE)
    assert gauge.severity == "soft"
    port, needle = told(KitInHand("codman-3000-bolus", 22, None), RESERVOIR, GAS)
    assert (port.severity, needle.severity) == ("soft", "info")


@pytest.mark.req("K10")
def test_another_length_is_asked_about_and_none_is_not() -> None:
    (one,) = told(replace(REFILL, needle_length=Length.of("2.5", "cm")), RESERVOIR)
    assert one.severity == "warn"
    assert "3.8 cm or 5.1 cm" in one.message.replace("\u00a0", " ")
    assert told(replace(REFILL, needle_length=None), RESERVOIR) == []
    assert told(replace(REFILL, needle_length=Length.of("5.1", "cm")), RESERVOIR) == []


@pytest.mark.req("K10")
def test_a_kit_that_no_row_has_asks_and_one_that_nobody_named_was_not_checked() -> None:
    (unlisted,) = told(replace(REFILL, kit=UNLISTED), RESERVOIR)
    assert unlisted.severity == "soft"
    (nobody,) = told(replace(REFILL, kit=None), RESERVOIR)
    assert nobody.severity == "info"
    assert "not checked" in nobody.message
