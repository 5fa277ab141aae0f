#!/usr/bin/env bash
# Count which lines and branches the tests run: in the checkout's Python, and in those of the lab's hubs and machines
# (lab/coverage_hook.py). Shell scripts, participants' containers and emulated machines are not counted.
# Usage: coverage.sh [pytest's arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD/build/coverage
python=$PWD/.venv/bin/python
export COVERAGE_PROCESS_START=$folder/pyproject.toml COVERAGE_FILE=$folder/data/lines

# coverage.py as locked, for this Python and for Debian's on a lab machine
install_for() {
    local target=$folder/$1/site-packages
    if [ -e "$target/complete" ] && cmp -s "$target/complete" "$folder/coverage.txt"; then return; fi
    rm -rf "$target"
    .venv/bin/uv pip install --quiet --target "$target" --python "$python" --python-version "$1" --no-deps --require-hashes \
        -r "$folder/coverage.txt"
    cp "$folder/coverage.txt" "$target/complete"
}

rm -rf "$folder/data" "$folder/html"
mkdir -p "$folder/data"
cp pyproject.toml "$folder/pyproject.toml"
sed -n '/^coverage==/,/[^\\]$/p' requirements-dev.txt >"$folder/coverage.txt"
install_for "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
install_for 3.13

code=0
"$python" -m pytest "$@" || code=$?
# from here on, nothing more is counted
unset COVERAGE_PROCESS_START
"$python" -m lab.coverage_report "$folder"
exit "$code"
