# shellcheck shell=bash
# The image of people's servers: the event's image, plus the parts that a hub needs and that it lacks.

# an image that is only tried; tidy.sh removes it
TRIAL_IMAGE=pophub-server:trial
# the path of hub-config/image/probe.py in the container
PROBE_FILE=/opt/pophub-probe.py
# a registry that stops answering would block every later deployment
PULL_TIMEOUT_SECONDS=1800
# Debian's own wheels, as for the hub's environment
WHEELS=/usr/share/python-wheels

# The image is made before the hub opens: the first server then starts without waiting for it.
image() {
    # at the first boot nobody can reach the hub yet, so it starts in the meantime; the step `start_services` waits for it and
    # reports its errors
    # if no server could start with this bundle before, try the new image while the running hub stays as it is
    if failed_trial && answers 1 --fail "$PROXY_URL/hub/health"; then
        SERVER_IMAGE=$TRIAL_IMAGE make_image
        SERVER_IMAGE=$TRIAL_IMAGE try_server
    fi
    make_image
}

# A second call at the same time waits, and then finds the image made.
make_image() (
    base=$(setting .server.image)
    exec 8>"$RUN/image.lock"
    flock 8
    docker image inspect "$base" >/dev/null 2>&1 || timeout "$PULL_TIMEOUT_SECONDS" docker pull --quiet "$base" >"$work/pull.log" 2>&1 ||
        fail "the image $base cannot be pulled: $(reason_of "$work/pull.log"). Is \`server.image\` right, and open to everybody?"
    made_of=$(made_of "$base")
    there=$(docker image inspect --format '{{index .Config.Labels "pophub.made-of"}}' "$SERVER_IMAGE" 2>/dev/null) || true
    if [ "$there" = "$made_of" ]; then return; fi
    prepare_context "$base"
    if build "$base" all "$made_of"; then return; fi
    cat "$work/build.log"
    reason=$(reason_of "$work/build.log")
    [ -z "$there" ] || [ "$there" = incomplete ] || [ ! -e "$STATE/open" ] ||
        fail "the image $base cannot be completed, and the one before it stays: $reason"
    take_as_it_is "$base" "$reason"
)

# Write the files that the build needs to $work/image: prepare_context BASE
prepare_context() {
    local wheels
    wheels=("$WHEELS"/pip-*.whl)
    probe "$1"
    rm -rf "$work/image"
    cp -r "$CONFIG/image" "$work/image"
    cp "${wheels[-1]}" "$work/image/pip.whl"
    jq -r '"export SERVER_PYTHON=\(.python | @sh)", (.environment | to_entries[] | "export \(.key)=\(.value | @sh)")' \
        "$work/probe.json" >"$work/image/server.sh"
}

# build BASE all|account LABEL
build() {
    # the engine's built-in builder, so that nothing more must be installed
    DOCKER_BUILDKIT=0 timeout "$PULL_TIMEOUT_SECONDS" docker build --quiet --pull=false --force-rm --build-arg "BASE=$1" \
        --build-arg "ADDS=$2" --build-arg "SERVER_SHELL=$(jq -r .shell "$work/probe.json")" \
        --label "pophub.made-of=$3" --tag "$SERVER_IMAGE" "$work/image" >"$work/build.log" 2>&1
}

