#!/usr/bin/env bash
# Fetch this hub's bundle from the shelf with the instance's own role, check its sha256, unpack it.
# Usage: pophub-fetch-bundle DIRECTORY. A bad bundle is refused and what is in DIRECTORY stays as it is.
set -euo pipefail
umask 022

target=${1:?usage: pophub-fetch-bundle DIRECTORY}
metadata=http://169.254.169.254/latest
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "pophub-fetch-bundle: $1" >&2
    exit 1
}

# Header lines go through standard input, so no token or key stands in a process list.
token=$(curl -fsS --retry 10 --retry-connrefused -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token")
from_metadata() {
    curl -fsS --retry 5 --config - "$metadata/meta-data/$1" <<<"header = \"X-aws-ec2-metadata-token: $token\""
}

region=$(from_metadata placement/region)
event=$(from_metadata tags/instance/pophub:event)
role=$(from_metadata iam/security-credentials/)
from_metadata "iam/security-credentials/$role" >"$work/role.json"

# A request signed with the role's keys: aws SERVICE REGION CURL-ARGUMENTS…
aws() {
    local service=$1 in_region=$2
    shift 2
    jq -r --arg scope "aws:amz:$in_region:$service" '
        "aws-sigv4 = \"\($scope)\"",
        "user = \"\(.AccessKeyId):\(.SecretAccessKey)\"",
        "header = \"x-amz-security-token: \(.Token)\""' "$work/role.json" |
        curl -fsS --retry 10 --retry-all-errors --config - "$@"
}

aws ssm "$region" "https://ssm.$region.amazonaws.com/" \
    -H 'Content-Type: application/x-amz-json-1.1' -H 'X-Amz-Target: AmazonSSM.GetParameter' \
    --data "$(jq -n --arg name "/pophub/$event/bundle" '{Name: $name}')" >"$work/parameter.json" ||
    fail "the parameter /pophub/$event/bundle cannot be read: is the event deployed, and may this role read it?"
jq -er .Parameter.Value "$work/parameter.json" >"$work/pointer.json"
bucket=$(jq -er .bucket "$work/pointer.json")
bucket_region=$(jq -er .region "$work/pointer.json")
key=$(jq -er .key "$work/pointer.json")
sha256=$(jq -er .sha256 "$work/pointer.json")

aws s3 "$bucket_region" -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -o "$work/bundle.tar.gz" \
    "https://s3.$bucket_region.amazonaws.com/$bucket/$key" ||
    fail "the bundle s3://$bucket/$key cannot be fetched: is it there, and may this role read it?"
echo "$sha256  $work/bundle.tar.gz" | sha256sum --check --quiet - ||
    fail "the bundle s3://$bucket/$key is not the one that was deployed: its sha256 differs from $sha256"

mkdir -p "$work/unpacked" "$(dirname "$target")"
tar -xzf "$work/bundle.tar.gz" -C "$work/unpacked" --no-same-owner
rm -rf "$target.new" "$target.old"
mv "$work/unpacked" "$target.new"
if [ -e "$target" ]; then mv "$target" "$target.old"; fi
mv "$target.new" "$target"
rm -rf "$target.old"
echo "$sha256" >"$target/.sha256"
