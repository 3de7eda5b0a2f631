"""Reading an experiment file: TOML in, an `Experiment` out, or one error that names the place."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from thecal.body.anatomy import CISTERNA, PLASMA, reference_anatomy
from thecal.body.experiment import Baricity, Dose, Experiment, Route, Sample
from thecal.body.person import Person
from thecal.body.readout import Compartment
from thecal.errors import ThecalError
from thecal.pharmacy import drugs
from thecal.therapy.body_person import body_person
from thecal.therapy.file_reader import read_bytes, read_toml
from thecal.therapy.table import Table, shown
from thecal.units import Concentration, Duration, Length, Mass, Volume

SCHEMA = "thecal.experiment/1"
_SECONDS_PER_HOUR = 3600
_MICROGRAMS_PER_KILOGRAM = 10**9
_MOST_SAMPLES = _MOST_DOSES = 100_000
_SHORTEST_CELLS = Fraction(5, 100)


def read_experiment_file(path: Path) -> Experiment:
    """Read an experiment file; raises `BadFileError` that names file and place."""
    return read_experiment(read_bytes(path), path.name)


def read_experiment(data: bytes, name: str) -> Experiment:
    """Read an experiment from the bytes of a file called `name`; raises `BadFileError`."""
    root = read_toml(data, name)
    root.take_choice("schema", (SCHEMA,))
    drug = root.take_choice("drug", [drug.id for drug in drugs()])
    doses = tuple(map(_read_dose, _tables(root, "doses")))
    samples = tuple(map(_read_sample, _tables(root, "samples")))
    person = root.optional("patient", lambda key: _read_person(root.take_table(key)))
    fine = root.optional("fine_cells", lambda key: root.take_quantity(key, Length))
    if fine is not None and not _SHORTEST_CELLS <= fine.base < 1:
        raise root.error(
            "fine cells are at least 0.05 cm long and shorter than 1 cm",
            'write "0.5 cm"',
            "fine_cells",
        )
    root.finish()
    if sum(len(sample.times) for sample in samples) > _MOST_SAMPLES:
        raise root.error(
            f"more than {_MOST_SAMPLES:,} samples are asked for", "ask for fewer", "samples"
        )
    if len(doses) > _MOST_DOSES:
        raise root.error(f"more than {_MOST_DOSES:,} doses are given", "give fewer", "doses")
    return Experiment(
        drug=drug,
        doses=doses,
        samples=samples,
        person=person or Person(),
        fine_cells=None if fine is None else float(fine.base),
    )


def _tables(root: Table, key: str) -> list[Table]:
    entries = root.take_list(key)
    return [Table(entry, f"{root.place}: {key} {index}") for index, entry in enumerate(entries)]


def _hours(value: Duration) -> float:
    return float(value.base / _SECONDS_PER_HOUR)


def _read_dose(table: Table) -> Dose:
    site = _read_site(table, reference_anatomy().levels)
    mass = table.take_quantity("mass", Mass)
    start = table.take_quantity("start", Duration, zero_allowed=True)
    duration = table.optional("duration", lambda key: table.take_quantity(key, Duration))
    volume = table.optional("volume", lambda key: table.take_quantity(key, Volume))
    routes: tuple[Route, ...] = ("catheter", "lumbar-puncture")
    route: Route = "catheter"
    if table.has("route"):
        route = routes[routes.index(table.take_choice("route", routes))]
    baricity = table.optional("baricity", lambda key: _read_baricity(table.take_table(key)))
    table.finish()
    try:
        return Dose(
            site=site,
            mass=float(mass.base),
            start=_hours(start),
            duration=None if duration is None else _hours(duration),
            volume=0.0 if volume is None else float(volume.base / 1000),
            route=route,
            baricity=baricity,
        )
    except ThecalError as error:
        raise table.error(error.what, error.remedy) from None


def _read_site(table: Table, sites: tuple[str, ...]) -> str:
    site = table.take_text("site")
    if site not in sites:
        others = "".join(f', "{one}"' for one in sites if one in (CISTERNA, PLASMA))
        raise table.error(
            f"{shown(site)} is unknown",
            f"write C1 to C7, T1 to T12, L1 to L5, S1, S2{others}",
            "site",
        )
    return site


def _read_baricity(table: Table) -> Baricity:
    heavier = table.optional("heavier_by", lambda key: table.take_quantity(key, Concentration))
    lighter = table.optional("lighter_by", lambda key: table.take_quantity(key, Concentration))
    if (heavier is None) == (lighter is None):
        raise table.error(
            "one of heavier_by and lighter_by is needed", 'write heavier_by = "20 mg/mL"'
        )
    tilt = table.take_any("tilt_degrees")
    if isinstance(tilt, bool) or not isinstance(tilt, int | float) or not -90 <= tilt <= 90:
        raise table.error(
            "the tilt is a number from -90 to 90", "90 is upright, 0 is level", "tilt_degrees"
        )
    lasts = table.optional("lasts", lambda key: table.take_quantity(key, Duration))
    table.finish()
    given = heavier or lighter
    assert given is not None
    excess = float(given.in_unit("mg/mL")) / 1000
    if excess > 1:
        raise table.error(
            "no solution differs from the fluid by more than 1 g/mL", 'write "20 mg/mL"'
        )
    return Baricity(
        excess_density=excess if heavier is not None else -excess,
        tilt_degrees=float(tilt),
        lasts=None if lasts is None else _hours(lasts),
    )


def _read_sample(table: Table) -> Sample:
    compartments: tuple[Compartment, ...] = ("csf", "cord", "plasma")
    site = _read_site(table, (*reference_anatomy().levels, CISTERNA, PLASMA))
    word = table.take_choice("compartment", compartments)
    compartment = next(one for one in compartments if one == word)
    if (site == PLASMA) != (compartment == "plasma"):
        raise table.error(
            f'site "{site}" has no compartment "{compartment}"',
            'plasma is sampled with site = "plasma" and compartment = "plasma"',
            "compartment",
        )
    if site == CISTERNA and compartment != "csf":
        raise table.error("the cisterna holds CSF alone", 'write "csf"', "compartment")
    entries = table.take_list("times")
    times = Table(
        {str(index): entry for index, entry in enumerate(entries)}, f"{table.place}: times"
    )
    read = tuple(
        _hours(times.take_quantity(str(index), Duration, zero_allowed=True))
        for index in range(len(entries))
    )
    table.finish()
    return Sample(site, compartment, read)


def _read_person(table: Table) -> Person:
    age = table.optional("age", table.take_count)
    sex = table.optional(
        "sex", lambda key: table.take_choice(key, ("female", "male", "other", "unknown"))
    )
    weight = table.optional("weight", lambda key: table.take_quantity(key, Mass))
    height = table.optional("height", lambda key: table.take_quantity(key, Length))
    table.finish()
    return body_person(
        age=age,
        sex=sex or "unknown",
        weight=None if weight is None else float(weight.base / _MICROGRAMS_PER_KILOGRAM),
        height=None if height is None else float(height.base),
        place=table.place,
    )
