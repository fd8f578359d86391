# Needs python3 (3.11 or later, with venv and pip) and make; the rest is installed into .venv, from the lock file.

PYTHON     ?= python3
VENV       := .venv
BIN        := $(VENV)/bin
STAMP      := $(VENV)/.installed
PIP        := $(BIN)/python -m pip --disable-pip-version-check --no-input
UV_VERSION := 0.13.9
PYTEST_ARGS ?=
LOCK        ?= requirements.lock
BENCH_ARGS  ?=
PART        ?=
SAMPLE      ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo serve test fuzz mutants check format docs browser images bench lock wheelhouse clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv (every other target does it by itself)

demo: $(STAMP) ## start Marrow and a sample EHR, play three patients, print the cards
	MARROW_MODE=development $(BIN)/marrow demo

serve: $(STAMP) ## serve on 127.0.0.1:8000 in development mode
	MARROW_MODE=development $(BIN)/marrow serve

test: $(STAMP) ## run the tests with coverage (PYTEST_ARGS="--no-cov tests/spec" for a part)
	$(BIN)/python -m pytest --cov $(PYTEST_ARGS)

fuzz: $(STAMP) ## send anything anywhere, with new examples, for some minutes
	$(BIN)/python -m pytest --no-cov --hypothesis-profile=fuzz $(PYTEST_ARGS) tests/fuzz

mutants: $(STAMP) ## do the specs notice a changed line? (PART=rules/nsaid for a part, SAMPLE=20 of each part)
	$(BIN)/python -m tests.house.mutants $(PART:%=--part %) $(SAMPLE:%=--sample %)

check: $(STAMP) ## format, lint, types, import contracts, spelling, compose file, lock files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@if grep -nE '://|^ *--(index|extra-index|find-links|trusted-host)' requirements*.lock; then \
		echo 'a lock file names an address: write it with make lock' >&2; exit 1; fi

format: $(STAMP) ## format the code and fix what can be fixed by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP) ## write docs/rules.md and docs/conformance.md anew
	$(BIN)/python -m tests.house.rule_book
	$(BIN)/python -m tests.contract.conformance

browser: $(STAMP) ## install Chromium for the tests of the console, where there is none
	@$(BIN)/python -m tests.console.chromium

images: $(STAMP) ## make the pictures of the console in docs/images anew
	$(BIN)/python -m tests.console.images

bench: $(STAMP) ## measure Marrow against a bare endpoint (BENCH_ARGS=--short for a quick look)
	$(BIN)/python -m bench $(BENCH_ARGS)

# One resolution for Linux and macOS on every supported Python; the smaller sets are held to the largest.
lock: ## write the lock files anew with the newest versions that fit
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools"; \
	"$$tools/bin/python" -m pip --disable-pip-version-check --quiet install 'uv==$(UV_VERSION)'; \
	compile() { out=$$1; shift; \
		"$$tools/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-config --custom-compile-command 'make lock' \
			--output-file "$$out" "$$@"; echo "wrote $$out"; }; \
	compile requirements-dev.lock pyproject.toml --group pyproject.toml:dev; \
	compile requirements.lock pyproject.toml --extra redis --constraints requirements-dev.lock; \
	compile requirements-full.lock pyproject.toml --extra redis --extra console --extra traces \
		--constraints requirements-dev.lock; \
	compile requirements-build.lock --group pyproject.toml:build --constraints requirements-dev.lock

wheelhouse: $(STAMP) ## dist/wheelhouse: Marrow and all that it needs, offline (LOCK=requirements-full.lock: every extra)
	rm -rf dist/wheelhouse
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist/wheelhouse .
	$(PIP) download --quiet --only-binary :all: --require-hashes --requirement $(LOCK) --dest dist/wheelhouse
	cp $(LOCK) dist/wheelhouse/requirements.lock
	@echo 'dist/wheelhouse is complete; docs/record.md says how to install from it'

clean: ## remove .venv and everything that was made
	rm -rf $(VENV) dist build mutants mappings/_built .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Marrow needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
