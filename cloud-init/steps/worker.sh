# shellcheck shell=bash
# A worker: a machine that runs servers for the hub, has no files of its own worth keeping, and ends by powering off.

MOUNT_OPTIONS=vers=4.2,hard,nosuid,nodev,noatime,lookupcache=positive,_netdev,nofail,x-systemd.mount-timeout=60
# the hub packs its image after it has opened
IMAGE_SECONDS=300

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

worker_packages() {
    local file
    for file in apt.sh aws.sh clock.sh; do put "$HERE/$file" "/usr/local/lib/pophub/$file"; done
    put "$HERE/fetch-bundle.sh" /usr/local/sbin/pophub-fetch-bundle 755
    put_unit pophub-install.service
    put_unit pophub-refresh.service
    put_unit pophub-refresh.timer
    enable_units --now pophub-refresh.timer
    docker_engine
    # a worker that runs a new engine has ended all of its servers; it lives for a day
    systemctl --quiet disable --now apt-daily-upgrade.timer
    nfs_programs
    install_packages nftables
}

worker_network() {
    packet_filter
    put_unit docker.service.d/pophub.conf worker-docker.conf
    enable_units --now docker.service
    local_network
}

# The hub's folders at the paths that they have there.
worker_homes() {
    local folder
    for folder in "$HOMES_FOLDER" "$SHARED_FOLDER" "$SERVED_FOLDER" "$WORKERS_FOLDER"; do
        grep -q "^$HUB_PRIVATE_ADDRESS:$folder " /etc/fstab ||
            echo "$HUB_PRIVATE_ADDRESS:$folder $folder nfs4 $MOUNT_OPTIONS 0 0" >>/etc/fstab
        install -d -m 755 "$folder"
    done
    systemctl daemon-reload
    for folder in "$HOMES_FOLDER" "$SHARED_FOLDER" "$SERVED_FOLDER" "$WORKERS_FOLDER"; do
        mountpoint --quiet "$folder" || timeout 60 mount "$folder" ||
            fail "the hub's $folder cannot be mounted: does the hub run, and does its security group let workers in?"
    done
}

# The image of the hub, checked against its id; a timer looks for a newer one. A second call at the same time waits.
worker_image() (
    exec 8>"$RUN/image.lock"
    flock 8
    put_unit pophub-worker-image.service
    put_unit pophub-worker-image.timer
    enable_units --now pophub-worker-image.timer
    place=http://$HUB_PRIVATE_ADDRESS:$IMAGE_PORT
    answers "$IMAGE_SECONDS" --fail "$place/$IMAGE_FILE" || fail "the hub gives no image yet ($place/$IMAGE_FILE)"
    curl -fsS --max-time 30 -o "$work/$IMAGE_FILE" "$place/$IMAGE_FILE"
    id=$(jq -er .id "$work/$IMAGE_FILE")
    if [ "$(docker image inspect --format '{{.Id}}' "$SWARM_IMAGE" 2>/dev/null)" = "$id" ]; then return; fi
    if ! docker image inspect "$id" >/dev/null 2>&1; then
        file=$STATE/image.tar.zst
        curl -fsS --retry 3 --speed-limit 1 --speed-time 30 -o "$file" "$place/$(jq -er .file "$work/$IMAGE_FILE")"
        echo "$(jq -er .sha256 "$work/$IMAGE_FILE") $file" | sha256sum --check --quiet - ||
            fail "the image of the hub is damaged: its sha256 differs from the one that the hub gives"
        zstd --quiet --decompress --stdout "$file" | docker load --quiet >/dev/null
        rm "$file"
    fi
    docker tag "$id" "$SWARM_IMAGE"
    docker image prune --force >/dev/null
)

# Through Docker's socket and not its command, because everybody can read a program's arguments.
# https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Swarm/operation/SwarmJoin
worker_join() (
    state=$(docker info --format '{{.Swarm.LocalNodeState}}')
    if [ "$state" = active ]; then return; fi
    if [ "$state" != inactive ]; then docker swarm leave --force >/dev/null; fi
    umask 077
    secret_values worker-token >"$work/parameter.json" || fail "the workers' token cannot be read from Parameter Store"
    address=$(from_metadata local-ipv4)
    jq --arg address "$address" '.[0].value | fromjson |
        {ListenAddr: "0.0.0.0", AdvertiseAddr: $address, RemoteAddrs: [.manager], JoinToken: .token}' \
        "$work/parameter.json" >"$work/join.json"
    curl -sS --max-time 60 --unix-socket /run/docker.sock -H 'Content-Type: application/json' \
        --data "@$work/join.json" --output "$work/joined.json" --write-out '%{http_code}' \
        http://docker/swarm/join >"$work/code"
    [ "$(cat "$work/code")" = 200 ] ||
        fail "the hub's swarm does not take this worker: $(jq -r .message "$work/joined.json")"
)
