"""The record speaks in plain words, and keeps to itself what somebody has yet to type blind."""

from __future__ import annotations

from html import unescape

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse
from written_kinds import written_kinds

from thecal.clinic.access.second import Blind, refuse, request_draft
from thecal.clinic.ledger.entry_words import sort_words
from thecal.clinic.ledger.kind_words import KIND_WORDS
from thecal.clinic.ledger.log import write
from thecal.clinic.models import Role

BLIND = (Blind("concentration", "Concentration of morphine", "12.5 mg/mL", "mg/mL"),)
HIDDEN = "Concentration of morphine: shown when the check is decided"


def asked(world, content: str = "a") -> int:
    draft = request_draft("program", {"program": content}, ["the label"], BLIND, ["new drug"])
    return write(world.patient, world.author(), (draft,), expected=None)[-1].seq


def typed(world, seq: int, value: str) -> None:
    fields = {"concentration": value, "password": PASSWORD}
    browser = world.browser(Role.NURSE)
    assert browser.post(reverse("check", args=[world.patient.pk, seq]), fields).status_code == 302


def shown(world, name: str = "record", **query: str) -> str:
    page = world.browser(Role.PHARMACIST).get(reverse(name, args=[world.patient.pk]), query)
    assert page.status_code == 200
    return unescape(page.content.decode()).replace("\u00a0", " ")


def test_every_kind_that_the_code_writes_has_words_and_no_words_are_left_over() -> None:
    kinds = written_kinds()
    without = {kind: module for kind, module in kinds.items() if kind not in KIND_WORDS}
    assert without == {}, "give each kind its words in ledger/kind_words.py"
    assert set(KIND_WORDS) - set(kinds) == set()


def test_the_kinds_are_really_found() -> None:
    kinds = written_kinds()
    for one in ("visit.by-hand", "people.role", "account.login", "correction", "therapy.event"):
        assert one in kinds


@pytest.mark.parametrize("kind", sorted(KIND_WORDS))
def test_no_words_are_the_kind_itself(kind) -> None:
    words = sort_words(kind)
    assert "." not in words
    assert "_" not in words
    assert kind != words or "." not in kind


def test_an_entry_of_another_program_says_that_it_is_one() -> None:
    assert sort_words("odd.kind") == "entry of another program (odd.kind)"


def test_the_log_of_the_clinic_speaks_in_words(world) -> None:
    world.browser(Role.ADMINISTRATOR).get(reverse("patients"))
    page = world.browser(Role.ADMINISTRATOR).get(reverse("clinic log")).content.decode()
    assert "page refused: not among the permissions of the role" in page
    assert "page.denied" not in page


@pytest.mark.req("K8")
def test_a_blind_value_stands_on_no_page_while_somebody_has_to_type_it(world) -> None:
    asked(world)
    page = shown(world)
    assert HIDDEN in page
    assert "12.5" not in page
    known = shown(world, "known on a day", day="2026-04-20")
    assert HIDDEN in known
    assert "12.5" not in known


@pytest.mark.req("K8")
def test_an_attempt_that_differed_says_so_and_not_what_was_typed(world) -> None:
    seq = asked(world)
    typed(world, seq, "17.25")
    page = shown(world)
    assert "1 blind entry: differ from the order; shown when the check is decided" in page
    assert "17.25" not in page
    assert "12.5" not in page


@pytest.mark.req("K8")
def test_a_request_that_was_replaced_does_not_tell_what_the_new_one_asks(world) -> None:
    typed(world, asked(world), "17.25")
    asked(world, "b")
    page = shown(world)
    assert "12.5" not in page
    assert "17.25" not in page


@pytest.mark.req("K8")
@pytest.mark.parametrize("agreed", [True, False])
def test_once_it_is_decided_everything_can_be_read(world, agreed) -> None:
    seq = asked(world)
    typed(world, seq, "17.25")
    if agreed:
        typed(world, seq, "12.5")
    else:
        refuse(chart_of(world.patient), world.author(Role.NURSE), seq, "the label says otherwise")
    page = shown(world)
    assert "12.5 mg/mL" in page
    assert "17.25 mg/mL" in page
    assert "shown when the check is decided" not in page


def test_the_packet_in_words_keeps_a_blind_value_too(world, monkeypatch) -> None:
    told: list[str] = []

    def document(packet, name, number, words):
        told.extend(words(one) for one in packet.entries)
        raise AssertionError("enough was read")

    monkeypatch.setattr("thecal.clinic.pages.packets.packet_document", document)
    asked(world)
    with pytest.raises(AssertionError, match="enough"):
        world.browser(Role.PHARMACIST).get(reverse("packet to print", args=[world.patient.pk]))
    assert HIDDEN in told[-1]
    assert "12.5" not in told[-1]
