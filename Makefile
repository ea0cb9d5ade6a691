# Two commands for everyday use, both do all their own set-up:
#   make run    the main job, without hardware
#   make test   everything that a change must pass

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=
UI     := $(wildcard ui/*.json ui/*.html ui/*.mjs ui/src/* ui/src/*/* ui/src/*/*/*)
# Tests start the program hundreds of times: compiled once, it starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test lint soak bench docs guide lock clean
.DEFAULT_GOAL := test

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OpenRESS needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian and Ubuntu install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock pyproject.toml hatch_build.py $(UI)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The page's types and own tests; installs what checks its accessibility.
$(VENV)/.page: $(VENV)/.dev $(UI) $(wildcard ui/tests/*)
	$(BIN)/python hatch_build.py check
	@touch $@

# A second third-party client whose module has the same name as the first: it gets an environment of its own.
$(VENV)/.other: $(VENV)/.installed requirements-other.lock
	$(PYTHON) -m venv $(VENV)/other
	$(VENV)/other/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-other.lock
	@touch $@

# Third-party programs that read packs we serve, each in an environment of its own: requirements-<name>.lock.
OTHERS := aiobmsble dalybms mppsolar
$(VENV)/other-%/.installed: requirements-%.lock $(VENV)/.installed
	$(PYTHON) -m venv $(VENV)/other-$*
	$(VENV)/other-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# This one needs a newer Python than we do; where there is none, the mark tells its test to say so.
$(VENV)/other-aiobmsble/.installed: requirements-aiobmsble.lock $(VENV)/.installed
	@rm -rf $(@D) && mkdir -p $(@D)
	@for python in $(PYTHON) python3.12 python3.13 python3.14; do \
	  $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || continue; \
	  $$python -m venv $(@D) && \
	  $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< && \
	  touch $@; exit; \
	done; \
	echo "No Python 3.12 or newer: the test with aiobmsble will be skipped."; touch $(@D)/.no-python

run: $(VENV)/.installed
	$(BIN)/openress up $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: ready
ready: lint $(VENV)/.page $(VENV)/.other $(OTHERS:%=$(VENV)/other-%/.installed)

# What the tests need is made side by side; half of the tests wait for a line most of the time.
test:
	$(MAKE) --no-print-directory -j2 --output-sync=target ready
	$(BIN)/pytest -n $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) * 3 // 2)') $(ARGS)

soak: $(VENV)/.dev $(VENV)/.other
	$(BIN)/pytest -m soak $(ARGS)
	$(BIN)/pytest -m "hypothesis and not soak and not hardware" --hypothesis-profile=soak $(ARGS)

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/.dev
	$(BIN)/python docs/build.py $(ARGS)

# The user guide with pictures of the page as it is now: build/guide/index.html.
guide: $(VENV)/.dev
	$(BIN)/python docs/guide.py $(ARGS)

lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