# How the image's own entrypoint sets up a server, written to $work/probe.json: probe BASE
probe() {
    local name=pophub-probe volumes home built here
    built=$(docker image inspect --format '{{.Architecture}}' "$1") here=$(docker version --format '{{.Server.Arch}}')
    [ "$built" = "$here" ] || refuse "$1" "it is built for $built, and this machine is $here (docker build --platform linux/$here)"
    volumes=$(docker image inspect --format '{{json .Config.Volumes}}' "$1" |
        jq -r --arg home "$SERVER_HOME/" '(. // {}) | keys | map(select(startswith($home))) | join(", ")')
    [ -z "$volumes" ] || refuse "$1" "what people write into $volumes is lost, because the image says so by VOLUME"
    docker rm --force "$name" >/dev/null 2>&1 || true
    # as a server's user, in an empty home, without privileges; a file, because `conda run` accepts no argument of
    # several lines
    timeout 120 docker run --name "$name" --network none --init --cap-drop ALL --security-opt no-new-privileges \
        --user "$SERVER_UID:$SERVER_GID" --env "HOME=$SERVER_HOME" --tmpfs "$SERVER_HOME:exec,mode=1777" \
        --workdir "$SERVER_HOME" --volume "$CONFIG/image/probe.py:$PROBE_FILE:ro" "$1" python3 -s "$PROBE_FILE" \
        >"$work/probe.log" 2>&1 || true
    docker rm --force "$name" >/dev/null 2>&1 || true
    sed -n 's/^pophub: //p' "$work/probe.log" >"$work/probe.json"
    [ -s "$work/probe.json" ] || refuse "$1" "$(why_no_python "$1"): $(reason_of "$work/probe.log")"
    home=$(jq -r .home "$work/probe.json")
    [ "$home" = "$SERVER_HOME" ] ||
        refuse "$1" "what people write into their home is lost, because the image's entrypoint sets HOME to $home"
    jq -e '.version >= [3, 10]' "$work/probe.json" >/dev/null ||
        refuse "$1" "its Python is $(jq -r '.version | join(".")' "$work/probe.json"), and JupyterHub wants 3.10 or later"
}

# Why an image has no Python that can start a server: why_no_python BASE
why_no_python() {
    local entrypoint path
    entrypoint=$(docker image inspect --format '{{json .Config.Entrypoint}}' "$1")
    path=$(docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$1" | sed -n 's/^PATH=//p')
    if [[ :$path: == *":$SERVER_HOME/"* ]]; then
        echo "its PATH leads into $SERVER_HOME, where each participant has a home of their own"
    elif [ "$entrypoint" = null ]; then
        echo "it has no python3 on its PATH ($path) that user $SERVER_UID can run"
    elif jq -e '.[-2] == "-c"' <<<"$entrypoint" >/dev/null; then
        echo "its ENTRYPOINT $entrypoint is in shell form, which drops a server's command (write it as [\"program\"])"
    else
        echo "its ENTRYPOINT $entrypoint does not run a server's command (it should end with: exec \"\$@\")"
    fi
}

# refuse BASE REASON
refuse() {
    fail "people's servers cannot run from $1: $2"
}

# An image that could not be completed still serves people, more slowly and without the event's content: better than no
# hub.
take_as_it_is() {
    build "$1" account incomplete || {
        local without
        without=$(reason_of "$work/build.log")
        [ "$without" != "$2" ] || refuse "$1" "$2"
        refuse "$1" "what it lacks cannot be added ($2), and without that: $without"
    }
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

# The last line of a log that describes the problem and not the program: reason_of LOG
reason_of() {
    local itself='^ *$|^DEPRECATED|^ *(Install the buildx|BuildKit is currently|environment-variable)' said
    itself+='|^ *--->|^Removing intermediate|The command .* returned a non-zero code|^See .docker run --help'
    # what complete.py prints after a program that has already described its error
    itself+='|^Traceback|^ |^subprocess.CalledProcessError'
    # s6-overlay's own message: https://github.com/just-containers/s6-overlay/issues/600
    itself+='|^s6-overlay-suexec: fatal: child failed'
    # after a broken connection, pip also says that the package does not exist
    said=$(sed -nE "s/.*connection broken by '.*: (.+)['\"]\\)': \\/.*/\\1/p" "$1" | head -n 1)
    if [ -n "$said" ]; then
        echo "the package index cannot be reached: $said"
        return
    fi
    said=$(sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -vE "$itself" | tail -n 1 | sed 's/^.*Error response from daemon: //' | cut -c 1-300) || true
    echo "${said:-it came to no end in time}"
}
