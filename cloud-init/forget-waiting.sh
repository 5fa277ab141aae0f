#!/usr/bin/env bash
# Remove servers that wait for a worker, before the hub starts: it does not know who waited, and a worker that started
# for them would never be empty.
set -euo pipefail

mapfile -t services < <(docker service ls --quiet)
if [ "${#services[@]}" -eq 0 ]; then exit 0; fi
# a task that has no machine is named alone
docker service ps --filter desired-state=running --format '{{.Name}} {{.Node}}' "${services[@]}" |
    awk 'NF == 1 { sub(/\.[0-9]+ *$/, ""); print }' | xargs --no-run-if-empty docker service rm
