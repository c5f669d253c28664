# All that is typed while working on maxrf4all. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
INTEROP := .venv-interop
RUN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
COMPILE := $(RUN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

# Python keeps what it has compiled, whatever the surroundings say: tests start it hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help app test interop check format bench fuzz reliability soak docs screenshots messages lock audit browser

help: ## list what can be made
	@echo "Use: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

app: $(VENV)/app-installed ## install what is missing and open the app in the browser; FOLDER=/path/to/scans
	$(RUN) -m maxrf_core app $(if $(FOLDER),"$(FOLDER)")

# Each processor has its worker; more threads would only wait for each other.
test soak: export OPENBLAS_NUM_THREADS := 1
test: $(VENV)/tests-installed browser ## run all tests: units, properties, examples in docstrings, pages, a real browser
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

interop: $(VENV)/tests-installed $(INTEROP)/installed ## install silx, HyperSpy, ITK and others beside, and have them read our files
	$(RUN) -m pytest -m interop tests/interop

check: $(VENV)/tests-installed ## check style, formatting, types, the house and, where node is installed, JavaScript
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest -q tests/test_import_directions.py tests/test_module_tests.py tests/test_private_names.py
	$(RUN) -m tools.javascript

format: $(VENV)/tests-installed ## put all code into the one format
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: $(VENV)/bench-installed ## measure the speed against what else could be used; SIZE=full: of a huge scan too
	$(RUN) -m benchmarks --size S L $(filter full,$(SIZE))

reliability: $(VENV)/tests-installed ## kill, starve and crowd datastacks for ten minutes; WRITE=1: put the figures into docs
	$(RUN) -m tests.reliability $(if $(WRITE),--write)

fuzz: $(VENV)/tests-installed ## open 20,000 broken and hostile files of every format; the table goes to docs/security.md
	$(RUN) -m tools.fuzz --write

soak: $(VENV)/tests-installed ## repeat for half an hour what the tests try briefly: kills, full disks, broken files, crowds
	$(RUN) -m pytest -m soak -n 2 --dist loadfile --no-loadscope-reorder
	$(RUN) -m tools.fuzz --cases 2000
	$(RUN) -m tests.reliability --kills 60 --seconds 10
	$(RUN) -m tests.visitors.heavy_load

docs: $(VENV)/tests-installed ## build the documentation into build/docs; a warning is an error
	$(RUN) -m sphinx -W --keep-going -b html docs build/docs

screenshots: $(VENV)/tests-installed browser ## take the pictures of every page again, into docs/images
	$(RUN) -m tools.screenshots

messages: $(VENV)/tests-installed ## collect the texts on screen into maxrf_core/locale/maxrf4all.pot, for translators
	$(RUN) -m tools.messages

lock: $(VENV)/tests-installed ## resolve requirements*.txt anew into requirements*.lock, for every system, with hashes
	$(COMPILE) requirements.txt -o requirements.lock
	$(COMPILE) requirements-dev.txt --constraint requirements.lock -o requirements-dev.lock
	$(COMPILE) requirements-interop.txt -o requirements-interop.lock
	$(COMPILE) requirements-bench.txt --constraint requirements-dev.lock -o requirements-bench.lock

audit: $(VENV)/tests-installed ## look the locked versions up among the known vulnerabilities; this asks pypi.org
	@$(RUN) -m pip_audit --strict --disable-pip --requirement requirements.lock || { \
	  echo "Not clean: either a vulnerability is listed above, or the service could not be reached."; exit 1; }

browser: $(VENV)/tests-installed
	@$(RUN) -m tools.browser

# These files are empty; their age tells whether the requirements were changed since.
$(VENV)/app-installed: requirements.lock
	@$(PYTHON) tools/environment.py $(VENV) requirements.lock
	@touch $@

$(VENV)/tests-installed: requirements-dev.lock
	@$(PYTHON) tools/environment.py $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/app-installed

$(VENV)/bench-installed: $(VENV)/tests-installed requirements-bench.lock
	@$(PYTHON) tools/environment.py $(VENV) requirements-bench.lock
	@touch $@

$(INTEROP)/installed: requirements-interop.lock
	@$(PYTHON) tools/environment.py $(INTEROP) requirements-interop.lock
	@touch $@
