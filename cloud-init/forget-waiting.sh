#!/usr/bin/env bash
# Before the hub starts, remove servers that wait for a worker: a new hub does not know them, and a worker that started for
# them would never become empty.
set -euo pipefail

mapfile -t services < <(docker service ls --quiet)
if [ "${#services[@]}" -eq 0 ]; then exit 0; fi
# the line of a task without a machine has only the task's name
docker service ps --filter desired-state=running --format '{{.Name}} {{.Node}}' "${services[@]}" |
    awk 'NF == 1 { sub(/\.[0-9]+ *$/, ""); print }' | xargs --no-run-if-empty docker service rm
