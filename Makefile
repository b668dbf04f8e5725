# `make help` lists what is here. Nothing has to be installed first but git, make and Python 3.11 or later.
.DEFAULT_GOAL := help
.PHONY: help run test check messages fuzz peer-node setup setup-dev browser clients

BIN := .venv/bin
FAST := $(wildcard tests/unit tests/db tests/wire tests/race)
export PYTHON

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up and start everything, with the demo; PORT=8000 STAFFETTA_HOME=var
	@exec $(BIN)/staffetta run --demo

test: check browser clients ## check, then all the tests
	$(BIN)/python -m pytest -q -n 2 $(FAST)
	$(BIN)/python -m pytest -q -n 3 --dist loadfile tests/line

check: setup-dev ## style, types, layers, and the shape of the source
	$(BIN)/ruff check
	$(BIN)/python -m mypy staffetta
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m pytest -q tests/shape

messages: setup-dev ## collect the texts to translate; fails while one lacks its Italian
	$(BIN)/python scripts/messages.py

fuzz: setup-dev ## a million random and mutated PDUs against the SMPP codec
	$(BIN)/python bench/fuzz_smpp.py --n $(or $(N),1000000)

peer-node: setup-dev ## send through an SMSC on node-smpp; needs node 18 or later and npm
	@scripts/peer-node.sh
	$(BIN)/python -m pytest -q tests/peers

bench-%: setup-dev ## bench-smpp, bench-line, bench-api, bench-lookup, bench-import, bench-archive, bench-statement; N=100000 sets the size
	$(BIN)/python bench/$*.py $(if $(N),--n $(N)) $(ARGS)

setup:
	@scripts/setup.sh run

setup-dev:
	@scripts/setup.sh dev

browser: setup-dev
	@scripts/browser.sh

clients:
	@scripts/clients.sh
