# shellcheck shell=bash
# Check the clock: with a wrong one, no certificate is valid and AWS accepts no signature. To be sourced.

# What is wrong with the clock, in one sentence; nothing if it is right or if no host answers. It asks the hosts of the
# given addresses first, then those of this machine's package sources: clock_problem [ADDRESS…]
clock_problem() {
    local address right='' off
    while [ -z "$right" ] && IFS= read -r address; do
        right=$(time_at "$address")
    done < <(printf '%s\n' "$@" && package_addresses)
    if [ -z "$right" ]; then return; fi
    off=$(($(date +%s) - right))
    if [ "${off#-}" -lt 300 ]; then return; fi
    echo "the machine's clock is wrong: it says $(date --utc '+%F %R') and should say" \
        "$(date --utc --date "@$right" '+%F %R'); set it (chronyc makestep, or timedatectl set-time)"
}

# The time of an address's host in seconds since 1970. Certificates are not checked, because a wrong clock makes all
# invalid.
time_at() {
    local date age headers
    case $1 in http://* | https://*) ;; *) return ;; esac
    headers=$(curl -s --insecure --connect-timeout 3 --max-time 5 --dump-header - --output /dev/null "$1" | tr -d '\r') || return 0
    date=$(sed -n 's/^[Dd]ate: *//p' <<<"$headers" | tail -n 1)
    # a cache adds how old its answer is: https://www.rfc-editor.org/rfc/rfc9111#section-5.1
    age=$(sed -n 's/^[Aa]ge: *\([0-9]\{1,9\}\)$/\1/p' <<<"$headers" | tail -n 1)
    if [ -n "$date" ] && date=$(date --date "$date" +%s 2>/dev/null); then echo $((date + ${age:-0})); fi
}

# From apt's settings, so this works before apt has fetched anything. Debian's cloud images name a file that lists them,
# mirror+file:/etc/apt/mirrors/debian.list (https://manpages.debian.org/trixie/apt/apt-transport-mirror.1.en.html).
package_addresses() {
    local address files=("${APT:-/etc/apt}"/sources.list "${APT:-/etc/apt}"/sources.list.d/*)
    addresses_in "${files[@]}" | while IFS= read -r address; do
        case $address in
        mirror+file:*) addresses_in "${address#mirror+file:}" ;;
        mirror+http*) echo "${address#mirror+}" ;;
        *) echo "$address" ;;
        esac
    done
}

addresses_in() {
    sed 's/#.*//' "$@" 2>/dev/null | grep -oE '(mirror\+file:|(mirror\+)?https?://)[^[:space:]]+' | sort -u || true
}
