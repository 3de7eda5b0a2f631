"""The one page for an emergency, from the patient's own record: `report` renders it.

What the record does not hold (telephone numbers, systemic opioids) is left to be written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.emergency.cards import OVERDOSE, WITHDRAWAL, Card, card_of, stop_of
from thecal.care.emergency.status import SystemStatus
from thecal.care.names import device_name, drug_name
from thecal.pharmacy import both_units, drug, in_both_units, restart_rule
from thecal.program.clock import Instant
from thecal.pump.state import Activity
from thecal.units import Mass, MassRate, show, show_date, show_time

_BLANK = Text.same("________________________________")
_NONE = Text("none", "keine")
_UNKNOWN = Text("UNKNOWN: catheter length", "UNBEKANNT: Katheterlänge")
_NEVER = Text("not as it runs now", "nicht, so wie sie jetzt läuft")
_ALARM = Text("low-reservoir alarm", "Alarm niedriger Stand")
_READ_FIRST = Text(
    "Computed from the record and the pump's count; interrogate the pump before acting on it.",
    "Berechnet aus Akte und Pumpenzähler; vor dem Handeln die Pumpe abfragen.",
)
_CANNOT_BE_READ = Text(
    "Computed from the record and the flow of the model; this pump cannot be interrogated.",
    "Berechnet aus Akte und Fluss des Modells; diese Pumpe lässt sich nicht abfragen.",
)
_UNVERIFIED = Text(
    "Every figure of the steps is unverified. Research and training only, not for patient care.",
    "Alle Zahlen der Schritte sind ungeprüft. Nur für Forschung und Schulung, nicht für die"
    " Patientenversorgung.",
)
_COUNTED = Text("reservoir by the pump's count", "Reservoir nach Pumpenzähler")
_BY_FLOW = Text("reservoir, computed from its flow", "Reservoir, aus dem Fluss berechnet")
_EMPTIED = Text("EMPTIED: nothing is delivered", "ENTLEERT: es wird nichts abgegeben")
_ACTIVITIES = {
    Activity.UNFILLED: Text("never filled", "nie gefüllt"),
    Activity.STOPPED: Text("STOPPED", "GESTOPPT"),
    Activity.PRIMING: Text("priming", "füllt die Leitung"),
    Activity.BRIDGING: Text("bridging", "überbrückt"),
    Activity.RUNNING: Text("running", "läuft"),
    Activity.DRY: Text("EMPTY", "LEER"),
    Activity.REMOVED: Text("explanted", "explantiert"),
}


def emergency_sheet(
    status: SystemStatus,
    *,
    name: str | None = None,
    whose: Text | None = None,
    doubt: Text | None = None,
    medicines: tuple[Field, ...] = (),
    telephone: str | None = None,
) -> Document:
    """Return the emergency sheet of a patient at the time of `status`, for one page.

    Parameters
    ----------
    name
        Of the patient; None: the id of the record stands alone.
    whose
        Who the patient is in one line; None: the id of the record and the date of birth.
    doubt
        What makes the reservoir uncertain just now: it stands beside its figure and in the state.
    medicines
        What is taken beside the pump; empty where nobody stated it: it is written by hand then.
    telephone
        Of the pump team, answered day and night; None: it is written by hand.
    """
    return Document(
        kind="emergency-sheet",
        title=Text("Emergency sheet: intrathecal pump", "Notfallblatt: intrathekale Pumpe"),
        sections=tuple(_sections(status, name, doubt, medicines, telephone)),
        footnotes=(
            _joined(
                _READ_FIRST if status.simulation.model.programmable else _CANNOT_BE_READ,
                _UNVERIFIED,
            ),
        ),
        one_page=True,
        names_patient=True,
        whose=whose or _whose(status),
    )


def sheet_cards(status: SystemStatus) -> tuple[Card, ...]:
    """Return the cards on the sheet: each overdose, and each withdrawal that endangers."""
    found = [card_of(one, OVERDOSE) for one in status.drugs]
    hazards = [one for one in status.drugs if restart_rule(one).stop_is_hazard]
    found += [card_of(one, WITHDRAWAL) for one in hazards]
    return tuple(dict.fromkeys(found))


def rate_shown(drug_id: str, rate: MassRate) -> str:
    """Return a dose per hour in milligrams and micrograms."""
    return in_both_units(rate, f"{drug(drug_id).mass_unit}/h")


def _joined(*parts: Text) -> Text:
    return Text(" ".join(one.en for one in parts), " ".join(one.de for one in parts))


def _whose(status: SystemStatus) -> Text:
    patient = status.simulation.therapy.patient
    born = _day(patient.birth_date)
    return Text(f"{patient.id}, born {born.en}", f"{patient.id}, geboren {born.de}")


def _doubted(text: Text, doubt: Text | None) -> Text:
    return text if doubt is None else Text(f"{text.en} ({doubt.en})", f"{text.de} ({doubt.de})")


def _sections(
    status: SystemStatus,
    name: str | None,
    doubt: Text | None,
    medicines: tuple[Field, ...],
    telephone: str | None,
) -> Iterator[Section]:
    done = status.simulation
    therapy = done.therapy
    patient = therapy.patient.id if name is None else f"{name}, {therapy.patient.id}"
    team = Text("pump team, 24 h", "Pumpenteam, 24 h")
    called = () if telephone is None else (Field(team, Text.same(telephone), emphasis=True),)
    yield Section(
        Text("Who and what", "Wer und was"),
        fields=(
            *called,
            Field(Text("patient", "Patient"), Text.same(patient), emphasis=True),
            Field(Text("born", "geboren"), _day(therapy.patient.birth_date)),
            Field(
                Text("pump", "Pumpe"), device_name(done.model.id, done.model.name), emphasis=True
            ),
            Field(Text("serial", "Seriennummer"), Text.same(done.hardware.serial)),
            Field(Text("catheter tip", "Katheterspitze"), Text.same(done.catheter_tip)),
            Field(Text("state at", "Zustand am"), _time(status.at)),
            Field(Text("the pump", "die Pumpe"), _doubted(_state(status), doubt), emphasis=True),
            Field(Text("how to stop it", "so wird sie gestoppt"), stop_of(done.model).text),
        ),
    )
    yield _drugs(status, doubt)
    yield _port(status)
    yield _dates(status)
    yield Section(
        Text("First steps", "Erste Schritte"),
        fields=tuple(Field(one.title, _steps(one, status)) for one in sheet_cards(status)),
    )
    if medicines:
        yield Section(
            Text("Medicines, as people stated", "Arzneimittel nach Angabe"), fields=medicines
        )
    equivalent = Field(Text("last morphine equivalent", "letztes Morphinäquivalent"), _BLANK)
    yield Section(
        Text("By hand", "Von Hand"),
        fields=(
            *(() if called else (Field(team, _BLANK, emphasis=True),)),
            *(() if medicines else (equivalent,)),
            Field(Text("allergies", "Allergien"), _BLANK),
        ),
    )


def _state(status: SystemStatus) -> Text:
    done = status.simulation
    return _EMPTIED if done.emptied else _ACTIVITIES[done.activity]


def _drugs(status: SystemStatus, doubt: Text | None) -> Section:
    done = status.simulation
    columns = (
        Text("drug", "Arzneistoff"),
        Text("concentration", "Konzentration"),
        Text("in the reservoir, counted", "im Reservoir, gezählt"),
        Text("as filled, residual included", "wie gefüllt, mit Rest"),
        Text("in the line", "in der Leitung"),
        Text("per hour now", "pro Stunde jetzt"),
        Text("per day, programmed", "pro Tag, programmiert"),
        Text("last 24 h", "letzte 24 h"),
    )
    return Section(
        Text("Drugs now", "Arzneistoffe jetzt"),
        fields=(
            Field(
                _COUNTED if done.model.programmable else _BY_FLOW,
                _doubted(Text.same(show(done.reservoir_volume, "mL")), doubt),
                emphasis=True,
            ),
            Field(
                Text("tubing and catheter", "Leitung und Katheter"),
                Text.same(show(status.line_volume, "mL")) if status.line_known else _UNKNOWN,
            ),
        ),
        grid=Grid(columns, tuple(_row(status, one) for one in status.drugs)),
    )


def _row(status: SystemStatus, drug_id: str) -> tuple[Text, ...]:
    mixture = status.simulation.reservoir_mixture

    def mass(masses: Mapping[str, Mass]) -> Text:
        found = masses.get(drug_id)
        return _NONE if not found else Text.same(both_units(drug_id, found))

    rate = status.per_hour.get(drug_id)
    concentration = mixture.get_concentration(drug_id)
    return (
        drug_name(drug_id),
        Text.same(show(concentration, drug(drug_id).concentration_unit)),
        mass(status.by_count),
        mass(status.in_all),
        mass(status.in_line),
        _NONE if not rate else Text.same(rate_shown(drug_id, rate)),
        mass(status.per_day),
        mass(status.last_day),
    )


def _port(status: SystemStatus) -> Section:
    heading = Text("Catheter access port", "Katheterzugangsport")
    if not status.line_known:
        text = Text(
            "The catheter's length is not on record: what an injection would push out is unknown."
            " Draw it back before anything is injected.",
            "Die Länge des Katheters ist nicht verzeichnet: Was eine Injektion hinausdrückt, ist"
            " unbekannt. Vor jeder Injektion zurückziehen.",
        )
        return Section(heading, paragraphs=(text,))
    if status.port is None:
        text = Text(
            "No port of this pump is on record: look before a needle goes in.",
            "Für diese Pumpe ist kein Port verzeichnet: vor jeder Punktion nachsehen.",
        )
        return Section(heading, paragraphs=(text,))
    masses = [(drug_name(one), both_units(one, m)) for one, m in status.port.masses.items() if m]
    pushed = Text(
        ", ".join(f"{name.en} {mass}" for name, mass in masses),
        ", ".join(f"{name.de} {mass}" for name, mass in masses),
    )
    volume, most = show(status.port.volume, "mL"), status.port.at_most
    if most is not None:
        volume += f" - {show(most, 'mL')}"
    text = Text(
        f"The catheter beyond it holds {volume}. An injection pushes that out at once:"
        f" {pushed.en or 'no drug'}. Draw it back before anything is injected.",
        f"Der Katheter dahinter fasst {volume}. Eine Injektion drückt das auf einmal hinaus:"
        f" {pushed.de or 'kein Arzneistoff'}. Vor jeder Injektion zurückziehen.",
    )
    return Section(heading, paragraphs=(text,))


def _dates(status: SystemStatus) -> Section:
    done, plan = status.simulation, status.plan

    def when(instant: Instant | None) -> Text:
        return _NEVER if instant is None else _time(done.therapy.moment(instant))

    return Section(
        Text("Dates", "Termine"),
        fields=(
            Field(Text("last fill", "letzte Füllung"), when(done.last_fill)),
            Field(
                Text("refill by", "Füllung bis"),
                when(None if plan is None else plan.refill_by),
                emphasis=True,
            ),
            *(
                (Field(_ALARM, when(done.outlook.low_reservoir)),)
                if done.model.programmable
                else ()
            ),
            Field(Text("empty", "leer"), when(done.outlook.empty)),
        ),
    )


def _steps(card: Card, status: SystemStatus) -> Text:
    """Return the steps of a card, then what the pump and the reservoir must do, in one text."""
    texts = [line.text for line in (*card.steps, *card.pump)]
    texts += _stopped_as_well(card, status)
    texts += [line.text for line in (*card.reservoir, *card.cautions)]
    numbered = [(f"{place}. ", text) for place, text in enumerate(texts, start=1)]
    return Text(
        "; ".join(number + text.en for number, text in numbered),
        "; ".join(number + text.de for number, text in numbered),
    )


def _stopped_as_well(card: Card, status: SystemStatus) -> tuple[Text, ...]:
    """Return which drugs with a withdrawal stop too, on a card of a drug that has none."""
    about = [one for one in status.drugs if card_of(one, OVERDOSE) == card]
    if not about or any(restart_rule(one).has_withdrawal for one in about):
        return ()
    names = [drug_name(one) for one in status.drugs if restart_rule(one).has_withdrawal]
    if not names:
        return ()
    english, german = ", ".join(one.en for one in names), ", ".join(one.de for one in names)
    return (
        Text(
            f"a stop of the pump stops {english} as well, which has a withdrawal",
            f"ein Stopp der Pumpe stoppt auch {german}, mit Entzug",
        ),
    )


def _time(moment: datetime) -> Text:
    return Text(show_time(moment), moment.strftime("%d.%m.%Y, %H:%M"))


def _day(moment: date) -> Text:
    return Text(show_date(moment), moment.strftime("%d.%m.%Y"))
