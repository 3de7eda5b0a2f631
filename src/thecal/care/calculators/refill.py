"""When the reservoir runs low, and what the aspirate of a refill says."""

from __future__ import annotations

from collections.abc import Sequence

from thecal.care.calculators.flow import flow_window, volume_typed_per_hour
from thecal.care.derivation import (
    Calculation,
    Derivation,
    Typed,
    Value,
    info,
    read_in,
    warn,
)
from thecal.errors import EntryError, UsageError
from thecal.safety.finding import Amount, Finding
from thecal.safety.residual_bands import (
    ResidualAssessment,
    assess_residual,
    residual_number,
    residual_volume,
)
from thecal.safety.rules import factor, threshold
from thecal.units import DAY, Duration, Volume, VolumeRate, show, show_number

_DATE_RULE = read_in("devices.md 3.2, S44")
_BANDS = read_in("workflow.md 2.R [proposal]")


def refill_date(
    *,
    filled: Typed[Volume],
    alarm_volume: Typed[Volume],
    daily_volume: Typed[VolumeRate],
    bolus_volume: Typed[Volume] | None = None,
    max_per_day: int | None = None,
) -> Calculation:
    """Return days until the low-reservoir alarm, without and with every bolus, and until empty.

    `days_to_empty` reckons with all that was filled and no bolus. A fill at or below the alarm
    volume alarms at once: zero days, and a finding.

    Raises
    ------
    UsageError
        If only one of `bolus_volume` and `max_per_day` is given.
    """
    if (bolus_volume is None) != (max_per_day is None):
        missing = "--max-per-day" if max_per_day is None else "--bolus-volume"
        raise UsageError(f"{missing} is missing", why="bolus volume and count belong together")
    per_day = daily_volume.quantity.per_day()
    usable = filled.quantity - alarm_volume.quantity
    at_once = usable <= Volume.zero()
    if at_once:
        usable = Volume.zero()
    all_boluses = per_day
    if bolus_volume is not None and max_per_day is not None:
        all_boluses = per_day + bolus_volume.quantity.scaled(max_per_day)
    low, low_all = _days(usable, per_day), _days(usable, all_boluses)
    empty = _days(filled.quantity, per_day)
    gap = f"({filled.shown()} - {alarm_volume.shown()})"
    steps = [
        Derivation(
            "Days to the alarm, no bolus taken",
            "(filled - alarm volume) / daily volume",
            f"{gap} / {show(daily_volume.quantity, 'mL/d')}",
            show(low, "d"),
            _DATE_RULE,
        )
    ]
    if bolus_volume is not None:
        steps.append(
            Derivation(
                "Days to the alarm, every bolus taken",
                "(filled - alarm volume) / (daily volume + count x bolus volume)",
                f"{gap} / ({show(daily_volume.quantity, 'mL/d')}"
                f" + {max_per_day}/day x {bolus_volume.shown()})",
                show(low_all, "d"),
                _DATE_RULE,
            )
        )
    steps.append(
        Derivation(
            "Days until all that was filled is pumped",
            "filled / daily volume",
            f"{filled.shown()} / {show(daily_volume.quantity, 'mL/d')}",
            show(empty, "d"),
            "volume over rate",
        )
    )
    results: dict[str, Value] = {
        "days_to_alarm": Amount(low, "d"),
        "days_to_alarm_all_boluses": Amount(low_all, "d"),
        "days_to_empty": Amount(empty, "d"),
    }
    findings = [
        *volume_typed_per_hour(daily_volume, filled.quantity),
        *flow_window(daily_volume.quantity),
        info(
            "K31",
            "stability of the solution and the pump's longest interval may end sooner:"
            " `thecal simulate` gives refill_by",
            read_in("workflow.md 5"),
        ),
    ]
    if at_once:
        findings.insert(
            0,
            warn(
                "K12",
                "the fill is not above the alarm volume: the alarm sounds at once",
                _DATE_RULE,
                value=Amount(filled.quantity, "mL"),
                limit=Amount(alarm_volume.quantity, "mL"),
            ),
        )
    return Calculation("refill-date", results, tuple(steps), tuple(findings))


def _days(volume: Volume, per_day: Volume) -> Duration:
    return DAY.scaled(volume.ratio(per_day))


