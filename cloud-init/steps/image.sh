# shellcheck shell=bash
# The image of people's servers: the event's own, with what a hub needs and it lacks.

# the name that hub-config/sections/servers.py knows it by
SERVER_IMAGE=pophub-server:event
# a registry that says nothing more would hold up whatever is deployed after it
PATIENCE=1800

# Before the hub opens, so that nobody's first start waits for it.
image() {
    # at birth, when nobody reaches it yet, the hub starts meanwhile; `opening` waits for it, and says what went wrong
    if [ ! -e "$STATE/open" ]; then start_hub >/dev/null 2>&1 & fi
    make_image
}

# May be asked for twice at once: the second one waits, and finds it made.
make_image() (
    base=$(setting .server.image)
    exec 8>"$RUN/image.lock"
    flock 8
    docker image inspect "$base" >/dev/null 2>&1 || timeout "$PATIENCE" docker pull --quiet "$base" ||
        fail "the image $base cannot be pulled: does it exist, is its registry reachable?"
    made_of=$(made_of "$base")
    there=$(docker image inspect --format '{{index .Config.Labels "pophub.made-of"}}' "$SERVER_IMAGE" 2>/dev/null) || true
    # this engine's plain builder: nothing more to install
    if [ "$there" = "$made_of" ] ||
        DOCKER_BUILDKIT=0 timeout "$PATIENCE" docker build --quiet --pull=false --force-rm --build-arg "BASE=$base" \
            --label "pophub.made-of=$made_of" --tag "$SERVER_IMAGE" "$CONFIG/image" >"$work/build.log" 2>&1; then
        return
    fi
    reason=$(reason_of "$work/build.log") || true
    reason=${reason:-in half an hour it came to no end}
    [ -z "$there" ] || [ ! -e "$STATE/open" ] ||
        fail "the image $base cannot be completed, and the one before it stays: $reason"
    take_as_it_is "$base" "$reason"
)

# An image that could not be completed serves people without content and as slowly as it always did: better than no hub.
take_as_it_is() {
    docker run --rm --network none --user 1000:100 --entrypoint python3 "$1" -c \
        'import jupyterhub.singleuser, jupyterlab' >/dev/null 2>&1 ||
        fail "people's servers cannot run from $1: it has no JupyterHub and JupyterLab, and adding them failed: $2"
    docker tag "$1" "$SERVER_IMAGE"
    echo "the image $1 is used as it is, because it could not be completed: $2"
    if ! on_ec2; then
        echo "the next run of scripts/install_jupyterhub.py tries again"
        return
    fi
    echo "that is tried again in ten minutes, and at once with: systemctl start pophub-install"
    # an earlier run may have asked for that already
    systemctl is-active --quiet pophub-image-again.timer ||
        systemd-run --quiet --collect --unit pophub-image-again --on-active 10min \
            systemctl start --no-block pophub-install.service
}

# What an image depends on, as one word: made_of BASE
made_of() {
    {
        docker image inspect --format '{{.Id}}' "$1"
        cat "$CONFIG/image"/*
    } | sha256sum | cut -c 1-16
}

# What a build says last that is not about itself: reason_of LOG
reason_of() {
    local itself='^ *$|^DEPRECATED|^ *(Install the buildx|BuildKit is currently|environment-variable)'
    itself+='|The command .* returned a non-zero code'
    grep -vE "$itself" "$1" | tail -n 1 | cut -c 1-300
}
