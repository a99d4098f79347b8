# Everything a newcomer types. Needs python3.11 or newer and make; the rest it fetches itself.
# The first Python on the PATH that is new enough; PYTHON=... names another.
PYTHON ?= $(or $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; \
	done),python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

# --no-deps: the requirements name every package with its hashes, so there is nothing to resolve.
# pip would ask for `coverage[toml]` anew where `coverage` is pinned, and find a later one unpinned.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

# mysqlclient is compiled: it is installed where the client headers are found, or insisted upon.
HEADERS := $(shell (pkg-config --exists mysqlclient || pkg-config --exists mariadb || \
	pkg-config --exists libmariadb) 2>/dev/null && echo yes)
ifneq (,$(findstring mysql,$(EXTRAS))$(HEADERS))
MYSQL := -r requirements-mysql.txt
endif
# What was installed, by a name for each set of it: asking for more later installs more.
INSTALLED := $(VENV)/.installed$(if $(MYSQL),-mysql)

.PHONY: help run install serve test lint lock audit openapi bench bench-quick mutate

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

run: install ## fresh machine: environment, database, demo data, server on 127.0.0.1:8000
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) seed_demo
	$(MANAGE) serve

install: $(INSTALLED) ## dependencies; EXTRAS=mysql insists on MySQL support
ifndef MYSQL
	@echo "MySQL support is left out: no client headers found (Debian: libmariadb-dev pkg-config)."
endif

serve: install ## production server from the environment, no demo data
	$(MANAGE) serve

test: $(INSTALLED)-dev ## the whole suite on the embedded default and each backend found
	$(BIN)/python -m tests.backends $(ARGS)

lint: $(INSTALLED)-dev ## ruff, mypy, import contracts, migration checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python -m tests.migration_check

bench: install .venv-bench/.installed ## every bar beside its baseline, into bench/RESULTS.md (ARGS=--help)
	$(BIN)/python -m bench $(ARGS)

bench-quick: install ## the same in about a minute, on PostgreSQL, printed only
	$(BIN)/python -m bench --quick $(ARGS)

mutate: $(INSTALLED)-dev .mutation/mutants.jsonl ## does a test notice each change to the ledger? hours (ARGS=--help)
	$(BIN)/python -m tests.mutation $(ARGS)

audit: .venv-audit/.installed ## known vulnerabilities of what is pinned (ARGS='--replay FILE': of a record)
	.venv-audit/bin/python tools/audit/__main__.py $(ARGS)

openapi: install ## openapi.yaml, from what the faces declare
	$(MANAGE) spectacular --validate --fail-on-warn --file openapi.yaml

lock: ## poetry.lock and the requirements that agree with it (needs poetry and its export plugin)
	poetry lock
	poetry export -E postgres -o requirements.txt
	poetry export -E postgres -E mysql -o requirements-mysql.txt
	poetry export -E postgres --with dev -o requirements-dev.txt

.venv-bench/.installed: bench/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

.venv-mutate/.installed: tests/mutation/requirements.txt
	$(PYTHON) -m venv .venv-mutate
	.venv-mutate/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv-audit/.installed: tools/audit/requirements.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

LEDGER := $(sort $(wildcard wallet_transaction_api/ledger/*.py wallet_transaction_api/ledger/*/*.py))

.mutation/mutants.jsonl: .venv-mutate/.installed tests/mutation/mutants.py $(LEDGER)
	@mkdir -p $(@D)
	.venv-mutate/bin/python tests/mutation/mutants.py $(LEDGER) > $@.new
	@mv $@.new $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer, please" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(INSTALLED): requirements.txt requirements-mysql.txt | $(BIN)/python
	$(PIP_INSTALL) -r requirements.txt $(MYSQL)
	@touch $@

$(INSTALLED)-dev: requirements-dev.txt $(INSTALLED)
	$(PIP_INSTALL) -r requirements-dev.txt $(MYSQL)
	@touch $@
