.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
# Where the environment has Python keep no compiled code (images do), each of the tests' processes would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=
BIN := $(VENV)/bin
UV := $(BIN)/uv
# A system Node that Vite takes (20.19, or 22.12 and later) builds the playground's page; otherwise PyPI's wheel brings one.
NODE_OK := const [a, b] = process.versions.node.split(".").map(Number); process.exit((a == 20 && b >= 19) || (a == 22 && b >= 12) || a > 22 ? 0 : 1)
NODE_LOCK := $(shell node -e '$(NODE_OK)' 2>/dev/null || echo requirements/node.txt)

# The page's own scripts, with the Node that is there.
PAGE := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix bot/playground/web run --silent

.PHONY: help setup playground test chaos check format lint types imports page-test page-tools lock bench commands architecture schemas audit fuzz sbom image clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/ready  ## install everything into .venv

$(UV):
	@echo "[setup] creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# What runs the bot and its playground; the tools of the tests and checks come with `ready`.
$(VENV)/runtime: $(UV) requirements/runtime.txt requirements/node.txt pyproject.toml
	@echo "[setup] installing the locked packages of the bot (about 70, cached after the first time)"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --require-hashes -r requirements/runtime.txt $(NODE_LOCK:%=-r %)
	@BOT_WITHOUT_PAGE=1 VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/ready: $(VENV)/runtime requirements/dev.txt
	@echo "[setup] installing the locked packages of the tests and checks (about 30 more)"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip sync --quiet requirements/dev.txt $(NODE_LOCK)
	@BOT_WITHOUT_PAGE=1 VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --editable .
	@touch $@

playground: $(VENV)/runtime  ## run the bot with a local Slack, a sample Aionis and an embedded Valkey
	@$(BIN)/incident-bot playground $(ARGS)

# A test that takes five minutes hangs: its process ends, says where each thread stands, and the test has failed.
ENDS_A_HANG := -o faulthandler_timeout=300 -o faulthandler_exit_on_timeout=true

test: setup  ## run all tests
	@$(BIN)/python -m pytest -n auto $(ENDS_A_HANG) $(ARGS)

check: format-check lint types imports page-test test  ## format, lint, types, import contracts, tests

format: setup page-tools  ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .
	@$(PAGE) format

.PHONY: format-check
format-check: setup
	@$(BIN)/ruff format --check .

lint: setup page-tools
	@$(BIN)/ruff check .
	@$(PAGE) check

types: setup page-tools
	@$(BIN)/mypy
	@$(PAGE) typecheck

page-test: setup page-tools  ## run the tests of the playground's page
	@$(PAGE) test

page-tools: setup
	@$(BIN)/python -m bot.playground.bundle --tools

imports: setup
	@$(BIN)/lint-imports

lock: setup  ## resolve the dependencies again
	@for set in runtime otel dev node; do \
	  case $$set in runtime) args=pyproject.toml;; otel) args="pyproject.toml --extra otel";; dev) args="pyproject.toml --extra otel --group dev";; node) args=requirements/node.in;; esac; \
	  $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	    --custom-compile-command "make lock" $$args -o requirements/$$set.txt; \
	done

audit: setup  ## look for known weaknesses of the dependencies; says so where the registry does not answer
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python .ci/audit.py

FUZZ_TESTS := tests/security/test_fuzz_signed.py tests/security/test_fuzz_commands.py tests/security/test_bundles.py tests/aionis/test_hostile_answers.py

fuzz: setup  ## look for longer for what breaks on hostile input (FUZZ_EXAMPLES=5000 of each kind, and every broken payload)
	@HYPOTHESIS_PROFILE=fuzz FUZZ_SIGNED=1000000 $(BIN)/python -m pytest -n auto --hypothesis-show-statistics $(FUZZ_TESTS) $(ARGS)

chaos: setup  ## let everything fail at random, for longer than the tests do (CHAOS_SEEDS, CHAOS_COMMANDS)
	@CHAOS_SEEDS=$${CHAOS_SEEDS:-20} CHAOS_COMMANDS=$${CHAOS_COMMANDS:-200} $(BIN)/python -m pytest -p no:randomly tests/chaos $(ARGS)

bench: setup  ## measure speed and memory (ratios within one run)
	@$(BIN)/python -m benchmarks $(ARGS)

commands: setup  ## write what people can type into README and manifest.yml
	@$(BIN)/python docs/commands.py

architecture: setup  ## draw which package imports which
	@$(BIN)/python docs/architecture.py

schemas: setup  ## write the JSON Schemas of the evidence bundle's files
	@$(BIN)/python docs/schemas.py

sbom: $(VENV)/runtime  ## list what the bot is made of, as CycloneDX (sbom.cdx.json)
	@$(BIN)/python .ci/sbom.py sbom.cdx.json
	@echo "[sbom] sbom.cdx.json"

# HEALTHCHECK is of Docker's own format, which Podman writes where it is asked to.
image:  ## build the image with Docker or Podman (BUILDER), and say how large it is
	@tool=$$BUILDER; for one in docker podman; do [ -n "$$tool" ] || ! $$one info >/dev/null 2>&1 || tool=$$one; done; \
	[ -n "$$tool" ] || { echo "[image] neither Docker nor Podman answers: start Docker's daemon, or install Podman"; exit 1; }; \
	BUILDAH_FORMAT=docker $$tool build --tag incident-bot $(ARGS) . && \
	echo "[image] $$($$tool image inspect --format '{{.Size}}' incident-bot) bytes unpacked, $$($$tool save incident-bot | gzip | wc -c) packed"

clean:  ## remove what was built and installed
	@rm -rf $(VENV) bot/playground/web/dist bot/playground/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
