"""A packet that the clinic exports is checked by `thecal verify-log`, away from the clinic."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.cli.main import main
from thecal.clinic.ledger.log import patient_stream
from thecal.clinic.patient.adoption import packet_of
from thecal.exchange.packet import write_packet


@pytest.mark.inventory("W30")
@pytest.mark.req("L01")
def test_a_packet_of_the_clinic_is_whole_until_somebody_alters_it(
    world, settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_packet(packet_of(patient_stream(world.patient)))
    packet = tmp_path / "packet.json"
    packet.write_bytes(data)
    assert main(["verify-log", str(packet)]) == 0
    altered = data.replace(b'"primary":"morphine"', b'"primary":"bupivacaine"', 1)
    assert altered != data
    packet.write_bytes(altered)
    assert main(["verify-log", str(packet)]) == 3
    assert "BROKEN" in capsys.readouterr().out
