# `make help` lists what there is. Each target first sets up what it needs; nothing asks a question.
# Settings may be given on the line: make run PORT=9000 DATABASE_URL=postgresql+psycopg://…
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Each process would otherwise compile the whole product again.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
INSTALL := $(PY) -m pip install --quiet --no-input --require-hashes -r
ASSETS := app/static/vendor/bootstrap.min.css
FITTED := app/static/vendor/bootstrap-icons.min.css
PAGES := $(shell find app views models domain services seeds -path app/static/vendor -prune \
	-o \( -name '*.html' -o -name '*.js' -o -name '*.css' -o -name '*.py' \) -print 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
COMPILE := --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-header
ROWS ?= 1000000

.PHONY: help setup environment run test lint i18n migrate bench shots lock assets clean

help: ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 11

setup: environment ## environment, packages, front-end assets, translations, database
	@$(PY) -m flask --app run init

# All that does not touch the database. Its parts are files, so a second start finds them made and
# does nothing here; the server itself brings the database up to date.
environment: .venv/installed $(ASSETS) $(FITTED) $(CATALOGUES)

.venv/installed: requirements/base.txt requirements/venv.sh
	@requirements/venv.sh
	@$(INSTALL) requirements/base.txt
	@touch $@

.venv/installed-dev: requirements/dev.txt .venv/installed
	@$(INSTALL) requirements/dev.txt
	@touch $@

$(ASSETS): package-lock.json app/cli/assets.py .venv/installed
	@$(PY) app/cli/assets.py
	@touch $@

# Bootstrap's rules and the icons that our pages name, and no others.
$(FITTED): $(ASSETS) $(PAGES)
	@$(PY) app/cli/assets.py fit

assets: .venv/installed ## fetch the front-end packages of package-lock.json again
	@$(PY) app/cli/assets.py

%.mo: %.po .venv/installed
	@$(PY) -m babel.messages.frontend --quiet compile --use-fuzzy -i $< -o $@

run: environment ## start the product on http://127.0.0.1:8080 (HOST= PORT= DATABASE_URL= PROFILE=)
	@exec $(PY) run.py

test: environment .venv/installed-dev ## every check and test, on SQLite and PostgreSQL (ARGS= for pytest)
	@$(PY) -m tests.tools.provision
	@PYTHONHASHSEED=0 $(PY) -m pytest -n 2 --dist worksteal $(ARGS) # both processes must count the same tests

lint: .venv/installed-dev ## format, style, types, direction of imports
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m mypy && .venv/bin/lint-imports

i18n: .venv/installed-dev ## collect texts into translations/, update the catalogues, compile them
	@$(PY) -m babel.messages.frontend --quiet extract -F translations/babel.cfg \
		-k N_ -k _l -k lazy_gettext --no-location --sort-output -o translations/messages.pot .
	@$(PY) -m babel.messages.frontend --quiet update -D messages --no-fuzzy-matching \
		--ignore-pot-creation-date -i translations/messages.pot -d translations
	@$(MAKE) --no-print-directory $(CATALOGUES)

migrate: environment ## write a migration from the difference between models and database (NAME="…")
	@$(PY) -m flask --app run init
	@$(PY) -m flask --app run new-migration "$(NAME)"

bench: environment .venv/installed-dev ## measure beside the peers on PostgreSQL (ROWS=1000000)
	@$(PY) -m tests.tools.provision postgresql
	@$(PY) -m benchmarks.run --rows $(ROWS)

shots: environment .venv/installed-dev ## pictures of every screen into build/shots/, the gallery into docs/gallery/
	@$(PY) -m tests.tools.provision
	@$(PY) -m tests.tools.shots

lock: .venv/installed-dev ## compile requirements/*.in and package.json into their lock files
	@for name in base dev build; do \
		$(PY) -m piptools compile $(COMPILE) -o requirements/$$name.txt requirements/$$name.in || exit 1; \
	done
	@$(PY) -c "from app.cli.assets import npm; npm('install', '--package-lock-only')"

clean: ## remove all that these targets have made, the database in var/ included
	@rm -rf .venv var node_modules app/static/vendor tests/tools/node_modules tests/tools/.cache
	@find translations -name '*.mo' -delete
