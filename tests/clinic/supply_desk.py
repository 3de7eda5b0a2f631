"""People at the pages of supply: who orders, recomputes, releases, takes in; what they type."""

from __future__ import annotations

from typing import Any

from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse

from thecal.care.supply.order import SolutionOrder
from thecal.clinic.models import Patient, Role
from thecal.clinic.supply.labels import orders_of

SOLUTION = "morphine 5 mg/mL, bupivacaine 10 mg/mL"
WORKED = {
    "mass_of_{n}_morphine": "190",
    "stock_of_{n}_morphine": "25",
    "draw_of_{n}_morphine": "7.6",
    "mass_of_{n}_bupivacaine": "380",
    "stock_of_{n}_bupivacaine": "40",
    "draw_of_{n}_bupivacaine": "9.5",
    "diluent_{n}": "20.9",
}
MADE = {
    "lot_{n}": "C-77",
    "mixed_{n}": "2026-04-20",
    "beyond_use_{n}": "2026-05-20",
    "volume_{n}": "38",
    "category_{n}": "2",
    "method_{n}": "aseptic",
    "start_{n}": "sterile",
    "tested_{n}": "yes",
    "storage_{n}": "refrigerator",
}
ARRIVED = {key: MADE[key] for key in ("lot_{n}", "beyond_use_{n}", "volume_{n}")}


class SupplyDesk:
    """The orders of one patient, and the people who deal with them."""

    def __init__(self, world: Any, patient: Patient | None = None) -> None:
        self.world = world
        self.patient = world.patient if patient is None else patient

    @property
    def orders(self) -> tuple[SolutionOrder, ...]:
        return orders_of(chart_of(self.patient))

    @property
    def last(self) -> SolutionOrder:
        return self.orders[-1]

    def look(self, role: Role) -> Any:
        address = reverse("solution orders", args=[self.patient.pk])
        return self.world.browser(role).get(address)

    def send(self, role: Role, what: str, seen: int | None = None, **fields: Any) -> Any:
        sent = {
            "what": what,
            "seen": chart_of(self.patient).seq if seen is None else seen,
            f"password_{what}": PASSWORD,
            **fields,
        }
        address = reverse("solution step", args=[self.patient.pk])
        return self.world.browser(role).post(address, sent, follow=True)

    def order(self, **changed: Any) -> Any:
        """Let the physician order; the day lies before refill-by."""
        fields = {
            "mixture": SOLUTION,
            "volume": "38",
            "needed_by": "2026-05-04",
            "reason_order": "as discussed",
        }
        return self.send(Role.PHYSICIAN, "order", **(fields | changed))

    def step(self, role: Role, what: str, typed: dict[str, str], **changed: Any) -> Any:
        """Send a step of the last order, its fields named by the number of the order."""
        n = self.last.number
        fields = {key.format(n=n): value for key, value in typed.items()}
        fields |= {f"{key}_{n}": value for key, value in changed.items()}
        return self.send(role, f"{what}-{n}", **fields)

    def recompute(self, **changed: Any) -> Any:
        return self.step(Role.PHARMACIST, "recompute", WORKED, **changed)

    def release(self, **changed: Any) -> Any:
        return self.step(Role.PHARMACIST, "release", MADE, **changed)

    def receive(self, role: Role = Role.NURSE, **changed: Any) -> Any:
        return self.step(role, "receive", ARRIVED, **changed)

    def deliver(self) -> SolutionOrder:
        """Bring a solution to the clinic."""
        for done in (self.order(), self.recompute(), self.release(), self.receive()):
            assert done.status_code == 200, done.content.decode()
        return self.last
