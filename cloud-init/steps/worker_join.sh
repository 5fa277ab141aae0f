# shellcheck shell=bash
# A worker in the hub's swarm.

worker_join() {
    local state
    state=$(docker info --format '{{.Swarm.LocalNodeState}}')
    if [ "$state" != active ]; then
        if [ "$state" != inactive ]; then docker swarm leave --force >/dev/null; fi
        # the instance's id is the worker's name, for the hub too
        hostnamectl hostname "$(hub_install instance)"
        hub_install join-swarm
    fi
}
