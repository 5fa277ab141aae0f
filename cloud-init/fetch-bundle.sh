#!/usr/bin/env bash
# Fetch this hub's bundle from the account bucket with the instance's own role, check it, unpack it.
# Usage: pophub-fetch-bundle LINK           exits with 3 if LINK stays as it is, because the new bundle is bad or
#                                           cannot be fetched, and with 1 if there is no bundle at all
#        pophub-fetch-bundle --news LINK    only check for a new bundle that was not refused here before:
#                                           exits with 1 if there is none, and with 255 if that is not known
set -euo pipefail
umask 022

only_news=
if [ "${1:-}" = --news ]; then
    only_news=yes
    shift
fi
target=${1:?usage: pophub-fetch-bundle [--news] LINK}
tried=/var/lib/pophub/tried.json
refused=/var/lib/pophub/refused.json
refusal=/var/lib/pophub/refusal
trying=
problem="it stopped unexpectedly: journalctl -u pophub-install"
install -d /run/pophub
work=$(mktemp -d -p /run/pophub)
trap finish EXIT
# shellcheck source=cloud-init/clock.sh
. /usr/local/lib/pophub/clock.sh
# shellcheck source=cloud-init/apt.sh
. /usr/local/lib/pophub/apt.sh
# shellcheck source=cloud-init/aws.sh
. /usr/local/lib/pophub/aws.sh

fail() {
    problem=$1
    exit 1
}

# The page and status.json until install-hub.sh writes better ones (steps/waiting_page.sh):
# tell DOING [WHY-IT-FAILED]
tell() {
    local state=preparing text doing failed
    doing=$(json "$1") failed=$(json "${2:-}")
    if [ -n "${2:-}" ]; then state=failed; fi
    cat >/run/pophub/status.new <<END
{"state": "$state", "step": 0, "of": 9, "doing": $doing, "failed": $failed, "refused": "", "bundle": "",
"title": "", "contact": [], "log": "journalctl -u pophub-install", "at": "$(date --utc +%FT%TZ)"}
END
    mv /run/pophub/status.new /run/pophub/status.json
    text=$(sed 's/&/\&amp;/g; s/</\&lt;/g' <<<"It ${1}.${2:+ That failed, and is tried again by itself. For the organizers: $2}")
    cat >/run/pophub/early.html <<END
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>The hub is being prepared</title>
<body style="font: 1.1rem/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 36rem; padding: 0 1rem">
<h1>The hub is being prepared</h1>
<p role="status">$text</p>
<p>This page updates itself.</p>
</html>
END
}

# A string as JSON, also before jq is installed.
json() {
    printf '"%s"' "$(tr '\000-\037' ' ' <<<"$1" | sed 's/[\\"]/\\&/g; s/ *$//')"
}

no_news() {
    problem=
    exit 1
}

# At every exit: show in the journal and on the page what went wrong.
finish() {
    local code=$? clock
    rm -rf "$work"
    if [ "$code" -eq 0 ] || [ -z "$problem" ]; then return; fi
    clock=$(clock_problem "$metadata/") || true
    problem=${clock:-$problem}
    if [ -n "$only_news" ]; then
        echo "<3>pophub-fetch-bundle: whether there is a new bundle is not known: $problem" >&2
        exit 255
    fi
    echo "pophub-fetch-bundle: $problem" >&2
    if [ -e "$target" ]; then
        if [ -n "$trying" ]; then echo "$problem" >"$refusal"; fi
        echo "pophub-fetch-bundle: what is in $target stays" >&2
        exit 3
    fi
    tell "$doing" "$problem"
}

if ! { command -v curl && command -v jq && command -v caddy; } >/dev/null; then
    doing="installs its first programs"
    tell "$doing"
    # Caddy and Python's venv are installed here too, because one run of apt-get is faster than two
    export DEBIAN_FRONTEND=noninteractive
    problem="the first programs cannot be downloaded from Debian: can this machine reach the internet?"
    if ! { apt_get update && apt_get install --no-install-recommends ca-certificates curl jq caddy python3-venv; }; then
        fail "${apt_is_held:-$problem}"
    fi
fi
doing="fetches its bundle"
if [ -z "$only_news" ] && [ ! -e /etc/pophub/caddy.env ]; then
    if [ ! -e /run/pophub/early.html ]; then tell "$doing"; fi
    # in a prepared image, Caddy may have started before our settings were there
    systemctl restart --no-block caddy.service
fi

problem="the machine's metadata cannot be read: is http://169.254.169.254 switched on, with its tags?"
region=$(from_metadata placement/region)
event=$(from_metadata tags/instance/pophub:event)
ssm "$region" GetParameter "$(jq -n --arg name "/pophub/$event/bundle" '{Name: $name}')" >"$work/parameter.json" ||
    fail "the parameter /pophub/$event/bundle cannot be read: is the event deployed, and may this machine's role read it?"
problem="the parameter /pophub/$event/bundle does not say where a bundle lies: deploy again"
jq -er .Parameter.Value "$work/parameter.json" >"$work/pointer.json"
bucket=$(jq -er .bucket "$work/pointer.json")
bucket_region=$(jq -er .region "$work/pointer.json")
key=$(jq -er .key "$work/pointer.json")
sha256=$(jq -er .sha256 "$work/pointer.json")
if cmp -s "$work/pointer.json" "$target/.pointer.json"; then
    # the deployed bundle is in use: forget earlier refusals, so that any later bundle is tried
    rm -f "$tried" "$refused" "$refusal" /var/lib/pophub/failed-trial.json
    if [ -n "$only_news" ]; then no_news; fi
    echo "pophub-fetch-bundle: $target is the newest bundle already"
    exit 0
fi
if [ -n "$only_news" ]; then
    if cmp -s "$work/pointer.json" "$refused"; then no_news; fi
    # try again after a while: the cause may be gone, for example if the bucket could not be reached
    if cmp -s "$work/pointer.json" "$tried" && [ -n "$(find "$tried" -mmin -10)" ]; then no_news; fi
    exit 0
fi
install -D -m 644 "$work/pointer.json" "$tried"
trying=yes

# each version has its own folder, because a running server may still read the previous one
version=${target}s/$(sha256sum "$work/pointer.json" | cut -c 1-12)
problem="the bundle cannot be put into $version: is the disk full?"
if [ ! -e "$version" ]; then
    s3 "$bucket_region" "$bucket/$key" -o "$work/bundle.tar.gz" ||
        fail "the bundle s3://$bucket/$key cannot be fetched: is it there, and may this machine's role read it?"
    echo "$sha256  $work/bundle.tar.gz" | sha256sum --check --quiet - ||
        fail "the bundle s3://$bucket/$key is not the one that was deployed: its sha256 differs from $sha256; deploy again"
    rm -rf "$version.new"
    mkdir -p "$version.new"
    tar -xzf "$work/bundle.tar.gz" -C "$version.new" --no-same-owner
    install -m 644 "$work/pointer.json" "$version.new/.pointer.json"
    mv "$version.new" "$version"
fi
# a hub that people already use must not get a bundle that cannot work
if [ -e /var/lib/pophub/open ]; then
    "$version/cloud-init/install-hub.sh" check 2>&1 | tee "$work/check.log" ||
        fail "the new bundle is bad: $(tail -n 1 "$work/check.log")"
    if [ ! -e "$target.old" ]; then cp -P "$target" "$target.old"; fi
fi
ln -sfn "${version#"$(dirname "$target")"/}" "$target.new"
mv -T "$target.new" "$target"
rm -f "$tried" "$refused" "$refusal"
