#!/usr/bin/env bash
# Lock every requirements file with hashes; no index address is written down.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in requirements hub-config/requirements-hub hub-config/requirements-archive hub-config/requirements-workers \
    hub-config/image/requirements-server lab/machine/requirements-image requirements-dev requirements-bench requirements-checkov \
    requirements-docs requirements-extensions; do
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
        --python-version 3.11 --custom-compile-command scripts/lock.sh "$@" "$name.in" --output-file "$name.txt"
done
