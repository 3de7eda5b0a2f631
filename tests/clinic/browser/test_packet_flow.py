"""A record leaves as a packet; one that was changed on the way is not taken in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

VERA = "Vera Vorlage"


@pytest.mark.req("L02")
def test_a_packet_is_the_same_each_time_and_refused_where_it_was_changed(
    person, tmp_path: Path
) -> None:
    physician = person("dr.demo")
    page = physician.open(physician.patient(VERA) + "exports/")
    sent = []
    for _ in range(2):
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Packet (JSON)").click()
        sent.append(waiting.value.path().read_bytes())
        assert "Vorlage" not in waiting.value.suggested_filename
    assert sent[0] == sent[1]

    packet = json.loads(sent[0])
    packet["entries"][3]["reason"] = "another one"
    changed = tmp_path / "packet.json"
    changed.write_text(json.dumps(packet))
    nurse = person("nurse").open("/patients/import/")
    for file, why in ((changed, "entry"), (None, "already")):
        if file is None:
            file = tmp_path / "whole.json"
            file.write_bytes(sent[0])
        nurse.get_by_label("Packet (JSON)").set_input_files(file)
        nurse.get_by_role("button", name="Verify and import").click()
        expect(nurse.locator(".message.error")).to_contain_text(why)
