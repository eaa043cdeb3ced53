# `make demo` and `make test` do all the set-up they need. They ask for git, python3 and make only.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
DEMO := env -u DATABASE_URL PORTAL_DEMO=1
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/python -m pytest -q -n auto --dist worksteal
MESSAGES := coordination/locale/de/LC_MESSAGES/django
MIGRATIONS := $(wildcard */migrations/*.py coordination/*/migrations/*.py)
# The password is written last: where it stands, the city is whole.
NO_CITY_YET := $(if $(and $(wildcard build/demo.sqlite3),$(wildcard build/demo.password)),,new-city)
# What WeasyPrint loads, by the names of Debian and Ubuntu.
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
STATIC := $(shell find static -type f 2>/dev/null)
LOCK := build/tools/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

.PHONY: help demo demo-reset test test-full set-up format messages lock clean chromium pango free-port new-city

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# --- Run it ----------------------------------------------------------------------------------------
demo: free-port $(MESSAGES).mo build/static.stamp build/demo.migrated ## serve the sample city on 127.0.0.1, PORT=8000
	@echo "Starting the server …"
	@PORT=$(PORT) $(DEMO) $(BIN)/gunicorn --config deploy/gunicorn_demo.py coordination.wsgi

demo-reset: free-port ## serve the sample city anew: what was changed in it is lost
	@rm -f build/demo.sqlite3* build/demo.password build/demo.migrated
	@$(MAKE) demo

free-port:
	@if ! command -v $(PYTHON) >/dev/null; then \
		echo "$(PYTHON) was not found. Install Python 3.11 or newer."; exit 1; fi
	@$(PYTHON) -c 'if True: \
		import socket, sys; \
		port = sys.argv[1]; \
		port.isdecimal() and 0 < int(port) < 65536 or sys.exit(f"PORT={port} is no port number."); \
		listener = socket.socket(); \
		listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); \
		taken = listener.connect_ex(("127.0.0.1", int(port))) == 0; \
		taken and sys.exit(f"Port {port} is in use. Take another one: make demo PORT={int(port) % 65535 + 1}")' '$(PORT)'

# --- Test it ---------------------------------------------------------------------------------------
test: .venv/tests.stamp $(MESSAGES).mo build/static.stamp chromium pango ## everything a change must pass, on SQLite and PostgreSQL
	@echo "Checking style, migrations and production settings …"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@PORTAL_DEMO=1 DATABASE_URL=sqlite://:memory: $(MANAGE) makemigrations --check --dry-run
	@env -u DATABASE_URL PORTAL_DEMO=0 DJANGO_ALLOWED_HOSTS=portal.example.org PORTAL_CITY=Musterstadt \
		DJANGO_SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		$(MANAGE) check --deploy --fail-level INFO
	@echo "Testing on SQLite, with the browser …"
	@env -u DATABASE_URL $(PYTEST)
	@echo "Testing on PostgreSQL …"
	@$(BIN)/python -m tests.postgresql $(PYTEST) -m "not browser"

test-full: test ## before a release: the browser on PostgreSQL too, and the demo from a fresh clone
	@$(BIN)/python -m tests.postgresql $(PYTEST) -m browser
	@$(BIN)/python -m tests.fresh_clone

chromium:
	@if ! command -v chromium chromium-browser google-chrome >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Chromium for the browser tests …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium \
				>build/chromium.log 2>&1 || { tail build/chromium.log; false; }; \
		else false; fi || echo "CHROMIUM IS MISSING: THE BROWSER TESTS WILL BE SKIPPED."; \
	fi

# Without its subset library WeasyPrint only warns.
pango: .venv/runtime.stamp
	@if ! $(BIN)/python -W error::DeprecationWarning:weasyprint.text.ffi -c 'import weasyprint' >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Pango for the PDF tests …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PANGO) \
				>build/pango.log 2>&1 || { tail build/pango.log; false; }; \
		else false; fi || echo "PANGO IS MISSING: THE PDF TESTS WILL BE SKIPPED. On Debian: apt-get install $(PANGO)"; \
	fi

# --- Set it up: each step runs when what it depends on has changed -----------------------------------
set-up: .venv/tests.stamp $(MESSAGES).mo build/static.stamp build/demo.migrated ## do the set-up only

.venv/bin/pip:
	@echo "Creating a virtual environment in .venv …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)."; \
		echo "If there is another one, name it: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing python3-venv …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
		else \
			echo "Python's venv module is incomplete here. On Debian and Ubuntu:"; \
			echo "  sudo apt-get install python3-venv"; exit 1; \
		fi; }
	@rm -rf .venv && $(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/pip
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tests.stamp: requirements-dev.txt .venv/runtime.stamp
	@echo "Installing Python packages for the tests …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/installed.stamp: package-lock.json requirements-node.txt | .venv/bin/pip
	@echo "Installing the design system …"
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --require-hashes -r requirements-node.txt
	@PATH="$$PATH:$$PWD/$(BIN)" npm ci --ignore-scripts --silent
	@touch $@

$(MESSAGES).mo: $(MESSAGES).po .venv/runtime.stamp
	@echo "Compiling the German texts …"
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

build/static.stamp: $(STATIC) node_modules/installed.stamp .venv/runtime.stamp
	@echo "Collecting and compressing style sheets, scripts and fonts …"
	@mkdir -p build
	@$(DEMO) $(MANAGE) collectstatic --noinput --clear --verbosity 0
	@touch $@

# The city is filled beside its place and then moved there: an interrupted start leaves no half of it.
build/demo.migrated: $(MIGRATIONS) requirements.txt $(NO_CITY_YET) | .venv/runtime.stamp $(MESSAGES).mo
	@mkdir -p build
	@if [ -f build/demo.sqlite3 ] && [ -f build/demo.password ]; then \
		echo "Bringing the database up to date …"; \
		$(DEMO) $(MANAGE) migrate --verbosity 0; \
	else \
		echo "Creating the sample city …"; \
		rm -f build/demo.sqlite3* build/demo.new.sqlite3*; \
		export DATABASE_URL=sqlite:///build/demo.new.sqlite3 PORTAL_DEMO=1; \
		$(MANAGE) migrate --verbosity 0; \
		$(MANAGE) createcachetable; \
		$(MANAGE) seed_demo; \
		mv build/demo.new.sqlite3 build/demo.sqlite3; \
		echo "$${DEMO_PASSWORD:-quartier-demo}" >build/demo.password; \
	fi
	@touch $@

# --- Develop it --------------------------------------------------------------------------------------
format: .venv/tests.stamp ## sort imports, format the code
	@$(BIN)/ruff check --fix && $(BIN)/ruff format

messages: .venv/tests.stamp ## collect new texts into the German catalogue (needs gettext)
	@$(DEMO) $(MANAGE) makemessages --locale de --no-location --no-obsolete \
		--ignore 'build/*' --ignore 'node_modules/*' --ignore '.venv/*' --ignore 'tests/*'

lock: ## resolve the dependencies anew and write the lock files
	@[ -x build/tools/bin/uv ] || { $(PYTHON) -m venv build/tools && build/tools/bin/pip install --quiet uv; }
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@$(LOCK) --group node --output-file requirements-node.txt
	@npm install --package-lock-only --ignore-scripts

clean: ## remove everything that was installed or built, the sample city included
	@rm -rf .venv node_modules build .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} + ; rm -f $(MESSAGES).mo
