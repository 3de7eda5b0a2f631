"""What the demonstration clinic has in its cupboards: kits, a delivered solution, open orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from thecal.care.supply.kit_stock import KIT_RECEIVED
from thecal.care.supply.order import SolutionOrder
from thecal.care.supply.recompute import Worked, differences
from thecal.care.supply.told import ORDERED, RECEIVED, RECOMPUTED, RELEASED
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, patient_stream, write, write_to_clinic
from thecal.clinic.models import Clinic, Membership, Patient, Role
from thecal.clinic.refill.mixture_text import mixture_table
from thecal.clinic.supply.labels import new_code, orders_of
from thecal.clinic.supply.orders import worked_body
from thecal.therapy.events import Fill
from thecal.therapy.file_writer import write_quantity
from thecal.units import Mass, Volume

_DEVICE = "demonstration"
_DELIVERED, _SENT, _WAITS, _DIFFERS = "T-1009", "T-1001", "T-1015", "T-1007"
_KITS = (
    ("synchromed-refill", "D-501", 9, 20),
    ("synchromed-refill", "D-502", 400, 3),
    ("prometra-refill", "D-601", 300, 1),
)
"""Kit, lot, days until it expires, how many."""
_VOLUME = Volume.of(20, "mL")


def fill_cupboards(clinic: Clinic, today: date) -> None:
    """Put kits and solutions into the clinic, an order that waits and one that is stopped."""
    members = {
        one.role: one for one in Membership.objects.filter(clinic=clinic).select_related("user")
    }
    drafts = []
    for kit, lot, days, count in _KITS:
        body = {"kit": kit, "lot": lot, "count": count, "expiry": _day(today, days), "cost": "0"}
        drafts.append(Draft(KIT_RECEIVED, body))
    write_to_clinic(clinic, Author.of(members[Role.NURSE], _DEVICE), drafts)
    for number in (_DELIVERED, _SENT, _WAITS, _DIFFERS):
        chart = _chart(clinic, number)
        _order(chart, members, today)
        if number != _WAITS:
            _recompute(chart, members, differs=number == _DIFFERS)
        if number in (_DELIVERED, _SENT):
            _make(chart, members, today, is_here=number == _DELIVERED)


def _order(chart: Chart, members: Mapping[str, Membership], today: date) -> None:
    """Order again what was filled last."""
    therapy = chart.therapy
    assert therapy is not None
    (*_, last) = (one for one in therapy.events if isinstance(one, Fill))
    body = {
        "code": new_code(chart.patient.clinic),
        "mixture": mixture_table(last.mixture),
        "volume": write_quantity(_VOLUME, "mL"),
        "needed_by": _day(today, 14),
        "answered": [],
    }
    _sign(chart.patient, members[Role.PHYSICIAN], Draft(ORDERED, body), "ordered")


def _recompute(chart: Chart, members: Mapping[str, Membership], *, differs: bool = False) -> None:
    order = orders_of(_again(chart))[-1]
    worked = {name: _worked(order, name, differs=differs) for name in order.mixture}
    found = differences(order.mixture, order.volume, worked, None)
    body = {"order": order.number, **worked_body(worked, None), "differences": list(found)}
    meaning = "recomputed without seeing the figures"
    _sign(chart.patient, members[Role.PHARMACIST], Draft(RECOMPUTED, body), meaning)


def _worked(order: SolutionOrder, name: str, *, differs: bool) -> Worked:
    """Return a powder as somebody works it out: with a slip of a decimal place where it differs."""
    mass = order.mixture.mass_of(name, order.volume)
    return Worked(Mass(mass.base / 10) if differs else mass)


def _make(chart: Chart, members: Mapping[str, Membership], today: date, *, is_here: bool) -> None:
    order = orders_of(_again(chart))[-1]
    made = {
        "order": order.number,
        "lot": "D-7301",
        "beyond_use": _day(today, 30),
        "volume": write_quantity(order.volume, "mL"),
    }
    released = Draft(RELEASED, {**made, "mixed": _day(today, -1), "storage": "refrigerator"})
    _sign(chart.patient, members[Role.PHARMACIST], released, "released")
    if is_here:
        _sign(chart.patient, members[Role.NURSE], Draft(RECEIVED, made), "taken in as released")


def _sign(patient: Patient, member: Membership, draft: Draft, meaning: str) -> None:
    signed = signature_draft(patient_stream(patient), member, meaning, [draft])
    write(patient, Author.of(member, _DEVICE), (draft, signed), expected=None)


def _chart(clinic: Clinic, number: str) -> Chart:
    found = Patient.objects.select_related("projection", "clinic")
    return Chart(found.get(clinic=clinic, projection__number_key=number.lower()))


def _again(chart: Chart) -> Chart:
    return Chart(Patient.objects.select_related("projection").get(pk=chart.patient.pk))


def _day(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()