def residual(
    *,
    filled: Typed[Volume],
    expected: Typed[Volume],
    aspirated: Typed[Volume],
    earlier: Sequence[ResidualAssessment] = (),
) -> Calculation:
    """Return delivered ratio, difference and band of a refill (`assess_residual`).

    Raises
    ------
    EntryError
        If more is expected than was filled. More aspirated than filled is a fact and is computed.
    """
    if expected.quantity > filled.quantity:
        raise EntryError(
            "more is expected than was filled",
            remedy="correct --filled or --expected",
            place="--expected",
        )
    found = assess_residual(filled.quantity, expected.quantity, aspirated.quantity, earlier=earlier)
    used = filled.quantity - aspirated.quantity
    planned = filled.quantity - expected.quantity
    ratio = found.delivered_ratio
    steps = (
        Derivation(
            "Difference",
            "aspirated - expected",
            f"{aspirated.shown()} - {expected.shown()}",
            show(found.difference, "mL"),
            _BANDS,
        ),
        Derivation(
            "Delivered ratio",
            "(filled - aspirated) / (filled - expected)",
            f"({filled.shown()} - {aspirated.shown()}) / ({filled.shown()} - {expected.shown()})"
            f" = {show(used, 'mL')} / {show(planned, 'mL')}",
            f"none: less than {_least_use()} was to be used, millilitres decide"
            if ratio is None
            else show_number(ratio),
            _BANDS,
        ),
        Derivation(
            "Band",
            _bands_told(),
            "; ".join(found.reasons) or "no rule above green applies",
            found.band,
            f"{_BANDS}; red-from: {residual_number('red-from').provenance()}",
        ),
    )
    results: dict[str, Value] = {
        "delivered_ratio": ratio,
        "difference": Amount(found.difference, "mL"),
        "band": found.band,
    }
    return Calculation("residual", results, steps, _residual_findings(found, filled, aspirated))


def _least_use() -> str:
    return show(residual_volume("ratio-use-from").value, "mL")


def _bands_told() -> str:
    amber, red = residual_number("amber-above").value, residual_number("red-from").value
    return (
        f"green to {show_number(amber)} off 1, amber above, red from {show_number(red)};"
        f" red above {show(residual_volume('red-difference-above').value, 'mL')} where less than"
        f" {show(residual_volume('red-difference-use-below').value, 'mL')} was to be used;"
        " at least amber where nothing was drawn though"
        f" {show(residual_volume('found-empty-expected-from').value, 'mL')} or more was expected"
    )


def _residual_findings(
    found: ResidualAssessment, filled: Typed[Volume], aspirated: Typed[Volume]
) -> tuple[Finding, ...]:
    findings = []
    if found.band != "green":
        findings.append(
            warn(
                "K2",
                f"{found.band}: {'; '.join(found.reasons)}. {found.direction.capitalize()} was"
                f" found than expected; think of {'; '.join(found.causes)}",
                _BANDS,
                value=Amount(found.difference, "mL"),
            )
        )
    findings.extend(_over_infusion(found))
    findings.extend(_nothing_delivered(found, filled.quantity, aspirated.quantity))
    if aspirated.quantity > filled.quantity:
        findings.append(
            warn(
                "K2",
                "more was aspirated than was filled: fluid came back into the reservoir, or a"
                " volume on record is wrong",
                "volume arithmetic",
                value=Amount(aspirated.quantity, "mL"),
                limit=Amount(filled.quantity, "mL"),
            )
        )
    return tuple(findings)


def _over_infusion(found: ResidualAssessment) -> tuple[Finding, ...]:
    band = residual_number("specified-band")
    ratio = found.delivered_ratio
    if ratio is None or ratio - 1 <= band.value:
        return ()
    return (
        warn(
            "K2",
            f"over-infusion by the maker's definition: more than {show_number(100 * band.value)} %"
            " above the programmed volume; the pump runs dry before its alarm",
            band.provenance(),
            value=show_number(ratio),
            limit=show_number(1 + band.value),
        ),
    )


def _nothing_delivered(
    found: ResidualAssessment, filled: Volume, aspirated: Volume
) -> tuple[Finding, ...]:
    almost_full = threshold("K17", "almost-full", Volume)
    ratio, expected = found.delivered_ratio, aspirated - found.difference
    little = ratio is not None and ratio < factor("K17", "least-ratio")
    # Where a reservoir almost full was expected, it says nothing.
    full = aspirated >= filled - almost_full.value > expected
    if not little and not full:
        return ()
    return (
        warn(
            "K17",
            "next to nothing was delivered: look for the cause before refilling, and do not"
            " restart at the same dose",
            almost_full.provenance(),
            value=Amount(aspirated, "mL"),
            limit=Amount(filled - almost_full.value, "mL"),
        ),
    )
