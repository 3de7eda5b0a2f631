"""The topic `emergency` of `thecal advise`: a therapy file at one time, as sheet and cards."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Value, info, read_in, warn
from thecal.care.document import Document
from thecal.care.emergency.cards import (
    OVERDOSE,
    POCKET_FILL,
    WITHDRAWAL,
    WRONG_PORT,
    Card,
    bridge_a_day,
    card,
    card_of,
    dose_shown,
    doses,
    stop_of,
)
from thecal.care.emergency.sheet import emergency_sheet, rate_shown
from thecal.care.emergency.status import SystemStatus, status_at
from thecal.data import Fact, FactValue
from thecal.pharmacy import both_units, drug, restart_rule
from thecal.program.clock import Instant
from thecal.pump.state import Activity
from thecal.safety.finding import Amount, Finding
from thecal.therapy.events import Therapy
from thecal.units import Mass, Quantity, show, show_time

TOPIC = "emergency"
_BACLOFEN = "baclofen"
_NO_LENGTH = (
    "the line: the catheter's length is not on record, so nothing is said of what it holds, when a"
    " new solution arrives, or what primes took from the reservoir"
)
_PUMP_FACTS = {
    "alarm-critical": "critical alarm",
    "access-port-syringe-minimum": "never a smaller syringe at the access port",
    "stopped-hazard-after": "a stop longer than this is a hazard of its own",
    "mri-behaviour": "in a scanner",
    "reservoir-pressure-high": "pressure in the reservoir, high end",
}


def advise_therapy(therapy: Therapy, at: Instant | None = None) -> Advice:
    """Return the emergency sheet of a therapy at `at`; None: at its last event.

    Raises
    ------
    BadFileError
        If `at` lies before the first event.
    """
    return advice_on(status_at(therapy, at))


def documents_therapy(therapy: Therapy, at: Instant | None = None) -> tuple[Document, ...]:
    """Return the emergency sheet to print; raises `BadFileError` as `advise_therapy`."""
    return (emergency_sheet(status_at(therapy, at)),)


def advice_on(status: SystemStatus) -> Advice:
    """Return what the system holds and gives, the cards of its drugs and what disagrees."""
    shown = _cards(status)
    return Advice(
        topic=TOPIC,
        verdict="sheet",
        summary=_summary(status),
        reasons=tuple(_reasons(status, shown)),
        results=dict(_results(status)),
        listings=(_drugs(status), *_sheet(status), *(_card(one) for one in shown), _doses(shown)),
        disagreements=tuple(_disagreements(shown)),
        findings=tuple(_findings(status)),
        not_checked=(
            *(() if status.line_known else (_NO_LENGTH,)),
            "contacts, allergies and systemic opioids: the record does not hold them",
            "on which side of the pump the access port lies: no table holds it",
            "whether the record is right: the pump is interrogated first, `thecal review` judges"
            " the record",
        ),
    )


def _cards(status: SystemStatus) -> tuple[Card, ...]:
    found = [card_of(one, kind) for one in status.drugs for kind in (OVERDOSE, WITHDRAWAL)]
    if status.simulation.model.kind != "external":
        found.append(card(POCKET_FILL))
    if status.port is not None:
        found.append(card(WRONG_PORT))
    return tuple(dict.fromkeys(found))


def _summary(status: SystemStatus) -> str:
    done = status.simulation
    names = ", ".join(drug(one).name for one in status.drugs) or "no drug"
    return (
        f"{done.therapy.patient.id}, {done.model.name}, {show_time(status.at)}:"
        f" {done.activity.value}, {show(done.reservoir_volume, 'mL')} by the pump's count; {names}"
    )


def _reasons(status: SystemStatus, shown: tuple[Card, ...]) -> Iterator[Reason]:
    done = status.simulation
    stop = stop_of(done.model)
    yield Reason("stop", Weight.NOTE, stop.text.en, (Cited(done.model.name, stop.fact),))
    for one in shown:
        by_source = {line.fact.provenance(): line.fact for _, line in reversed(one.lines())}
        figures = tuple(Cited(one.title.en, fact) for fact in reversed(by_source.values()))
        yield Reason("card", Weight.NOTE, f"{one.title.en}: see its card", figures)
    named = _named_doses(shown)
    yield Reason(
        "doses",
        Weight.CAUTION,
        "doses of the cards: none is an order, none is verified",
        tuple(Cited(fact.note, fact) for fact in named.values()),
    )
    yield from _port(status)
    on_record = done.model.facts
    own = tuple(
        Cited(text, on_record[key]) for key, text in _PUMP_FACTS.items() if key in on_record
    )
    if own:
        yield Reason("pump", Weight.NOTE, f"what is on record of {done.model.name}", own)


def _port(status: SystemStatus) -> Iterator[Reason]:
    port, fact = status.port, status.simulation.model.access_port_volume
    if not status.line_known:
        text = "the catheter's length is not on record: what an injection would push is unknown"
        yield Reason("access-port", Weight.MISSING, text)
        return
    if port is None or fact is None:
        text = "no access port of this pump is on record: look before a needle goes in"
        yield Reason("access-port", Weight.MISSING, text)
        return
    pushed = ", ".join(_pushed(status, one, mass) for one, mass in port.masses.items() if mass)
    text = (
        f"an injection through the access port pushes {show(port.volume, 'mL')} of the catheter out"
        f" at once: {pushed or 'no drug'}; draw it back first"
    )
    if port.at_most is not None:
        text += f"; its length is a range, so it may be up to {show(port.at_most, 'mL')}"
    figures: tuple[Cited, ...] = (Cited("volume of the port itself", fact),)
    yield Reason("access-port", Weight.CAUTION, text, figures)


def _pushed(status: SystemStatus, drug_id: str, mass: Mass) -> str:
    hours = status.hours_in_port(drug_id)
    as_hours = "" if hours is None else f", what the pump gives in {show(hours, 'h')}"
    return f"{drug(drug_id).name} {both_units(drug_id, mass)}{as_hours}"


def _results(status: SystemStatus) -> Iterator[tuple[str, Value]]:
    done = status.simulation

    def when(instant: Instant | None) -> str | None:
        return None if instant is None else show_time(done.therapy.moment(instant))

    yield "patient", done.therapy.patient.id
    yield "pump", done.model.name
    yield "serial", done.hardware.serial
    yield "catheter_tip", done.catheter_tip
    yield "time", show_time(status.at)
    yield "activity", done.activity.value
    yield "reservoir_volume", Amount(done.reservoir_volume, "mL")
    yield "line_volume", Amount(status.line_volume, "mL") if status.line_known else None
    if status.port is not None:
        yield "port_push_volume", Amount(status.port.volume, "mL")
        yield "port_push", {one: _mass(one, mass) for one, mass in status.port.masses.items()}
    yield "last_fill", when(done.last_fill)
    yield "refill_by", when(None if status.plan is None else status.plan.refill_by)
    yield "low_reservoir", when(done.outlook.low_reservoir)
    yield "empty", when(done.outlook.empty)
    if _BACLOFEN in status.drugs:
        yield "oral_baclofen_bridge_a_day", tuple(Amount(one, "mg") for one in bridge_a_day())
    yield "active_faults", tuple(one.kind for one in done.faults if one.end is None)


def _mass(drug_id: str, mass: Mass | None) -> Amount | None:
    return None if mass is None else Amount(mass, drug(drug_id).mass_unit)


def _drugs(status: SystemStatus) -> Listing:
    columns = (
        "drug",
        "concentration",
        "in the reservoir by count",
        "as filled, residual included",
        "in the line",
        "per hour now",
        "per day, programmed",
        "last 24 h",
    )
    return Listing("Drugs now", columns, tuple(_row(status, one) for one in status.drugs))


def _row(status: SystemStatus, drug_id: str) -> tuple[Value, ...]:
    concentration: Quantity = status.simulation.reservoir_mixture.get_concentration(drug_id)
    rate = status.per_hour.get(drug_id)
    return (
        drug(drug_id).name,
        Amount(concentration, drug(drug_id).concentration_unit),
        _mass(drug_id, status.by_count.get(drug_id)),
        _mass(drug_id, status.in_all.get(drug_id)),
        _mass(drug_id, status.in_line.get(drug_id)),
        None if rate is None else rate_shown(drug_id, rate),
        _mass(drug_id, status.per_day.get(drug_id)),
        _mass(drug_id, status.last_day.get(drug_id)),
    )


def _sheet(status: SystemStatus) -> Iterator[Listing]:
    """Return the one page in both languages, as a table."""
    rows: list[tuple[Value, ...]] = []
    for section in emergency_sheet(status).sections:
        heading = section.heading.en
        rows += [(heading, one.en, one.de) for one in section.paragraphs]
        rows += [
            (heading, f"{one.label.en}: {one.value.en}", f"{one.label.de}: {one.value.de}")
            for one in section.fields
        ]
    yield Listing("Emergency sheet, one page", ("section", "English", "German"), tuple(rows))


def _card(one: Card) -> Listing:
    rows = tuple((part, line.text.en, line.fact.provenance()) for part, line in one.lines())
    return Listing(f"Card: {one.title.en}", ("part", "what", "source"), rows)


def _doses(shown: tuple[Card, ...]) -> Listing:
    facts = _named_doses(shown).values()
    rows = tuple((one.note, dose_shown(one), one.provenance()) for one in facts)
    return Listing("Doses and amounts of the cards", ("what", "amount", "source"), rows)


def _named_doses(shown: tuple[Card, ...]) -> dict[str, Fact[FactValue]]:
    return {name: doses()[name] for one in shown for name in one.doses()}


def _disagreements(shown: tuple[Card, ...]) -> Iterator[Disagreement]:
    for one in shown:
        if one.blood_pressure:
            yield Disagreement(
                f"Which blood pressure goes with {one.title.en}?",
                tuple(Cited(line.text.en, line.fact) for line in one.blood_pressure),
                used=False,
            )


def _findings(status: SystemStatus) -> Iterator[Finding]:
    done = status.simulation
    stands = done.activity in (Activity.STOPPED, Activity.DRY)
    if stands:
        for one in status.drugs:
            rule = restart_rule(one)
            yield warn(
                "K13",
                f"the pump is {done.activity.value}: {drug(one).name}: {rule.abrupt_stop.value};"
                f" onset {rule.onset.value}",
                rule.abrupt_stop.provenance(),
            )
    for one, counted in status.by_count.items():
        held = status.in_all.get(one, Mass.zero())
        if held < counted:
            yield warn(
                "K1",
                f"{drug(one).name}: the pump counts {both_units(one, counted)}, by what was filled"
                f" the reservoir holds {both_units(one, held)}",
                read_in("workflow.md 4b E3"),
            )
    plan = status.plan
    if plan is not None and plan.refill_by is not None and done.end > plan.refill_by:
        yield warn(
            "K12",
            f"the refill was due by {show_time(done.therapy.moment(plan.refill_by))}",
            plan.candidates[0].source,
        )
    for drug_id, books in done.balance.items():
        if books.unaccounted:
            gone = both_units(drug_id, abs(books.unaccounted))
            yield info(
                "K2",
                f"{drug(drug_id).name}: the aspirates of the record contradict the computation by"
                f" {gone}; the amounts here follow the computation",
                "computed from the record",
            )
