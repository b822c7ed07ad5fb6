# Two commands matter: `make demo` and `make test`. Both install what they need into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml

.PHONY: demo test bench lint words migration lock clean

$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/.run
	$(BIN)/mediation demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadscope

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

# Which Chinese words the English catalogue lacks, and which it holds for nothing: make words (WRITE=--write mends the file)
words: $(VENV)/.dev
	$(BIN)/python -m tests.words $(WRITE)

# The next step of the database schema, drafted from the models: make migration MESSAGE="Letters get an answer date"
migration: $(VENV)/.dev
	$(BIN)/python -m mediation.migrations.revise $(MESSAGE)

# Names, versions and hashes of everything installed; needs uv.
lock:
	$(COMPILE) --extra build -o requirements.lock
	$(COMPILE) --extra build --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) var build dist
