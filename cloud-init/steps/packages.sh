# shellcheck shell=bash
# What comes from Debian.

DOCKER=(docker.io docker-cli iptables)
# Debian's own configurable-http-proxy: Debian keeps it and Node.js patched, and it needs no npm (364 packages).
PACKAGES=("${DOCKER[@]}" nftables nodejs node-configurable-http-proxy python3-venv xfsprogs)

packages() {
    # on EC2 it came with the first programs
    install_packages python3-venv
    # meanwhile JupyterHub comes; `environment` waits for it, and says what went wrong
    make_environment >/dev/null 2>&1 &
    docker_engine
    # and the image, which takes longest; `image` waits for it
    make_image >/dev/null 2>&1 &
    docker_programs
}

# `make docker`: Docker and its companions.
docker_programs() {
    docker_engine
    install_packages "${PACKAGES[@]}"
}

docker_engine() {
    # before Docker's first start; what was here already is left as its owner has it
    remap_containers
    if ! command -v dockerd >/dev/null && [ ! -e /etc/docker/daemon.json ]; then
        put "$HERE/docker.json" /etc/docker/daemon.json
    fi
    install_packages "${DOCKER[@]}"
}

# Containers' users are nobody on the machine: this is the user whose numbers Docker takes, because docker.json says
# "userns-remap": "default".
remap_containers() {
    local user=$CONTAINER_USER file
    id "$user" >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$user"
    for file in /etc/subuid /etc/subgid; do
        grep -qs "^$user:" "$file" || echo "$user:$FIRST_ID:$IDS" >>"$file"
    done
}
