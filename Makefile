# Signalbox: `make up` runs it, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
PY := .venv/bin/python
WORKERS ?= logical
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.DEFAULT_GOAL := help
.PHONY: help install up demo test check lint soak bench ledger docs guards corpus pictures lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/.runtime  ## make .venv with the locked requirements

.venv/.runtime: requirements.txt
	@bash scripts/venv.sh requirements.txt
	@touch $@

.venv/.dev: requirements/dev.txt
	@bash scripts/venv.sh requirements/dev.txt
	@touch .venv/.runtime $@

up: install  ## start everything in one process (PORT=8123 make up)
	@exec $(PY) manage.py up

demo: install  ## the example's run in this terminal, answered from its story
	@$(PY) manage.py demo

test: .venv/.dev  ## everything: bring what the tests need, then all of them on every core (WORKERS=4 make test)
	@bash scripts/system.sh
	@$(PY) -m pytest $(PARALLEL) --durations 15

check: .venv/.dev lint  ## lint, types, unit tests
	@$(PY) -m pytest $(PARALLEL) tests/unit

lint: .venv/.dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q .
	@.venv/bin/mypy plans agents orchestrator

soak: .venv/.dev  ## the long proofs
	@bash scripts/system.sh
	@$(PY) -m pytest -m soak -n $(WORKERS) --dist worksteal --max-worker-restart 0

bench: install  ## measure; figures go to docs/performance.md
	@$(PY) -m benchmarks

ledger: .venv/.dev  ## which ledger row is proven by which tests
	@$(PY) scripts/ledger.py

docs: install  ## write the pages that are made from the code
	@$(PY) scripts/states_doc.py
	@$(PY) scripts/configuration_doc.py

guards: .venv/.dev  ## each guard with its examples, then whole steps, feigned and honest, and what gave them away
	@$(PY) -m scripts.guards

pictures: .venv/.dev  ## take the README's pictures anew, in a browser
	@$(PY) scripts/pictures.py

corpus: install  ## hold the plan readers against plan files with expected answers (CORPUS=folder)
	@$(PY) -m scripts.corpus "$(CORPUS)"

lock:  ## resolve the requirements anew
	@bash scripts/lock.sh

clean:  ## remove the virtual environment and caches (your data stays)
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
