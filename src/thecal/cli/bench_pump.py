"""`thecal bench-pump MODEL`: start-up curve and trumpet of a pump on the bench."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from thecal import BANNER
from thecal.cli.jsonable import Json, number, quantity
from thecal.cli.main import DONE
from thecal.errors import EntryError, ThecalError, UsageError
from thecal.units import Concentration, Duration, Volume, VolumeRate, parse_number, parse_quantity
from thecal.units.quantity import Q

if TYPE_CHECKING:
    from thecal.pump.bench import Bench, BenchOrder, BenchWindow
    from thecal.pump.trumpet import WorstErrors
    from thecal.report.figure import Table


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", metavar="MODEL", help="an id of `thecal catalogue pumps`")
    parser.add_argument(
        "--rate", metavar='"0.25 mL/d"', help="needed unless the pump runs at constant flow"
    )
    parser.add_argument("--duration", metavar='"7 d"', help="length of the run; else a whole fill")
    parser.add_argument(
        "--stroke", metavar='"2 uL"', help="assume this stroke instead of the catalogue's"
    )
    parser.add_argument(
        "--gain", metavar="1.025", help="what this unit delivers over what its strokes should"
    )
    parser.add_argument(
        "--concentration", metavar='"10 mg/mL"', help="show the drug in each window too"
    )
    parser.add_argument("--report", type=Path, metavar="DIR", help="write bench.html there")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Run the pump and show its curves."""
    from thecal.pump.bench import run_bench

    drug = _drug(options.concentration)
    bench = run_bench(_order(options))
    if options.report is not None:
        from thecal.report.bench_page import write_bench_page

        write_bench_page(bench, options.report, drug)
    if options.json:
        print(json.dumps(bench_json(bench, drug), indent=1))
    else:
        print(_text(bench, drug, options.report))
    return DONE


def _order(options: argparse.Namespace) -> BenchOrder:
    from thecal.device import pump_model
    from thecal.pump.bench import BenchOrder

    order = BenchOrder(
        pump_model(options.model),
        _option(options.rate, VolumeRate, "--rate"),
        _option(options.stroke, Volume, "--stroke"),
        duration=_option(options.duration, Duration, "--duration"),
    )
    if options.gain is None:
        return order
    try:
        gain = parse_number(options.gain)
    except EntryError as error:
        raise error.at("--gain") from None
    if gain == 0:
        raise UsageError("--gain 0 delivers nothing", remedy="write 1 for a true unit")
    return BenchOrder(order.model, order.rate, order.stroke, gain, order.duration)


def _option(text: str | None, kind: type[Q], name: str) -> Q | None:
    if text is None:
        return None
    try:
        return parse_quantity(text, kind)
    except ThecalError as error:
        raise error.at(name) from None


def _drug(text: str | None) -> tuple[Concentration, str] | None:
    """Return the concentration and the unit of mass in which it was typed."""
    value = _option(text, Concentration, "--concentration")
    if value is None or text is None:
        return None
    return value, text.split(" ")[1].split("/")[0].replace("mcg", "ug")


def bench_json(bench: Bench, drug: tuple[Concentration, str] | None) -> Json:
    """Return a run as JSON: errors are percentages, volumes and times quantities."""
    from thecal.report.bench_words import other_answers

    order, strokes, fact = bench.order, bench.strokes, bench.stroke_fact
    band = order.model.accuracy
    answer: dict[str, Json] = {
        "model": order.model.id,
        "rate": quantity(bench.ordered, "uL/d"),
        "achievable_rate": quantity(bench.achievable, "uL/d"),
        "stroke": None if strokes is None else quantity(strokes.volume, "uL"),
        "stroke_source": fact.provenance() if fact else ("assumed" if strokes else None),
        "stroke_interval": None if strokes is None else quantity(strokes.interval, "s"),
        "gain": number(order.gain),
        "duration": quantity(bench.duration, "d"),
        "fill_duration": None if bench.fill is None else quantity(bench.fill, "d"),
        "overall_error_percent": number(bench.overall * 100),
        "accuracy_band_percent": None if band is None else number(band.value * 100),
        "accuracy_band_source": None if band is None else band.provenance(),
        "overall_within_band": None if band is None else abs(bench.overall) <= band.value,
        "windows": [_window_json(bench, window, drug) for window in bench.windows],
        "windows_longer_than_the_run": [quantity(one, "h") for one in bench.left_out],
        "start_up": [
            {
                "end": quantity(sample.end, "h"),
                "volume": quantity(sample.volume, "uL"),
                "flow": quantity(sample.volume / bench.sample, "uL/d"),
                "error_percent": number(sample.error * 100),
            }
            for sample in bench.start_up
        ],
        "other_answers": other_answers(bench),
    }
    return answer


def _window_json(bench: Bench, window: BenchWindow, drug: tuple[Concentration, str] | None) -> Json:
    entry: dict[str, Json] = {
        "length": quantity(window.length, "h"),
        "whole_fill": window.whole_fill,
        **_errors_json(window.running),
        "from_start": _errors_json(window.from_start),
        "within_band": bench.within_band(window.running),
    }
    if drug is not None:
        concentration, unit = drug
        due = bench.ordered * window.length * concentration
        entry["drug"] = {
            "ordered": quantity(due, unit),
            "least": quantity(due.scaled(1 + window.running.least), unit),
            "most": quantity(due.scaled(1 + window.running.most), unit),
        }
    return entry


def _errors_json(errors: WorstErrors) -> dict[str, Json]:
    return {
        "e_min_percent": number(errors.least * 100),
        "e_max_percent": number(errors.most * 100),
    }


def _text(bench: Bench, drug: tuple[Concentration, str] | None, report: Path | None) -> str:
    from thecal.report.bench_words import (
        dose_table,
        other_answers,
        run_lines,
        start_up_table,
        trumpet_table,
    )

    lines = [BANNER, "", *(f"{name}: {figure}" for name, figure in run_lines(bench))]
    lines += [f"the facts also say: {line}" for line in other_answers(bench)]
    tables = [trumpet_table(bench)]
    if drug is not None:
        tables.append(dose_table(bench, *drug))
    if bench.start_up:
        tables.append(start_up_table(bench))
    for table in tables:
        lines += ["", *table_lines(table)]
    if report is not None:
        lines += ["", f"written: {report / 'bench.html'}"]
    return "\n".join(lines)


def table_lines(table: Table) -> list[str]:
    """Return a table in columns, figures to the right."""
    rows = (table.head, *table.rows, *table.foot)
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    return [
        f"{table.caption}:",
        *(
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ),
    ]
