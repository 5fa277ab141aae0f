# The commands of a checkout; `make` alone lists them. An organizer's commands are `pophub VERB`.
# A target that needs the set-up makes it first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHON
# with it, every start of a Python compiles anew all that it imports: of a report, a third of its time
unexport PYTHONDONTWRITEBYTECODE

event = $(if $(EVENT),'$(subst ','\'',$(EVENT))',$(error say which event, as in: make $@ EVENT=geo-hackweek))

.PHONY: help setup demo test test-machine coverage lint docs generated pictures bench bench-cost deploy destroy lock python config docker install_jupyterhub

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo; echo "  source .venv/bin/activate && pophub      lists the commands of an organizer"

setup: ## Make .venv and node_modules from the lock files (PYTHON=python3.12: with that Python)
	@scripts/setup.sh

demo: setup ## The whole of it on this computer, until Ctrl-C (EVENT=yours; ONCE=1: by itself, with a table; PORT=8000)
	@.venv/bin/pophub demo $(EVENT) $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: setup ## All tests that this computer can run (REQUIRE_ALL=1: a missing part fails; JOBS=3 at once; ARGS="-k sizing")
	@$(PY) -m pytest --numprocesses $(or $(JOBS),2) $(if $(REQUIRE_ALL),--require-all) $(ARGS)

test-machine: setup ## What only a whole machine shows: disks and quotas, in QEMU without KVM (REQUIRE_ALL=1; ARGS=-s)
	@$(PY) -m pytest -m vm --log-cli-level=INFO $(if $(REQUIRE_ALL),--require-all) $(ARGS)

coverage: setup ## Which lines and branches the tests run, here and on the lab's machines (JOBS=3; ARGS="tests/pophub -k sizing")
	@scripts/coverage.sh --numprocesses $(or $(JOBS),2) $(ARGS)

lint: setup ## ruff, mypy, shellcheck, yamllint: all of them, whatever the first one says
	@scripts/lint.sh

docs: setup ## The pages of docs/ for a browser, in docs/_build/html; a broken link fails
	@scripts/docs.sh

generated: setup ## What is made from the code anew: reference pages, JSON Schema, comments of YAML files, the finished event
	@$(PY) -m pophub.organizer.docs
	@$(PY) -m tests.pophub.core.cost.finished

pictures: setup ## docs/pages.md and its pictures anew; look at them before you commit them
	@$(PY) -m tests.browser.pictures

bench: setup ## Seconds and megabytes: deployment, machine, spawn, opening, worker, memory … (ONLY=opening)
	@$(PY) -P scripts/bench.py $(if $(ONLY),--only $(ONLY))

bench-cost: setup ## What cost-watch costs and whom it lets wait, over replayed events (ARGS="--workers", "--json", "--svg plot.svg")
	@$(PY) scripts/bench_cost.py $(ARGS)

deploy: setup ## Deploy an event, or the account (EVENT=…; YES=1: do not ask; DRY_RUN=1: only show; ARGS=--ignore-doctor)
	@.venv/bin/pophub deploy $(event) $(if $(YES),--yes) $(if $(DRY_RUN),--dry-run) $(ARGS)

destroy: setup ## End an event: archive every home, destroy, prove it (EVENT=…; YES=1; DRY_RUN=1; ARGS=--remove-snapshot)
	@.venv/bin/pophub destroy $(event) $(if $(YES),--yes) $(if $(DRY_RUN),--dry-run) $(ARGS)

lock: setup ## Lock the Python requirements anew (ARGS=--upgrade: with the newest versions that fit)
	@scripts/lock.sh $(ARGS)

# on a Debian server there need be no Node.js, which only cdktf wants
python:
	@scripts/setup.sh python

config: python ## What lands on an event's hub, as a folder to look at or to copy to a server (EVENT=…; INTO=build/…)
	@$(PY) scripts/config.py $(event) $(if $(INTO),--into '$(INTO)')

docker: ## On a Debian server, as root: Docker and what else a hub takes from Debian
	@cloud-init/install-hub.sh docker

install_jupyterhub: python ## On a Debian server, as root: make it the event's hub (EVENT=…; DRY_RUN=1: only say what)
	@$(PY) scripts/install_jupyterhub.py $(event) $(if $(DRY_RUN),--dry-run)
