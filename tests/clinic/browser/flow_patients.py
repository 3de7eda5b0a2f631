"""Patients of the flows: each is like one of the demonstration, and each flow has one of its own.

So no flow meets what another one left, in whatever order they run.
"""

from __future__ import annotations

from browser.served import Served

LIKE = {
    "Bea Bolus": "Tilda Test",
    "Tim Tropfen": "Hanna Hypothese",
    "Ella Ende": "Hanna Hypothese",
    "Mona Magnet": "Ada Example",
    "Leo Leerung": "Dilip Demo",
    "Sara Suche": "Ada Example",
    "Nele Notfall": "Benno Beispiel",
    "Rita Reise": "Ada Example",
    "Wanda Wechsel": "Ada Example",
    "Theo Umzug": "Ada Example",
    "Xenia Ausgang": "Ada Example",
    "Bodo Batterie": "Frida Fall",
    "Ludwig Letzter": "Ada Example",
    "Fanny Formular": "Ada Example",
    "Anton Aufgabe": "Quirin Quelle",
    "Dora Druck": "Ada Example",
    "Stella Stopp": "Ada Example",
    "Sven Streifen": "Ada Example",
    "Rosa Reihe": "Ada Example",
    "Fritz Folge": "Ada Example",
    "Karla Konzentrat": "Ada Example",
    "Konrad Konstant": "Clara Case",
    "Dina Differenz": "Ada Example",
    "Susi Schwellung": "Ada Example",
    "Hugo Halt": "Ada Example",
    "Paula Pause": "Ada Example",
    "Fina Frage": "Ada Example",
    "Nora Neu": "Ada Example",
    "Kira Komplikation": "Ada Example",
    "Olga Order": "Ada Example",
    "Gesa Gast": "Ada Example",
    "Rolf Rückblick": "Ada Example",
    "Ulla Umbau": "Frida Fall",
    "Regine Revision": "Ada Example",
}
_MAKE = """
from thecal.clinic import clock
from thecal.clinic.demo.world import add_patient, patients_on_file
from thecal.clinic.ledger.log import Author
from thecal.clinic.models import Clinic, Membership
clinic = Clinic.objects.get(name="Demonstration Clinic")
member = Membership.objects.select_related("user").get(clinic=clinic, user__username="dr.demo")
known = {one["name"]: one for one in patients_on_file()}
for place, (name, like) in enumerate({LIKE}.items()):
    own = {**known[like], "name": name, "number": f"B-{2001 + place}"}
    add_patient(clinic, Author.of(member, "demonstration"), own, clock.now().date())
"""


def add_patients(clinic: Served) -> None:
    """Add the patients of the flows to a served clinic."""
    clinic.made_by(_MAKE.replace("{LIKE}", repr(LIKE)))
