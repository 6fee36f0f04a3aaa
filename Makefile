# Every command sets up what it needs; `make setup` again costs nothing. Nothing here needs root or Docker.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test fmt lock schema rehearse chaos bench bench-face bench-dedup bench-pace bench-ledger bench-throughput bench-check bench-imports bench-redirect bench-automation bench-search bench-bulk bench-purge clean

# Containers like to set it: each of the hub's five processes would then read 400 source files at every start, 0.4 s of CPU.
unexport PYTHONDONTWRITEBYTECODE

help:
	@printf '%s\n' \
	  'make setup     install everything the other commands need (.venv/bin/pabal)' \
	  'make run       start the hub with demo data on http://127.0.0.1:8000' \
	  'make test      every check and test that CI runs (ARGS="…" goes to pytest)' \
	  'make rehearse  the acceptance run: import 100K, dedup, send 10K through the sandbox' \
	  'make chaos     many random kills with printed seeds' \
	  'make bench     the benchmark suite' \
	  'make fmt       format the code' \
	  'make lock      resolve the lock files anew' \
	  'make schema    write migrations/schema.sql anew, after adding a migration'

setup:
	@scripts/setup.sh

run: setup
	@exec .venv/bin/pabal up $(ARGS)

test: setup
	@scripts/test.sh $(ARGS)

fmt: setup
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

lock: setup
	@scripts/lock.sh

schema: setup
	@scripts/schema-dump

rehearse: setup
	@scripts/optional.sh rehearse $(ARGS)

bench: setup
	@.venv/bin/python bench/spine.py $(ARGS)

bench-face: setup
	@.venv/bin/python bench/face.py $(ARGS)

bench-dedup: setup
	@.venv/bin/python bench/dedup.py $(ARGS)

bench-pace: setup
	@.venv/bin/python bench/pace.py $(ARGS)

bench-ledger: setup
	@.venv/bin/python bench/ledger.py $(ARGS)

bench-throughput: setup
	@.venv/bin/python bench/throughput.py $(ARGS)

bench-check: setup
	@.venv/bin/python bench/check.py $(ARGS)

bench-imports: setup
	@.venv/bin/python bench/imports.py $(ARGS)

bench-search: setup
	@.venv/bin/python bench/search.py $(ARGS)

bench-bulk: setup
	@.venv/bin/python bench/bulk.py $(ARGS)

bench-purge: setup
	@.venv/bin/python bench/purge.py $(ARGS)

bench-redirect: setup
	@.venv/bin/python bench/redirect.py $(ARGS)

bench-automation: setup
	@.venv/bin/python bench/automation.py $(ARGS)

chaos: setup
	@scripts/chaos.sh $(ARGS)

clean:
	@rm -rf .cache .venv .mypy_cache .ruff_cache .pytest_cache web/.next web/out src/pabal/ui/dist
