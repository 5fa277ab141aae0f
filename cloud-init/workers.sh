# shellcheck shell=bash
# What the steps of an event with workers share, on the hub and on a worker. To be sourced.

EXPORTS=/etc/exports.d/pophub.exports

# Which of the event's machines this is; outside EC2 the hub.
role() {
    if on_ec2; then hub_install role; else echo "$HUB_ROLE"; fi
}

# The servers' network on this machine, as the swarm's network makes it where a server runs.
local_network() {
    if docker network inspect "$LOCAL_NETWORK" >/dev/null 2>&1; then return; fi
    docker network create --config-only --subnet "$SERVER_SUBNET" --gateway "$HUB_ADDRESS" \
        --opt com.docker.network.bridge.name="$SERVER_BRIDGE" --opt com.docker.network.bridge.enable_icc=false \
        "$LOCAL_NETWORK" >/dev/null
}

# Only version 4.2, which needs one port and none of the programs of older versions.
nfs_programs() {
    if command -v exportfs >/dev/null; then return; fi
    systemctl --quiet mask rpcbind.socket rpcbind.service rpc-statd.service rpc-statd-notify.service
    install_packages "${NFS[@]}"
    systemctl --quiet disable nfs-server.service nfs-client.target
}

# A swarm refuses an engine with live-restore; a reload is enough to change this setting:
# https://docs.docker.com/engine/daemon/live-restore/
# live_restore true|false
live_restore() {
    hub_install engine-settings /etc/docker/daemon.json "$1" >"$WORK/daemon.json"
    if cmp -s "$WORK/daemon.json" /etc/docker/daemon.json; then return; fi
    put "$WORK/daemon.json" /etc/docker/daemon.json
    if systemctl is-active --quiet docker.service; then systemctl reload docker.service; fi
}

# Remove what workers need, for an event that no longer has any.
without_workers() {
    local unit
    # after an installation that failed or was interrupted, some units may be missing
    for unit in nfs-server pophub-image pophub-workers; do
        systemctl --quiet disable --now "$unit.service" || true
    done
    remove_unit pophub-stop.service.d/workers.conf
    docker swarm leave --force || true
    live_restore true
    rm "$EXPORTS"
}
