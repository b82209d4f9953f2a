# `make demo` and `make test` each work alone on a fresh clone. They need Python 3.11 or newer, a C compiler
# and a package index; everything else is installed into .venv. Linux and macOS; on Windows use WSL2.
#
#   PYTHON=python3.13   which interpreter to use (else the first working one that is new enough)
#   VENV=.venv          where the virtual environment goes
#   CC=clang            which C compiler builds durable-rules
#   PYTEST_ARGS="-k x"  more arguments for pytest

VENV ?= .venv
PYTHON ?=
PYTEST_ARGS ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WITH_BIN := PATH="$$(cd $(BIN) && pwd):$$PATH"

.NOTPARALLEL:
.PHONY: help demo test lint types imports rules check format clean FORCE

help:
	@echo "make demo     scrub the sample claims: findings, amendments, a corrected file"
	@echo "make test     run the tests"
	@echo "make check    lint, types, imports and rules: all that CI asks besides the tests"
	@echo "make lint | types | imports | rules    one of them"
	@echo "make format   rewrite the code in the project's format"
	@echo "make clean    remove the virtual environment and every cache"

# ---- what people run -------------------------------------------------------------------------------------

demo: $(VENV)/.stamp-run
	@$(WITH_BIN) sh docs/demo.sh

test: $(VENV)/.stamp-dev
	$(BIN)/python -m pytest -q -n auto $(PYTEST_ARGS)

check: lint types imports rules

lint: $(VENV)/.stamp-dev
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .

types: $(VENV)/.stamp-dev
	$(BIN)/mypy

imports: $(VENV)/.stamp-dev
	$(BIN)/lint-imports

rules: $(VENV)/.stamp-dev
	$(BIN)/scrubber rules check
	$(BIN)/scrubber rules test

format: $(VENV)/.stamp-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean:
	rm -rf .ci/editor/node_modules $(VENV) .venv .venv-* build dist demo-output .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name .git -prune -o -type d -name __pycache__ -exec rm -rf {} +

# ---- how the environment is made -------------------------------------------------------------------------
# Each step leaves a stamp, so a second run is instant, and a changed pyproject.toml or constraints.txt installs again.

# Runs every time, but touches its stamp only when it makes an environment: also when PYTHON names another interpreter.
$(VENV)/.stamp-python: FORCE
	@sh -c "$$MAKE_VENV"

# durable-rules first and by itself. On Python 3.13 it imports only when built with this flag (C API renamed), and
# pip's cache of built wheels does not look at flags, so the cache is neither read nor written.
$(VENV)/.stamp-engine: $(VENV)/.stamp-python constraints.txt
	@echo "Building durable-rules ..."
	@sh -c "$$BUILD_ENGINE"
	@touch $@

$(VENV)/.stamp-run: $(VENV)/.stamp-engine pyproject.toml constraints.txt
	@echo "Installing claim-scrubber ..."
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-engine pyproject.toml constraints.txt
	@echo "Installing claim-scrubber and the development tools ..."
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $(VENV)/.stamp-run $@

FORCE:

# Finds an interpreter and makes the environment with it, or says in one sentence what is missing and what to do.
define MAKE_VENV
set -eu
fail() { echo "make: $$1" >&2; exit 1; }
identity='import sys; print(sys.base_prefix, sys.version)'
is_new_enough() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python='$(PYTHON)'
if [ -f '$(VENV)/.stamp-python' ] && have=$$('$(BIN)/python' -c "$$identity" 2>/dev/null); then
    [ -n "$$python" ] || exit 0
    [ "$$have" != "$$("$$python" -c "$$identity" 2>/dev/null)" ] || exit 0
fi

if [ -n "$$python" ]; then
    version=$$("$$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) ||
        fail "PYTHON=$$python does not run; name an interpreter of version 3.11 or newer, for example 'make test PYTHON=python3.12'."
    is_new_enough "$$python" ||
        fail "PYTHON=$$python is Python $$version, but 3.11 or newer is needed; name a newer one, for example 'make test PYTHON=python3.12'."
else
    for candidate in python3 python3.13 python3.12 python3.11; do
        if is_new_enough "$$candidate"; then python=$$candidate; break; fi
    done
    [ -n "$$python" ] ||
        fail "no Python 3.11 or newer was found; install one, or name it as in 'make test PYTHON=/path/to/python3.12'."
fi
"$$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$$python cannot make virtual environments; install its venv module (Debian and Ubuntu: 'apt-get install python3-venv') and run make again."

$(FIND_COMPILER)

echo "Making $(VENV) with $$("$$python" -c 'import sys; print(sys.executable)') ..."
clear=''
[ ! -f '$(VENV)/pyvenv.cfg' ] || clear=--clear
"$$python" -m venv $$clear '$(VENV)'
touch '$(VENV)/.stamp-python'
endef
export MAKE_VENV

# Sets $$compiler to one that works: $$CC if given, else the one this Python was built with, else a usual name.
define FIND_COMPILER
try=$$(mktemp -d)
trap 'rm -rf "$$try"' EXIT
echo 'int answer;' > "$$try/plain.c"
echo '#include <Python.h>' > "$$try/headers.c"
include=$$("$$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
compiler=''
for candidate in "$${CC:-$$("$$python" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "cc")')}" cc gcc clang; do
    if $$candidate -c "$$try/plain.c" -o "$$try/plain.o" >/dev/null 2>&1; then compiler=$$candidate; break; fi
    [ -z "$${CC:-}" ] || fail "CC=$$CC is not a C compiler that works; correct or unset CC and run make again."
done
[ -n "$$compiler" ] ||
    fail "no C compiler was found, and durable-rules is built from source; install one (Debian and Ubuntu: 'apt-get install gcc', macOS: 'xcode-select --install') and run make again."
$$compiler -I"$$include" -c "$$try/headers.c" -o "$$try/headers.o" >/dev/null 2>&1 ||
    fail "the C headers of $$python are missing, and durable-rules is built against them; install them (Debian and Ubuntu: 'apt-get install python3-dev') and run make again."
endef

define BUILD_ENGINE
set -eu
fail() { echo "make: $$1" >&2; exit 1; }
python='$(BIN)/python'
$(FIND_COMPILER)
CC=$$compiler CPPFLAGS="$${CPPFLAGS:-} -DPyEval_CallObject=PyObject_CallObject" \
    $(PIP) install -c constraints.txt --use-pep517 --no-cache-dir --no-binary durable-rules durable-rules
"$$python" -c 'import durable_rules_engine' 2>/dev/null ||
    fail "durable-rules was installed but cannot be imported; run 'pip cache remove durable_rules' and 'make clean', then make again."
endef
export BUILD_ENGINE
