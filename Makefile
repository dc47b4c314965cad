# Comity: everything a developer runs. `make` alone lists it.

PYTHON ?= python3
# The seed of the long generated tests; it is named with the counts in docs/evidence.
SEED ?= 20261124
VENV := .venv
BIN := $(VENV)/bin

# The police.uk open data makes a larger demonstration, where it is at hand.
CITY := $(wildcard ../shared/data/police-uk-city)

# Errors are shown, and nothing else.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile pyproject.toml --upgrade --quiet --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-build-options

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv demo test check docs nightly bench growth lock clean

help: ## list what can be run
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(VENV)/.project ## make .venv, with what Comity needs to run

demo: $(VENV)/.project ## run the demonstration, into out/demo
	$(BIN)/comity demo --out out/demo $(if $(CITY),--data $(CITY))

test: SYSTEM := --install
test: $(VENV)/.dev ## run every check and every test
	@failed=0; \
	requirements/system.sh $(SYSTEM) java || failed=1; \
	$(MAKE) --no-print-directory check || failed=1; \
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov || failed=1; \
	exit $$failed

check: $(VENV)/.dev ## run the static checks alone
	@failed=0; run=0; \
	for tool in "ruff check" "mypy" "lint-imports --no-logo"; do \
		run=$$((run + 1)); \
		echo "== $$tool"; \
		$(BIN)/$$tool || failed=$$((failed + 1)); \
	done; \
	echo "== static checks: $$((run - failed)) passed, $$failed failed"; \
	test $$failed -eq 0

docs: $(VENV)/.dev ## write the generated pages of docs/reference anew
	$(BIN)/python -m docs.generate

nightly: $(VENV)/.dev ## run the long tests, then mutation testing; goes on where it stopped
	COMITY_HYPOTHESIS=nightly $(BIN)/python -m pytest tests/generative -n 2 --hypothesis-seed=$(SEED)
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results

bench: $(VENV)/.dev ## hold the check against its peers and its limits; BENCH=--write keeps the tables
	$(BIN)/python -m benchmarks $(BENCH)

growth: $(VENV)/.dev ## measure how the cost grows: 1, 10 and 100 million rows on DuckDB
	$(BIN)/python -m benchmarks.rows

lock: $(VENV)/.dev ## choose versions anew, into requirements/
	$(COMPILE) --group build --output-file requirements/core.txt
	$(COMPILE) --group dev --constraints requirements/core.txt --output-file requirements/dev.txt

clean: ## remove everything that was made
	rm -rf $(VENV) out build dist mutants htmlcov .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find benchmarks comity docs tests -name __pycache__ -type d -prune -exec rm -rf {} +

# One virtual environment, filled in steps. Each step leaves a stamp, and is
# done again only when its list changes. The tools come on top of the core, at
# the core's versions.

$(VENV)/.made:
	@requirements/system.sh $(SYSTEM) $(PYTHON)
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.core: requirements/core.txt | $(VENV)/.made
	@echo "Installing $$(grep -c == $<) packages that Comity runs on"
	@$(INSTALL) --require-hashes -r $<
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.core
	@echo "Installing Comity itself"
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.project
	@echo "Installing $$(grep -c == $<) packages for tests and checks"
	@$(INSTALL) --require-hashes -r $<
	@touch $@
