# shellcheck shell=bash
# The servers' image on a worker.

# the hub packs its image after it has opened
IMAGE_SECONDS=300

# The image of the hub, checked against its id; a timer looks for a newer one. A second call at the same time waits.
worker_image() (
    exec 8>"$RUN/image.lock"
    flock 8
    put_unit pophub-worker-image.service
    put_unit pophub-worker-image.timer
    enable_units --now pophub-worker-image.timer
    place=http://$HUB_PRIVATE_ADDRESS:$IMAGE_PORT
    answers "$IMAGE_SECONDS" --fail "$place/$IMAGE_FILE" || fail "the hub gives no image yet ($place/$IMAGE_FILE)"
    curl -fsS --max-time 30 -o "$WORK/$IMAGE_FILE" "$place/$IMAGE_FILE"
    id=$(hub_install fact "$WORK/$IMAGE_FILE" id)
    [ -n "$id" ] || fail "what the hub says of its image cannot be read ($place/$IMAGE_FILE)"
    if [ "$(docker image inspect --format '{{.Id}}' "$SWARM_IMAGE" 2>/dev/null)" = "$id" ]; then return; fi
    if ! docker image inspect "$id" >/dev/null 2>&1; then
        curl -fsS --speed-limit 1 --speed-time 60 "$place/$(hub_install fact "$WORK/$IMAGE_FILE" file)" |
            zstd --quiet --decompress --stdout | docker load --quiet >/dev/null ||
            fail "the image of the hub came incomplete or damaged; it is fetched again"
        # the id is a hash of the hashes of all that is in the image, which Docker has checked
        docker image inspect "$id" >/dev/null 2>&1 || fail "the hub gives another image than the one that it names ($id)"
    fi
    docker tag "$id" "$SWARM_IMAGE"
    docker image prune --force >/dev/null
)
