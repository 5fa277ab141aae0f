#!/usr/bin/env bash
# Restore the packet filters after somebody has flushed them (`systemctl restart nftables`, `nft flush ruleset`). If
# they are present, it changes nothing.
set -euo pipefail

if systemctl is-enabled --quiet pophub-firewall.service && ! nft list table inet pophub >/dev/null 2>&1; then
    echo "<5>the hub's packet filter was gone, and comes back"
    systemctl reload-or-restart pophub-firewall.service
fi
# Docker's chain for NAT; without it, servers cannot reach the internet
if systemctl is-active --quiet docker.service && ! iptables --table nat --list DOCKER >/dev/null 2>&1; then
    # Docker writes its rules only when it starts, and containers survive its restart only with this setting; the hub of
    # workers runs no server
    if [ "$(docker info --format '{{or .LiveRestoreEnabled .Swarm.ControlAvailable}}')" = true ]; then
        echo "<5>Docker's packet filter was gone: Docker restarts, and containers go on"
        # Debian's unit allows three starts a minute, and would leave Docker stopped after the fourth; this begins the count
        # anew: systemctl(1), "reset-failed"
        systemctl reset-failed docker.service
        systemctl restart docker.service
    else
        echo "<3>Docker's packet filter is gone, and servers do not reach the internet: systemctl restart docker, which ends them"
    fi
fi
