# The commands of the project. `make` alone lists them. Runs with GNU make from 3.81 on.

VENV      := .venv
BIN       := $(VENV)/bin
PIP       := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input install --no-deps
INSTALLED := $(VENV)/.installed
DUCKDB    := $(VENV)/.duckdb-1.5
CLEANED   := $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build dist *.egg-info

ARGS  ?=
KILLS ?= 1000
PORT  ?= 3000
UV    ?= uv

# The first Python that is new enough and can make virtual environments; `make run PYTHON=…` names another.
SUITS       = -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
FIND_PYTHON = for python in python3.13 python3.12 python3.11 python3 python; do \
	if "$$python" $(SUITS); then echo "$$python"; break; fi; done
PYTHON ?= $(shell $(FIND_PYTHON))

.PHONY: help run test dev check format soak lock clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

run: $(INSTALLED) ## read the sources, publish the database and the report; ARGS="…" are passed to `dx run`
	@$(BIN)/dx run $(ARGS)

test: $(INSTALLED) $(DUCKDB) ## run the tests and measure their coverage; ARGS="…" are passed to pytest
	@$(BIN)/python -m pytest --cov --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder $(ARGS)

dev: $(INSTALLED) ## open Dagster's web interface on this machine; PORT=3000 may be changed
	@echo "http://127.0.0.1:$(PORT) (the first page takes some seconds; Ctrl-C ends it)"
	@DAGSTER_HOME="$$($(BIN)/python -m dx_pipeline.defs.home)" && export DAGSTER_HOME && \
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" PATH="$(CURDIR)/$(BIN):$$PATH" \
	DAGSTER_DISABLE_TELEMETRY=true DAGSTER_DG_UPDATE_CHECK_ENABLED=0 \
	exec dg dev --host 127.0.0.1 --port $(PORT)

check: $(INSTALLED) ## lint, look at the format, check the types
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy --strict || status=1; \
	exit $$status

format: $(INSTALLED) ## put the code into its format
	@$(BIN)/ruff format .

soak: $(INSTALLED) ## kill publishing and pulling at random moments and look for damage; KILLS=1000 may be changed
	@$(BIN)/python -m dx_pipeline_tests.soak --kills $(KILLS)

lock: ## make the lock files anew from pyproject.toml; needs uv
	@command -v $(UV) >/dev/null || { echo "make lock needs uv, which is not installed" >&2; exit 1; }
	@$(UV) pip compile $(LOCKING) pyproject.toml --extra dev -o requirements.lock
	@echo 'duckdb>=1.5,<1.6' | $(UV) pip compile $(LOCKING) - -o requirements-duckdb-1.5.lock

LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-header

clean: ## delete the environment and what tools left behind; the warehouse stays
	@echo "deleting: $(CLEANED) and __pycache__ (warehouse/ stays: releases, evidence and run history)"
	@rm -rf $(CLEANED)
	@find dx_pipeline dx_pipeline_tests -type d -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made:
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		if ! "$(PYTHON)" $(SUITS); then \
			echo "No Python from 3.11 on with its venv module was found. Install one (on Debian and Ubuntu with" >&2; \
			echo "python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
			exit 1; \
		fi; \
		echo "making $(VENV) with $$("$(PYTHON)" --version)"; \
		"$(PYTHON)" -m venv --clear $(VENV); \
	fi
	@touch $@

$(INSTALLED): $(VENV)/.made requirements.lock pyproject.toml
	@echo "installing what requirements.lock names (once; a minute or two)"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(DUCKDB): $(INSTALLED) requirements-duckdb-1.5.lock
	@echo "installing DuckDB 1.5 beside it, for the tests of releases in both versions"
	@rm -rf $(VENV)/duckdb-1.5
	@$(PIP) --require-hashes -r requirements-duckdb-1.5.lock --target $(VENV)/duckdb-1.5
	@touch $@
