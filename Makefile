# make run, make test: all of the set-up is done on the way. Needs Python 3.11 or newer and make, nothing else.

# The first Python that is new enough; another: make PYTHON=/path/to/python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
PYTHON_IN_VENV := .venv/bin/python
PYTEST_FLAGS ?=
# Tests mostly wait, so three at a time fit on two cores. What comes later wins: PYTEST_FLAGS="tests/app -n0".
SIDE_BY_SIDE := --numprocesses=3 --dist=worksteal
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(LOCK_FLAGS)
CHECKED := app worker launcher terminal tests bench

.NOTPARALLEL:
.PHONY: run test check lock screenshots bench bench-profile bench-latency bench-logs bench-ui faults storm soak clean python

run: .venv/run.stamp
	@exec $(PYTHON_IN_VENV) -m launcher

# Real processes, side by side on a machine with other things to do, may want for time: what fails is tried once more, one
# at a time, and said so. What fails then fails.
test: .venv/dev.stamp
	@$(PYTHON_IN_VENV) -m pytest $(SIDE_BY_SIDE) $(PYTEST_FLAGS) || { failed=$$?; test $$failed -eq 1 || exit $$failed; \
	echo "These failed. Once more, one at a time:"; \
	$(PYTHON_IN_VENV) -m pytest $(PYTEST_FLAGS) --last-failed --last-failed-no-failures=none --numprocesses=0; }

check: .venv/dev.stamp
	.venv/bin/ruff check $(CHECKED)
	.venv/bin/ruff format --check $(CHECKED)
	.venv/bin/mypy
	@if command -v npx >/dev/null; then echo "tsc on static/js"; npx --yes --package typescript@5 tsc --project .; \
	else echo "ATTENTION: npx is not here, so the types of static/js were not checked."; fi
	$(PYTHON_IN_VENV) -m pytest --quiet tests/test_architecture.py

# LOCK_FLAGS=--upgrade takes the newest versions that requirements*.in allow.
lock: .venv/dev.stamp
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

screenshots: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m bench.screenshots

# ONLY="fanout idle" measures these alone, and writes nothing.
bench: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m bench $(ONLY)

# Where the web's time goes. Needs py-spy on PATH.
bench-profile: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m bench.profile

bench-latency: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m bench.latency

bench-ui: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m bench.ui

# SECONDS=60 is how long the flood lasts.
bench-logs: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m bench.logs

# ONLY="F6a F8b" plays these rows alone, REPEATS=1 each once, PLAIN=0 leaves the rival out.
faults: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m tests.faults.matrix --repeats $(or $(REPEATS),3) --plain-repeats $(or $(PLAIN),3) --only $(ONLY)

storm: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m tests.faults.storm --seed $(or $(SEED),1) --minutes $(or $(MINUTES),5) $(APART)

soak: .venv/dev.stamp
	$(PYTHON_IN_VENV) -m tests.faults.soak --minutes $(or $(MINUTES),10)

clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache static/vendor bench/out

.venv/run.stamp: requirements.txt launcher/set_up.py launcher/vendor.py | python
	@$(PYTHON) -m launcher.set_up requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt launcher/set_up.py launcher/vendor.py | python
	@$(PYTHON) -m launcher.set_up requirements-dev.txt
	@touch $@ .venv/run.stamp

python:
	@test -n "$(PYTHON)" || { echo "Pushboard needs Python 3.11 or newer; none is on PATH. Name one: make PYTHON=/path/to/python"; exit 1; }
