#!/usr/bin/env bash
# Install Amazon's SSM agent from its region's bucket, or update it if the last check is some weeks old.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/agent-install-deb.html
# It updates itself only if a setting of the account says so (https://github.com/aws/amazon-ssm-agent/issues/593).
# Debian 13 is not officially supported, but works (https://github.com/aws/amazon-ssm-agent/issues/648); what pophub
# needs from it also works through pophub/hub/install/bucket_requests.py.
# Only TLS to Amazon's own bucket protects the download: the key of the package's signature is replaced every year or
# two, and an expired key would lock the organizer out.
set -euo pipefail
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
. "$HERE/contract.env"
# shellcheck source=cloud-init/apt.sh
. "$HERE/apt.sh"

DAYS=14
looked=${STATE:-$STATE_FOLDER}/session-manager

installed() { dpkg-query --show --showformat '${db:Status-Status}' amazon-ssm-agent 2>/dev/null | grep -qx installed; }

if installed && [ -n "$(find "$looked" -mtime "-$DAYS" 2>/dev/null)" ]; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# apt reads the package as another user
chmod 755 "$work"
region=$(PYTHONPATH=${HERE%/*} python3 -BP -m pophub.hub.install region)
address=https://s3.$region.amazonaws.com/amazon-ssm-$region/latest/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb
curl -fsS --retry 3 --connect-timeout 10 -o "$work/amazon-ssm-agent.deb" "$address" || {
    if installed; then
        echo "Amazon's SSM agent cannot be fetched from $address; the one from before stays" >&2
        exit 0
    fi
    echo "Amazon's SSM agent cannot be fetched from $address; it is tried again in 5 minutes" >&2
    exit 1
}
apt_get install --no-install-recommends "$work/amazon-ssm-agent.deb"
systemctl enable --quiet --now amazon-ssm-agent.service
touch "$looked"
