#!/usr/bin/env bash
# Lock every requirements file with hashes; no index address is written down.
set -euo pipefail
cd "$(dirname "$0")/.."
# of their dependencies, what no hub uses: jsonschema imports it if it is installed, and that takes a second of processor
# time at each start of a hub. https://github.com/python-jsonschema/jsonschema/issues/1428
excludes=(hub-config/requirements-hub requirements-dev)
for name in requirements hub-config/requirements-hub hub-config/requirements-archive hub-config/requirements-workers \
    hub-config/image/requirements-server lab/machine/requirements-image requirements-dev requirements-bench requirements-checkov \
    requirements-docs requirements-extensions; do
    unwanted=
    if [[ " ${excludes[*]} " == *" $name "* ]]; then unwanted=rfc3987-syntax; fi
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
        --python-version 3.11 --custom-compile-command scripts/lock.sh --excludes <(echo "$unwanted") \
        "$@" "$name.in" --output-file "$name.txt"
done
