# shellcheck shell=bash
# What nobody needs any more when a hub stands. To be sourced.

# Bundles that neither the machine nor somebody's server reads from: a container keeps what it was started with.
forget_bundles() {
    local read version
    read=$(readlink -f "$BUNDLE" && places_in_use) || return 0
    for version in "${BUNDLE}s"/*; do
        grep -qE "^$version(/|$)" <<<"$read" || rm -rf "$version"
    done
}

# What the containers have of the machine's files.
places_in_use() {
    docker ps --all --quiet |
        xargs --no-run-if-empty docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}'
}

# The images of earlier settings, once nobody's server runs from them; only what this hub itself has made or, on EC2,
# has pulled. $STATE/images lists the events' own.
forget_images() {
    local list=$STATE/images base now
    now=$(setting .server.image)
    grep -qsxF "$now" "$list" || echo "$now" >>"$list"
    [ -e "$STATE/failed-trial.json" ] || docker rmi "$TRIAL_IMAGE" >/dev/null 2>&1 || true
    docker image prune --force --filter label=pophub.made-of >/dev/null
    # an image goes after those that were made of it
    if ! on_ec2 || [ -n "$(docker image ls --quiet --filter dangling=true --filter label=pophub.made-of)" ]; then return; fi
    while IFS= read -r base; do
        if [ "$base" = "$now" ] || ! docker image inspect "$base" >/dev/null 2>&1 ||
            docker image rm "$base" >/dev/null 2>&1; then continue; fi
        echo "$base"
    done <"$list" >"$work/images"
    echo "$now" >>"$work/images"
    put "$work/images" "$list"
}
