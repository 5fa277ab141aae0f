# shellcheck shell=bash
# Open the hub.

# Docker's start of a server, and then 120 s until it answers (hub-config/trial.py)
TRIAL_SECONDS=300

start_services() {
    start_hub
    if [ -e "$RUN/$CLOSED_FILE" ]; then return; fi
    { listens 120 "$(hub_address)" "$HUB_PORT" && answers 30 --fail "$PROXY_URL/hub/health"; } ||
        fail "JupyterHub does not answer: journalctl -u pophub-hub. $(last_words pophub-hub)"
    try_server trial_at_hub
    if [ "$(setting tls.mode)" != none ]; then
        await_name
        await_certificate
    fi
}

# After the hub is open: on two processors, their start would delay the hub's.
start_pages() {
    if [ -e "$RUN/$CLOSED_FILE" ]; then return; fi
    start_page pophub-costs.service "$COSTS_TOKEN_FILE"
    start_page pophub-helpers.service "$HELPERS_TOKEN_FILE"
    systemctl start pophub-certificate.timer
}

# Also before the step of this name: on a new machine while the image comes, as systemd does it at every later boot.
start_hub() {
    put "$HERE/proxy.cjs" "$OWN/proxy.cjs"
    if [ -n "$(setting uses-accounts)" ]; then
        put_unit pophub-hub.service.d/accounts.conf pophub-hub-accounts.conf
    else
        remove_unit pophub-hub.service.d/accounts.conf
    fi
    if has_workers; then
        put_unit pophub-hub.service.d/workers.conf pophub-hub-workers.conf
    else
        remove_unit pophub-hub.service.d/workers.conf
    fi
    (umask 077 && own_token "$COSTS_TOKEN" "$COSTS_TOKEN_FILE" && own_token "$HELPERS_TOKEN" "$HELPERS_TOKEN_FILE")
    enable_units pophub-proxy.service pophub-hub.service pophub-certificate.timer pophub-costs.service pophub-helpers.service
    apply_unit pophub-proxy.service restart "$OWN/$PROXY_TOKEN_FILE" "$OWN/proxy.cjs" \
        /etc/systemd/system/pophub-proxy.service
    # systemd may have started the hub from a bundle that was only tried
    [ "$(cat "$RUN/hub-runs-from" 2>/dev/null)" = "$(readlink -f "$BUNDLE")" ] || rm -f "$STATE/started/pophub-hub.service"
    # the real path, because a running hub gives servers the files of the bundle that it was started from
    apply_unit pophub-hub.service restart "$OWN/$PROXY_TOKEN_FILE" "$OWN/$SECRETS_FILE" "$OWN/$WATCH_TOKEN_FILE" \
        "$OWN/$COSTS_TOKEN_FILE" "$OWN/$HELPERS_TOKEN_FILE" "$OWN/$REHEARSAL_TOKEN_FILE" \
        /etc/systemd/system/pophub-hub.service* "$(readlink -f "$CONFIG")" "$HUB/requirements.txt"
}

# Start a page behind the hub's login: start_page UNIT TOKEN-FILE
start_page() {
    apply_unit "$1" restart "$OWN/$2" "/etc/systemd/system/$1" "$(readlink -f "$BUNDLE")/pophub" \
        "$(readlink -f "$CONFIG")" "$HUB/requirements.txt"
}

# Start one server as a participant would, before people can; again after the image or the settings have changed:
# try_server [trial_at_hub|trial_beside_hub]
try_server() {
    local tried
    tried=$({
        docker image inspect --format '{{.Id}}' "$SERVER_IMAGE"
        find -L "$CONFIG" -type f ! -name '*.pyc' -exec sha256sum {} + | cut -c 1-64 | sort
    } | sha256sum)
    if [ "$tried" = "$(cat "$STATE/started/server" 2>/dev/null)" ]; then return; fi
    "${1:-trial_beside_hub}" >"$WORK/trial" 2>&1 || {
        # also a last line without an end
        awk 1 "$WORK/trial"
        cp "$BUNDLE/$POINTER_FILE" "$STATE/failed-trial.json" 2>/dev/null || true
        fail "no participant's server can be started: $(tail -n 1 "$WORK/trial")"
    }
    rm -f "$STATE/failed-trial.json"
    echo "$tried" >"$STATE/started/server"
}

# The running hub tries it, says why it does not answer, and stops it meanwhile.
trial_at_hub() {
    local token
    token=$(cat "$OWN/$WATCH_TOKEN_FILE")
    # through its standard input, so that no process list has the token
    curl -sS --fail-with-body --max-time "$TRIAL_SECONDS" --config - --request POST \
        "$PROXY_URL/hub/api/trial?image=$SERVER_IMAGE" <<<"header = \"Authorization: token ${token#*=}\"" || return
    # nothing else is said of a server that answers
    [ ! -s "$WORK/trial" ]
}

# For an image or settings that the running hub does not have.
trial_beside_hub() {
    systemd-run --quiet --wait --pipe --collect --property=EnvironmentFile="$OWN/$PROXY_TOKEN_FILE" \
        --property=EnvironmentFile="$OWN/$SECRETS_FILE" --property=EnvironmentFile="$OWN/$WATCH_TOKEN_FILE" \
        "$HUB/bin/python" -B "$CONFIG/trial.py" "$CONFIG/jupyterhub_config.py" "$SERVER_IMAGE"
}

# Whether the last trial of this bundle failed to start a server.
failed_trial() {
    cmp -s "$BUNDLE/$POINTER_FILE" "$STATE/failed-trial.json"
}

# Wait until Caddy has been let ask for a certificate: ask_certificate of steps/https.sh
await_name() {
    case $(systemctl is-active pophub-name.service) in
    activating)
        # shellcheck disable=SC2154 # of run_step
        write_status preparing "$number" "the certificate, once $(setting domain) leads to this machine"
        systemctl start pophub-name.service || true
        ;;
    esac
    if systemctl is-failed --quiet pophub-name.service && ! has_certificate "$(setting tls.mode)"; then
        fail "Caddy could not be let ask for a certificate: $(last_words pophub-name)"
    fi
}

# Wait as long as the certificate authority may need, but not after it has refused.
await_certificate() {
    local end=$((SECONDS + 180)) said='' elsewhere
    elsewhere=$(cat "$(asked)" 2>/dev/null) || true
    until answers 1 --insecure --resolve "$(setting domain):443:127.0.0.1" "$(setting url)/pophub/"; do
        said=$(caddys_error)
        if [ -z "$said" ] && [ "$SECONDS" -lt "$end" ]; then continue; fi
        fail "there is no certificate (${elsewhere:+$elsewhere; }${said:-journalctl -u caddy}). Caddy tries again by itself, ever less often; once" \
            "the cause is gone, at once with: systemctl restart caddy"
    done
}

# The last error of the certificate authority since Caddy was started, if there is one.
caddys_error() {
    journalctl --output cat "_SYSTEMD_INVOCATION_ID=$(systemctl show --property InvocationID --value caddy)" |
        hub_install authority-error
}
