# make help lists what there is. Each target first sets up what it needs; nothing asks a question.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help setup run test lint clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.base ## environment, packages, front-end assets, translations, database

.venv/.base: requirements/base.txt
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip install --quiet --require-hashes -r requirements/base.txt
	@touch $@

run: setup ## start the product on http://127.0.0.1:8080
	@$(PY) run.py

test: setup ## every check and test, on both databases
	@$(PY) -m pytest

lint: setup ## format, style, types, direction of imports
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m mypy && .venv/bin/lint-imports

clean: ## remove everything that setup and run have made, the database included
	@rm -rf .venv var node_modules app/static/vendor build
