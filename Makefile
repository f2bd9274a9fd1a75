# Every command that a person or CI runs. `make help` lists them. Needs Python ≥ 3.11 with venv; fetches the rest by hash.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DONE   := $(VENV)/.done
# uv is quicker; without it pip installs the same lock.
UV     := $(shell command -v uv || { [ -x $(BIN)/uv ] && echo $(BIN)/uv; })
SCALE  ?= 20

export PIP_DISABLE_PIP_VERSION_CHECK := 1

ifneq ($(UV),)
install = $(UV) pip install --quiet --python $(BIN)/python
else
install = $(BIN)/python -m pip install -qq --no-input
endif

CATALOGUES := $(wildcard hearing/translations/*/LC_MESSAGES/*.po)
COMPILED   := $(CATALOGUES:.po=.mo)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo serve test check format bench torture assets assets-record translations wheel lock clean system-packages

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1@\2/p' Makefile | column -t -s @ 2>/dev/null || sed -nE 's/^([a-z-]+):.*## /\1  /p' Makefile

demo: $(DONE)/runtime assets $(COMPILED)  ## a neighbourhood to try out on http://127.0.0.1:8000; keeps its data in var/
	@exec $(BIN)/hearing demo

serve: $(DONE)/runtime assets $(COMPILED)  ## the application server, set by HEARING_* variables
	@exec $(BIN)/hearing serve

test: system-packages $(DONE)/dev check  ## gates, then every test on SQLite, on PostgreSQL and in a browser
	@$(BIN)/python -m tools.suite

check: $(DONE)/dev assets $(COMPILED)  ## the gates: format, lint, types, layers, templates, translations
	@$(BIN)/python -m tools.gates

format: $(DONE)/dev  ## put every Python file into the one layout
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

bench: $(DONE)/dev assets $(COMPILED)  ## speed, as ratios to the limits measured in the same run
	@$(BIN)/python -m bench

torture: $(DONE)/dev assets $(COMPILED)  ## races, crashes, tampering, bad input at SCALE times the size that `make test` uses
	@HEARING_TORTURE_SCALE=$(SCALE) $(BIN)/python -m tools.suite torture

assets: $(DONE)/runtime  ## scripts and icons of other people into hearing/static/vendor/, checked by hash
	@$(BIN)/python -m tools.assets

assets-record: $(DONE)/runtime  ## the same after a change of icons.txt or of a version: records the new sums
	@$(BIN)/python -m tools.assets --record

translations: $(DONE)/dev  ## bring the English catalogue up to date with the code; then fill in what is empty
	@$(BIN)/python -m tools.translations update

wheel: $(DONE)/dev assets  ## dist/hearing-….whl, with assets, translations and migrations inside
	@$(BIN)/python -m pip wheel -qq --no-deps --no-build-isolation --wheel-dir dist .

lock: $(DONE)/dev  ## resolve the dependencies anew: two lock files with hashes and without addresses
	@$(BIN)/python -m tools.lock

clean:  ## remove what can be made again; var/ stays
	rm -rf $(VENV) node_modules dist hearing/static/vendor .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -f $(COMPILED)
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

system-packages:
	@sh tools/system-packages

# ---- files

$(DONE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, %s is %s; try make PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/runtime: requirements.lock pyproject.toml hatch_build.py $(DONE)/venv
	@echo "installing what the application needs …"
	@$(install) --require-hashes -r requirements.lock
	@$(install) --no-deps --no-build-isolation -e .
	@touch $@

$(DONE)/dev: requirements-dev.lock $(DONE)/runtime
	@echo "installing what the tests need …"
	@$(install) --require-hashes -r requirements-dev.lock
	@touch $@

$(COMPILED): %.mo: %.po $(DONE)/runtime
	@$(BIN)/python -m tools.translations compile
