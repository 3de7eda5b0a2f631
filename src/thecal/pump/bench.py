"""A pump on the bench: start-up curve and trumpet at windows suited to implants.

Windows and spans are rows of `data/bench.csv` (facts/standards.md 2.8). The virtual pump of a
therapy spreads its strokes evenly; here they stand one by one, at the rate that its grid achieves.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.device import PumpModel
from thecal.errors import CannotComputeError, RateRefusalError
from thecal.program.quantise import DeliveryGrid
from thecal.pump.strokes import Strokes, strokes_at
from thecal.pump.trumpet import WorstErrors, count_strokes, worst_errors
from thecal.units import Duration, Volume, VolumeRate, show

MOST_STROKES = 200_000
"""Ten times what the largest reservoir of the catalogue holds."""


@final
@dataclass(frozen=True, slots=True)
class BenchOrder:
    """What is put on the bench.

    Parameters
    ----------
    model
        Of the catalogue.
    rate
        The rate to set; None for a constant-flow pump, which has no other than its own.
    stroke
        The volume of a stroke where the catalogue has none or another is wanted.
    gain
        What this unit delivers over what its strokes should, 1 for a true one.
    duration
        How long it runs; None: one whole fill.
    """

    model: PumpModel
    rate: VolumeRate | None = None
    stroke: Volume | None = None
    gain: Fraction = Fraction(1)
    duration: Duration | None = None


@final
@dataclass(frozen=True, slots=True)
class BenchWindow:
    """The worst errors over one length of window.

    Attributes
    ----------
    running
        Over every window of the running pump, wherever it begins.
    from_start
        The same with the windows that begin before the first stroke.
    whole_fill
        Whether this is the time in which the pump empties a full reservoir.
    """

    length: Duration
    running: WorstErrors
    from_start: WorstErrors
    whole_fill: bool


@final
@dataclass(frozen=True, slots=True)
class StartUpSample:
    """What came out in one sample of the start-up, `[end - length, end)`."""

    end: Duration
    volume: Volume
    error: Fraction


@final
@dataclass(frozen=True, slots=True)
class Bench:
    """What the bench found.

    Attributes
    ----------
    ordered, achievable
        The rate that was set, and the rate of the pump's own grid.
    strokes
        None for a pump of constant flow.
    stroke_fact
        Whose volume of a stroke it is; None where the order brought its own, or there is none.
    overall
        The mean error of the running pump as a part of what was ordered.
    sample
        Length of a sample of the start-up.
    fill
        How long a full reservoir lasts; None where its capacity is not known.
    """

    order: BenchOrder
    ordered: VolumeRate
    achievable: VolumeRate
    strokes: Strokes | None
    stroke_fact: Fact[Volume] | None
    duration: Duration
    overall: Fraction
    windows: tuple[BenchWindow, ...]
    left_out: tuple[Duration, ...]
    start_up: tuple[StartUpSample, ...]
    sample: Duration
    fill: Duration | None

    def within_band(self, errors: WorstErrors) -> bool | None:
        """Return whether both errors lie in the model's stated band; None without a band."""
        band = self.order.model.accuracy
        return None if band is None else -band.value <= errors.least <= errors.most <= band.value


def run_bench(order: BenchOrder) -> Bench:
    """Let a pump run on the bench.

    Raises
    ------
    CannotComputeError
        If a figure of the model is missing, or the run is longer than a fill or too long.
    RateRefusalError
        If the rate is none that this model can run.
    """
    model = order.model
    if model.kind == "constant-flow":
        ordered, achievable, strokes, fact = _constant_flow(order), None, None, None
    else:
        ordered, fact = _checked_rate(order), None
        stroke = order.stroke
        if stroke is None and model.stroke_volume is not None:
            fact = model.stroke_volume
            stroke = fact.value
        if stroke is None:
            raise CannotComputeError(
                f"the catalogue has no volume of a stroke for {model.id}",
                remedy='give one, as in --stroke "2 uL", or a row stroke-volume of the clinic',
            )
        grid = DeliveryGrid(stroke, None)
        strokes, achievable = strokes_at(ordered, grid), grid.achievable_rate(ordered)
    achievable = achievable or ordered
    fill = None if model.capacity is None else model.capacity.value / achievable
    duration = _run_length(order, fill)
    if strokes is not None and duration.ratio(strokes.interval) > MOST_STROKES:
        raise CannotComputeError(
            f"the run has more than {MOST_STROKES} strokes", remedy="choose a shorter --duration"
        )
    wanted = _windows()
    lengths = [length for length in wanted if length < duration] + [duration]
    sample, span = _fact("start-up-sample").value, _fact("start-up-length").value
    overall = achievable.ratio(ordered) * order.gain - 1
    return Bench(
        order=order,
        ordered=ordered,
        achievable=achievable,
        strokes=strokes,
        stroke_fact=fact,
        duration=duration,
        overall=overall,
        windows=tuple(
            BenchWindow(
                length,
                _worst(strokes, order.gain, ordered, length, _fact("analysis-from").value, overall),
                _worst(strokes, order.gain, ordered, length, Duration.zero(), overall),
                length == fill,
            )
            for length in lengths
        ),
        left_out=tuple(length for length in wanted if length > duration),
        start_up=_start_up(strokes, order.gain, ordered, min(span, duration), sample, overall),
        sample=sample,
        fill=fill,
    )


