# Two commands matter: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test lint types wheel bench docs pictures clean
.DELETE_ON_ERROR:

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "triage needs Python 3.11 or later: make PYTHON=python3.13")'
	$(PYTHON) -m venv .venv
	$(PIP) install -r constraints.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install --no-deps --no-build-isolation -e .
	touch $@

demo: .venv/.ready
	$(BIN)/triage demo --out demo

# A hostile zone and locale: dates and letters must not depend on the machine's. Tests start
# the program hundreds of times, so Python keeps what it compiled; tests/conftest.py says in
# which order the files go.
test: lint types
	TZ=Pacific/Chatham LC_ALL=C PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest \
	    -n auto --dist loadfile --no-loadscope-reorder

lint: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.ready
	$(BIN)/mypy

# Ratios and counts for docs/performance.md; wants Dovecot, and isync for its peer.
bench: .venv/.ready
	$(BIN)/python bench/poll.py 100 2000 20000
	$(BIN)/python bench/first_tick.py 2000 1.0 shop
	$(BIN)/python bench/first_tick.py 2000 1.0 heavy
	$(BIN)/python bench/first_tick.py 20000 0.02 shop
	$(BIN)/python bench/first_tick.py 20000 0.02 heavy
	$(BIN)/python bench/memory.py 35
	$(BIN)/python bench/assess.py 10000 10
	$(BIN)/python bench/reading.py 300
	$(BIN)/python bench/rebuild.py 10000

# The tables of docs/ladder.md, made from the packs; a test holds them to it.
docs: .venv/.ready
	$(BIN)/python tools/ladder_tables.py

wheel: .venv/.ready
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

# The pictures in the README: one digest of the demonstration, as a phone shows it by day and
# by night; the samples of docs/letters.md, which need no other program; and the pictures that
# tests compare with, to be looked at before they are committed.
PICTURED := 2026-11-13

pictures: demo
	$(BIN)/python tests/pictures.py docs/pictures/letters
	$(BIN)/python tests/screen.py demo/digests/$(PICTURED).html docs/pictures/digest.png 375 light 1500
	$(BIN)/python tests/screen.py demo/digests/$(PICTURED).html docs/pictures/digest-dark.png 375 dark 1500
	$(BIN)/python tests/screen.py demo/orders/12345678-0002/index.html docs/pictures/dossier.png 375 light 1080
	$(BIN)/python tests/screen.py demo/orders/12345678-0004/index.html docs/pictures/dossier-wide.png 1000 dark 1000
	PYTHONPATH=tests $(BIN)/python tests/edges/test_page_quality.py

clean:
	rm -rf .venv demo dist
