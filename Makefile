# Every command sets up what it needs; `make run` and `make test` work from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1:8000
# Test processes. Two fit a small machine.
JOBS ?= 2

.PHONY: help run test check test-services test-kills year test-browser bench lock clean

help:
	@echo "make run            the service with demo data on http://$(ADDRESS); Ctrl-C stops all of it"
	@echo "make test           the whole default test suite; no server needed"
	@echo "make check          format, lint, import contracts, types, Django checks, migrations, API schema"
	@echo "make test-services  the suite on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)"
	@echo "make test-kills     workers killed at random while 400 people are told, three times over; also with DATABASE_URL, REDIS_URL"
	@echo "make year           a year of 43 forces with 8,600 findings, day by day: what is owed is told once; e-mails per officer per week"
	@echo "make test-browser   the officers' pages in Chromium: accessibility, keyboard, widths, a day of each"
	@echo "make bench          benchmarks, as ratios"
	@echo "make lock           resolve the pinned requirements anew"

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit("peeltrack needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name one with: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --quiet --python $(BIN)/python install pip; } \
		|| { rm -rf $(VENV); echo "No virtual environment could be made. On Debian or Ubuntu: apt install python3-venv"; exit 2; }
	@touch $@

$(VENV)/.service: requirements.lock $(VENV)/.python
	@echo "Installing what the service needs …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.python
	@echo "Installing what tests and checks need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.service

run: $(VENV)/.service
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_reference
	@$(BIN)/python manage.py load_demo --address http://$(ADDRESS)
	@ADDRESS=$(ADDRESS) SITE_ADDRESS="$${SITE_ADDRESS:-http://$(ADDRESS)}" PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho --no-colour start || test $$? -eq 130

test: $(VENV)/.development
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/pytest -n $(JOBS) --ignore=tests/test_kills.py # which test-services runs, on a real queue

check: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python manage.py check --fail-level WARNING
	HTTPS=true $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

# What a browser draws, and how the text of a report is read, does not hang on the database.
NO_DATABASE := --ignore=tests/test_browser.py --ignore=tests/test_stories.py --ignore=tests/test_review_stories.py --ignore=tests/findings/reading

test-services: $(VENV)/.development
	@$(BIN)/python -m tests.services $(BIN)/pytest -n $(JOBS) $(NO_DATABASE)

test-kills: $(VENV)/.development
	@for run in 1 2 3; do KILLS_DUE=400 KILLS_WORKERS=4 KILLS_SECONDS=25 KILLS_SEED=$$run $(BIN)/pytest tests/test_kills.py -q -k "at_any_moment" || exit 1; done

year: $(VENV)/.development
	@YEAR_FORCES=43 YEAR_FINDINGS=200 $(BIN)/pytest tests/tracking/test_year.py -q -s -n0

test-browser: $(VENV)/.development
	@env -u DATABASE_URL -u REDIS_URL NOTHING_SKIPPED=1 $(BIN)/pytest tests/test_browser.py tests/test_stories.py tests/test_review_stories.py

bench: $(VENV)/.development
	@$(BIN)/python -m benchmarks

lock: $(VENV)/.development
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header requirements.txt -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header requirements-dev.txt -o requirements-dev.lock

clean:
	rm -rf $(VENV) .coverage htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis
