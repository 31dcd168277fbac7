# Everything a newcomer or a CI needs; `make help` lists it. Steps longer than a line live in tools/.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON_BIN := $(VENV)/bin/python
# For example: make demo ARGS="--speed 2000", make test ARGS="-k turbidostat"
ARGS ?=

# Each is newer than what was installed into the environment.
RUNTIME := $(VENV)/.axenic-runtime
PACKAGE := $(VENV)/.axenic-package
TESTING := $(VENV)/.axenic-testing
BUNDLE := orchestrator/server/static/bundle/sources.sha256
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print)

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: $(PACKAGE) $(BUNDLE) ## Start leader, broker and three simulated workers with an example experiment
	@exec $(VENV)/bin/axenic demo $(ARGS)

.PHONY: test
test: $(TESTING) $(BUNDLE) ## Lint, check types and layers, and run every test, as CI does
	@tools/system.sh mosquitto chromium postgresql rsync
	@$(MAKE) lint types web
	@$(PYTHON_BIN) -m pytest --numprocesses auto --dist worksteal $(ARGS)

.PHONY: faults
faults: $(TESTING) $(BUNDLE) ## Rehearse 600 storms, of other seeds each day, and kill real processes for minutes
	@tools/system.sh mosquitto
	@AXENIC_KILLS_S=$${AXENIC_KILLS_S:-300} AXENIC_KILLS_SEED=$$(date +%Y%m%d) \
	    $(PYTHON_BIN) -m pytest tests/acceptance/test_storm_of_kills.py
	@$(VENV)/bin/axenic simulate tests/faults/stormy.yaml --faults heavy --runs 500 \
	    --seed "$$(date +%Y%m%d)000" --out .artifacts/faults $(ARGS)
	@$(VENV)/bin/axenic simulate tests/faults/shared.yaml --faults heavy --runs 100 --for 30min \
	    --seed "$$(date +%Y%m%d)000" --out .artifacts/faults-shared $(ARGS)

.PHONY: kills
kills: $(TESTING) $(BUNDLE) ## Kill the leader with -9 at 200 random moments, of another seed each day
	@AXENIC_KILLS=200 AXENIC_SEED="$$(date +%Y%m%d)" $(PYTHON_BIN) -m pytest tests/acceptance/test_leader_kills.py $(ARGS)

.PHONY: check
check: $(PACKAGE) ## Validate every profile and contribution
	@$(VENV)/bin/axenic check profiles contrib

.PHONY: lint
lint: $(TESTING) ## Check style, formatting and the layers of the house
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check . || { echo "axenic: make format would change files: $(VENV)/bin/ruff format --check ." >&2; exit 1; }
	@$(VENV)/bin/lint-imports --no-logo

.PHONY: types
types: $(TESTING) ## Check types
	@$(VENV)/bin/mypy orchestrator tools hatch_build.py

.PHONY: web
web: $(TESTING) ## Check types of the web interface and run its unit tests
	@$(PYTHON_BIN) -m tools.web

.PHONY: format
format: $(TESTING) ## Format Python and the YAML that is shipped, and mend what lint can mend
	@$(VENV)/bin/ruff check --quiet --fix . || true
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/axenic fmt profiles contrib

.PHONY: docs
docs: $(PACKAGE) ## Write what is generated: message schemas, web types, docs/reference/ and docs/checks/
	@$(PYTHON_BIN) -m tools.message_schemas
	@$(PYTHON_BIN) -m tools.web_types
	@$(PYTHON_BIN) -m tools.reference
	@$(PYTHON_BIN) -m tools.checks

.PHONY: bench
bench: $(TESTING) $(BUNDLE) ## Measure the budgets of the design
	@$(PYTHON_BIN) -m tools.bench $(ARGS)

.PHONY: screenshot
screenshot: $(TESTING) $(BUNDLE) ## Take the README's picture of the running dashboard
	@tools/system.sh chromium
	@$(PYTHON_BIN) -m tools.screenshot $(ARGS)

.PHONY: wheel
wheel: $(TESTING) ## Build dist/axenic-*.whl
	@tools/install.sh wheel dist

.PHONY: lock
lock: $(PACKAGE) ## Renew requirements/ and web/package-lock.json
	@tools/install.sh hashed requirements/lock.txt
	@$(PYTHON_BIN) -m tools.lock

.PHONY: clean
clean: ## Remove what was built or installed, and the demo's data
	@rm -rf $(VENV) .artifacts .demo .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
	    .ruff_cache build dist orchestrator/server/static/bundle web/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@tools/environment.sh $(VENV)

$(RUNTIME): $(VENV)/bin/pip requirements/runtime.txt requirements/build.txt
	@tools/install.sh hashed requirements/runtime.txt requirements/build.txt
	@touch $@

$(PACKAGE): $(RUNTIME) pyproject.toml hatch_build.py orchestrator/__init__.py
	@tools/install.sh package
	@touch $@

$(TESTING): $(PACKAGE) requirements/test.txt
	@tools/install.sh hashed requirements/test.txt
	@touch $@

$(BUNDLE): $(PACKAGE) $(WEB_SOURCES)
	@tools/install.sh bundle
	@touch $@
