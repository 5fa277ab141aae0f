# shellcheck shell=bash
# Remove what a running hub no longer needs. To be sourced.

# Remove bundles that neither the machine nor a server reads; a container keeps the mounts that it was started with.
remove_unused_bundles() {
    local read version
    read=$(readlink -f "$BUNDLE" && places_in_use) || return 0
    for version in "${BUNDLE}s"/*; do
        grep -qE "^$version(/|$)" <<<"$read" || rm -rf "$version"
    done
}

remove_unused_environments() {
    find /opt/pophub/environments -mindepth 1 -maxdepth 1 ! -path "$(wanted_environment)" -exec rm -rf {} +
}

# The host folders that containers mount.
places_in_use() {
    docker ps --all --quiet |
        xargs --no-run-if-empty docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}'
}

# Remove images of earlier settings that no server uses; only images that this hub has built or, on EC2, has pulled.
# $STATE/images lists the events' own images.
forget_images() {
    local list=$STATE/images base now
    now=$(setting server.image)
    grep -qsxF "$now" "$list" || echo "$now" >>"$list"
    [ -e "$STATE/failed-trial.json" ] || docker rmi "$TRIAL_IMAGE" >/dev/null 2>&1 || true
    docker image prune --force --filter label=pophub.made-of >/dev/null
    # an image can be removed only after the images that were built from it
    if ! on_ec2 || [ -n "$(docker image ls --quiet --filter dangling=true --filter label=pophub.made-of)" ]; then return; fi
    while IFS= read -r base; do
        if [ "$base" = "$now" ] || ! docker image inspect "$base" >/dev/null 2>&1 ||
            docker image rm "$base" >/dev/null 2>&1; then continue; fi
        echo "$base"
    done <"$list" >"$WORK/images"
    echo "$now" >>"$WORK/images"
    put "$WORK/images" "$list"
}
