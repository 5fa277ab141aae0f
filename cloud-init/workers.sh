# shellcheck shell=bash
# What the steps of an event with workers share, on the hub and on a worker. To be sourced.

EXPORTS=/etc/exports.d/pophub.exports

# Which of the event's machines this is; outside EC2 and before machines had roles, the hub.
role() {
    if ! on_ec2; then
        echo "$HUB_ROLE"
        return
    fi
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    local code=0
    from_metadata "tags/instance/$ROLE_TAG" 2>"$work/role.log" || code=$?
    case $code in
    0) ;;
    # 404: https://curl.se/docs/manpage.html#EXIT
    22) echo "$HUB_ROLE" ;;
    *)
        cat "$work/role.log" >&2
        return 1
        ;;
    esac
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

# A swarm takes no engine that keeps its containers through its own restart; a reload is enough to change that:
# https://docs.docker.com/engine/daemon/live-restore/
# live_restore true|false
live_restore() {
    jq --argjson wanted "$1" '."live-restore" = $wanted' /etc/docker/daemon.json >"$work/daemon.json"
    if cmp -s "$work/daemon.json" /etc/docker/daemon.json; then return; fi
    put "$work/daemon.json" /etc/docker/daemon.json
    if systemctl is-active --quiet docker.service; then systemctl reload docker.service; fi
}

# An event that has workers no more.
without_workers() {
    systemctl --quiet disable --now nfs-server.service pophub-image.service
    docker swarm leave --force
    live_restore true
    rm "$EXPORTS"
}
