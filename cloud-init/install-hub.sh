#!/usr/bin/env bash
# Make this Debian machine the hub of the event whose bundle this script lies in: on EC2, and on any other server.
# Usage: install-hub.sh          all of it; a second run changes nothing that is already as it should be
#        install-hub.sh bake     only what needs no event: packages and the hub's environment, for an image
#        install-hub.sh keep-certificate    a renewed certificate goes to the shelf
set -euo pipefail
umask 022
export DEBIAN_FRONTEND=noninteractive

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CONFIG=$(dirname "$HERE")/hub-config
EVENT=$CONFIG/event.json
HUB=/opt/pophub/hub
OWN=/etc/pophub
STATE=/var/lib/pophub
PAGE=$STATE/page
LOG=/var/log/pophub-install.log

# the functions below in their order, and what people are told of them
STEPS=(
    "waiting_page: this page"
    "homes: the disk for people's files"
    "front: the certificate"
    "packages: programs from Debian"
    "secrets: what the hub needs to sign people in"
    "environment: JupyterHub"
    "network: the servers' own network"
    "image: the image of people's servers"
    "opening: the hub itself"
)
# Debian's own configurable-http-proxy: Debian keeps it and Node.js patched, and it needs no npm (364 packages).
PACKAGES=(docker.io docker-cli iptables nftables nodejs node-configurable-http-proxy python3-venv xfsprogs)

main() {
    if [ "${1:-}" = bake ]; then
        install_packages caddy jq "${PACKAGES[@]}"
        environment
        return
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if [ "${1:-}" = keep-certificate ]; then
        keep_certificate
        return
    fi
    install -d -m 755 "$OWN" "$STATE" "$STATE/started" "$PAGE"
    exec 3>&1
    local number=0 step
    for step in "${STEPS[@]}"; do
        number=$((number + 1))
        run_step "$number" "${step%%: *}" "${step#*: }"
    done
    rm -f "$PAGE/progress.json"
    [ -e "$STATE/open" ] || touch "$STATE/open"
    say "the hub stands at $(setting .url)"
}

# One step in a shell of its own, with all that it says in the log; when it fails, the page says how.
run_step() {
    local number=$1 name=$2 doing=$3 code start=$SECONDS
    say "step $number of ${#STEPS[@]} ($name): $doing"
    tell_page "$number" "$doing"
    set +e
    (
        set -e
        "$name"
    ) 2>&1 | tee "$work/step.log" | tee -a "$LOG" >&3
    code=${PIPESTATUS[0]}
    set -e
    if [ "$code" -ne 0 ]; then
        tell_page "$number" "$doing" "$(grep -v '^ *$' "$work/step.log" | tail -n 1 | cut -c 1-300)"
        say "step $number of ${#STEPS[@]} ($name) failed; the whole story is in $LOG, and another run goes on from here"
        exit 1
    fi
    say "step $number of ${#STEPS[@]} ($name): done in $((SECONDS - start)) s"
}

say() {
    echo "$*" | tee -a "$LOG" >&3
}

# What the waiting page shows: tell_page STEP DOING [WHY-IT-FAILED]. A hub that is open shows no waiting page.
tell_page() {
    if [ -e "$STATE/open" ] || ! command -v jq >/dev/null; then return; fi
    jq --arg step "$1" --arg of "${#STEPS[@]}" --arg doing "$2" --arg failed "${3:-}" --arg log "$LOG" \
        '{title, step: ($step | tonumber), of: ($of | tonumber), doing: $doing, failed: $failed, log: $log}' \
        "$EVENT" >"$work/progress.json"
    chmod 644 "$work/progress.json"
    mv "$work/progress.json" "$PAGE/progress.json"
}

setting() {
    jq -er "$1" "$EVENT"
}

fail() {
    echo "$*"
    exit 1
}

# whether the machine was born of our user data, and so has a role, a shelf and a home volume
on_ec2() {
    [ -x /usr/local/sbin/pophub-fetch-bundle ]
}

