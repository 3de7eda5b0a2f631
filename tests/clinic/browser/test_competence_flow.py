"""A guest who does not do it alone: a supervisor signs beside her, then she gets a level."""

from __future__ import annotations

import re

import pytest

from browser.hands import day, form_of, page_of, says, send
from browser.sight import looked_at

GESA = "Gesa Gast"
GUEST = "Gina Guest"


@pytest.mark.inventory("W29")
@pytest.mark.inventory("S1.8")
def test_a_guest_is_supervised_until_a_level_is_given(person) -> None:
    guest, trainer = person("guest"), person("dr.demo")
    page = page_of(guest, GESA, "More", "MRI visit")
    told = says(page, "A supervisor signs first")
    assert "MRI: no level was given" in told
    assert "Dr. Dora Demo (physician)" in told
    page.get_by_role("button", name="Ask for a supervisor").click()
    says(page, "Asked for on")

    checks = trainer.open("/checks/")
    checks.get_by_role("link", name=re.compile(f"supervision.*{GESA}")).click()
    says(checks, "Sign only where you stood beside them")
    checks.get_by_label("Your password, to sign").fill(trainer.login.password)
    checks.get_by_role("button", name="I stood beside: sign").click()
    says(checks, "You signed as supervisor")
    page.reload()
    says(page, "Supervised: Dr. Dora Demo signed beside you")

    matrix = trainer.open("/competence/")
    looked_at(matrix)
    matrix.get_by_role("link", name=GUEST).first.click()
    level = {
        "Skill": "mri",
        "Level": "3",
        "Assessed on": day(0),
        "Evidence": "learning",
        "Which evidence": "six visits seen",
    }
    send(form_of(matrix, "Give a level"), "Sign the level", level, trainer)
    refused = says(matrix, "a course or a passed case is evidence for a level, not the level")
    assert "What you typed is still here" in refused or "still here" in refused
    again = {"Evidence": "observation"}
    send(form_of(matrix, "Give a level"), "Sign the level", again, trainer)
    assert "O observation: six visits seen" in says(matrix, "The level is given and signed")

    mine = guest.open("/account/")
    assert "3 independent" in looked_at(mine)
    mine.get_by_role("link", name=re.compile("Print it, type in a case")).click()
    looked_at(mine)
    case = {
        "Skill": "refill",
        "How": "observed",
        "Day": day(-3),
        "Who did it, or stood beside": "Dr. Far",
    }
    send(form_of(mine, "Type in a case"), "Write it down", case)
    says(mine, "1 typed in")
