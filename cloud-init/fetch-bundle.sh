#!/usr/bin/env bash
# Fetch this hub's bundle from the shelf with the instance's own role, check its sha256, unpack it.
# Usage: pophub-fetch-bundle DIRECTORY. A bad bundle is refused and what is in DIRECTORY stays as it is.
set -euo pipefail
umask 022

target=${1:?usage: pophub-fetch-bundle DIRECTORY}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "pophub-fetch-bundle: $1" >&2
    exit 1
}

if ! { command -v curl && command -v jq && command -v caddy; } >/dev/null; then
    # Caddy comes along, because one run of apt-get costs less than two
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends ca-certificates curl jq caddy >/dev/null
fi
# shellcheck source=cloud-init/aws.sh
. /usr/local/lib/pophub/aws.sh

region=$(from_metadata placement/region)
event=$(from_metadata tags/instance/pophub:event)
ssm "$region" GetParameter "$(jq -n --arg name "/pophub/$event/bundle" '{Name: $name}')" >"$work/parameter.json" ||
    fail "the parameter /pophub/$event/bundle cannot be read: is the event deployed, and may this role read it?"
jq -er .Parameter.Value "$work/parameter.json" >"$work/pointer.json"
bucket=$(jq -er .bucket "$work/pointer.json")
bucket_region=$(jq -er .region "$work/pointer.json")
key=$(jq -er .key "$work/pointer.json")
sha256=$(jq -er .sha256 "$work/pointer.json")
if cmp -s "$work/pointer.json" "$target/.pointer.json"; then
    echo "pophub-fetch-bundle: $target is the newest bundle already"
    exit 0
fi

s3 "$bucket_region" "$bucket/$key" -o "$work/bundle.tar.gz" ||
    fail "the bundle s3://$bucket/$key cannot be fetched: is it there, and may this role read it?"
echo "$sha256  $work/bundle.tar.gz" | sha256sum --check --quiet - ||
    fail "the bundle s3://$bucket/$key is not the one that was deployed: its sha256 differs from $sha256"

# beside its place, because only within one file system a move is one step
mkdir -p "$(dirname "$target")"
rm -rf "$target.new" "$target.old"
mkdir "$target.new"
tar -xzf "$work/bundle.tar.gz" -C "$target.new" --no-same-owner
install -m 644 "$work/pointer.json" "$target.new/.pointer.json"
if [ -e "$target" ]; then mv "$target" "$target.old"; fi
mv "$target.new" "$target"
rm -rf "$target.old"