# Those that are missing, and nothing where none is.
install_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    # a list that is an hour old may name what the mirror no longer has
    if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mmin -60 -print -quit)" ]; then
        apt-get -qq update
    fi
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "${missing[@]}" >/dev/null
}

# A file in its place, written only where it differs: put SOURCE TARGET [MODE]
put() {
    if ! cmp -s "$1" "$2"; then install -D -m "${3:-644}" "$1" "$2"; fi
}

# Have a unit run with what stands in these files now: settle UNIT restart|reload FILE…
settle() {
    local unit=$1 how=$2 now then=$STATE/started/$1
    shift 2
    now=$(find "$@" -type f -print0 | sort -z | xargs -0 sha256sum)
    if systemctl is-active --quiet "$unit"; then
        if [ -e "$then" ] && [ "$now" = "$(cat "$then")" ]; then return; fi
        systemctl "$how" "$unit"
    else
        systemctl restart "$unit"
    fi
    echo "$now" >"$then"
}

put_unit() {
    local file=/etc/systemd/system/$1
    if cmp -s "$HERE/systemd/${2:-$1}" "$file"; then return; fi
    install -D -m 644 "$HERE/systemd/${2:-$1}" "$file"
    systemctl daemon-reload
}

waiting_page() {
    install_packages caddy jq
    tell_page 1 "this page"
    put "$HERE/page/waiting.html" "$PAGE/waiting.html"
    # later runs leave Caddy as the first one has made it
    if [ ! -e "$OWN/caddy.env" ]; then serve waiting; fi
}

