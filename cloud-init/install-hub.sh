#!/usr/bin/env bash
# Make this Debian machine the hub of the event whose bundle contains this script, on EC2 or on any other server.
# Usage: install-hub.sh                     everything; a second run changes only what differs
#        install-hub.sh docker              only the programs from Debian, with Docker
#        install-hub.sh bake                only what needs no event, for an image: programs and the hub's environments
#        install-hub.sh check               only check whether this bundle can replace the running one
#        install-hub.sh ask-certificate     let Caddy ask for a certificate once the event's name leads to this machine
#        install-hub.sh keep-certificate    copy a renewed certificate to the account bucket
set -euo pipefail
umask 022
export DEBIAN_FRONTEND=noninteractive

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CONFIG=$(dirname "$HERE")/hub-config
# shellcheck source=/dev/null
. "$HERE/contract.env"
BUNDLE=$BUNDLE_FOLDER
# shellcheck disable=SC2034 # steps use it
HUB=$HUB_ENVIRONMENT
OWN=$SETTINGS_FOLDER
STATE=$STATE_FOLDER
# in memory: files that must be written even if the disk is full, and secrets before they are stored
RUN=$RUN_FOLDER
PAGE=$STATE/page
LOG=/var/log/pophub-install.log

# The steps in their order, each a function and a file of steps/: name | words on the waiting page | what happens to a
# bundle that fails there, if an earlier one works: it is `refused`, or tried `again`, which disturbs nobody and may help,
# for example with a download.
STEPS=(
    "waiting_page|this page|refused"
    "homes|the disk for people's files|refused"
    "https|the certificate|refused"
    "packages|programs from Debian|again"
    "secrets|what the hub needs to sign people in|again"
    "environment|JupyterHub|refused"
    "network|the servers' own network|refused"
    "image|the image of people's servers|again"
    "start_services|the hub itself|refused"
)
# in place of the last two, if servers run on workers
HUB_OF_WORKERS=(
    "image|the image of people's servers|again"
    "swarm|the way in for workers|again"
    "start_services|the hub itself|refused"
    "publish|the image for workers|again"
    "workers_daemon|the workers|again"
)
# the steps of a worker; joining is the last, because from then on Swarm places servers there
WORKER_STEPS=(
    "worker_packages|programs from Debian|again"
    "worker_network|the servers' own network|again"
    "worker_homes|the homes of the hub|again"
    "worker_image|the image of people's servers|again"
    "worker_join|the swarm|again"
)

for file in apt helpers status tidy python refused workers; do
    # shellcheck source=/dev/null
    . "$HERE/$file.sh"
done
for step in "${STEPS[@]}" "${HUB_OF_WORKERS[@]}" "${WORKER_STEPS[@]}"; do
    # shellcheck source=/dev/null
    . "$HERE/steps/${step%%|*}.sh"
done

main() {
    install -d -m 755 "$RUN"
    WORK=$(mktemp -d -p "$RUN")
    trap 'rm -rf "$WORK"' EXIT
    case ${1:-} in
    docker) docker_programs ;;
    bake)
        install_packages caddy
        docker_programs
        nfs_programs
        environment
        make_python "$WORKERS_ENVIRONMENT" "$CONFIG/requirements-workers.txt"
        put "$HERE/baked.cfg" /etc/cloud/cloud.cfg.d/90-pophub.cfg
        ;;
    check)
        compile_modules
        check
        ;;
    ask-certificate) ask_certificate ;;
    keep-certificate) keep_certificate ;;
    worker-image) worker_image ;;
    "")
        compile_modules first
        install_hub
        ;;
    *)
        echo "install-hub.sh: unknown command '$1'; the first lines of this script list the commands" >&2
        exit 2
        ;;
    esac
}

