"""What every test of the clinic stands on: `clinic_world` has the people, this the fixtures.

`THECAL_DATABASE` chooses the database; `make test-postgres` runs all of this on PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from clinic_world import EXPLAINED_MARKS, NOW, WHOLE_FIGURES, World, make_world
from django.conf import settings
from django.db import connection
from refill_room import Room

from thecal.clinic import clock
from thecal.clinic.patient import body_jobs
from thecal.clinic.triggers import TABLE, install


@pytest.fixture(autouse=True)
def _at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every test of the clinic happens at the same moment, with anchors and pumps of its own."""
    from thecal.clinic.ledger import log

    monkeypatch.setattr(clock, "now", lambda: NOW)
    # Writes are not forced to the disk, which no test here could see.
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(settings, "ANCHOR_DIR", tmp_path / "anchors")
    monkeypatch.setattr(settings, "ANCHOR_KEY_DIR", tmp_path / "anchors")
    monkeypatch.setattr(settings, "PUMP_DIR", tmp_path / "pumps")
    # Tests read texts as they were written; tests of these two and Chromium see them as served.
    served = (WHOLE_FIGURES, EXPLAINED_MARKS)
    plain = [one for one in settings.MIDDLEWARE if one not in served]
    monkeypatch.setattr(settings, "MIDDLEWARE", plain)
    monkeypatch.setattr(settings, "BODY_DIR", tmp_path / "bodies")
    monkeypatch.setattr(settings, "CALENDAR_DIR", tmp_path / "calendars")
    monkeypatch.setattr(body_jobs, "start_worker", lambda command, data: None)
    log._anchors.cache_clear()
    yield
    log._anchors.cache_clear()


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """A database whose commits are real; entries may be flushed when the test is over."""
    with connection.schema_editor() as editor:
        install(None, editor)
    yield
    with connection.cursor() as cursor:
        for name in ("entry_never_changes", "entry_never_goes", "entry_never_truncated"):
            of_table = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")


@pytest.fixture
def world(db: None) -> World:
    """Two clinics with people and patients."""
    return make_world()


@pytest.fixture
def committed_world(committed: None) -> World:
    """The same on a database whose commits are real."""
    return make_world()


@pytest.fixture
def room(world: World, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A refill visit to be played, on the patient with two drugs."""
    return Room(world, monkeypatch)
