# shellcheck shell=bash
# The servers' own network on a worker, and what servers can reach from it.

worker_network() {
    packet_filter
    put_unit docker.service.d/pophub.conf worker-docker.conf
    enable_units --now docker.service
    local_network
}
