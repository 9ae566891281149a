# Everything that this project does, by name: `make help`.
# Only Python 3.11 or newer is needed; the rest is installed into .venv and node_modules.

PYTHON ?= python3
BIN := .venv/bin
OLDEST := .venv-oldest/bin
NOTEBOOKS := $(filter-out book/exercises/%,$(wildcard book/*.ipynb book/*/*.ipynb)) $(wildcard solutions/*.ipynb)
HTML := book/_build/html

# The tests of the book, the repository and the walls around a grader, in which the versions of the libraries play no part.
ABOUT_THE_REPOSITORY := pages grading test_benchmarks.py test_bibliography.py test_book_extensions.py test_book_structure.py \
    test_browser_wheel.py test_coverage.py test_errata.py test_frameworks.py test_notebook_tools.py test_publishing.py test_readme.py
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --extra course --extra test --extra dev \
    --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

export OPENBLAS_NUM_THREADS ?= 1
export PYDEVD_DISABLE_FILE_VALIDATION = 1

.DEFAULT_GOAL := help
.PHONY: help setup book serve lab test lint types unit oldest notebooks pages oracles bench exercises exercises-check coverage format lock clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: .make/python .make/node ## install everything that the other commands need

.make/python: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Backprop Lab needs Python 3.11 or newer, and $(PYTHON) is %d.%d: try  make book PYTHON=python3.12" % v[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p .make && touch $@

.make/oldest: requirements-oldest.txt pyproject.toml .make/python
	$(BIN)/uv venv --quiet --clear --no-python-downloads --python 3.12 .venv-oldest 2>/dev/null || \
	    $(BIN)/uv venv --quiet --clear --python '>=3.11,<3.13' .venv-oldest
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(OLDEST)/python --require-hashes requirements-oldest.txt
	$(BIN)/uv pip install --quiet --python $(OLDEST)/python --no-deps --no-build-isolation --editable .
	@mkdir -p .make && touch $@

.make/node: package.json package-lock.json .make/python
	$(BIN)/python tools/install_assets.py
	@mkdir -p .make && touch $@

book: setup ## execute every chapter and build the book; with SELF_HOST=a folder with Pyodide, it needs no other host
	$(BIN)/python tools/live_site.py $(SELF_HOST)
	$(BIN)/jupyter-book build --all -W --keep-going -n book
	@echo "The book is built. Open  $(CURDIR)/$(HTML)/index.html  or run  make serve"

serve: ## show the built book on localhost
	@test -f $(HTML)/index.html || { echo "There is no book yet: run  make book"; exit 1; }
	@echo "http://localhost:8000  (stop with Ctrl+C)"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory $(HTML)

lab: setup ## open the chapters in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/book/index.ipynb

test: lint types exercises-check unit oldest ## check everything that the book claims
	$(MAKE) --jobs=2 --output-sync=target notebooks pages  # a book is built by one process, which leaves the other cores idle

lint: setup ## check code and notebooks for their normal form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/notebooks.py check $(NOTEBOOKS) $(wildcard exercises/*.ipynb)

types: setup ## check the types
	$(BIN)/mypy

unit: setup ## run the unit tests
	$(BIN)/pytest --numprocesses=auto --dist=loadgroup --ignore=tests/pages --doctest-modules src/backprop_lab tests

oldest: .make/oldest ## run the library's tests on the oldest versions that pyproject.toml allows
	$(OLDEST)/pytest --numprocesses=auto --dist=loadgroup $(ABOUT_THE_REPOSITORY:%=--ignore=tests/%) \
	    -W ignore::pyparsing.warnings.PyparsingDeprecationWarning --doctest-modules src/backprop_lab tests  # matplotlib 3.8 uses its old names

notebooks: setup ## compare every stored output with what the code gives now
	$(BIN)/pytest --numprocesses=auto --dist=loadfile --nbval --nbval-cell-timeout=300 -W default $(NOTEBOOKS)

pages: book ## build the book and open every page in a browser
	$(BIN)/pytest --numprocesses=auto --dist=loadgroup tests/pages

oracles: setup ## install PyTorch and JAX too: the tests then compare with them
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[oracles]"

bench: setup ## measure our speed and memory against the peers that are installed (about twenty-five minutes)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[graders]"
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python -m benchmarks  # the kernels that fit this processor, whatever is set for others

exercises: setup ## make exercises/ from solutions/
	$(BIN)/backprop-lab release

exercises-check: setup ## see that exercises/ is what solutions/ gives
	$(BIN)/backprop-lab release --check

coverage: setup ## print which items of the sources the book meets
	$(BIN)/python tools/coverage_of_sources.py

format: setup ## put code and notebooks into their normal form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/notebooks.py normalise $(NOTEBOOKS) $(wildcard exercises/*.ipynb)

lock: setup ## compile requirements.txt and requirements-oldest.txt from pyproject.toml
	$(LOCK) --extra book --output-file requirements.txt pyproject.toml
	$(LOCK) --resolution lowest-direct --output-file requirements-oldest.txt pyproject.toml

clean: ## remove what the commands made
	rm -rf .make .venv .venv-oldest node_modules book/_build book/exercises .mypy_cache .pytest_cache .ruff_cache .hypothesis
