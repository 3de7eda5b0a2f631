"""The words and figures of a bench run that page, tables and terminal share."""

from __future__ import annotations

from fractions import Fraction

from thecal.pump.bench import Bench, BenchWindow, bench_facts
from thecal.report.figure import Table
from thecal.report.words import duration, fact_value
from thecal.units import Concentration, Volume, show, show_number, show_percent


def window_name(window: BenchWindow) -> str:
    """Return the length of a window, and whether it is a whole fill."""
    name = duration(window.length)
    return f"whole fill, {name}" if window.whole_fill else name


def run_lines(bench: Bench) -> list[tuple[str, str]]:
    """Return what ran, as pairs of name and figure."""
    order = bench.order
    lines = [
        ("pump", f"{order.model.name} ({order.model.id})"),
        ("rate set", show(bench.ordered, "mL/d", digits=6)),
    ]
    if bench.strokes is None:
        lines.append(("strokes", "none: constant flow"))
    else:
        lines += [
            ("achievable on the pump's own grid", show(bench.achievable, "mL/d", digits=6)),
            ("one stroke", f"{show(bench.strokes.volume, 'uL')}, {_whose_stroke(bench)}"),
            ("one stroke every", show(bench.strokes.interval, "s", digits=6)),
        ]
    lines += [
        ("gain of this unit", show_number(order.gain, digits=6)),
        ("run", duration(bench.duration)),
        ("overall mean error A", show_percent(bench.overall)),
        ("stated accuracy", band_words(bench)),
    ]
    return lines


def _whose_stroke(bench: Bench) -> str:
    if bench.stroke_fact is None:
        return "assumed by whoever ran this, not from the catalogue"
    return bench.stroke_fact.provenance()


def band_words(bench: Bench) -> str:
    """Return the model's stated band with its standing, and whether the mean lies in it."""
    band = bench.order.model.accuracy
    if band is None:
        return "no band is known for this model"
    inside = "inside" if abs(bench.overall) <= band.value else "OUTSIDE"
    return (
        f"+/-{show_percent(band.value, signed=False)} of what is programmed"
        f" ({band.provenance()}); the mean error lies {inside}"
    )


def other_answers(bench: Bench) -> list[str]:
    """Return what else the facts say of stroke and accuracy, and of measured accuracy."""
    model = bench.order.model
    lines = []
    for name in ("stroke-volume", "accuracy", "accuracy-measured"):
        answers = model.disagreements.get(name) or (
            (model.facts[name],) if name in model.facts else ()
        )
        shown = answers if name == "accuracy-measured" else answers[1:]
        for fact in shown:
            note = f": {fact.note}" if fact.note else ""
            lines.append(f"{name} {fact_value(fact)}, {fact.provenance()}{note}")
    return lines


def trumpet_table(bench: Bench) -> Table:
    """Return E_min and E_max of every window, running and from the start."""
    rows = tuple(
        (
            window_name(window),
            show_percent(window.running.least),
            show_percent(window.running.most),
            show_percent(window.from_start.least),
            show_percent(window.from_start.most),
            _INSIDE[bench.within_band(window.running)],
        )
        for window in bench.windows
    )
    head = (
        *("Window", "running, E_min", "running, E_max"),
        *("from the start, E_min", "from the start, E_max", "running, in the stated band"),
    )
    foot = (("overall mean error A", *([show_percent(bench.overall)] * 4), ""),)
    return Table("Worst mean error by length of window", head, rows, foot, numbers=True)


_INSIDE = {True: "inside", False: "outside", None: "no band known"}


def start_up_table(bench: Bench) -> Table:
    """Return the flow of every sample of the start-up."""
    rows = tuple(
        (
            duration(sample.end),
            show(sample.volume, "uL"),
            show(sample.volume / bench.sample, "uL/d"),
            show_percent(sample.error),
        )
        for sample in bench.start_up
    )
    head = ("Until", "delivered in the sample", "flow", "error")
    return Table(f"Start-up in samples of {duration(bench.sample)}", head, rows, numbers=True)


def dose_table(bench: Bench, concentration: Concentration, unit: str) -> Table:
    """Return the drug that a window holds at least and at most, for one concentration."""
    rows = []
    for window in bench.windows:
        due = bench.ordered * window.length
        least, most = (
            volume_of(due, error) * concentration
            for error in (window.running.least, window.running.most)
        )
        rows.append(
            (window_name(window), *(show(one, unit) for one in (due * concentration, least, most)))
        )
    return Table(
        f"Drug in a window at {show(concentration, f'{unit}/mL')}",
        ("Window", "ordered", "least", "most"),
        tuple(rows),
        numbers=True,
    )


def volume_of(due: Volume, error: Fraction) -> Volume:
    """Return what came where `due` was ordered."""
    return due.scaled(1 + error)


def bench_constants_table() -> Table:
    """Return the constants of the bench, each with its source."""
    rows = tuple(
        (name, fact_value(fact), fact.provenance(), fact.note)
        for name, fact in bench_facts().items()
    )
    return Table("Constants of the bench", ("Constant", "value", "source", "note"), rows)
