"""Volume of a trimmed catheter, and what a prime of the line takes and carries."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.care.derivation import Calculation, Derivation, Typed, Value, info, read_in, warn
from thecal.device import bore_volume_per_length, catheter_model, implant_catheter
from thecal.errors import UsageError
from thecal.pharmacy import drug
from thecal.program.prime_bridge import PrimeKind, prime_volume
from thecal.safety.finding import Amount, Finding
from thecal.units import Concentration, Length, Mass, Volume, VolumePerLength, VolumeRate, show

_RULE = read_in("devices.md S46b")
_OWN_FIGURE = "as typed"


def catheter_volume(
    *,
    model: str | None = None,
    volume_per_length: Typed[VolumePerLength] | None = None,
    inner_diameter: Typed[Length] | None = None,
    supplied_length: Typed[Length] | None = None,
    trimmed_length: Typed[Length] | None = None,
    implanted_length: Typed[Length] | None = None,
) -> Calculation:
    """Return implanted length and volume of a catheter.

    Parameters
    ----------
    model
        Id of the catalogue; None for a catheter that is not in it.
    volume_per_length, inner_diameter
        The lumen, by one of the two; what is typed goes before the model's figure.
    supplied_length, trimmed_length, implanted_length
        Supplied less trimmed, or the implanted length itself.

    Raises
    ------
    UsageError
        If neither a trimmed nor an implanted length is given, or the lumen is given twice.
    EntryError
        If the lengths contradict each other, or neither entry nor model gives a figure.
    UnknownIdError
        If the model is in no row of the catalogue.
    """
    if trimmed_length is None and implanted_length is None:
        raise UsageError(
            "the implanted length is not known",
            remedy="give --trimmed-length (and --supplied-length), or --implanted-length",
        )
    if volume_per_length is not None and inner_diameter is not None:
        raise UsageError(
            "the lumen is given twice", remedy="give one of the two", place="--inner-diameter"
        )
    chosen = catheter_model(model or "custom")
    lumen = None if volume_per_length is None else volume_per_length.quantity
    lumen_source = _OWN_FIGURE
    steps = []
    if inner_diameter is not None:
        lumen = bore_volume_per_length(inner_diameter.quantity)
        lumen_source = read_in("devices.md S87") + ", round bore"
        steps.append(
            Derivation(
                "Volume per length of a round bore",
                "pi x (inner diameter / 2)^2",
                f"pi x ({inner_diameter.shown()} / 2)^2",
                show(lumen, "mL/cm"),
                lumen_source,
            )
        )
    catheter = implant_catheter(
        chosen,
        supplied_length=_bare(supplied_length),
        trimmed_length=_bare(trimmed_length),
        implanted_length=_bare(implanted_length),
        volume_per_length=lumen,
    )
    length, volume, used = catheter.implanted_length, catheter.volume(), catheter.volume_per_length
    if length is None or volume is None or used is None:  # pragma: no cover - refused above
        raise UsageError("the implanted length is not known")
    if lumen is None and chosen.volume_per_length is not None:
        lumen_source = (
            f"volume per length of {chosen.name}: {chosen.volume_per_length.provenance()}"
        )
    if trimmed_length is not None:
        steps.append(_length_step(length, supplied_length, trimmed_length, chosen.id))
    steps.append(
        Derivation(
            "Volume of the catheter",
            "implanted length x volume per length",
            f"{show(length, 'cm')} x {show(used, 'mL/cm')}",
            show(volume, "mL"),
            f"{_RULE}; {lumen_source}",
        )
    )
    results: dict[str, Value] = {
        "implanted_length": Amount(length, "cm"),
        "volume": Amount(volume, "mL"),
    }
    return Calculation(
        "catheter-volume", results, tuple(steps), _recalled_figures(chosen.id, lumen)
    )


def _recalled_figures(model: str, typed_lumen: VolumePerLength | None) -> tuple[Finding, ...]:
    figure = catheter_model(model).volume_per_length
    if typed_lumen is not None or figure is None or not figure.recalled:
        return ()
    return (
        warn(
            "K25",
            f"the volume per length of {model} is only recalled: compare it with the package",
            figure.provenance(),
            value=Amount(figure.value, "mL/cm"),
        ),
    )


def _length_step(
    length: Length, supplied: Typed[Length] | None, trimmed: Typed[Length], model: str
) -> Derivation:
    own = catheter_model(model).supplied_length
    if supplied is not None:
        start, source = supplied.shown(), _OWN_FIGURE
    elif own is not None:
        start, source = show(own.value, "cm"), own.provenance()
    else:  # pragma: no cover - implant_catheter refuses this
        start, source = "?", ""
    return Derivation(
        "Implanted length",
        "supplied length - trimmed length",
        f"{start} - {trimmed.shown()}",
        show(length, "cm"),
        f"{_RULE}; supplied length: {source}",
    )


def prime(
    kind: PrimeKind,
    rate: Typed[VolumeRate],
    *,
    tubing_volume: Typed[Volume] | None = None,
    catheter_volume: Typed[Volume] | None = None,
    concentrations: Mapping[str, Typed[Concentration]] | None = None,
) -> Calculation:
    """Return volume and duration of a prime, and the mass of each drug in the part it fills.

    Raises
    ------
    UsageError
        If a volume that the kind needs is missing.
    UnknownIdError
        If a drug is not in the formulary.
    """
    needs = {"--tubing-volume": tubing_volume, "--catheter-volume": catheter_volume}
    if kind is PrimeKind.CATHETER:
        del needs["--tubing-volume"]
    if kind is PrimeKind.BACK_TABLE:
        del needs["--catheter-volume"]
    for option, given in needs.items():
        if given is None:
            raise UsageError(f"{option} is missing", why=f"a {kind} prime fills that volume")
    volume = prime_volume(kind, tubing=_or_none(tubing_volume), catheter=_or_none(catheter_volume))
    duration = volume / rate.quantity
    steps = [
        Derivation(
            "Volume of the prime",
            " + ".join(option.strip("-").replace("-", " ") for option in needs),
            " + ".join(one.shown() for one in needs.values() if one is not None),
            show(volume, "mL"),
            read_in("devices.md 3.3, S7"),
        ),
        Derivation(
            "Duration",
            "volume / rate",
            f"{show(volume, 'mL')} / {rate.shown()}",
            show(duration, "min"),
            "facts devices.md 3.3, computed",
        ),
    ]
    masses: dict[str, Mass] = {}
    for drug_id, typed in sorted((concentrations or {}).items()):
        masses[drug_id] = volume * typed.quantity
        steps.append(
            Derivation(
                f"{drug_id} in the primed part of the line",
                "volume x concentration",
                f"{show(volume, 'mL')} x {typed.shown()}",
                show(masses[drug_id], drug(drug_id).mass_unit),
                "mass is volume times concentration",
            )
        )
    results: dict[str, Value] = {
        "volume": Amount(volume, "mL"),
        "duration": Amount(duration, "h"),
    }
    if masses:
        results["mass"] = {
            drug_id: Amount(m, drug(drug_id).mass_unit) for drug_id, m in masses.items()
        }
    repeated = tuple(
        warn(
            "H01",
            f"the same prime again would push {show(mass, drug(drug_id).mass_unit)} of {drug_id}"
            f" past the tip in {show(duration, 'min')}: prime once, give a dose as a bolus",
            read_in("devices.md 3.3"),
            value=Amount(mass, drug(drug_id).mass_unit),
        )
        for drug_id, mass in masses.items()
        if kind is not PrimeKind.BACK_TABLE
    )
    return Calculation("prime", results, tuple(steps), (*repeated, *_early(kind)))


def _early(kind: PrimeKind) -> tuple[Finding, ...]:
    if kind is PrimeKind.BACK_TABLE:
        return ()
    return (
        info(
            "H01",
            "drug mixes with the fluid ahead of it, so some arrives before the nominal end",
            read_in("devices.md S84, S85"),
        ),
    )


def _bare(typed: Typed[Length] | None) -> Length | None:
    return None if typed is None else typed.quantity


def _or_none(typed: Typed[Volume] | None) -> Volume:
    return Volume.zero() if typed is None else typed.quantity
