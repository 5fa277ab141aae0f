# shellcheck shell=bash
# The hub of an event with workers: the swarm's manager, which runs no server itself; the homes over NFS; the image.

EXPORTS=/etc/exports.d/pophub.exports

# Whether servers run on workers; also false before there is an event, as in `bake`.
has_workers() {
    jq -e '.workers' "$EVENT" >/dev/null 2>&1
}

# The address at which servers reach the hub.
hub_address() {
    if has_workers; then echo "$HUB_PRIVATE_ADDRESS"; else echo "$HUB_ADDRESS"; fi
}

swarm() {
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

# The servers' network on this machine, as the swarm's network makes it where a server runs.
local_network() {
    if docker network inspect "$LOCAL_NETWORK" >/dev/null 2>&1; then return; fi
    docker network create --config-only --subnet "$SERVER_SUBNET" --gateway "$HUB_ADDRESS" \
        --opt com.docker.network.bridge.name="$SERVER_BRIDGE" --opt com.docker.network.bridge.enable_icc=false \
        "$LOCAL_NETWORK" >/dev/null
}

# A new token at each boot: one that somebody has copied is then worth nothing. Workers that have joined keep their own
# certificates. https://docs.docker.com/engine/swarm/swarm-mode/#view-the-join-command-or-update-a-swarm-join-token
put_token() (
    umask 077
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    region=$(from_metadata placement/region)
    event=$(from_metadata "tags/instance/$EVENT_TAG")
    docker swarm join-token --rotate --quiet worker |
        jq -R --arg manager "$HUB_PRIVATE_ADDRESS:$SWARM_PORT" --arg name "/pophub/$event/worker-token" \
            '{Name: $name, Type: "SecureString", Overwrite: true, Value: ({token: ., manager: $manager} | tojson)}' \
            >"$work/token.json"
    # a file, because everybody can read a program's arguments
    ssm "$region" PutParameter "@$work/token.json" >/dev/null ||
        fail "the workers' token cannot be written to Parameter Store: may this machine's role write it?"
)

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
    cat >"$work/exports" <<END
$HOMES_FOLDER $VPC_CIDR(rw,root_squash,$share)
$SHARED_FOLDER $VPC_CIDR(rw,root_squash,$share)
$SERVED_FOLDER $VPC_CIDR(ro,root_squash,$share)
$WORKERS_FOLDER $VPC_CIDR(rw,all_squash,anonuid=$(id -u nobody),anongid=$(id -g nobody),$share)
END
    put "$work/exports" "$EXPORTS"
    put "$HERE/nfs.conf" /etc/nfs.conf.d/pophub.conf
    put_unit nfs-server.service.d/pophub.conf nfs-server.conf
    enable_units nfs-server.service
    apply_unit nfs-server.service restart "$EXPORTS" /etc/nfs.conf.d/pophub.conf
}

# Only version 4.2, which needs one port and none of the programs of older versions.
nfs_programs() {
    if command -v exportfs >/dev/null; then return; fi
    systemctl --quiet mask rpcbind.socket rpcbind.service rpc-statd.service rpc-statd-notify.service
    install_packages "${NFS[@]}"
    systemctl --quiet disable nfs-server.service nfs-client.target
}

# The servers' image for workers, served by pophub-image.service; a worker compares its id.
publish() {
    local id file
    id=$(docker image inspect --format '{{.Id}}' "$SERVER_IMAGE")
    file=${id#sha256:}.tar.zst
    if [ ! -e "$IMAGE_FOLDER/$file" ]; then
        install -d -m 755 "$IMAGE_FOLDER"
        docker save "$SERVER_IMAGE" | nice zstd --quiet -1 --threads=0 --force -o "$IMAGE_FOLDER/new"
        mv "$IMAGE_FOLDER/new" "$IMAGE_FOLDER/$file"
    fi
    if [ "$(jq -r .id "$IMAGE_FOLDER/$IMAGE_FILE" 2>/dev/null)" != "$id" ]; then
        sha256sum "$IMAGE_FOLDER/$file" | jq -R --arg id "$id" --arg file "$file" \
            '{id: $id, file: $file, sha256: split(" ")[0]}' >"$work/$IMAGE_FILE"
        put "$work/$IMAGE_FILE" "$IMAGE_FOLDER/$IMAGE_FILE"
        find "$IMAGE_FOLDER" -name '*.tar.zst' ! -name "$file" -delete
    fi
    put_unit pophub-image.service
    enable_units pophub-image.service
    apply_unit pophub-image.service restart /etc/systemd/system/pophub-image.service
}

# An event that has workers no more.
without_workers() {
    systemctl --quiet disable --now nfs-server.service pophub-image.service
    docker swarm leave --force
    live_restore true
    rm "$EXPORTS"
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
