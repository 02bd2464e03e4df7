# What CI runs is what a person runs. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TOOLS := $(VENV)/.developed
# Much of the suite waits for brokers: three processes, each with servers of its own, take two cores to their end.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo up test test-system system lint types contracts wheel faults bench evaluate model slow-model lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; $(PYTHON) is \
	%d.%d. Name another one: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	@echo "Libraries are installed into $(VENV), this once: some 250 MB"
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(TOOLS): $(STAMP) requirements-dev.lock
	@echo "What tests and training need beside it, this once: another 220 MB"
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	touch $@

demo: $(STAMP)  ## the whole pipeline with 320 sample customers, and a live table of what goes where
	$(BIN)/ouvidor demo $(ARGS)

up: $(STAMP)  ## the pipeline on this machine, with your ouvidor.yaml
	$(BIN)/ouvidor up

test: $(TOOLS)  ## the whole test suite, on a real broker and a real mail server
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

system:  ## Debian's packages for test-system (as root)
	apt-get update -qq
	xargs -a deploy/debian-packages.txt apt-get install -y -qq --no-install-recommends

test-system: $(TOOLS)  ## the tests on what only Debian packages bring (make system)
	$(BIN)/python -m pytest -m system $(ARGS)

lint: $(TOOLS)  ## ruff, and linters of what is not Python
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/shellcheck .ci/run
	$(BIN)/hadolint deploy/container/Containerfile

types: $(TOOLS)  ## mypy, strict
	$(BIN)/mypy

contracts: $(TOOLS)  ## who may import whom
	$(BIN)/lint-imports

wheel: $(TOOLS)  ## build the wheel, install it into an empty environment, and start it once
	rm -rf build/wheel
	$(BIN)/python -m build --wheel --no-isolation --outdir build/wheel . >/dev/null
	$(PYTHON) -m venv build/wheel/venv
	build/wheel/venv/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	build/wheel/venv/bin/python -m pip install --quiet --no-deps build/wheel/*.whl
	cd build/wheel && venv/bin/ouvidor version && venv/bin/ouvidor demo --exit-when-done

faults: $(TOOLS)  ## the long fault runs: kills, freezes, restarts, pauses
	$(BIN)/python -m pytest -m faults --timeout 7200 -s $(ARGS)

bench: $(TOOLS)  ## side by side with bare loops, interleaved
	$(BIN)/python -m benchmarks $(ARGS)

evaluate: $(STAMP)  ## how well messages are judged that other hands wrote: rules alone, and with the model
	$(BIN)/ouvidor model evaluate --rules-only $(ARGS)
	$(BIN)/ouvidor model evaluate $(ARGS)

model: $(STAMP)  ## train the model anew that comes with the package
	$(BIN)/ouvidor model train --out classifiers/model/trained $(ARGS)

slow-model: $(TOOLS)  ## tune the slow model anew, behind the fast one of the package (make model first); an hour
	OMP_NUM_THREADS=1 $(BIN)/ouvidor model tune --out classifiers/slow/trained $(ARGS)

lock:  ## write both locks anew: what runs, and what tests and training need beside it (needs uv)
	uv pip compile --quiet --universal --generate-hashes --all-extras --group dev --python-version 3.11 \
	  --no-annotate pyproject.toml --output-file requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --extra all --group editable --python-version 3.11 \
	  --no-annotate --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock

clean:  ## remove what was made here, but not var/
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