# Caddy as cloud-init/Caddyfile says, with its certificate as tls/MODE.caddy says: serve MODE
serve() {
    {
        echo "POPHUB_DOMAIN=$(setting .domain)"
        echo "POPHUB_CONTACT=$(setting '.contact[0]')"
        echo "POPHUB_TLS=tls/$1"
        echo "POPHUB_CERTIFICATE=$(setting '.tls.certificate // ""')"
        echo "POPHUB_KEY=$(setting '.tls.key // ""')"
    } >"$work/caddy.env"
    put "$work/caddy.env" "$OWN/caddy.env"
    put "$HERE/Caddyfile" "$OWN/Caddyfile"
    local file
    for file in "$HERE"/tls/*.caddy; do put "$file" "$OWN/tls/$(basename "$file")"; done
    put_unit caddy.service.d/pophub.conf caddy.conf
    settle caddy.service restart "$OWN/caddy.env" "$OWN/Caddyfile" "$OWN/tls" /etc/systemd/system/caddy.service.d
}

# Homes and the hub's memory lie on a disk of their own, which outlives the machine.
homes() {
    if findmnt --noheadings --mountpoint /srv >/dev/null; then
        echo "/srv is mounted"
    elif systemd-detect-virt --quiet --container || ! on_ec2; then
        echo "no disk of its own: people's files lie in the directory /srv, without quotas"
    else
        mount_home_volume
    fi
    install -d -m 711 /srv/home /srv/pophub
    install -d -m 700 -o caddy -g caddy /srv/pophub/caddy
}

mount_home_volume() {
    # the label is ours; by the kernel's name (nvme1n1) a disk cannot be found: the names change between boots
    if ! blkid --label pophub-home >/dev/null; then
        install_packages xfsprogs
        local disk
        disk=$(blank_disk)
        mkfs.xfs -q -L pophub-home "$disk"
    fi
    grep -q '^LABEL=pophub-home ' /etc/fstab ||
        echo 'LABEL=pophub-home /srv xfs defaults,noatime,prjquota,nofail,x-systemd.device-timeout=300 0 2' >>/etc/fstab
    install -d -m 755 /srv
    systemctl daemon-reload
    mount /srv
}

# The one disk with nothing on it. Terraform attaches it only when the machine runs already, so it may take a while.
blank_disk() {
    local waited=0 name blank
    while true; do
        blank=()
        for name in $(lsblk --noheadings --nodeps --output NAME --include 259,202,8,252,254); do
            if [ -b "/dev/$name" ] && is_blank "/dev/$name"; then blank+=("/dev/$name"); fi
        done
        if [ "${#blank[@]}" -gt 0 ] || [ "$waited" -ge 300 ]; then break; fi
        sleep 2
        waited=$((waited + 2))
    done
    if [ "${#blank[@]}" -ne 1 ]; then
        echo "there should be one blank disk or one labelled pophub-home, found: ${blank[*]:-none}" >&2
        return 1
    fi
    echo "${blank[0]}"
}

# No partition, no file system, no signature of any kind, and nobody holds it.
is_blank() {
    [ "$(lsblk --noheadings --output NAME "$1" | wc -l)" -eq 1 ] &&
        [ -z "$(lsblk --noheadings --nodeps --output MOUNTPOINTS "$1" | tr -d '[:space:]')" ] &&
        [ -z "$(wipefs --no-act --noheadings "$1")" ]
}

# The certificate of an earlier machine is used again: Let's Encrypt gives five a week for one name.
front() {
    if on_ec2 && [ -z "$(ls -A /srv/pophub/caddy)" ] && shelf certificates -o "$work/caddy.tar.gz"; then
        echo "taking the certificate that lies on the shelf"
        tar -xzf "$work/caddy.tar.gz" -C /srv/pophub/caddy --no-same-owner
        chown -R caddy:caddy /srv/pophub/caddy
    fi
    serve "$(setting .tls.mode)"
}

# The event's file of a kind on the shelf: shelf KIND CURL-ARGUMENTS…
shelf() {
    local pointer=$HERE/../.pointer.json kind=$1
    shift
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    s3 "$(jq -er .region "$pointer")" \
        "$(jq -er .bucket "$pointer")/$kind/$(from_metadata tags/instance/pophub:event)/caddy.tar.gz" "$@"
}

# Caddy's certificate and account, when they are not what the shelf has already. A timer does this too.
keep_certificate() {
    local folder=/srv/pophub/caddy now then=$STATE/started/certificate
    if ! on_ec2 || ! [ -d "$folder/certificates" ]; then return; fi
    now=$(find "$folder/certificates" "$folder/acme" -type f -print0 | sort -z | xargs -0 sha256sum)
    if [ -e "$then" ] && [ "$now" = "$(cat "$then")" ]; then return; fi
    (
        umask 077
        tar -czf "$work/caddy.tar.gz" -C "$folder" certificates acme
    )
    shelf certificates --fail --upload-file "$work/caddy.tar.gz"
    echo "$now" >"$then"
}

packages() {
    # before Docker's first start, so that it needs no second one; an organizer's own file is left alone
    if [ ! -e /etc/docker/daemon.json ]; then put "$HERE/docker.json" /etc/docker/daemon.json; fi
    install_packages "${PACKAGES[@]}"
    # the image comes while the next steps go on; when `image` asks for it again, Docker does it only once
    { has_image || docker pull --quiet "$(setting .server.image)"; } >/dev/null 2>&1 &
}

# What the hub's unit reads: root's alone, and never an argument of a program. Elsewhere than on EC2 the
# organizer writes secrets.env.
secrets() {
    umask 077
    if on_ec2; then
        parameters >"$work/secrets.env"
        put "$work/secrets.env" "$OWN/secrets.env" 600
    elif [ ! -s "$OWN/secrets.env" ]; then
        fail "$OWN/secrets.env is missing: write NAME=value lines for $(secret_names | tr '[:lower:]\n' '[:upper:] ')"
    fi
    if [ ! -s "$OWN/proxy.env" ]; then
        echo "CONFIGPROXY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >"$work/proxy.env"
        put "$work/proxy.env" "$OWN/proxy.env" 600
    fi
}

# as in pophub/hub_secrets.py
secret_names() {
    case $(setting '.login | keys[0]') in
    github) printf '%s\n' github_client_id github_client_secret ;;
    google) printf '%s\n' google_client_id google_client_secret ;;
    shared_password) printf '%s\n' shared_password admin_password ;;
    esac
}

# The event's SecureStrings as lines that systemd reads: what needs escaping inside of double quotes is escaped.
parameters() {
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    local names region event
    names=$(secret_names)
    if [ -z "$names" ]; then return; fi
    region=$(from_metadata placement/region)
    event=$(from_metadata tags/instance/pophub:event)
    ssm "$region" GetParameters "$(jq -Rnc --arg path "/pophub/$event" \
        '{Names: [inputs | "\($path)/\(.)"], WithDecryption: true}' <<<"$names")" |
        jq -r 'if .InvalidParameters | length > 0
            then "Parameter Store has no \(.InvalidParameters | join(", ")): deploy again\n" | halt_error(1)
            else .Parameters[] | "\(.Name | split("/")[-1] | ascii_upcase)=\(.Value | @json)" end'
}

# JupyterHub as its hash-locked list says; a list that changed gets a new environment, which then takes the place.
environment() {
    local wanted=$CONFIG/requirements-hub.txt
    if [ -x "$HUB/bin/jupyterhub" ] && cmp -s "$wanted" "$HUB/requirements.txt"; then return; fi
    rm -rf "$HUB"
    python3 -m venv "$HUB"
    "$HUB/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --only-binary :all: \
        --require-hashes --requirement "$wanted"
    # written last: without it the environment is a half-made one
    install -m 644 "$wanted" "$HUB/requirements.txt"
}

network() {
    echo "define resolvers = { $(resolvers) }" >"$work/resolvers.nft"
    put "$work/resolvers.nft" "$OWN/resolvers.nft"
    put "$HERE/firewall.nft" "$OWN/firewall.nft"
    put_unit pophub-firewall.service
    systemctl enable --quiet pophub-firewall.service
    settle pophub-firewall.service reload "$OWN/firewall.nft" "$OWN/resolvers.nft"
    systemctl enable --quiet --now docker.service
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

# Before the hub opens, so that nobody's first start waits for it.
image() {
    local image
    image=$(setting .server.image)
    has_image || docker pull --quiet "$image" ||
        fail "the image $image cannot be pulled: does it exist, is its registry reachable?"
}

has_image() {
    docker image inspect "$(setting .server.image)" >/dev/null 2>&1
}

opening() {
    local unit
    for unit in pophub-proxy.service pophub-hub.service; do
        put_unit "$unit"
        systemctl enable --quiet "$unit"
    done
    put_unit pophub-certificate.service
    put_unit pophub-certificate.timer
    settle pophub-proxy.service restart "$OWN/proxy.env" /etc/systemd/system/pophub-proxy.service
    settle pophub-hub.service restart "$OWN/proxy.env" "$OWN/secrets.env" /etc/systemd/system/pophub-hub.service \
        "$CONFIG" "$HUB/requirements.txt"
    answers 120 --fail http://127.0.0.1:8000/hub/health ||
        fail "JupyterHub does not answer: journalctl -u pophub-hub. $(last_words pophub-hub)"
    if [ "$(setting .tls.mode)" != none ]; then
        answers 180 --insecure --resolve "$(setting .domain):443:127.0.0.1" "$(setting .url)/pophub/" ||
            fail "there is no certificate yet: journalctl -u caddy. $(last_words caddy)"
    fi
    keep_certificate || echo "the certificate could not be put on the shelf; that is tried again within the hour"
    systemctl enable --quiet --now pophub-certificate.timer
}

# Whether an address answers within some seconds: answers SECONDS CURL-ARGUMENTS…
answers() {
    local end=$((SECONDS + $1))
    shift
    until curl -sS --output /dev/null --max-time 10 "$@" 2>/dev/null; do
        if [ "$SECONDS" -ge "$end" ]; then return 1; fi
        sleep 0.3
    done
}

last_words() {
    journalctl --unit "$1" --lines 1 --output cat
}

main "$@"
