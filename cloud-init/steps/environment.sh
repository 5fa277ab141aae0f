# shellcheck shell=bash
# JupyterHub's own Python environment.

# JupyterHub as its hash-locked list says. A list that changed gets a new environment beside the one that runs.
environment() {
    make_environment
    if [ "$(readlink "$HUB")" = "$(wanted_environment)" ]; then return; fi
    ln -sfn "$(wanted_environment)" "$HUB.new"
    mv -T "$HUB.new" "$HUB"
}

wanted_environment() {
    echo "/opt/pophub/environments/$(sha256sum "$CONFIG/requirements-hub.txt" | cut -c 1-12)"
}

# May be asked for twice at once: the second one waits, and finds it made.
make_environment() (
    install -d -m 755 /opt/pophub/environments
    exec 8>"$RUN/environment.lock"
    flock 8
    make_python "$(wanted_environment)" "$CONFIG/requirements-hub.txt"
)
