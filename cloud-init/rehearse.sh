#!/usr/bin/env bash
# A rehearsal on the hub's machine, as root; archive.sh runs it for the organizer's computer.
# Usage: rehearse.sh run ARGUMENT…   play it; the arguments are those of pophub.hub.rehearsal; the last line is JSON
#        rehearse.sh sweep           remove what a rehearsal has left that was cut off
set -euo pipefail

BUNDLE=$(dirname "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)")
# shellcheck source=/dev/null
. "$BUNDLE/cloud-init/contract.env"
PYTHON=$HUB_ENVIRONMENT/bin/python
TOKEN=$SETTINGS_FOLDER/$REHEARSAL_TOKEN_FILE
# longer than any rehearsal, which ends by itself
LONGEST=3h

# A unit of its own, because it must not end with the command that has asked for it; however it ends, it is swept.
run() {
    exec systemd-run --quiet --wait --pipe --collect --unit=pophub-rehearsal \
        --property=EnvironmentFile="$TOKEN" --property=WorkingDirectory="$BUNDLE" --property=RuntimeMaxSec="$LONGEST" \
        --property=TimeoutStopSec=5min --property="ExecStopPost=$BUNDLE/cloud-init/rehearse.sh sweep" \
        "$PYTHON" -B -m pophub.hub.rehearsal run "$@"
}

sweep() {
    cd "$BUNDLE"
    set -a
    # shellcheck source=/dev/null
    . "$TOKEN"
    exec "$PYTHON" -B -m pophub.hub.rehearsal sweep
}

case ${1:-} in
run)
    shift
    run "$@"
    ;;
sweep) sweep ;;
*)
    echo "rehearse.sh: there is no '${1:-}'; its first lines say what there is" >&2
    exit 2
    ;;
esac
