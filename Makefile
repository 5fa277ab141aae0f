# The commands of this project; `make` alone lists them. Whatever needs the set-up makes it first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHON

event = $(if $(EVENT),'$(subst ','\'',$(EVENT))',$(error say which event, as in: make $@ EVENT=geo-hackweek))

.PHONY: help setup demo test lint bench check deploy destroy lock

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv and node_modules from the lock files (PYTHON=python3.12: with that Python)
	@scripts/setup.sh

demo: setup ## The whole of it on this computer, until Ctrl-C (ONCE=1: by itself, with a table; PORT=8000)
	@$(PY) scripts/demo.py $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: setup ## All tests that this computer can run (REQUIRE_ALL=1: a missing part fails; ARGS="-k sizing")
	@$(PY) -m pytest $(if $(REQUIRE_ALL),--require-all) $(ARGS)

lint: setup ## ruff, mypy, shellcheck, yamllint: all of them, whatever the first one says
	@scripts/lint.sh

bench: setup ## Seconds of synth, deploy and destroy, beside plain Terraform on the same JSON
	@$(PY) scripts/bench.py

check: setup ## What follows from an event file, or what is wrong with it (EVENT=geo-hackweek)
	@$(PY) scripts/check_event.py $(event)

deploy: setup ## Deploy an event, or the account (EVENT=…; YES=1: do not ask; DRY_RUN=1: only show)
	@$(PY) scripts/deploy.py $(event) $(if $(YES),--yes) $(if $(DRY_RUN),--dry-run)

destroy: setup ## Destroy an event; its homes stay as a snapshot (EVENT=…; YES=1; DRY_RUN=1)
	@$(PY) scripts/destroy.py $(event) $(if $(YES),--yes) $(if $(DRY_RUN),--dry-run)

lock: setup ## Lock the Python requirements anew (ARGS=--upgrade: with the newest versions that fit)
	@scripts/lock.sh $(ARGS)
