# Needs Python 3.11 or later and nothing else; everything lands in .venv beside this file.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
PEERS := .venv/bench

.PHONY: setup run clinic test test-training test-browser test-postgres kill check format bench confusion coverage safety mutants clean
.DEFAULT_GOAL := run

setup: $(STAMP)

$(STAMP): requirements/lock.txt pyproject.toml tools/check_python.py
	@$(PYTHON) tools/check_python.py
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@echo "compiling the body's loops ..."
	@$(BIN)/thecal pk examples/body/morphine_bolus.toml > /dev/null
	@touch $(STAMP)

run: setup
	@$(BIN)/python tools/run_examples.py

clinic: setup
	@$(BIN)/python -m thecal.clinic serve

test: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q --ignore=tests/clinic/browser --ignore-glob='*/test_training_cases*.py'

# The training cases, each played rightly and wrongly through the pages; make test-postgres plays
# them too.
test-training: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q tests/clinic/test_training_cases*.py

# The clinic in a real Chromium: every page, and every flow from begin to end.
test-browser: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q tests/clinic/browser

# On a PostgreSQL server made for the run and thrown away, so that no database has to be dropped at
# the end; needs Debian's postgresql or its like.
test-postgres: setup
	@$(BIN)/python tools/with_postgres.py $(BIN)/python -m pytest -n 2 --dist worksteal -q --reuse-db --ignore=tests/clinic/browser tests/clinic tests/record

# Long: some ten minutes for each database.
kill: setup
	@$(BIN)/python tools/kill_server.py
	@$(BIN)/python tools/with_postgres.py $(BIN)/python tools/kill_server.py

check: setup
	@$(BIN)/ruff format --check src tests tools
	@$(BIN)/ruff check src tests tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format src tests tools
	@$(BIN)/ruff check --fix src tests tools

bench: setup $(PEERS)/.tried
	@$(BIN)/python tools/bench.py
	@$(BIN)/python tools/bench_rules.py
	@$(BIN)/python tools/bench_clinic.py
	@OMP_NUM_THREADS=1 $(BIN)/python tools/bench_calendar.py
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=$(PEERS) $(BIN)/python tools/bench_body.py

confusion: setup
	@$(BIN)/python tools/confusion.py

# The peers of the benchmark are optional and stand apart: nothing else can import them.
$(PEERS)/.tried: requirements/bench.txt $(STAMP)
	@echo "installing the peers of the benchmark into $(PEERS) ..." >&2
	@rm -rf $(PEERS) && mkdir -p $(PEERS)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --target $(PEERS) -r requirements/bench.txt || echo "the peers could not be installed; the benchmark goes on without them" >&2
	@touch $@

safety: setup
	@$(BIN)/python tools/safety_page.py

coverage: setup
	@$(BIN)/python tools/coverage_page.py

# Long: some twelve minutes on two cores.
mutants: setup
	@$(BIN)/python tools/break_requirements.py --seed 1
	@$(BIN)/python tools/break_rules.py --seed 1 --count 20
	@$(BIN)/python tools/mutation_score.py --sample 150 --seed 1 --minutes 10

clean:
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache .hypothesis
