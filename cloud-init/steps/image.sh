# shellcheck shell=bash
# The image of people's servers: the event's image, plus the parts that a hub needs and that it lacks.

# an image that is only tried; tidy.sh removes it
TRIAL_IMAGE=pophub-server:trial
# a registry that stops answering would block every later deployment
PULL_TIMEOUT_SECONDS=1800
# Debian's own wheels, as for the hub's environment
WHEELS=/usr/share/python-wheels

# The image is made before the hub opens: the first server then starts without waiting for it.
image() {
    # on a new machine the hub starts while the image comes; it has no users yet, who could ask it for a server
    if [ ! -e "$STATE/open" ] && [ -z "$(ls -A "$HOMES_FOLDER")" ] && ! has_workers; then start_hub; fi
    # if no server could start with this bundle before, try the new image while the running hub stays as it is
    if failed_trial && answers 1 --fail "$PROXY_URL/hub/health"; then
        SERVER_IMAGE=$TRIAL_IMAGE make_image
        SERVER_IMAGE=$TRIAL_IMAGE try_server
    fi
    make_image
}

# In the background and once in a run, because it takes the longest; the step `image` waits for it, and reports its errors.
begin_image() {
    if [ -e "$WORK/image-begun" ]; then return; fi
    touch "$WORK/image-begun"
    make_image >/dev/null 2>&1 &
}

# A second call at the same time waits, and then finds the image made.
make_image() (
    base=$(setting server.image)
    exec 8>"$RUN/image.lock"
    flock 8
    docker image inspect "$base" >/dev/null 2>&1 || timeout "$PULL_TIMEOUT_SECONDS" docker pull --quiet "$base" >"$WORK/pull.log" 2>&1 ||
        fail "the image $base cannot be pulled: $(hub_install reason "$WORK/pull.log"). Is \`server.image\` right, and open to everybody?"
    made_of=$(made_of "$base")
    there=$(docker image inspect --format '{{index .Config.Labels "pophub.made-of"}}' "$SERVER_IMAGE" 2>/dev/null) || true
    if [ "$there" = "$made_of" ]; then return; fi
    # once in a run: what begin_image could not complete cannot be completed some seconds later either
    if [ "$(cat "$WORK/not-completed" 2>/dev/null)" != "$made_of" ]; then
        prepare_context "$base"
        if build "$base" all "$made_of"; then return; fi
        mv "$WORK/build.log" "$WORK/failed-build.log"
        echo "$made_of" >"$WORK/not-completed"
    fi
    cat "$WORK/failed-build.log"
    reason=$(hub_install reason "$WORK/failed-build.log")
    [ -z "$there" ] || [ "$there" = incomplete ] || [ ! -e "$STATE/open" ] ||
        fail "the image $base cannot be completed, and the one before it stays: $reason"
    take_as_it_is "$base" "$reason"
)

# Write the files that the build needs to $WORK/image: prepare_context BASE
prepare_context() {
    local wheels
    wheels=("$WHEELS"/pip-*.whl)
    rm -rf "$WORK/image"
    cp -r "$CONFIG/image" "$WORK/image"
    hub_install probe "$1" "$CONFIG/image/probe.py" "$WORK/image" >"$WORK/shell"
    cp "${wheels[-1]}" "$WORK/image/pip.whl"
}

# build BASE all|account LABEL
build() {
    # the engine's built-in builder, so that nothing more must be installed
    DOCKER_BUILDKIT=0 timeout "$PULL_TIMEOUT_SECONDS" docker build --quiet --pull=false --force-rm --build-arg "BASE=$1" \
        --build-arg "ADDS=$2" --build-arg "SERVER_SHELL=$(cat "$WORK/shell")" \
        --label "pophub.made-of=$3" --tag "$SERVER_IMAGE" "$WORK/image" >"$WORK/build.log" 2>&1
}

# An image that could not be completed still serves people, more slowly and without the event's content: better than no
# hub.
take_as_it_is() {
    build "$1" account incomplete || {
        local without
        without=$(hub_install reason "$WORK/build.log")
        if [ "$without" != "$2" ]; then without="what it lacks cannot be added ($2), and without that: $without"; fi
        fail "people's servers cannot run from $1: $without"
    }
    # refused.sh reads it
    touch "$WORK/incomplete"
    echo "the image $1 is used as it is, because it could not be completed: $2"
    if ! on_ec2; then
        echo "the next run of scripts/install_jupyterhub.py tries again"
        return
    fi
    echo "that is tried again in ten minutes, and at once with: systemctl start pophub-install"
    # an earlier run may have started this timer already
    systemctl is-active --quiet pophub-image-again.timer ||
        systemd-run --quiet --collect --unit pophub-image-again --on-active 10min \
            systemctl start --no-block pophub-install.service
}

# A hash of everything that the finished image depends on: made_of BASE
made_of() {
    {
        docker image inspect --format '{{.Id}}' "$1"
        find "$CONFIG/image" -maxdepth 1 -type f -print0 | sort -z | xargs -0 cat
    } | sha256sum | cut -c 1-16
}
