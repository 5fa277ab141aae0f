# shellcheck shell=bash
# apt-get that waits for other users of apt, because apt-daily may run right after a boot. apt-get itself can wait for
# dpkg's lock, but not for the locks of lists and downloads: https://github.com/BiBiServ/bibigrid/issues/297.
# To be sourced.

LOCK_SECONDS=600

# apt_get ARGUMENT…    Fails like apt-get. If another program held a lock until the end, `apt_is_held` names it.
apt_get() {
    local end=$((SECONDS + LOCK_SECONDS)) words
    apt_is_held=
    until words=$(LC_ALL=C apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" 2>&1 >/dev/null); do
        # E: Could not get lock /var/lib/apt/lists/lock. It is held by process 612 (apt-get)
        if ! grep -q 'Could not get lock' <<<"$words"; then
            apt_is_held=
            echo "$words" >&2
            return 100
        fi
        if [ -z "$apt_is_held" ]; then echo "another program uses apt, and is waited for: $words" >&2; fi
        apt_is_held="another program uses apt: $(grep -m 1 -o 'Could not get lock.*' <<<"$words")"
        if [ "$SECONDS" -ge "$end" ]; then
            echo "$apt_is_held" >&2
            return 100
        fi
        sleep 2
    done
}
