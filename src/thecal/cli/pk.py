"""`thecal pk EXPERIMENT.toml`: where a drug goes after stated doses, at stated places and times."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from thecal import BANNER
from thecal.cli.body_output import (
    MODEL,
    PARTS,
    balance_json,
    concentration,
    stand_in_lines,
    stand_ins_json,
    unverified,
)
from thecal.cli.jsonable import Json

if TYPE_CHECKING:
    from thecal.body.experiment import Experiment, ExperimentResult


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar="EXPERIMENT.toml")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Run the experiment and print its samples."""
    from thecal.body.experiment import run_experiment
    from thecal.errors import ThecalError
    from thecal.therapy.experiment_reader import read_experiment_file

    experiment = read_experiment_file(options.file)
    try:
        result = run_experiment(experiment)
    except ThecalError as error:
        raise error.at(options.file.name) from None
    if options.json:
        print(json.dumps(experiment_json(experiment, result), indent=1))
    else:
        print(_text(experiment, result))
    return 0


def experiment_json(experiment: Experiment, result: ExperimentResult) -> Json:
    """Return the contract's answer of `pk`."""
    samples = []
    for sample, values in zip(experiment.samples, result.concentrations, strict=True):
        for time, value in zip(sample.times, values, strict=True):
            samples.append(
                {
                    "site": sample.site,
                    "compartment": sample.compartment,
                    "time": {"value": time, "unit": "h"},
                    "concentration": concentration(float(value)),
                }
            )
    return {
        "drug": experiment.drug,
        "samples": samples,
        "mass_balance": {
            "time": {"value": result.end, "unit": "h"},
            **balance_json(result.balance),
        },
        "stand_ins": stand_ins_json(result.stand_ins),
        "unverified": unverified(result.facts),
        "notes": [*result.notes, MODEL],
    }


def _text(experiment: Experiment, result: ExperimentResult) -> str:
    lines = [BANNER, "", f"{experiment.drug}: {MODEL}", ""]
    lines.append(f"{'site':<10} {'compartment':<12} {'time (h)':>10} {'ng/mL':>14}")
    for sample, values in zip(experiment.samples, result.concentrations, strict=True):
        for time, value in zip(sample.times, values, strict=True):
            lines.append(
                f"{sample.site:<10} {sample.compartment:<12} {time:>10.4g} {value * 1000:>14.5g}"
            )
    balance = result.balance
    lines += [
        "",
        f"at {result.end:.4g} h: dose {balance.dose:.6g} mcg"
        f" = body {balance.body:.6g} mcg + eliminated {balance.eliminated:.6g} mcg",
        "of the body: " + ", ".join(f"{part} {getattr(balance, part):.4g} mcg" for part in PARTS),
    ]
    lines += stand_in_lines(result.stand_ins)
    lines += [f"note: {note}" for note in result.notes]
    return "\n".join(lines)
