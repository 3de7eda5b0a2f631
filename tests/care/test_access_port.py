"""K14: an injection through the access port is held up until the line was drawn as ordered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from thecal.care.access_port import (
    Drawn,
    PortOrder,
    PortPurpose,
    check_drawn,
    check_port_order,
)
from thecal.care.emergency import PortPush
from thecal.care.kits import Port
from thecal.care.visit import read_record, write_record
from thecal.device import pump_model
from thecal.pharmacy import Mixture
from thecal.therapy.events import Override
from thecal.therapy.table import Table
from thecal.units import Concentration, Mass, Volume

ROLLER, GAS = pump_model("synchromed-ii-40"), pump_model("ip-2000-v")
AT = datetime(2026, 4, 20, 9, tzinfo=UTC)
FULL = PortPush(Volume.of("0.2", "mL"), {"morphine": Mass.of(2, "mg")})
EMPTY = PortPush(Volume.of("0.2", "mL"), {})
DYE = PortOrder(
    purpose=PortPurpose.CONTRAST,
    injected=Volume.of(2, "mL"),
    draw_first=Volume.of(1, "mL"),
)
DRUG = Mixture.of({"morphine": Concentration.of(1, "mg/mL")})
BOLUS = replace(DYE, purpose=PortPurpose.BOLUS, mixture=DRUG)
DREW = Drawn(
    kit="synchromed-access-port",
    kit_lot="K-7",
    needle_gauge=24,
    port=Port.SIDE,
    volume=Volume.of(1, "mL"),
)
NOW, LATER = timedelta(minutes=2), timedelta(minutes=16)


def asked(order: PortOrder, push: PortPush | None = FULL, model=ROLLER) -> list[tuple[str, str]]:
    return [(one.check, str(one.severity)) for one in check_port_order(order, model, push)]


def held(drawn: Drawn | None, ago: timedelta = NOW, order: PortOrder = DYE) -> list[str]:
    return [
        f"{one.check} {one.severity}: {one.message}"
        for one in check_drawn(order, drawn, ago, ROLLER)
    ]


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
def test_an_order_that_draws_what_the_catheter_holds_first_is_silent() -> None:
    assert asked(DYE) == []
    assert asked(replace(DYE, draw_first=Volume.of("0.2", "mL"))) == []


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
@pytest.mark.parametrize("first", [None, Volume.of("0.19", "mL")])
def test_an_order_that_leaves_drug_in_the_line_asks(first: Volume | None) -> None:
    assert asked(replace(DYE, draw_first=first)) == [("K14", "soft")]
    assert asked(replace(DYE, draw_first=first), EMPTY) == []


@pytest.mark.req("K14")
def test_where_a_range_of_lengths_is_known_the_longest_has_to_be_drawn() -> None:
    longer = replace(FULL, at_most=Volume.of("1.1", "mL"))
    assert asked(DYE, longer) == [("K14", "soft")]


@pytest.mark.req("K14")
def test_what_nobody_knows_asks() -> None:
    assert asked(DYE, None) == [("K14", "soft")]
    assert asked(DYE, FULL, GAS) == [("K14", "soft")]


@pytest.mark.req("K14")
def test_more_contrast_than_a_dye_study_takes_warns() -> None:
    assert asked(replace(DYE, injected=Volume.of("2.1", "mL"))) == [("K14", "warn")]
    assert asked(replace(BOLUS, injected=Volume.of("2.1", "mL"))) == []


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
def test_a_line_that_was_drawn_as_ordered_with_its_kit_is_silent() -> None:
    assert held(DREW) == []
    assert held(replace(DREW, volume=Volume.of(5, "mL")), timedelta(minutes=15)) == []


@pytest.mark.req("K14", "K10")
@pytest.mark.inventory("E2")
@pytest.mark.parametrize(
    ("drawn", "ago", "words"),
    [
        (None, NOW, "K14 hard: nobody has written down"),
        (replace(DREW, port=Port.RESERVOIR), NOW, "K14 hard: the needle is in the reservoir port"),
        (replace(DREW, volume=Volume.zero()), NOW, "K14 hard: 0 mL came where 1 mL were"),
        (replace(DREW, volume=Volume.of("0.9", "mL")), NOW, "K14 hard: 0.9 mL came"),
        (DREW, LATER, "K14 hard: it is more than 15 min since"),
        (replace(DREW, kit="synchromed-refill", needle_gauge=22), NOW, "K10 hard: the refill kit"),
        (replace(DREW, needle_gauge=22), NOW, "K10 hard: a needle of 22 gauge"),
    ],
)
def test_nothing_is_injected_otherwise(drawn, ago, words) -> None:
    (one,) = held(drawn, ago)
    assert one.replace("\u00a0", " ").startswith(words)


def test_the_events_are_what_is_ordered() -> None:
    whole = BOLUS.whole(AT)
    assert (whole.aspirated, whole.injected, whole.mixture) == (
        BOLUS.draw_first,
        BOLUS.injected,
        DRUG,
    )
    answer = Override("K14", "a test bolus", "dr.b")
    alone = BOLUS.injection(AT, (answer,))
    assert (alone.aspirated, alone.injected, alone.override) == (None, BOLUS.injected, (answer,))
    assert len(DYE.injection(AT, ()).mixture) == 0


@pytest.mark.parametrize("record", [DYE, BOLUS, DREW, replace(DREW, volume=Volume.zero())])
def test_a_record_comes_back_as_it_went_in(record) -> None:
    assert read_record(type(record), Table(write_record(record), "entry 3")) == record
