"""Settings shared by every test.

`pytest --hypothesis-profile=long tests/pump/test_pump_stateful.py` drives the virtual pump for a
million steps; without it the tests take the fixed, quick examples that `make test` runs.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# As the command does: with threads in its linear algebra the body's tests take three times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("quick", deadline=None, derandomize=True, database=None)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=20_000,
    stateful_step_count=50,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
settings.load_profile("quick")