def _constant_flow(order: BenchOrder) -> VolumeRate:
    model = order.model
    if model.nominal_flow is None:
        raise CannotComputeError(
            f"the catalogue has no flow for {model.id}",
            remedy="give a row nominal-flow of the clinic",
        )
    if order.stroke is not None:
        raise CannotComputeError(
            f"{model.id} runs at constant flow and has no strokes", remedy="leave --stroke out"
        )
    if order.rate is not None and order.rate != model.nominal_flow.value:
        raise RateRefusalError(
            f"{model.id} runs at {show(model.nominal_flow.value, 'mL/d')} and at no other rate",
            why=model.nominal_flow.provenance(),
            remedy="leave --rate out",
        )
    return model.nominal_flow.value


def _checked_rate(order: BenchOrder) -> VolumeRate:
    model, rate = order.model, order.rate
    if rate is None:
        raise CannotComputeError(
            f"{model.id} is programmable and runs at no rate of its own",
            remedy='give one, as in --rate "0.25 mL/d"',
        )
    low, high = model.minimum_rate, model.maximum_rate
    if low is not None and rate < low.value:
        raise _rate_refusal(order, rate, low, "below the lowest", "choose at least that")
    if high is not None and rate > high.value:
        raise _rate_refusal(order, rate, high, "above the highest", "choose at most that")
    return rate


def _rate_refusal(
    order: BenchOrder, rate: VolumeRate, limit: Fact[VolumeRate], side: str, remedy: str
) -> RateRefusalError:
    return RateRefusalError(
        f"{show(rate, 'mL/d')} is {side} rate of {order.model.id}, {show(limit.value, 'mL/d')}",
        why=limit.provenance(),
        remedy=remedy,
    )


def _run_length(order: BenchOrder, fill: Duration | None) -> Duration:
    if order.duration is None and fill is None:
        raise CannotComputeError(
            f"the capacity of {order.model.id} is not known, so neither is a whole fill",
            remedy='give a length, as in --duration "7 d"',
        )
    duration = order.duration or fill
    assert duration is not None
    if fill is not None and duration > fill:
        raise CannotComputeError(
            f"a full reservoir lasts {show(fill, 'd')} at this rate, the run is longer",
            remedy="choose a shorter --duration or a lower --rate",
        )
    return duration


def _worst(
    strokes: Strokes | None,
    gain: Fraction,
    ordered: VolumeRate,
    length: Duration,
    start: Duration,
    overall: Fraction,
) -> WorstErrors:
    if strokes is None:
        return WorstErrors(overall, overall)
    # One interval more than the window: it then begins at every phase of the stroke.
    end = start + length + strokes.interval
    counts = count_strokes(strokes.times_before(end), length, start=start.base, end=end.base)
    return worst_errors(counts, strokes.volume.scaled(gain), ordered, length)


def _start_up(
    strokes: Strokes | None,
    gain: Fraction,
    ordered: VolumeRate,
    span: Duration,
    sample: Duration,
    overall: Fraction,
) -> tuple[StartUpSample, ...]:
    """Return the whole samples of the first hours."""
    samples = []
    due = ordered * sample
    for index in range(1, int(span.ratio(sample)) + 1):
        end = sample.scaled(index)
        volume = due.scaled(1 + overall)
        if strokes is not None:
            count = strokes.count_before(end) - strokes.count_before(end - sample)
            volume = strokes.volume.scaled(count * gain)
        samples.append(StartUpSample(end, volume, volume.ratio(due) - 1))
    return tuple(samples)


@cached
def _table() -> dict[str, tuple[Fact[Duration], ...]]:
    table: dict[str, tuple[Fact[Duration], ...]] = {}
    for row in sorted(rows("bench"), key=lambda row: int(row["rank"])):
        fact = fact_of(row).of_kind(Duration)
        table[row["parameter"]] = (*table.get(row["parameter"], ()), fact)
    return table


def _fact(parameter: str) -> Fact[Duration]:
    return _table()[parameter][0]


def _windows() -> list[Duration]:
    return sorted(fact.value for fact in _table()["window"])


def bench_facts() -> dict[str, Fact[Duration]]:
    """Return the constants of the bench itself, by what they are."""
    return {
        f"{parameter} {rank}" if len(facts) > 1 else parameter: fact
        for parameter, facts in _table().items()
        for rank, fact in enumerate(facts, start=1)
    }
