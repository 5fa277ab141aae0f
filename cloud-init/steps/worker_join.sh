# shellcheck shell=bash
# A worker in the hub's swarm.

# Through Docker's socket and not its command, because everybody can read a program's arguments.
# https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Swarm/operation/SwarmJoin
worker_join() (
    state=$(docker info --format '{{.Swarm.LocalNodeState}}')
    if [ "$state" = active ]; then return; fi
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    if [ "$state" != inactive ]; then docker swarm leave --force >/dev/null; fi
    # the instance's id is the worker's name, for the hub too
    hostnamectl hostname "$(from_metadata instance-id)"
    umask 077
    secret_values worker-token >"$work/parameter.json" || fail "the workers' token cannot be read from Parameter Store"
    address=$(from_metadata local-ipv4)
    jq --arg address "$address" '.[0].value | fromjson |
        {ListenAddr: "0.0.0.0", AdvertiseAddr: $address, RemoteAddrs: [.manager], JoinToken: .token}' \
        "$work/parameter.json" >"$work/join.json" 2>/dev/null || fail "the hub has not written the workers' token yet"
    curl -sS --max-time 60 --unix-socket /run/docker.sock -H 'Content-Type: application/json' \
        --data "@$work/join.json" --output "$work/joined.json" --write-out '%{http_code}' \
        http://docker/swarm/join >"$work/code"
    [ "$(cat "$work/code")" = 200 ] ||
        fail "the hub's swarm does not take this worker: $(jq -r .message "$work/joined.json")"
)
