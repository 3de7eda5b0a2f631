"""The forms of a needle in the catheter access port, and what was typed into them."""

from __future__ import annotations

from thecal.care.access_port import RULES, Drawn, PortOrder, PortPurpose
from thecal.care.kits import Port
from thecal.care.spans import span
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.refill.mixture_text import read_mixture
from thecal.clinic.refill.needle import kit_choices
from thecal.clinic.web.flow import FlowForm, flow_form, typed_quantity
from thecal.clinic.web.sheet import SheetField
from thecal.data import Fact
from thecal.errors import EntryError
from thecal.units import Duration, Volume, parse_quantity, show

AFTERWARDS = RULES.text("any", "afterwards")
AFTERWARDS_WITHIN = span(RULES.get("any", "afterwards-within", Duration).value)
_REASON = "Reason, where a question stands"


def rules() -> tuple[Fact[str], ...]:
    """Return what the sources say of the access port, for the head of the page."""
    return tuple(
        RULES.get("any", one, str) for one in ("dead-space", "draw-first", "never", "never-refill")
    )


def other_solution() -> Fact[str]:
    """Return what is done where another solution than the pump's is to be injected."""
    return RULES.get("any", "other-solution", str)


def order_form(request: ClinicRequest) -> FlowForm:
    """Return the form of an order."""
    low, high = (RULES.get("contrast", f"volume-{one}", Volume) for one in ("low", "high"))
    dye = f"a dye study: {show(low.value, 'mL')} to {show(high.value, 'mL')} of contrast"
    fields = (
        SheetField("purpose", "What is injected", "choice", choices=_words(PortPurpose)),
        SheetField(
            "draw_first",
            "Draw at least this first",
            "quantity",
            unit="mL",
            required=False,
            hint="left empty: the line is not drawn first, and whatever stands in it is given",
        ),
        SheetField(
            "injected", "Inject", "quantity", unit="mL", hint=f"{dye} ({high.provenance()})"
        ),
        SheetField(
            "mixture",
            "Drugs in the syringe",
            required=False,
            when="for a bolus; as in morphine 1 mg/mL; empty for contrast",
        ),
        SheetField("reason", _REASON, "long", required=False),
    )
    return flow_form(
        request,
        "order",
        "Order an injection",
        "Sign the order",
        fields,
        sign="Your password, to sign as prescriber",
        hint="To fill the reservoir, go to the refill visit: nothing here leads there.",
    )


def read_order(form: FlowForm) -> PortOrder | None:
    """Return the order that was typed; None where a field is wrong, and marked."""
    typed = form.sheet.typed
    if typed["purpose"] not in [str(one) for one in PortPurpose]:
        form.sheet.refuse("purpose", "choose bolus or contrast")
    purpose, mixture = str(typed["purpose"]), None
    injected = typed_quantity(form, "injected", Volume)
    first = typed_quantity(form, "draw_first", Volume)
    text = str(typed["mixture"])
    if text:
        try:
            mixture = read_mixture(text)
        except EntryError as error:
            form.sheet.refuse("mixture", f"{error.what}; {error.remedy}")
    if (purpose == PortPurpose.BOLUS) is not bool(text):
        form.sheet.refuse("mixture", "a bolus names its drugs, and contrast holds none")
    if form.sheet.errors or injected is None:
        return None
    return PortOrder(
        purpose=PortPurpose(purpose), injected=injected, draw_first=first, mixture=mixture
    )


def draw_form(request: ClinicRequest) -> FlowForm:
    """Return the form of a needle and what it drew."""
    fields = (
        SheetField("kit", "Kit in hand", "choice", choices=kit_choices()),
        SheetField("kit_lot", "Lot of the kit"),
        SheetField("needle_gauge", "Needle, gauge", "count"),
        SheetField("port", "The needle is in", "choice", choices=_PORTS),
        SheetField("drawn", "Volume drawn", "quantity", unit="mL", hint="0 where nothing came"),
    )
    return flow_form(
        request,
        "draw",
        "Draw from the port",
        "Write down what was drawn",
        fields,
        hint="Drawing is never held up, also without an order. Write it down before you inject.",
    )


def read_drawn(form: FlowForm) -> Drawn | None:
    """Return what was drawn; None where a field is wrong, and marked."""
    typed = form.sheet.typed
    gauge = str(typed["needle_gauge"])
    if not (gauge.isascii() and gauge.isdecimal() and 0 < len(gauge) < len("100")):
        form.sheet.refuse("needle_gauge", "Needle, gauge: write digits alone, as in 24")
    for name, choices in (("kit", kit_choices()), ("port", _PORTS)):
        if typed[name] not in [value for value, _ in choices]:
            form.sheet.refuse(name, "choose one of these")
    volume = None
    try:
        volume = parse_quantity(f"{typed['drawn']} mL", Volume, zero_allowed=True)
    except EntryError as error:
        form.sheet.refuse("drawn", f"{error.what}; {error.remedy}")
    if form.sheet.errors or volume is None:
        return None
    return Drawn(
        kit=str(typed["kit"]),
        kit_lot=str(typed["kit_lot"]),
        needle_gauge=int(gauge),
        port=Port(str(typed["port"])),
        volume=volume,
    )


def inject_form(request: ClinicRequest) -> FlowForm:
    """Return the form that carries an order out."""
    fields = (SheetField("reason_inject", _REASON, "long", required=False),)
    return flow_form(
        request,
        "inject",
        "Inject as ordered",
        "Sign: it was injected",
        fields,
        sign="Your password, to sign",
    )


def withdraw_form(request: ClinicRequest) -> FlowForm:
    """Return the form that takes an order back."""
    return flow_form(
        request, "withdraw", "Take the order back", "Take it back", (SheetField("why", "Why"),)
    )


def _words(kind: type[PortPurpose]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one), str(one)) for one in kind)


_PORTS = (
    (Port.SIDE.value, "the catheter access port"),
    (Port.RESERVOIR.value, "the reservoir port"),
)
