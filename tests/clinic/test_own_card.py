"""The pump card with its signed code, and the sounds of the alarms."""

from __future__ import annotations

import io
import wave
from dataclasses import replace
from datetime import date

import pytest
from clinic_world import EXAMPLES, NOW
from django.urls import reverse
from own_room import own_browser, told

from thecal.cli.main import DONE, REFUSED, main
from thecal.clinic import clock
from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import register, therapy_drafts
from thecal.clinic.models import Clinic, Role
from thecal.clinic.own.cards import clinic_key
from thecal.record.card import Verdict, check_card, public_text
from thecal.therapy.events import PumpRecord
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import Volume

CARD = reverse("own card")


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def code_of(browser, **given: str) -> str:
    shown = browser.post(CARD, given)
    assert shown.status_code == 200
    code: str = shown.context["code"]
    return code


def checked(world, code: str, clinic: Clinic | None = None):
    key = clinic_key(clinic or world.clinic).public_key()
    return check_card(code, key, NOW.date())


def test_the_code_says_what_is_in_the_pump_and_is_the_clinics(world) -> None:
    browser = own_browser(world)
    found = checked(world, code_of(browser))
    assert found.verdict is Verdict.VALID
    staff = world.browser(Role.NURSE).get(reverse("patient", args=[world.patient.pk]))
    assert found.facts.serial in text(staff)
    doses = [one.partition(", dose: ") for one in found.facts.drugs]
    assert any(one.startswith("morphine ") for one, _, _ in doses)
    card = text(browser.get(CARD))
    for _, _, dose in doses:
        assert dose.endswith(" a day")
        assert f"<td>{dose}</td>" in card
    assert found.facts.telephone == "000 111"
    assert found.facts.until == staff.context["outlook"].refill_by.moment.date()
    assert checked(world, code_of(browser), world.elsewhere).verdict is Verdict.OTHER_KEY


def test_the_name_is_in_the_code_only_if_the_patient_chooses_it(world) -> None:
    browser = own_browser(world)
    assert "Ada Example" not in code_of(browser)
    assert checked(world, code_of(browser, named="yes")).facts.name == "Ada Example"
    made = told(world.patient, "own.card")
    assert [one.body["named"] for one in made] == [False, True]
    assert "Ada Example" not in made[1].canonical()


def test_looking_makes_no_code(world) -> None:
    shown = own_browser(world).get(CARD)
    assert shown.status_code == 200
    assert "code" not in shown.context
    assert told(world.patient, "own.card") == []


def test_an_emergency_room_checks_it_without_the_clinic(world, tmp_path, capsys) -> None:
    browser = own_browser(world)
    code = code_of(browser)
    key = tmp_path / "clinic.pub"
    key.write_bytes(browser.get(reverse("own card key")).content)
    assert key.read_text() == public_text(clinic_key(world.clinic).public_key())
    on = ["--on", NOW.date().isoformat()]
    assert main(["verify-card", code, "--key", str(key), *on]) == DONE
    assert "VALID" in capsys.readouterr().out
    changed = code.replace("morphine 10", "morphine 20", 1)
    changed = changed if changed != code else code.replace("|", "|x", 1)
    assert main(["verify-card", changed, "--key", str(key), *on]) == REFUSED
    assert "CHANGED" in capsys.readouterr().out


def test_the_private_key_is_kept_from_everybody_else(world) -> None:
    from django.conf import settings

    clinic_key(world.clinic)
    (path,) = settings.ANCHOR_KEY_DIR.glob("card-*.key")
    assert path.stat().st_mode & 0o077 == 0
    assert clinic_key(world.clinic).public_key() == clinic_key(world.clinic).public_key()


@pytest.mark.parametrize(("priority", "seconds"), [("critical", 3), ("non-critical", 1)])
def test_an_alarm_is_played_as_long_as_it_is_known_to_sound(world, priority, seconds) -> None:
    browser = own_browser(world)
    page = text(browser.get(reverse("own alarms")))
    address = reverse("own alarm sound", args=[priority])
    assert f'src="{address}"' in page
    answer = browser.get(address)
    assert answer["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() / sound.getframerate() == seconds


def test_the_alarms_are_explained_beside_their_sound(world) -> None:
    page = text(own_browser(world).get(reverse("own alarms")))
    assert "Two tones in turn, for about 3 s." in page
    assert "the pump is empty and gives no drug" in page
    assert "made up here" in page
    assert "media-src 'self'" in own_browser_policy(world)


def own_browser_policy(world) -> str:
    answer = world.browser(Role.NURSE).get(reverse("own account"))
    policy: str = answer["Content-Security-Policy"]
    return policy


def test_a_pump_without_alarms_says_so(world) -> None:
    example = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    pump = PumpRecord(model="codman-3000-30", serial="C-1")
    fill = replace(example.events[0], volume=Volume.of(28, "mL"))
    therapy = replace(example, pump=pump, events=(fill,))
    given = {"number": "C-1", "birth_date": date(1960, 1, 1), "sex": "male"}
    other = register(world.clinic, world.author(), name="Konrad", pathway="non-cancer", **given)
    write(other, world.author(), therapy_drafts(therapy), expected=None)
    object.__setattr__(world, "patient", other)
    browser = own_browser(world)
    assert "Your pump has no alarm" in text(browser.get(reverse("own alarms")))
    assert browser.get(reverse("own alarm sound", args=["critical"])).status_code == 404