# Otherwise each start of a program compiles its modules anew, some of them every minute: compile_modules [first]
# `first` are those that the steps use, so that the others do not delay the hub.
compile_modules() {
    local all=${HERE%/*} parts
    if [ -e "$all/pophub/__pycache__" ]; then return; fi
    parts=("$all/pophub" "$CONFIG")
    if [ "${1:-}" = first ]; then parts=("$all/pophub/core" "$all/pophub/hub/install" "$CONFIG/sections"); fi
    python3 -m compileall -qq --invalidation-mode unchecked-hash "${parts[@]}" || true
}

install_hub() {
    install -d -m 755 "$OWN" "$STATE" "$STATE/started" "$PAGE"
    MACHINE=$(role)
    if [ "$MACHINE" = "$WORKER_ROLE" ]; then
        # shellcheck disable=SC2034 # has_workers
        WITH_WORKERS=yes
        STEPS=("${WORKER_STEPS[@]}")
    else
        read_settings
        if has_workers; then STEPS=("${STEPS[@]:0:${#STEPS[@]}-2}" "${HUB_OF_WORKERS[@]}"); fi
    fi
    exec 3>&1
    # a run by hand and the machine's own run wait for each other
    exec 9>"$RUN/install.lock"
    flock 9
    if only_refused; then
        stay_installed
        return
    fi
    rm -f "$RUN/news" "$RUN/installed"
    if [ "$MACHINE" = "$HUB_ROLE" ]; then put_units; fi
    local number=0 step name doing again
    for step in "${STEPS[@]}"; do
        # archive.sh closes the hub at the event's end, and waits for this lock
        if [ -e "$RUN/$CLOSED_FILE" ]; then
            say "the hub stays closed until the next boot, because its event ends"
            return
        fi
        number=$((number + 1))
        IFS='|' read -r name doing again <<<"$step"
        run_step "$number" "$name" "$doing" "$again"
    done
    rm -f "$RUN/preparing" "$BUNDLE.old"
    if [ "$MACHINE" = "$HUB_ROLE" ]; then start_pages || say "a page of the costs or the helpers could not be started"; fi
    compile_modules
    remove_unused_bundles
    if [ "$MACHINE" = "$WORKER_ROLE" ]; then
        note_installed
        say "the worker is ready"
        return
    fi
    keep_certificate || say "the certificate could not be put in the bucket; that is tried again within the hour"
    remove_unused_environments
    forget_images || say "an image of earlier settings could not be removed"
    [ -e "$STATE/open" ] || touch "$STATE/open"
    write_status ready "$number" "the hub is ready"
    note_installed
    say "the hub is ready at $(setting url)"
}

# Run one step in a subshell and write its output to the log; if it fails, the page shows the reason.
# run_step NUMBER and the three columns of STEPS
run_step() {
    local number=$1 name=$2 doing=$3 again=$4 code start=$SECONDS reason
    say "step $number of ${#STEPS[@]} ($name): $doing"
    write_status preparing "$number" "$doing"
    set +e
    (
        set -e
        "$name"
    ) 2>&1 3>&- 9>&- | tee "$WORK/step.log" | tee -a "$LOG" >&3
    code=${PIPESTATUS[0]}
    set -e
    if [ "$code" -ne 0 ]; then
        reason=$(hub_install explain "$WORK/step.log" "$(if on_ec2; then echo ec2; fi)") || reason="see the log"
        write_status failed "$number" "$doing" "$reason"
        say "step $number of ${#STEPS[@]} ($name) failed: $reason"
        go_back "$again" "$reason"
        say "the full log is $LOG; another run continues from here (systemctl restart pophub-install)"
        exit 1
    fi
    say "step $number of ${#STEPS[@]} ($name): done in $((SECONDS - start)) s"
}

# Check whether this bundle can work, before it replaces one that does. It changes nothing that a step installs: refused.sh
# relies on that.
check() {
    local script places=/srv
    hub_install check
    read_settings
    if has_workers && [ ! -e "$EXPORTS" ] && [ -n "$(docker ps --quiet)" ]; then
        fail "people work on this machine, and with this bundle servers run on workers: deploy it when nobody works"
    fi
    while IFS= read -r script; do
        bash -n "$script" || fail "${script#"$HERE/"} is no script that bash can read"
    done < <(find "$HERE" -name '*.sh')
    make_environment
    # with the secrets of the new event, read by systemd as the hub's own unit does. An organizer's config.d is a program: it
    # may write where the hub may (pophub-hub.service)
    wanted_secrets
    if [ -n "$(setting uses-accounts)" ]; then places+=" /etc /home"; fi
    systemd-run --quiet --wait --pipe --collect --property=ProtectSystem=strict --property=ReadWritePaths="$places" \
        --property=PrivateTmp=yes \
        --property=EnvironmentFile=-"$OWN/$PROXY_TOKEN_FILE" --property=EnvironmentFile="$WORK/secrets.env" \
        "$(wanted_environment)/bin/python" -B -c '
import sys
from jupyterhub.app import JupyterHub
JupyterHub().load_config_file(sys.argv[1])' "$CONFIG/jupyterhub_config.py" ||
        fail "JupyterHub cannot read hub-config/jupyterhub_config.py; the lines above say why"
}

say() {
    # if the disk is full the log cannot be written, but the journal still gets the line
    { echo "$*" | tee -a "$LOG" >&3; } 2>/dev/null || true
}

main "$@"
