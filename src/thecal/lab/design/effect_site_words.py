"""What the effect site says of a design, as reasons and figures for people."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from thecal.care.advice import Cited, Disagreement, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.design.figures import cited, figure
from thecal.care.design.proposal import CONTINUOUS
from thecal.lab.design.band import Band, Spread
from thecal.lab.design.optimised import OptimisedDesign, OtherDelay
from thecal.units import show, show_number

_RULE = "effect-site"
_PERCENT = 100


def gain_within_band(best: OptimisedDesign) -> bool:
    """Return whether the gain over any of the plain proposals lies within the band.

    So it does where another source's delay into the effect site would leave none of it.
    """
    lost = any(one.turns_round for one in best.delays)
    return lost or any(_within(band) for _, band in best.beside)


def effect_site_reasons(best: OptimisedDesign) -> tuple[Reason, ...]:
    """Return where the drug acts, how well each proposal tracks the diary there, and the band."""
    acting = best.response.acting
    facts = tuple(Cited(f"{one.owner}: {one.parameter}", one.fact) for one in acting.facts)
    errors = ", ".join(f"{kind} {_percent(error)}" for kind, error in best.errors.items())
    place = " at ".join(one for one in (acting.site.compartment, ", ".join(acting.site.levels)))
    text = (
        f"{acting.drug} acts in the {place}; tracking error there in the median body, of the mean"
        f" concentration: {errors}"
    )
    found = [Reason(_RULE, Weight.NOTE, text, facts)]
    for one in acting.stand_ins:
        text = f"no figure of {one.drug} for {one.parameter}: that of {one.source_drug} stands in"
        found.append(Reason(_RULE, Weight.CAUTION, text))
    even = best.errors[CONTINUOUS]
    for kind, error in best.errors.items():
        if kind != CONTINUOUS and error >= even:
            text = f"{kind} tracks the diary no better than the even rate: the effect comes later"
            found.append(Reason(_RULE, Weight.CAUTION, text))
    if best.proposal is None:
        text = "the pump's grid holds no steps near the optimum: nothing optimised is proposed"
        found.append(Reason(_RULE, Weight.AGAINST, text))
    found += [_band_reason(band, other.kind) for other, band in best.beside]
    return (*found, *(_delay_reason(one) for one in best.delays))


def delay_disagreement(best: OptimisedDesign) -> tuple[Disagreement, ...]:
    """Return every answer to how fast the drug reaches its effect site, where there are several."""
    if not best.delays:
        return ()
    used = [one for one in best.response.acting.facts if one.parameter == "ke0-half-life"]
    answers = [Cited(f"{one.owner}: half-life", one.fact) for one in used]
    answers += [Cited("another source", one.fact) for one in best.delays]
    return (Disagreement("How fast does the drug reach its effect site?", tuple(answers)),)


def effect_site_results(best: OptimisedDesign) -> Mapping[str, Value]:
    """Return tracking errors, the certificate of the optimum, and the bands."""
    found: dict[str, Value] = {
        "tracking_error": {kind.replace(" ", "_"): _number(e) for kind, e in best.errors.items()},
        "duality_gap": _number(best.best.gap),
        "optimality_residual": _number(best.best.residual),
        "smallest_curvature": _number(best.best.curvature),
    }
    for other, band in best.beside:
        found[f"gain_over_{other.kind}"] = _spread(band.gain)
        found[f"modulation_of_{other.kind}"] = _spread(band.other_modulation)
        found["modulation_of_optimised"] = _spread(band.modulation)
    return found


def _within(band: Band) -> bool:
    least = [
        float(figure("band", name, Fraction).value) for name in ("least-gain", "least-modulation")
    ]
    return band.within(*least)


def _band_reason(band: Band, other: str) -> Reason:
    within = _within(band)
    text = (
        f"over {band.draws} draws from the priors the optimised schedule tracks better than the"
        f" {other} one by {_range(band.gain)}; it moves the effect site by"
        f" {_range(band.modulation)} of its mean, the {other} one by"
        f" {_range(band.other_modulation)}"
    )
    if within:
        text += ": that lies within the band"
    weight = Weight.AGAINST if within else Weight.FOR
    return Reason("band", weight, text, cited("band", "draws", "least-gain", "least-modulation"))


def _delay_reason(one: OtherDelay) -> Reason:
    errors = ", ".join(f"{kind} {_percent(error)}" for kind, error in one.errors.items())
    text = f"were the way into the effect site {show(one.fact.value, 'h')}, the errors: {errors}"
    if one.turns_round:
        text += ": the gain would be gone"
    weight = Weight.AGAINST if one.turns_round else Weight.NOTE
    return Reason("delay", weight, text, (Cited("half-life by another source", one.fact),))


def _spread(spread: Spread) -> Value:
    return {
        "low": _number(spread.low),
        "median": _number(spread.median),
        "high": _number(spread.high),
    }


def _number(value: float) -> Fraction:
    return Fraction(value).limit_denominator(10**12)


def _hundredths(value: float) -> str:
    return show_number(_number(_PERCENT * value), digits=3)


def _percent(value: float) -> str:
    return f"{_hundredths(value)} %"


def _range(spread: Spread) -> str:
    low, high = _hundredths(spread.low), _hundredths(spread.high)
    return f"{_percent(spread.median)} ({low} to {high})"
