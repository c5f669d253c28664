# All that is typed while working on maxrf4all. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help app test check format bench fuzz reliability screenshots browser

help: ## list what can be made
	@echo "Use: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

app: $(VENV)/app-installed ## install what is missing and open the app in the browser
	$(RUN) -m streamlit run streamlit_app.py

test: $(VENV)/tests-installed browser ## run all tests: units, properties, examples in docstrings, pages, a real browser
	$(RUN) -m pytest -n 2 --dist loadfile

check: $(VENV)/tests-installed ## check style, formatting and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

format: $(VENV)/tests-installed ## put all code into the one format
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: $(VENV)/tests-installed ## measure the speed against what else could be used; SIZE=full: of a huge scan too
	$(RUN) -m benchmarks --size S L $(filter full,$(SIZE))

reliability: $(VENV)/tests-installed ## kill, starve and crowd datastacks for ten minutes; WRITE=1: put the figures into docs
	$(RUN) -m tests.reliability $(if $(WRITE),--write)

fuzz: $(VENV)/tests-installed ## open 20,000 broken and hostile files of every format; the table goes to docs/security.md
	$(RUN) -m tools.fuzz --write

screenshots: $(VENV)/tests-installed browser ## take the pictures of every page again, into docs/images
	$(RUN) -m tools.screenshots

browser: $(VENV)/tests-installed
	@$(RUN) -m tools.browser

# The two files are empty; their age tells whether the requirements were changed since.
$(VENV)/app-installed: requirements.txt
	@$(PYTHON) tools/environment.py $(VENV) requirements.txt
	@touch $@

$(VENV)/tests-installed: requirements.txt requirements-dev.txt
	@$(PYTHON) tools/environment.py $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/app-installed
