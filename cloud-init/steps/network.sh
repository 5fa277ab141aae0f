# shellcheck shell=bash
# The servers' own network, and what servers can reach from it.

network() {
    packet_filter
    enable_units --now docker.service
    make_network
}

# A second call at the same time waits, and then finds it made.
make_network() (
    exec 8>"$RUN/network.lock"
    flock 8
    if docker network inspect "$SERVER_NETWORK" >/dev/null 2>&1; then return; fi
    docker network create --subnet "$SERVER_SUBNET" --gateway "$HUB_ADDRESS" \
        --opt com.docker.network.bridge.name="$SERVER_BRIDGE" --opt com.docker.network.bridge.enable_icc=false \
        "$SERVER_NETWORK"
)

packet_filter() {
    cat >"$WORK/addresses.nft" <<END
define resolvers = { $(resolvers) }
define servers = "$SERVER_BRIDGE"
define hub = $(hub_address)
define workers = $(if has_workers; then echo "$VPC_CIDR"; else echo 255.255.255.255; fi)
define hub_port = $HUB_PORT
define proxy_ports = { $PROXY_PORT, $PROXY_API_PORT }
END
    put "$WORK/addresses.nft" "$OWN/addresses.nft"
    put "$HERE/firewall.nft" "$OWN/firewall.nft"
    put_unit pophub-firewall.service
    put_unit pophub-repair.service
    put_unit nftables.service.d/pophub.conf nftables.conf
    enable_units pophub-firewall.service
    apply_unit pophub-firewall.service reload "$OWN/firewall.nft" "$OWN/addresses.nft"
}

# The name servers that Docker uses for containers, as a list for nft; Amazon's own if none is known.
resolvers() {
    local file=/etc/resolv.conf list
    if [ -e /run/systemd/resolve/resolv.conf ]; then file=/run/systemd/resolve/resolv.conf; fi
    list=$(awk '$1 == "nameserver" && $2 ~ /^[0-9.]+$/ && $2 !~ /^127\./ { print $2 }' "$file" | sort -u | paste -sd,)
    echo "${list:-169.254.169.253}"
}
