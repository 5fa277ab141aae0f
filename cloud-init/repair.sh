#!/usr/bin/env bash
# Bring back the packet filters that somebody has flushed (`systemctl restart nftables`, `nft flush ruleset`). While they are
# there, it changes nothing.
set -euo pipefail

if systemctl is-enabled --quiet pophub-firewall.service && ! nft list table inet pophub >/dev/null 2>&1; then
    echo "<5>the hub's packet filter was gone, and comes back"
    systemctl reload-or-restart pophub-firewall.service
fi
# its chain for NAT, without which servers do not reach the internet
if systemctl is-active --quiet docker.service && ! iptables --table nat --list DOCKER >/dev/null 2>&1; then
    # it writes its rules only when it starts, and then keeps containers only with this setting
    if [ "$(docker info --format '{{.LiveRestoreEnabled}}')" = true ]; then
        echo "<5>Docker's packet filter was gone: Docker restarts, and containers go on"
        systemctl restart docker.service
    else
        echo "<3>Docker's packet filter is gone, and servers do not reach the internet: systemctl restart docker, which ends them"
    fi
fi
