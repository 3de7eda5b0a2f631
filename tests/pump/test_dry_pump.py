"""A pump that knows it is dry: it stands, and nothing that waited begins by itself at a refill."""

from __future__ import annotations

import pytest
from fault_bench import microlitres, settings
from pump_bench import DAY, HOUR, Bench, continuous, mixture

from thecal.device import fault_kind
from thecal.errors import PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.pump.state import Activity
from thecal.units import Volume

MORPHINE = mixture(morphine="1 mg/mL")
TEN = Volume.of(10, "mL")


def running(rate: str = "1 mg/d") -> Bench:
    """Return a pump that runs, with 10 mL."""
    bench = Bench()
    bench.pump.fill(TEN, MORPHINE)
    bench.pump.set_line(MORPHINE)
    bench.pump.write(continuous(rate))
    return bench


@pytest.mark.parametrize("kind", list(PrimeKind))
def test_a_dry_pump_takes_no_prime_that_would_begin_by_itself_at_the_refill(
    kind: PrimeKind,
) -> None:
    bench = running()
    bench.wait(20 * DAY)
    assert bench.pump.state.activity is Activity.DRY
    with pytest.raises(PumpRefusalError, match="reservoir is empty"):
        bench.pump.prime(kind)
    bench.pump.fill(TEN, MORPHINE)
    bench.wait(HOUR)
    assert not microlitres(bench, Purpose.PRIME)
    assert bench.pump.state.activity is Activity.RUNNING


def test_a_pump_that_had_a_fault_stands_at_the_end_of_its_count_as_a_sound_one_does() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.mend("catheter-occlusion")
    bench.wait(8 * DAY)
    state = bench.pump.state
    assert state.counted_empty
    assert not state.dry, "what the blockage held back is still there"
    bench.wait(2 * DAY)
    assert state.dry
    stands_at = state.computed
    bench.wait(30 * DAY)
    assert state.computed == stands_at
    with pytest.raises(PumpRefusalError, match="reservoir is empty"):
        bench.pump.prime(PrimeKind.FULL)


def test_a_prime_that_a_pump_counts_though_it_is_dry_ends_with_its_count() -> None:
    bench = Bench()
    bench.pump.fill(TEN, MORPHINE, mishaps=[(fault_kind("air"), settings(volume="8.4 mL"))])
    bench.pump.write(continuous("1 mg/d"))
    bench.wait(7 * DAY)
    assert bench.pump.state.dry
    bench.pump.prime(PrimeKind.FULL, Volume.of(5, "mL"))
    bench.wait(7 * DAY)
    assert bench.pump.state.counted_empty
    bench.pump.fill(TEN, MORPHINE)
    bench.wait(HOUR)
    assert not microlitres(bench, Purpose.PRIME)
    assert bench.pump.state.activity is Activity.RUNNING
