PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TWICE := --numprocesses=2 --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: assurance sbom calendar-histories help run demo test pictures bench-workspace test-debian eval test-llm bench-queue chaos mail-faults text-kills check format lock clean

help: ## What can be made here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/installed ## Install, start everything, and say where it is; Ctrl-C stops it
	@exec $(BIN)/buildos up

demo: $(VENV)/installed ## Furnish an account with a believable month; make run shows it
	@exec $(BIN)/buildos demo $(ARGS)

test: $(VENV)/installed-dev ## Run every test, browser tests included
	@$(BIN)/python scripts/get_chromium.py
	@$(BIN)/python scripts/get_redis.py
	@exec $(BIN)/pytest $(or $(ARGS),$(TWICE))

pictures: $(VENV)/installed-dev ## Take a picture of every page, four widths, light and dark: test-results/album/
	@$(BIN)/python scripts/get_chromium.py
	@PICTURES=all $(BIN)/pytest -q tests/e2e/test_everywhere.py
	@echo "Look at test-results/album/index.html"

bench-workspace: $(VENV)/installed-dev ## Measure every page and the search with 200 projects and 50,000 tasks
	@exec $(BIN)/python -m benchmarks.workspace

test-debian: $(VENV)/installed-dev ## Run the tests of the database on Debian's PostgreSQL, the oldest we support
	@exec scripts/with_debian_postgres $(BIN)/pytest $(TWICE) tests/db tests/queue tests/accounts tests/pooler tests/brain_dumps/test_applying.py tests/brain_dumps/test_undo.py

eval: $(VENV)/installed-dev ## Measure how well brain dumps are read: precision and recall on the dumps under tests/evals
	@exec $(BIN)/python -m tests.evals $(ARGS)

test-llm: $(VENV)/installed-dev ## Ask the server that OPENAI_* names to read the same dumps; says what it costs first
	@exec $(BIN)/python -m tests.evals --llm $(ARGS)

bench-queue: $(VENV)/installed-dev .bench/installed ## Measure our queue beside its peers; writes docs/benchmarks.md
	@exec $(BIN)/python -m benchmarks.queue --write docs/benchmarks.md

calendar-histories: $(VENV)/installed-dev ## 1,000 random histories of tasks and 1,000 of repetitions, edited here and in the calendar, with faults
	@HISTORIES=$(or $(HISTORIES),1000) exec $(BIN)/pytest -q tests/calendar/test_histories.py tests/calendar/test_series_histories.py

chaos: $(VENV)/installed-dev ## Kill workers, cut connections, restart PostgreSQL; count what is lost or doubled
	@exec $(BIN)/python -m tests.chaos $(ARGS)

text-kills: $(VENV)/installed-dev ## Kill 200 workers while they send texts; count what is lost or doubled
	@SMS_KILLS=200 $(BIN)/pytest -q -s tests/sms/test_kills.py

mail-faults: $(VENV)/installed-dev ## Send 200 mails by SMTP and 200 by the webhook, each against a fault; count what is lost or doubled
	@MAIL_RUNS=200 $(BIN)/pytest -q -s -k r10 tests/briefs/test_mailing.py

assurance: $(VENV)/installed-dev ## Run the tests that the claims name, and write docs/assurance.md from that run
	@exec $(BIN)/python -m tests.assurance

sbom: .sbom/installed ## Write docs/sbom.json, the list of every part, from the locks
	@exec $(BIN)/python scripts/make_sbom.py .sbom/bin/cyclonedx-py

check: $(VENV)/installed-dev ## Lint, types and import contracts, in seconds
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/installed-dev ## Put the code into its form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

lock: $(VENV)/installed-dev ## Resolve the dependencies of pyproject.toml again
	@CUSTOM_COMPILE_COMMAND="make lock" scripts/lock "$(BIN)"

clean: ## Remove what was built and installed; the data in .buildos stay
	@rm -rf $(VENV) .bench .sbom .web .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results

$(VENV)/installed: requirements.lock
	@scripts/install "$(PYTHON)" $(VENV) requirements.lock
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock
	@scripts/install "$(PYTHON)" $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/installed

.sbom/installed: $(VENV)/installed-dev
	@"$(PYTHON)" -m venv .sbom
	@.sbom/bin/pip install --quiet cyclonedx-bom==7.5.0
	@touch $@

.bench/installed: benchmarks/queue/peers.txt benchmarks/queue/package.json benchmarks/queue/side_graphile.mjs
	@"$(PYTHON)" -m venv .bench
	@.bench/bin/pip install --quiet --requirement benchmarks/queue/peers.txt
	@cp benchmarks/queue/package.json benchmarks/queue/side_graphile.mjs .bench/
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix .bench --silent --no-fund --no-audit
	@touch $@
