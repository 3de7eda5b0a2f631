"""What the page of a patient's orders reads from its forms, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from thecal.care.document import Text
from thecal.care.papers import words
from thecal.care.supply.made import Made
from thecal.care.supply.order import SolutionOrder
from thecal.care.supply.recompute import Worked
from thecal.care.visit.rules import RULES as VISIT_RULES
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic, Membership
from thecal.clinic.web.flow import FlowForm, typed_day, typed_quantity
from thecal.clinic.web.sheet import SheetField
from thecal.pharmacy import METHODS, STARTS, STORAGES, Making, Mixture, drug
from thecal.safety.finding import Finding, Severity
from thecal.safety.identity import shown_mixture
from thecal.therapy.file_writer import write_quantity
from thecal.units import Concentration, Mass, Volume, show

KIT_ORDERED = "kit.ordered"
"""{kit}: which kit the next refill gets."""
_CATEGORIES = (("1", "1"), ("2", "2"), ("3", "3"))
_YES_NO = (("yes", "yes"), ("no", "no"))


def words_of(*values: str) -> tuple[tuple[str, str], ...]:
    """Return choices whose words are their values."""
    return tuple((one, one.replace("-", " ")) for one in values)


def worked_fields(order: SolutionOrder) -> Iterator[SheetField]:
    """Yield what a pharmacist works out: nothing of it stands there."""
    for name in order.mixture:
        unit, strength = drug(name).mass_unit, drug(name).concentration_unit
        at = f"of_{order.number}_{name}"
        yield SheetField(f"mass_{at}", f"{name}: mass in the whole volume", "quantity", unit)
        yield SheetField(
            f"stock_{at}",
            f"{name}: strength of the stock",
            "quantity",
            strength,
            required=False,
            when="empty where it is a powder",
        )
        yield SheetField(
            f"draw_{at}",
            f"{name}: volume drawn of the stock",
            "quantity",
            "mL",
            required=False,
            when="empty where it is a powder",
        )
    yield SheetField(
        f"diluent_{order.number}",
        "Diluent that fills it up",
        "quantity",
        "mL",
        required=False,
        when="empty where one of them is a powder",
        hint="0 where none is needed",
    )


def worked_of(
    order: SolutionOrder, form: FlowForm
) -> tuple[Mapping[str, Worked], Volume | None] | None:
    """Return what was worked out; None where a field is wrong, and marked."""
    found = {}
    for name in order.mixture:
        at = f"of_{order.number}_{name}"
        mass = typed_quantity(form, f"mass_{at}", Mass)
        stock = typed_quantity(form, f"stock_{at}", Concentration)
        draw = typed_quantity(form, f"draw_{at}", Volume)
        if mass is not None:
            found[name] = Worked(mass, stock, draw)
    diluent = volume_in(form, f"diluent_{order.number}")
    return None if form.sheet.errors else (found, diluent)


def worked_body(worked: Mapping[str, Worked], diluent: Volume | None) -> dict[str, Any]:
    """Return what was worked out as an entry keeps it."""
    typed = {}
    for name, one in worked.items():
        known = drug(name)
        typed[name] = {"mass": write_quantity(one.mass, known.mass_unit)}
        if one.stock is not None and one.draw is not None:
            typed[name] |= {
                "stock": write_quantity(one.stock, known.concentration_unit),
                "draw": write_quantity(one.draw, "mL"),
            }
    return {"typed": typed} | ({} if diluent is None else {"diluent": written(diluent)})


def made_fields(number: int) -> tuple[SheetField, ...]:
    """Return what the pharmacy says of what it made."""
    return (
        SheetField(f"lot_{number}", "Lot"),
        SheetField(f"mixed_{number}", "Mixed on", "date"),
        SheetField(
            f"beyond_use_{number}",
            "Beyond-use date: the last day to inject it",
            "date",
            required=False,
            when="without it nothing is released",
        ),
        SheetField(f"volume_{number}", "Volume made", "quantity", "mL"),
        SheetField(f"category_{number}", "Category", "choice", choices=_CATEGORIES),
        SheetField(f"method_{number}", "Method", "choice", choices=words_of(*METHODS)),
        SheetField(f"start_{number}", "Starts from", "choice", choices=words_of(*STARTS)),
        SheetField(f"tested_{number}", "Sterility tested", "choice", choices=_YES_NO),
        SheetField(f"storage_{number}", "Stored in", "choice", choices=words_of(*STORAGES)),
        SheetField(
            f"reason_{number}", "Reason", required=False, when="where something below asks for one"
        ),
    )


def made_of(number: int, form: FlowForm) -> Made | None:
    """Return what was made; None where a field is wrong, and marked."""
    typed = form.sheet.typed
    for one in form.sheet.fields:
        if one.kind == "choice" and typed[one.name] not in dict(one.choices):
            form.sheet.refuse(one.name, f"{one.label}: choose one of the list")
    mixed, volume = typed_day(form, f"mixed_{number}"), volume_in(form, f"volume_{number}")
    beyond_use = typed_day(form, f"beyond_use_{number}")
    if form.sheet.errors or mixed is None or volume is None:
        return None
    making = Making(
        category=str(typed[f"category_{number}"]),
        method=str(typed[f"method_{number}"]),
        start=str(typed[f"start_{number}"]),
        tested=typed[f"tested_{number}"] == "yes",
        storage=str(typed[f"storage_{number}"]),
    )
    return Made(str(typed[f"lot_{number}"]), mixed, beyond_use, volume, making)


def volume_in(form: FlowForm, name: str) -> Volume | None:
    """Return a volume that was typed, of which nothing is an answer too."""
    text = str(form.sheet.typed.get(name, ""))
    if text and not text.strip("0.,"):
        return Volume.zero()
    return typed_quantity(form, name, Volume)


def no_more_than_came(
    form: FlowForm, order: SolutionOrder, volume: Volume | None, rest: Volume | None
) -> None:
    """Refuse more than was taken in: such an entry is never corrected, and the book keeps it."""
    assert order.received is not None
    came, tolerance = order.received.volume, VISIT_RULES.get("K23", "tolerance", Volume).value
    if volume is not None and volume + (rest or Volume.zero()) > came + tolerance:
        more = f"{show(came, 'mL')} came: no more than that can go; look at the container again"
        form.sheet.refuse(f"volume_{order.number}", more)


def written(volume: Volume) -> str:
    """Return a volume as an entry keeps it, nothing too."""
    return write_quantity(volume, "mL") if volume else "0 mL"


def order_findings(
    mixture: Mixture,
    needed_by: date,
    now_in: Mixture | None,
    by: date | None,
    *,
    another: bool,
) -> Iterator[Finding]:
    """Yield what speaks against an order: another is open, another solution, a day too late.

    Parameters
    ----------
    now_in
        What the pump holds; None where it holds nothing that is known.
    by
        Refill-by; None where none is reckoned.
    another
        Whether an order of this patient is open already.
    """
    if another:
        yield Finding(
            check="K6",
            severity=Severity.SOFT,
            message="an order is open already: withdraw it, or say why there are two",
            source="project rule",
        )
    if now_in is not None and mixture != now_in:
        yield Finding(
            check="K6",
            severity=Severity.SOFT,
            message=(
                f"the solution changes from {shown_mixture(now_in)} to {shown_mixture(mixture)}:"
                " say why; the refill will ask for a bridge"
            ),
            source="workflow.md 4c K6",
        )
    if by is not None and needed_by > by:
        yield Finding(
            check="K12",
            severity=Severity.SOFT,
            message="it would arrive after refill-by: order it for an earlier day, or say why",
            source="workflow.md 4c K12",
            value=needed_by.isoformat(),
            limit=by.isoformat(),
        )


def whose(chart: Chart) -> Text:
    """Return the patient of an order in one line."""
    known = chart.content
    born = words.day(date.fromisoformat(known["birth_date"]))
    return words.say("whose-named", name=known["name"], id=known["number"], born=born)


def people_of(clinic: Clinic) -> Mapping[str, str]:
    """Return login name to name of who works, or worked, in a clinic."""
    members = Membership.objects.filter(clinic=clinic).select_related("user")
    return {one.user.username: one.user.name for one in members}
