# Two commands: `make run` starts the copilot, `make test` proves it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: install run test bench lint clean

install: $(INSTALLED)

# The lock is complete, so nothing is resolved: --no-deps, then a check that it holds together.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip --disable-pip-version-check check
	$(BIN)/python -c "import langchain, chromadb, sentence_transformers, fastapi, slack_bolt"
	touch $@

run: install
	$(BIN)/copilot up

test: install
	$(BIN)/python -m pytest -q

# Ratios to plain LangChain + sentence-transformers + Chroma, measured in this run. Options: make bench BENCH="--out b.json"
bench: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench]'
	$(BIN)/python -m tests.benchmarks $(BENCH)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python tests/licences.py

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
