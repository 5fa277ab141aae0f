# shellcheck shell=bash
# The servers' own network, and what can be reached from it.

network() {
    echo "define resolvers = { $(resolvers) }" >"$work/resolvers.nft"
    put "$work/resolvers.nft" "$OWN/resolvers.nft"
    put "$HERE/firewall.nft" "$OWN/firewall.nft"
    put_unit pophub-firewall.service
    put_unit pophub-repair.service
    put_unit nftables.service.d/pophub.conf nftables.conf
    switch_on pophub-firewall.service
    settle pophub-firewall.service reload "$OWN/firewall.nft" "$OWN/resolvers.nft"
    switch_on --now docker.service
    if ! docker network inspect pophub >/dev/null 2>&1; then
        docker network create --subnet 172.29.0.0/16 --gateway 172.29.0.1 \
            --opt com.docker.network.bridge.name=pophub0 --opt com.docker.network.bridge.enable_icc=false pophub
    fi
}

# The name servers that Docker asks on behalf of containers, as a list for nft; Amazon's own where none is known.
resolvers() {
    local file=/etc/resolv.conf list
    if [ -e /run/systemd/resolve/resolv.conf ]; then file=/run/systemd/resolve/resolv.conf; fi
    list=$(awk '$1 == "nameserver" && $2 ~ /^[0-9.]+$/ && $2 !~ /^127\./ { print $2 }' "$file" | sort -u | paste -sd,)
    echo "${list:-169.254.169.253}"
}
