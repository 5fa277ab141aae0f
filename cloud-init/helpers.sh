# shellcheck shell=bash
# What the steps of install-hub.sh share: ask Python, and change only what differs.

# A command of pophub/hub/install/__main__.py: hub_install COMMAND ARGUMENT…
hub_install() {
    PYTHONPATH=${CONFIG%/*} python3 -BP -m pophub.hub.install "$@"
}

UNITS=/etc/systemd/system
declare -A SETTINGS=()

# Read what the steps ask event.json for all at once, because each start of Python takes time.
read_settings() {
    local name value
    while IFS=' ' read -r name value; do SETTINGS[$name]=$value; done < <(hub_install settings)
    # shellcheck disable=SC2034 # has_workers
    WITH_WORKERS=${SETTINGS[has-workers]-}
}

# A key of event.json, such as tls.mode
setting() {
    if [ -v "SETTINGS[$1]" ]; then echo "${SETTINGS[$1]}"; else hub_install setting "$1"; fi
}

# Whether servers run on workers; also false before there is an event, as in `bake`.
has_workers() {
    : "${WITH_WORKERS=$(hub_install has-workers)}"
    [ -n "$WITH_WORKERS" ]
}

# The address at which servers reach the hub.
hub_address() {
    if has_workers; then echo "$HUB_PRIVATE_ADDRESS"; else echo "$HUB_ADDRESS"; fi
}

fail() {
    echo "$*"
    exit 1
}

# whether our user data created this machine, so that it has a role, an account bucket and a home volume
on_ec2() {
    [ -x /usr/local/sbin/pophub-fetch-bundle ]
}

# Install the packages that are missing.
install_packages() {
    local package there missing=()
    # it fails where it knows a package not at all, and tells of the others
    there=$(dpkg-query -W -f ' ${Package} ${db:Status-Status} ' "$@" 2>/dev/null) || true
    for package in "$@"; do
        [[ $there == *" $package installed "* ]] || missing+=("$package")
    done
    if [ "${#missing[@]}" -eq 0 ]; then return; fi
    # an older list may name packages that the mirror no longer has
    if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mmin -60 -print -quit)" ]; then
        apt_get update
    fi
    apt_get -o Dpkg::Options::=--force-confold install --no-install-recommends "${missing[@]}"
}

# Copy a file, but only if it differs: put SOURCE TARGET [MODE]
put() {
    if ! cmp -s "$1" "$2"; then install -D -m "${3:-644}" "$1" "$2"; fi
}

# Whether two texts are the same. `cmp` would be a process for each of thirty units.
same_text() {
    local one='' other=''
    [ -e "$2" ] || return 1
    IFS= read -r -d '' one <"$1" || true
    IFS= read -r -d '' other <"$2" || true
    [ "$one" = "$other" ]
}

# Start a unit; if it runs and these files have changed, restart or reload it: apply_unit UNIT restart|reload FILE…
apply_unit() {
    local unit=$1 how=$2 now then=$STATE/started/$1
    shift 2
    read_units
    # compiled modules come later, and change nothing
    now=$(find "$@" -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum)
    if systemctl is-active --quiet "$unit"; then
        if [ -e "$then" ] && [ "$now" = "$(cat "$then")" ]; then return; fi
        systemctl "$how" "$unit"
    else
        systemctl restart "$unit"
    fi
    echo "$now" >"$then"
}

# The units of every event's hub, before its steps start them: systemd then reads its units once, not at each step.
put_units() {
    local units=(pophub-{costs,firewall,helpers,hub,proxy,repair,stop}.service pophub-{certificate,watch}.{service,timer})
    local enabled=(pophub-{costs,firewall,helpers,hub,proxy}.service pophub-certificate.timer)
    if on_ec2; then
        units+=(pophub-{install,name,session-manager}.service pophub-{refresh,requests}.{service,timer})
        enabled+=(pophub-{refresh,requests,watch}.timer pophub-stop.service)
    fi
    put_changed_units "${units[@]}"
    put_unit caddy.service.d/pophub.conf caddy.conf
    put_unit nftables.service.d/pophub.conf nftables.conf
    enable_units "${enabled[@]}"
}

# Those that are missing or differ, all at once.
put_changed_units() {
    local unit changed=()
    for unit in "$@"; do
        same_text "$HERE/systemd/$unit" "$UNITS/$unit" || changed+=("$HERE/systemd/$unit")
    done
    if [ "${#changed[@]}" -eq 0 ]; then return; fi
    install -m 644 -t "$UNITS" "${changed[@]}"
    touch "$RUN/units-changed"
}

put_unit() {
    if same_text "$HERE/systemd/${2:-$1}" "$UNITS/$1"; then return; fi
    install -D -m 644 "$HERE/systemd/${2:-$1}" "$UNITS/$1"
    touch "$RUN/units-changed"
}

remove_unit() {
    if [ ! -e "$UNITS/$1" ]; then return; fi
    rm "$UNITS/$1"
    touch "$RUN/units-changed"
}

# Enable units after put_unit: enable_units [--now] UNIT…; one reload for all of them, because each takes systemd 0.2 s.
enable_units() {
    local now='' unit new=()
    if [ "$1" = --now ]; then
        now=yes
        shift
    fi
    for unit in "$@"; do
        # systemctl would also call the old init script of a unit that has one, which takes half a second
        compgen -G "/etc/systemd/system/*.wants/$unit" >/dev/null || new+=("$unit")
    done
    if [ "${#new[@]}" -gt 0 ]; then systemctl --no-reload --quiet enable "${new[@]}"; fi
    read_units
    if [ -n "$now" ]; then systemctl start "$@"; fi
}

read_units() {
    if [ ! -e "$RUN/units-changed" ]; then return; fi
    rm -f "$RUN/units-changed"
    systemctl daemon-reload
}

# Whether an address answers within some seconds: answers SECONDS CURL-ARGUMENTS…
# After a while it asks less often, because each start of curl takes 20 ms of a processor.
answers() {
    local end=$((SECONDS + $1)) soon=$((SECONDS + 5))
    shift
    until curl -sS --output /dev/null --max-time 10 "$@" 2>/dev/null; do
        if [ "$SECONDS" -ge "$end" ]; then return 1; fi
        if [ "$SECONDS" -le "$soon" ]; then sleep 0.1; else sleep 1; fi
    done
}

# Whether a program listens within some seconds: listens SECONDS ADDRESS PORT. Each try of curl would take processor time
# from a program that is just starting.
listens() {
    local end=$((SECONDS + $1)) connection
    until { exec {connection}<>"/dev/tcp/$2/$3"; } 2>/dev/null; do
        if [ "$SECONDS" -ge "$end" ]; then return 1; fi
        sleep 0.1
    done
    exec {connection}>&-
}

last_words() {
    journalctl --unit "$1" --lines 1 --output cat
}
