# Needs Python 3.11 or later and nothing else; everything lands in .venv beside this file.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: setup run clinic test check format bench clean
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

clinic:
	@echo "the clinic is not part of this version; 'make run' runs the main job on the examples" >&2
	@exit 1

test: setup
	@$(BIN)/python -m pytest -n 2 -q

check: setup
	@$(BIN)/ruff format --check src tests tools
	@$(BIN)/ruff check src tests tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format src tests tools
	@$(BIN)/ruff check --fix src tests tools

bench: setup
	@$(BIN)/python tools/bench.py

clean:
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache .hypothesis
