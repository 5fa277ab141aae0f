# shellcheck shell=bash
# The hub of an event with workers: the swarm's manager, which runs no server itself, and the homes over NFS.

swarm() {
    require_hub_address
    nfs_programs
    export_homes
    if [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" != active ]; then
        # its output has the token
        docker swarm init --advertise-addr "$HUB_PRIVATE_ADDRESS" \
            --listen-addr "$HUB_PRIVATE_ADDRESS:$SWARM_PORT" >/dev/null
    fi
    # with Docker's 5 s, a worker that is cut off for 10 s loses its servers
    docker swarm update --dispatcher-heartbeat 30s >/dev/null
    local_network
    docker network inspect "$SWARM_NETWORK" >/dev/null 2>&1 ||
        docker network create --driver bridge --scope swarm --config-from "$LOCAL_NETWORK" "$SWARM_NETWORK" >/dev/null
    put_token
}

# A second hub of the event would write its own token, which the workers' hub does not know.
require_hub_address() {
    [ -n "$(ip -oneline -4 address show to "$HUB_PRIVATE_ADDRESS")" ] ||
        fail "another machine is the hub of this event's workers: it has the address $HUB_PRIVATE_ADDRESS; end this one"
}

# A new token at each boot: one that somebody has copied is then worth nothing. Workers that have joined keep their own
# certificates. https://docs.docker.com/engine/swarm/swarm-mode/#view-the-join-command-or-update-a-swarm-join-token
put_token() {
    docker swarm join-token --rotate --quiet worker | hub_install put-token
}

# Serve the homes, the shared data and what servers read of the bundle. Everybody's files have the ids of containers, so
# a worker's root needs no right to them; WORKERS_FOLDER belongs to what every worker's user becomes.
export_homes() {
    local version place share="sync,no_subtree_check,sec=sys"
    install -d -m 755 "$SERVED_FOLDER"
    install -d -m 755 -o nobody -g nogroup "$WORKERS_FOLDER"
    version=$SERVED_FOLDER/$(basename "$(dirname "$(readlink -f "$CONFIG")")")
    rm -rf "$version.new"
    install -d -m 755 "$version.new"
    for place in jupyter server welcome; do cp -r "$CONFIG/$place" "$version.new"; done
    if [ ! -e "$version" ]; then mv -T "$version.new" "$version"; else rm -rf "$version.new"; fi
    cat >"$WORK/exports" <<END
$HOMES_FOLDER $VPC_CIDR(rw,root_squash,$share)
$SHARED_FOLDER $VPC_CIDR(rw,root_squash,$share)
$SERVED_FOLDER $VPC_CIDR(ro,root_squash,$share)
$WORKERS_FOLDER $VPC_CIDR(rw,all_squash,anonuid=$(id -u nobody),anongid=$(id -g nobody),$share)
END
    put "$WORK/exports" "$EXPORTS"
    put "$HERE/nfs.conf" /etc/nfs.conf.d/pophub.conf
    put_unit nfs-server.service.d/pophub.conf nfs-server.conf
    enable_units nfs-server.service
    apply_unit nfs-server.service restart "$EXPORTS" /etc/nfs.conf.d/pophub.conf
}
