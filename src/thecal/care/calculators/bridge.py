"""The bridge: old solution out of tubing and catheter at a chosen dose, before the new one."""

from __future__ import annotations

from thecal.care.derivation import (
    Calculation,
    Derivation,
    Typed,
    Value,
    info,
    read_in,
    recalled_in,
    typed_per_hour,
    warn,
)
from thecal.program.prime_bridge import Unbridged, plan_bridge, without_bridge
from thecal.safety.finding import Amount, Finding
from thecal.units import Concentration, MassRate, Volume, show, show_number, show_percent

_FORMULA = recalled_in("devices.md 3.4 (the standard formula)")
_MIXING = read_in("devices.md 3.4, S15")


def bridge(
    *,
    old_concentration: Typed[Concentration],
    new_concentration: Typed[Concentration],
    daily_dose: Typed[MassRate],
    tubing_volume: Typed[Volume],
    catheter_volume: Typed[Volume],
    new_daily_dose: Typed[MassRate] | None = None,
) -> Calculation:
    """Return the bridge, the rate after it, and what the patient would get without it.

    Parameters
    ----------
    daily_dose
        The dose while the bridge runs.
    new_daily_dose
        The dose after it; the same where None.
    """
    old, new = old_concentration.quantity, new_concentration.quantity
    after = new_daily_dose or daily_dose
    volume = tubing_volume.quantity + catheter_volume.quantity
    plan = plan_bridge(volume, daily_dose.quantity, old)
    new_rate = after.quantity / new
    unbridged = without_bridge(volume, after.quantity, old, new)
    dose_unit = f"{daily_dose.mass_unit}/d"
    steps = (
        Derivation(
            "Volume of the bridge",
            "tubing volume + catheter volume",
            f"{tubing_volume.shown()} + {catheter_volume.shown()}",
            show(plan.volume, "mL"),
            _FORMULA,
        ),
        Derivation(
            "Rate of the bridge",
            "daily dose / old concentration",
            f"{daily_dose.shown()} / {old_concentration.shown()}",
            show(plan.rate, "mL/d"),
            _FORMULA,
        ),
        Derivation(
            "Duration of the bridge",
            "volume / rate",
            f"{show(plan.volume, 'mL')} / {show(plan.rate, 'mL/d')}",
            show(plan.duration, "h"),
            _FORMULA,
        ),
        Derivation(
            "Dose given in the bridge",
            "volume x old concentration",
            f"{show(plan.volume, 'mL')} x {old_concentration.shown()}",
            show(plan.dose, daily_dose.mass_unit),
            _FORMULA,
        ),
        Derivation(
            "Rate after the bridge",
            "daily dose after it / new concentration",
            f"{after.shown()} / {new_concentration.shown()}",
            show(new_rate, "mL/d"),
            _FORMULA,
        ),
        Derivation(
            "Dose without a bridge, while old solution leaves at the new rate",
            "new rate x old concentration",
            f"{show(new_rate, 'mL/d')} x {old_concentration.shown()}",
            f"{show(unbridged.daily_dose, dose_unit)} for {show(unbridged.duration, 'h')}",
            "facts devices.md 6 B2 and B4, computed",
        ),
    )
    results: dict[str, Value] = {
        "volume": Amount(plan.volume, "mL"),
        "rate": Amount(plan.rate, "mL/d"),
        "duration": Amount(plan.duration, "h"),
        "dose": Amount(plan.dose, daily_dose.mass_unit),
        "new_rate": Amount(new_rate, "mL/d"),
        "without_bridge": {
            "daily_dose": Amount(unbridged.daily_dose, dose_unit),
            "duration": Amount(unbridged.duration, "h"),
        },
    }
    findings = (
        *typed_per_hour("--daily-dose", daily_dose, dose_unit),
        *(typed_per_hour("--new-daily-dose", after, dose_unit) if new_daily_dose else ()),
        *_unbridged(unbridged, after, old, new, dose_unit),
        info(
            "K25",
            "whether the maker's bridge reckons with the tubing volume of the prime is not known:"
            " too small a volume switches early, too large a volume late",
            recalled_in("devices.md 3.4 (open point)"),
            value=Amount(tubing_volume.quantity, "mL"),
        ),
    )
    return Calculation("bridge", results, steps, findings)


def _unbridged(
    unbridged: Unbridged,
    after: Typed[MassRate],
    old: Concentration,
    new: Concentration,
    dose_unit: str,
) -> tuple[Finding, ...]:
    if old == new:
        return (info("K26", "old and new concentration are equal: no bridge is needed", _MIXING),)
    times = unbridged.daily_dose.ratio(after.quantity)
    return (
        warn(
            "K26",
            f"without a bridge the patient gets {show(unbridged.daily_dose, dose_unit)}"
            f" ({show_percent(times - 1)}, {show_number(times)} times the dose)"
            f" for {show(unbridged.duration, 'h')}",
            _MIXING,
            value=Amount(unbridged.daily_dose, dose_unit),
            limit=Amount(after.quantity, dose_unit),
        ),
    )
