"""The cases of `report_cases`, each drawn once for all tests."""

from __future__ import annotations

import pytest
from report_cases import FASTER, RICH, Case, make_case


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Two drugs, boluses, a flex program, a bridge, a stop, hostile texts."""
    return make_case(RICH, tmp_path_factory.mktemp("rich"), days=60)


@pytest.fixture(scope="session")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The reservoir runs low and empty."""
    return make_case(FASTER, tmp_path_factory.mktemp("emptied"), days=100)


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Five years of one program."""
    return make_case(RICH, tmp_path_factory.mktemp("long"), days=5 * 365)
