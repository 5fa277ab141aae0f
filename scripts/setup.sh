#!/usr/bin/env bash
# Make .venv and node_modules from the lock files. A second run does nothing; what an interrupted one left is made anew.
# Usage: setup.sh [python]      python: only .venv
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

fail() {
    echo "$1" >&2
    exit 1
}

# What a folder was made from, and where: written last, so that a folder without it is a half-made one.
made_from() { cksum "$@" && pwd; }
is_made() { [ "$(cat "$1/pophub-complete" 2>/dev/null)" = "$(made_from "${@:2}")" ]; }

venv_runs() { .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

make_venv() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Python 3.11 or newer is needed, $python is $("$python" --version 2>&1 || true)
hint: install one and name it, as in: make setup PYTHON=python3.12"
    # elsewhere made, or half: its programs would start another checkout's Python
    if [ "$(tail -n 1 .venv/pophub-complete 2>/dev/null)" != "$PWD" ] || ! .venv/bin/uv --version >/dev/null 2>&1; then
        echo "making .venv with $("$python" --version)" >&2
        rm -rf .venv
        "$python" -m venv .venv
        # of the locked packages the one that installs all others
        sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt >.venv/uv.txt
        .venv/bin/pip install --quiet --require-hashes --no-deps -r .venv/uv.txt
    fi
    rm -f .venv/pophub-complete
    echo "installing requirements-dev.txt into .venv (a minute the first time)" >&2
    .venv/bin/uv pip sync --quiet --python .venv --require-hashes requirements-dev.txt
    .venv/bin/uv pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
    made_from requirements-dev.txt pyproject.toml >.venv/pophub-complete
}

make_node_modules() {
    echo "installing package-lock.json into node_modules (a minute the first time)" >&2
    rm -f node_modules/pophub-complete
    npm ci --loglevel=error >&2
    made_from package.json package-lock.json >node_modules/pophub-complete
}

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
[ "${1:-}" = python ] || [ "${major:-0}" -ge 20 ] || fail "Node.js 20 or newer is needed, node is ${major:-missing}
hint: install it with your system's packages, or from https://nodejs.org"
trap '[ $? -eq 0 ] || echo "the set-up is not complete; once the cause is gone, \`make setup\` goes on" >&2' EXIT
{ is_made .venv requirements-dev.txt pyproject.toml && venv_runs; } || make_venv
[ "${1:-}" = python ] || is_made node_modules package.json package-lock.json || make_node_modules
