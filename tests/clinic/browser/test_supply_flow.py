"""A solution from the order to the needle, and a kit and a count, as people do it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from browser.hands import day, form_of, page_of, printed, says, send
from browser.people import Person
from browser.refill_desk import Visit
from browser.sight import looked_at

OLGA, IGOR = "Olga Order", "Igor Irrtum"
WORDS = ("More", "Solution and kit for the next refill")
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")
WORKED = {
    "morphine: mass in the whole volume": "380",
    "morphine: strength of the stock": "25",
    "morphine: volume drawn of the stock": "15.2",
    "bupivacaine: mass in the whole volume": "760",
    "bupivacaine: strength of the stock": "40",
    "bupivacaine: volume drawn of the stock": "19",
    "Diluent that fills it up": "3.8",
}


def orders(person: Person, patient: str) -> Page:
    page = page_of(person, patient, *WORDS)
    looked_at(page)
    return page


def code_of(person: Person, patient: str) -> str:
    found = CODE.search(orders(person, patient).locator("main").inner_text())
    assert found
    return found[0]


@pytest.mark.inventory("S1.7", "S1.R24")
@pytest.mark.req("K6")
def test_a_solution_goes_from_the_order_to_the_needle(person) -> None:
    physician, pharmacist, nurse = person("dr.demo"), person("pharmacist"), person("nurse")
    page = orders(physician, OLGA)
    order = {
        "Solution": "morphine 10 mg/mL, bupivacaine 20 mg/mL",
        "Volume to be made": "38",
        "Needed here by": day(10),
    }
    send(form_of(page, "Order a solution"), "Sign the order of the solution", order, physician)
    says(page, "Ordered. A pharmacist recomputes it")
    code = code_of(pharmacist, OLGA)
    page = orders(pharmacist, OLGA)
    recompute = form_of(page, f"Recompute order {code}")
    wrong = {**WORKED, "morphine: mass in the whole volume": "308"}
    send(recompute, "Sign the recomputation", wrong, pharmacist)
    says(page, "It differs. The order is stopped")
    page = orders(physician, OLGA)
    assert "STOPPED" in looked_at(page)
    confirm = form_of(page, f"Order {code} stands as it is")
    send(confirm, "Sign it again", {"Reason": "the order is right"}, physician)
    page = orders(pharmacist, OLGA)
    recompute = form_of(page, f"Recompute order {code}")
    send(recompute, "Sign the recomputation", WORKED, pharmacist)
    says(page, "It agrees")
    made = {
        "Lot": "P-9",
        "Mixed on": day(0),
        "Beyond-use date: the last day to inject it": day(20),
        "Volume made": "38",
        "Category": "2",
        "Method": "aseptic",
        "Starts from": "sterile",
        "Sterility tested": "yes",
        "Stored in": "refrigerator",
    }
    form = form_of(page, f"Release what was made for {code}")
    send(form, "Sign the release", {**made, made_key(): ""}, pharmacist)
    says(page, "no beyond-use date")
    form = form_of(page, f"Release what was made for {code}")
    send(form, "Sign the release", made, pharmacist)
    says(page, "Released. Print the label")
    page.get_by_role("link", name=f"Print the label of order {code}").click()
    looked_at(page)
    assert printed(page).startswith(b"%PDF")
    page = orders(nurse, OLGA)
    arrived = {"Lot": "P-9", "Beyond-use date": day(20), "Volume": "38"}
    form = form_of(page, f"Take in what was made for {code}")
    send(form, "Sign that it is here", arrived, nurse)
    says(page, "It is here, and in the book")
    assert "P-9" in looked_at(nurse.open("/supply/book/"))
    visit = Visit(person, OLGA)
    visit.begin()
    visit.to("verify")
    typed = dict.fromkeys(("order", "label", "label_again", "label_reading", "lot"), "")
    other = code_of(nurse, IGOR)
    visit.record("verify", **typed, beyond_use="", label_code=other)
    visit.says("ANOTHER PATIENT")
    visit.looked_at()
    visit.record("verify", **typed, beyond_use="", label_code=code)
    visit.stands_at("decide")


def made_key() -> str:
    return "Beyond-use date: the last day to inject it"


@pytest.mark.inventory("S0.22")
def test_kits_come_in_and_a_wrong_one_is_not_set_aside(person) -> None:
    nurse = person("nurse")
    page = nurse.open("/supply/kits/")
    before = looked_at(page)
    assert "short, from" in before or "left after them" in before
    came = {
        "Kit": "synchromed-refill",
        "Lot": "B-77",
        "How many": "30",
        "Expires on": day(500),
        "Cost of one, as on the delivery note": "0",
    }
    send(form_of(page, "Kits came"), "Put them in", came)
    says(page, "B-77")
    page = orders(nurse, IGOR)
    form = form_of(page, "Kit for the next refill")
    send(form, "Set it aside", {"Kit": "prometra-refill"})
    says(page, "put it away")
    send(form_of(page, "Kit for the next refill"), "Set it aside", {"Kit": "synchromed-refill"})
    says(page, "Set aside:")


@pytest.mark.req("K23")
def test_two_people_count_what_is_there(person) -> None:
    nurse, pharmacist = person("nurse"), person("pharmacist")
    for who, heading, button, said in (
        (nurse, "Count what is there", "Sign the count", "Another person counts now"),
        (
            pharmacist,
            "Count again as the second person",
            "Sign the second count",
            "Both counts agree",
        ),
    ):
        page = who.open("/supply/book/")
        looked_at(page)
        form = form_of(page, heading)
        for field in form.locator('[name^="count_"]').all():
            field.fill("20")
        send(form, button, {}, who)
        says(page, said)
