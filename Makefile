PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test lint format e2e demo bench bench-scale chaos chaos-quick explain clean

help: ## List the commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/.runtime: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	@touch $@ $(VENV)/.runtime

run: $(VENV)/.runtime ## Set up and run the bot (without credentials: local mode)
	$(BIN)/python bot.py

test: $(VENV)/.dev ## Set up and run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST)

lint: $(VENV)/.dev ## Check style, types and architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	PYTHONPATH=. $(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## Rewrite the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

e2e: $(VENV)/.dev ## Drive the whole install in a browser (needs Node.js and Chromium)
	$(BIN)/python -m pytest --override-ini addopts="-q --strict-markers" $(PYTEST) tests/e2e

demo: $(VENV)/.dev ## Start the bot, a stand-in for Sentry and the Agents Playground together (needs Node.js)
	$(BIN)/python -m sandbox.demo

clean: ## Remove everything that can be made again
	rm -rf $(VENV) node_modules sandbox/playground/node_modules artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis

bench: $(VENV)/.dev ## Measure the bot beside the stock SDK and a bare handler (BENCH=--quick for a rough look)
	$(BIN)/python -m benchmarks $(BENCH)
	$(BIN)/python -m benchmarks.webhooks $(BENCH)

bench-scale: $(VENV)/.dev ## Measure 1, 2 and 4 processes on one PostgreSQL
	$(BIN)/python -m benchmarks.scale $(BENCH)

explain: $(VENV)/.dev ## Show the indexes and times of the hot path with 1,000,000 installations and 5,000,000 deliveries
	$(BIN)/python -m benchmarks.explain $(BENCH)

chaos: $(VENV)/.dev ## Kill instances, fail their calls, restart their database: is anything lost? (about six minutes)
	$(BIN)/python -m benchmarks.chaos --both $(CHAOS)

chaos-quick: $(VENV)/.dev ## The same in little more than a minute
	$(BIN)/python -m benchmarks.chaos --quick --both $(CHAOS)
