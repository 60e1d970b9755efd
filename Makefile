# Stadsbreed's tasks. They need Python 3.11 or later and make; everything else goes into .venv/.

PORT ?= 8000
WORKERS ?= logical
LOCK_OPTIONS ?=

ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --generate-hashes \
	--no-emit-index-url --no-annotate --universal --python-version 3.11 $(LOCK_OPTIONS)
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help demo test soak check bench bench-full format lock

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED) ## Set everything up and serve invented data (PORT=8000)
	@$(BIN)/stadsbreed demo --port $(PORT)

test: $(INSTALLED_DEV) ## Set everything up and run every test (WORKERS= processes; one per core)
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 $(ARGS)

soak: $(INSTALLED_DEV) ## Run the same tests at their full counts; takes hours
	@STADSBREED_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 $(ARGS)

check: $(INSTALLED_DEV) ## Check format, lint, types, import contracts, migrations and the Dockerfile
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@echo 'stadsbreed migrate, on an empty database: the migrations must lead to the tables of the models'
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		env -u STADSBREED_DATABASE_URL STADSBREED_DATA_DIR="$$folder" $(BIN)/stadsbreed migrate
	$(BIN)/hadolint Dockerfile

bench: $(INSTALLED_DEV) ## Measure service and solver side by side with others; ten minutes (ARGS= for the solver's)
	@$(BIN)/python -m benchmarks service --blocks 3 --rounds 1
	@$(BIN)/python -m benchmarks solver --seeds 1 $(ARGS)

bench-full: $(INSTALLED_DEV) ## Measure everything at full counts; takes hours (ARGS="--gap FOLDER --assignment FOLDER")
	@$(BIN)/python -m benchmarks service
	@$(BIN)/python -m benchmarks solver --full $(ARGS)

format: $(INSTALLED_DEV) ## Format the code and mend what can be mended by itself
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: $(INSTALLED_DEV) ## Pin the packages again (LOCK_OPTIONS=--upgrade for newer ones)
	$(COMPILE) --extra build pyproject.toml -o requirements.lock
	$(COMPILE) --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'Stadsbreed needs Python 3.11 or later, and found none. Install it, or name it:' \
		'make $(MAKECMDGOALS) PYTHON=/path/to/python3.11' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(PYTHON) is not Python 3.11' \
		'or later. Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11' >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) cannot make virtual environments:' \
		'its module venv or ensurepip is missing (on some systems a package called python3-venv).' >&2; exit 1; }
	'$(PYTHON)' -m venv $(VENV)

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing the packages of requirements.lock in $(VENV) (once)…'
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock $(INSTALLED)
	@echo 'Installing the packages of requirements-dev.lock in $(VENV) (once)…'
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@
