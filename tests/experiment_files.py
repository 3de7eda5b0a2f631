"""Experiment files built in a few lines, as a person would have typed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from builders import toml

Fields = Mapping[str, object]
DOSE: Fields = {"site": "L3", "mass": "0.5 mg", "start": "0 h"}
SAMPLE: Fields = {"site": "L3", "compartment": "csf", "times": ["1 h", "4 h"]}


def dose(**more: object) -> dict[str, object]:
    """Return a dose of 0.5 mg at L3 at time zero, altered; None leaves a key out."""
    return {key: value for key, value in {**DOSE, **more}.items() if value is not None}


def sample(**more: object) -> dict[str, object]:
    """Return samples of CSF at L3 after 1 and 4 hours, altered; None leaves a key out."""
    return {key: value for key, value in {**SAMPLE, **more}.items() if value is not None}


def experiment_text(
    *,
    drug: str | None = "morphine",
    doses: Sequence[Fields] = (DOSE,),
    samples: Sequence[Fields] = (SAMPLE,),
    schema: str | None = "thecal.experiment/1",
    **root: object,
) -> str:
    """Return an experiment file; what is None is left out."""
    head: Fields = {"schema": schema, "drug": drug, **root}
    lines = [f"{key} = {toml(value)}" for key, value in head.items() if value is not None]
    for name, tables in (("doses", doses), ("samples", samples)):
        for table in tables:
            lines += ["", f"[[{name}]]"]
            lines += [f"{key} = {toml(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"
