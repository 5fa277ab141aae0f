#!/usr/bin/env bash
# Make docs/_build/html from docs/. A warning, for example of a broken link, fails; nothing is asked of a network but
# the packages of requirements-docs.txt, once.
# Usage: docs.sh [sphinx-build's arguments]
set -euo pipefail
unset CDPATH
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

environment=$(.venv/bin/python -c '
from lab.venvs import ensure_venv
from pophub.organizer.paths import ROOT
print(ensure_venv(ROOT / "requirements-docs.txt"))')
"$environment/bin/sphinx-build" --quiet --fail-on-warning --keep-going --jobs auto "$@" docs docs/_build/html
echo docs/_build/html/index.html
