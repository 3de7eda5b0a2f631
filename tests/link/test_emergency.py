"""The emergency: who stands beside the patient can stop, lower and read, aloud and for minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from link_bench import SERIAL, LinkBench

from thecal.errors import PumpRefusalError
from thecal.link.errors import LinkError
from thecal.link.keys import Role, load_card, load_touch, touch
from thecal.link.messages import (
    REQUESTS,
    BeginUpdate,
    Interrogate,
    MinimumRate,
    PressButton,
    ReadLog,
    Request,
    ResumePump,
    StopPump,
    new_command,
)
from thecal.link.orders import ALLOWED
from thecal.link.programmer import Programmer
from thecal.program.program import Mode
from thecal.pump.state import Activity


@pytest.fixture
def emergency(bench: LinkBench, tmp_path: Path) -> Programmer:
    """A stranger with the card of a touch, and nothing else."""
    card = tmp_path / "card"
    until = int(bench.clock()) + 60
    touch(bench.pump_folder, card, serial=SERIAL, label="night shift", until=until)
    known = bench.find

    def find(identity: str):
        touched = load_touch(bench.pump_folder, bench.clock())
        return touched if touched is not None and touched.id == identity else known(identity)

    bench.find = find
    pump, own = load_card(card)
    return bench.programmer(pump=pump, own=own)


def test_a_touch_opens_a_session_without_any_pairing(
    bench: LinkBench, emergency: Programmer
) -> None:
    assert emergency.open().serial == SERIAL
    done = emergency.command(StopPump(command=new_command(), reason="unconscious"))
    assert done.report.stopped_since is not None
    assert bench.device.state.activity is Activity.STOPPED


@pytest.mark.req("L01")
def test_it_is_loud_and_it_is_logged(bench: LinkBench, emergency: Programmer) -> None:
    emergency.open()
    emergency.command(StopPump(command=new_command(), reason="unconscious"))
    emergency.close("unconscious")
    assert any("EMERGENCY SESSION by night shift" in told for told in bench.told)
    assert any("stop, asked by night shift (emergency)" in told for told in bench.told)
    notices = bench.opened().interrogate().notices
    assert "EMERGENCY SESSION by night shift" in notices
    from thecal.link.journal import read_entries

    entry = next(e for e in read_entries(bench.memory.log_path) if e.kind == "stop")
    assert (entry.actor, entry.role, entry.detail) == ("night shift", "emergency", "unconscious")


NOT_ALLOWED: dict[str, Request] = {
    "begin-update": BeginUpdate(command="1" * 32, order_hash="", running_hash=""),
    "resume": ResumePump(command="2" * 32, running_hash=""),
    "press": PressButton(command="3" * 32),
}


@pytest.mark.parametrize("name", NOT_ALLOWED)
def test_it_cannot_give_more(emergency: Programmer, name: str) -> None:
    emergency.open()
    with pytest.raises(PumpRefusalError, match="not for the role emergency"):
        emergency.ask(NOT_ALLOWED[name])


def test_nothing_that_an_emergency_may_raises_a_dose() -> None:
    assert ALLOWED[Role.EMERGENCY] == {
        Interrogate,
        ReadLog,
        StopPump,
        MinimumRate,
        REQUESTS["close"],
    }


@pytest.mark.req("R6.7.0(4)")
def test_it_can_lower_to_the_minimum_rate(bench: LinkBench, emergency: Programmer) -> None:
    emergency.open()
    done = emergency.command(MinimumRate(command=new_command(), reason="drowsy"))
    assert done.report.program is not None
    assert done.report.program.mode is Mode.MINIMUM_RATE
    assert not done.report.gives_therapy


def test_a_touch_holds_for_a_minute(bench: LinkBench, emergency: Programmer) -> None:
    bench.clock.wait(60)
    with pytest.raises(LinkError):
        emergency.open()


def test_an_emergency_session_is_short(bench: LinkBench, emergency: Programmer) -> None:
    emergency.open()
    waited = 0.0
    while waited + 60 < bench.limits.emergency_session_limit:
        bench.clock.wait(60)
        waited += 60
        emergency.interrogate()
    bench.clock.wait(60)
    with pytest.raises(LinkError):
        emergency.interrogate()
    assert bench.limits.emergency_session_limit < bench.limits.session_limit


def test_a_card_without_its_touch_opens_nothing(bench: LinkBench, emergency: Programmer) -> None:
    (bench.pump_folder / "touch.json").unlink()
    with pytest.raises(LinkError):
        emergency.open()
