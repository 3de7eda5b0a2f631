"""Whether a solution in a pump is within the label, and what lies outside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.drug_choice.facts import cited, figure, subject
from thecal.data import Fact, FactValue
from thecal.device import PumpModel, pump_model, pump_models
from thecal.pharmacy import Mixture, drug
from thecal.pharmacy.lookup import listed
from thecal.units import Concentration, show

SURVIVAL = (
    "stall-free-6-years-on-label",
    "stall-free-6-years-off-label",
    "failure-78-months-on-label",
    "failure-78-months-off-label",
)
"""Rows of a pump model on how it survives with approved and with other drugs."""
_ON_LABEL_DRUGS = "drugs-on-label"


@final
@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which a solution is outside the label, with the rows that say so."""

    text: str
    figures: tuple[Cited, ...]


def label_therapy(drug_id: str) -> Fact[FactValue] | None:
    """Return for which therapy a drug is labelled in a pump; None where for none."""
    return subject(drug_id).get("label-therapy", (None,))[0]


def highest_label_concentration(drug_id: str) -> Fact[Concentration] | None:
    """Return the strongest solution that is sold for the pump; None without a label."""
    sold = drug(drug_id).concentrations_sold
    if label_therapy(drug_id) is None or not sold:
        return None
    return max(sold, key=lambda one: one.value)


def deviations(planned: Mixture, therapy: str, pump: str | None) -> tuple[Deviation, ...]:
    """Return every way in which a solution is outside the label; nothing where it is within.

    Within it are only morphine and ziconotide for pain and baclofen for spasticity, each alone
    and no stronger than what is sold.
    """
    found = [one for name in planned for one in _of_drug(name, planned[name], therapy)]
    if len(planned) > 1:
        names = " + ".join(planned)
        figures = (*cited("label", "single-drug-only"), *_named_combination(planned))
        found.append(Deviation(f"{names} is a mixture", figures))
        found.extend(_mixing(planned))
    if pump is not None:
        found.extend(_of_pump(planned, pump))
    return tuple(found)


def survival_model(pump: str | None) -> tuple[PumpModel, bool]:
    """Return the pump for which survival is published, and whether it is the one asked for."""
    if pump is not None and all(name in pump_model(pump).facts for name in SURVIVAL):
        return pump_model(pump), True
    published = [one for one in pump_models() if all(name in one.facts for name in SURVIVAL)]
    return published[0], False


def survival_figures(pump: str | None) -> tuple[Cited, ...]:
    """Return how pumps survive with approved and with other drugs."""
    model, _ = survival_model(pump)
    return tuple(Cited(f"{model.name}: {name}", model.facts[name]) for name in SURVIVAL)


def survival(pump: str | None, name: str) -> Fraction:
    """Return one of the figures of `SURVIVAL` as a part."""
    model, _ = survival_model(pump)
    return model.facts[name].of_kind(Fraction).value


def _of_drug(drug_id: str, strength: Concentration, therapy: str) -> Iterator[Deviation]:
    status = (Cited(f"label of {drug_id}", drug(drug_id).facts["pump-label"]),)
    labelled = label_therapy(drug_id)
    if labelled is None:
        yield Deviation(f"{drug_id} has no label for a pump", status)
        return
    if labelled.value != therapy:
        figures = (*status, Cited(f"{drug_id} is labelled for", labelled))
        yield Deviation(f"{drug_id} is labelled for {labelled.value}, not for {therapy}", figures)
    highest = highest_label_concentration(drug_id)
    if highest is not None and strength > highest.value:
        unit = drug(drug_id).concentration_unit
        text = (
            f"{drug_id} {show(strength, unit)} is stronger than the strongest solution sold,"
            f" {show(highest.value, unit)}"
        )
        yield Deviation(text, (Cited(f"strongest {drug_id} sold", highest),))


def _named_combination(planned: Mixture) -> tuple[Cited, ...]:
    """Return the row of the one combination that the sources name, where it is this one."""
    classes = {drug(name).drug_class for name in planned}
    named = "morphine" in planned and "local-anaesthetic" in classes
    return cited("combination", "for") if named else ()


def _mixing(planned: Mixture) -> Iterator[Deviation]:
    for name in planned:
        rule = drug(name).facts.get("label-mixture")
        if rule is None:
            continue
        opioid = any(drug(other).drug_class == "opioid" for other in planned if other != name)
        if "opioid" in str(rule.value) and not opioid:
            continue
        figures = (Cited(f"mixing {name}", rule),)
        yield Deviation(f"the label of {name} on mixing: {rule.value}", figures)


def _of_pump(planned: Mixture, pump: str) -> Iterator[Deviation]:
    model = pump_model(pump)
    own = model.facts.get(_ON_LABEL_DRUGS)
    if own is None:
        return
    allowed = {word.lower() for word in listed(own)}
    for name in planned:
        if not allowed & {name, *(brand.lower() for brand in drug(name).brands)}:
            text = f"{name} is not among the drugs of the label of {model.name}"
            yield Deviation(text, (Cited(f"drugs of {model.name}", own),))


def pump_list_known(pump: str) -> bool:
    """Whether the catalogue holds the drugs that the label of this pump names."""
    return _ON_LABEL_DRUGS in pump_model(pump).facts


def consent_text() -> str:
    """Return what the consent to a solution outside the label has to hold."""
    return str(figure("off-label", "consent").value)
