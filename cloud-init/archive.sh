#!/usr/bin/env bash
# The end of an event on its machine, as root; the organizer's computer runs it through SSM Run Command, or through a
# request in the account bucket.
# Usage: archive.sh at-work                 who has a running server, as JSON
#        archive.sh close DISK              stop the hub and all servers until the next boot;
#                                           DISK names the archive of this machine's homes in the account bucket
#        archive.sh is-closed               fails if somebody could have worked since `close`
#        archive.sh open                    the hub runs this before it starts: the archive is no longer the final one
#        archive.sh make EVENT ARGUMENT…    copy every home and the shared data to the account bucket;
#                                           the arguments are those of pophub.hub.archive.command
#        archive.sh rehearse ARGUMENT…      a rehearsal, before an event: rehearse.sh run ARGUMENT…
set -euo pipefail
umask 077

BUNDLE=$(dirname "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)")
REQUIREMENTS=$BUNDLE/hub-config/requirements-archive.txt
# shellcheck source=/dev/null
. "$BUNDLE/cloud-init/contract.env"
# shellcheck source=cloud-init/python.sh
. "$BUNDLE/cloud-init/python.sh"
ENVIRONMENT=/opt/pophub/archive
RUN=${RUN:-$RUN_FOLDER}
HOMES=${HOMES:-$HOMES_FOLDER}
SHARED=${SHARED:-$SHARED_FOLDER}
# on the home volume, so that it moves with that disk
MEMORY=${MEMORY:-$HUB_FOLDER}
WATCH=${WATCH:-$SETTINGS_FOLDER/$WATCH_TOKEN_FILE}
# if set, this Python already has the required packages
PYTHON=${PYTHON:-}

main() {
    cd "$BUNDLE"
    case ${1:-} in
    at-work) at_work ;;
    close) close "$2" ;;
    is-closed) is_closed ;;
    open) open ;;
    make)
        shift
        make "$@"
        ;;
    rehearse)
        shift
        exec "$BUNDLE/cloud-init/rehearse.sh" run "$@"
        ;;
    *)
        echo "archive.sh: there is no '${1:-}'; its first lines say what there is" >&2
        exit 2
        ;;
    esac
}

at_work() {
    set -a
    # shellcheck source=/dev/null
    . "$WATCH"
    exec "${PYTHON:-python3}" -B -m pophub.hub.archive.at_work "$(servers | wc -l)"
}

# The ids of the servers; with workers they are services of the swarm.
servers() {
    if on_workers; then docker service ls --quiet; else docker ps --quiet; fi
}

on_workers() {
    [ -n "$("${PYTHON:-python3}" -B -m pophub.hub.install has-workers)" ]
}

# A boot's installation that still runs, or a new bundle, does not open the hub again: both check for this file.
close() {
    mount_homes
    # a link, because even a full disk has room for a link, but not for a file
    ln -sfn -- "$1" "$MEMORY/$CLOSED_FILE"
    touch "$RUN/$CLOSED_FILE"
    exec 8>"$RUN/install.lock"
    flock --wait 900 8 || {
        echo "the installation does not end: journalctl -u pophub-install" >&2
        exit 1
    }
    systemctl stop pophub-refresh.timer pophub-hub.service pophub-proxy.service
    # servers run on without the hub, and files that they write after the archive would be lost
    docker ps --quiet | xargs --no-run-if-empty docker stop >/dev/null
    # only after the last worker is gone nobody writes into the homes
    if on_workers; then
        "$WORKERS_ENVIRONMENT/bin/python" -B -m pophub.hub.workers end >&2
        # of servers that have ended by themselves
        docker service ls --quiet | xargs --no-run-if-empty docker service rm >/dev/null
    fi
    await_no_servers
    is_closed
    printf '{"closed": "%s"}\n' "$(date --utc --iso-8601=seconds)"
}

# For a moment, Docker still lists a container that has stopped: the stop ends before the list has changed (`SetStopped` in
# https://github.com/moby/moby/blob/007daf50452fd5c5b64fa9cd85dd4386a42d8dfb/daemon/monitor.go#L24).
await_no_servers() {
    local tries
    for ((tries = 0; tries < 10; tries++)); do
        if [ -z "$(servers)" ]; then return; fi
        sleep 1
    done
}

is_closed() {
    local unit
    if [ ! -e "$RUN/$CLOSED_FILE" ] || [ ! -L "$MEMORY/$CLOSED_FILE" ]; then
        echo "the machine has booted since, and people could work" >&2
        exit 1
    fi
    for unit in pophub-hub.service pophub-proxy.service; do
        if systemctl is-active --quiet "$unit"; then
            echo "$unit runs again" >&2
            exit 1
        fi
    done
    if [ -n "$(servers)" ]; then
        echo "there are containers that run" >&2
        exit 1
    fi
}

open() {
    if [ ! -L "$MEMORY/$CLOSED_FILE" ]; then return; fi
    local nothing
    nothing=$(mktemp)
    echo '{}' >"$nothing"
    "${PYTHON:-python3}" -B -m pophub.hub.install put "$ARCHIVE" "$(readlink "$MEMORY/$CLOSED_FILE")/$FINAL_FILE" "$nothing"
    rm "$nothing" "$MEMORY/$CLOSED_FILE"
}

# A second call waits for the first one, and then finds everything done.
make() {
    exec 9>"$RUN/archive.lock"
    flock 9
    mount_homes
    # made only now, because the hub does not need it to open
    if [ -z "$PYTHON" ]; then
        make_python "$ENVIRONMENT" "$REQUIREMENTS" >&2
        PYTHON=$ENVIRONMENT/bin/python
    fi
    # Systems Manager keeps 24,000 characters: print only the last line, the summary; each step is in the account bucket
    local arguments=("$@" --homes "$HOMES" --memory "$MEMORY" --settings "$BUNDLE/hub-config/$EVENT_FILE")
    if [ -d "$SHARED" ]; then arguments+=(--shared "$SHARED"); fi
    nice -n 10 "$PYTHON" -B -m pophub.hub.archive.command "${arguments[@]}" | tail -n 1
}

# If /srv were not mounted, an empty folder would look like an event without people.
mount_homes() {
    if grep -qs '^LABEL=pophub-home ' /etc/fstab && ! mountpoint --quiet /srv; then mount /srv; fi
}

main "$@"
