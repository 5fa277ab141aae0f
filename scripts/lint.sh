#!/usr/bin/env bash
# Every linter over everything, and what each found; it mends nothing (ruff check --fix and ruff format do).
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. scripts/kept.sh
export PATH="$PWD/.venv/bin:$PATH"
failed=()

lint() {
    echo "== $*"
    "$@" || failed+=("$1")
}

# shell scripts are what starts like one, and what they source in a loop
mapfile -t scripts < <(find .ci cloud-init scripts hub-config pophub lab -type f -exec awk 'FNR == 1 && /^#!.*sh$|^# shellcheck shell=/ { print FILENAME }' {} +)

lint ruff check --quiet .
lint ruff format --check --quiet .
# mypy itself sees which files differ from those that it has checked, by their content
checked=$(cksum requirements-dev.txt pyproject.toml | kept_as mypy)
if [ ! -e .mypy_cache ] && ! take_kept "$checked"; then rm -rf .mypy_cache; fi
lint mypy
echo "== shellcheck, ${#scripts[@]} scripts"
shellcheck --external-sources --check-sourced "${scripts[@]}" || failed+=(shellcheck)
lint yamllint --strict .
if [ ${#failed[@]} -eq 0 ]; then keep "$checked" .mypy_cache; fi

if [ ${#failed[@]} -gt 0 ]; then
    echo "not clean: ${failed[*]}" >&2
    exit 1
fi
