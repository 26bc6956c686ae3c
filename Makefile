# Two commands matter: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test lint types wheel bench clean
.DELETE_ON_ERROR:

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "triage needs Python 3.11 or later: make PYTHON=python3.13")'
	$(PYTHON) -m venv .venv
	$(PIP) install -r constraints.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install --no-deps --no-build-isolation -e .
	touch $@

demo: .venv/.ready
	$(BIN)/triage demo --out demo

# A hostile zone and locale: dates and letters must not depend on the machine's.
test: lint types
	TZ=Pacific/Chatham LC_ALL=C $(BIN)/python -m pytest -n auto

lint: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.ready
	$(BIN)/mypy

wheel: .venv/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf .venv demo dist
