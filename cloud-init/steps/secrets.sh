# shellcheck shell=bash
# The secrets that the hub needs to sign people in.

# The file that the hub's unit reads: readable by root only, and never a program's argument.
secrets() {
    wanted_secrets
    put "$work/$SECRETS_FILE" "$OWN/$SECRETS_FILE" 600
    own_token "$PROXY_TOKEN" "$PROXY_TOKEN_FILE"
}

# Write the secrets that this bundle's event needs to $work/$SECRETS_FILE. Outside EC2 the organizer writes them.
wanted_secrets() (
    umask 077
    place=$work/$SECRETS_FILE
    if on_ec2; then
        parameters >"$place"
    else
        cp "$OWN/$SECRETS_FILE" "$place" 2>/dev/null || touch "$place"
        absent=$(secret_names | tr '[:lower:]' '[:upper:]' | while read -r name; do
            grep -q "^$name=." "$place" || echo "$name"
        done | paste -sd ' ')
        if [ -n "$absent" ]; then fail "$OWN/$SECRETS_FILE has no $absent: write NAME=value lines for them"; fi
    fi
)

# A token between this machine's own programs, made once: own_token VARIABLE FILE
own_token() {
    if [ -s "$OWN/$2" ]; then return; fi
    echo "$1=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >"$work/$2"
    put "$work/$2" "$OWN/$2" 600
}

# One name a line; without the organizer's own certificate, which Caddy reads and the hub does not.
secret_names() {
    local login
    login=$(setting '.login | keys[0]')
    xargs --no-run-if-empty --max-args 1 <<<"${LOGIN_SECRETS[$login]}"
    if [ "$(setting '.database // "sqlite"')" = postgresql ]; then echo "$DATABASE_SECRET"; fi
}

# The event's SecureStrings as lines for systemd, escaped as inside double quotes.
parameters() {
    local names
    mapfile -t names < <(secret_names)
    if [ "${#names[@]}" -eq 0 ]; then return; fi
    secret_values "${names[@]}" | jq -r '.[] | "\(.name | ascii_upcase)=\(.value | @json)"'
}
