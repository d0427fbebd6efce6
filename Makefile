# `make demo` needs Python 3.11 or later, make and the package registries; everything else it brings along.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
PORT ?= 8000
export UV_LINK_MODE ?= copy
export UV_PYTHON_DOWNLOADS := never
# Where compiled modules may not be kept, every command, worker and web server compiles 2,700 anew: seconds of each start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: env demo demo-reset test lint bench messages format help

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

env: .venv/.made ## The environment: Python packages, front-end libraries, compiled messages

# Made again when a lock file changes; the rest of the set-up looks for itself at what is missing.
.venv/.made: uv.lock pyproject.toml package.json package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The portal needs Python 3.11 or later; name one with `make PYTHON=python3.12 ...`.")'
	@$(BIN)/uv --version 2>/dev/null | grep -qF 'uv $(UV_VERSION)' \
	  || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); } \
	  || { echo 'The environment could not be made; on Debian and Ubuntu it needs the package python3-venv.' >&2; exit 1; }
	$(BIN)/uv sync --quiet --locked --inexact --all-extras
	$(BIN)/python -m prm_portal.vendor
	@touch $@

demo: env ## Start the portal with demo data on http://127.0.0.1:8000 (PORT= changes it)
	@PORT=$(PORT) exec $(BIN)/python -m prm_portal.demo_server

demo-reset: env ## Throw the demo's data away
	@$(BIN)/python -m prm_portal.demo_server --reset

test: env ## All tests
	$(BIN)/python manage.py messages --compile
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: env ## Style, types, imports, migrations, messages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --lint templates
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py messages --check

format: env ## Put code and templates into the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

messages: env ## Gather the texts of pages into locale/, for translation
	$(BIN)/python manage.py messages

bench: env ## Measure a large network against its floors
	$(BIN)/python -m bench
