# shellcheck shell=bash
# Open the hub.

start_services() {
    # beside the start of the hub
    begin_trial
    start_hub
    if [ -e "$RUN/$CLOSED_FILE" ]; then return; fi
    answers 120 --fail "$PROXY_URL/hub/health" ||
        fail "JupyterHub does not answer: journalctl -u pophub-hub. $(last_words pophub-hub)"
    end_trial
    if [ "$(setting tls.mode)" != none ]; then
        await_name
        await_certificate
    fi
    # only now: on two processors, their start would delay the hub's
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

# Start one server as a participant would, before people can; again after the image or the settings have changed.
try_server() {
    begin_trial
    end_trial
}

# Its program reads the hub's settings, and starts the server once `end_trial` says that the hub runs.
begin_trial() {
    TRIAL=
    TRIED=$({
        docker image inspect --format '{{.Id}}' "$SERVER_IMAGE"
        find -L "$CONFIG" -type f ! -name '*.pyc' -exec sha256sum {} + | cut -c 1-64 | sort
    } | sha256sum)
    if [ "$TRIED" = "$(cat "$STATE/started/server" 2>/dev/null)" ]; then return; fi
    rm -f "$WORK/hub-runs"
    mkfifo "$WORK/hub-runs"
    # if this step ends early, the program ends with it, because then nobody can write to the pipe
    exec 7<>"$WORK/hub-runs"
    run_trial <"$WORK/hub-runs" >"$WORK/trial" 2>&1 7>&- &
    TRIAL=$!
}

run_trial() {
    systemd-run --quiet --wait --pipe --collect --property=EnvironmentFile="$OWN/$PROXY_TOKEN_FILE" \
        --property=EnvironmentFile="$OWN/$SECRETS_FILE" --property=EnvironmentFile="$OWN/$WATCH_TOKEN_FILE" \
        "$HUB/bin/python" -B "$CONFIG/trial.py" "$CONFIG/jupyterhub_config.py" "$SERVER_IMAGE"
}

end_trial() {
    if [ -z "$TRIAL" ]; then return; fi
    echo >&7
    wait "$TRIAL" || {
        cat "$WORK/trial"
        cp "$BUNDLE/$POINTER_FILE" "$STATE/failed-trial.json" 2>/dev/null || true
        fail "no participant's server can be started: $(tail -n 1 "$WORK/trial")"
    }
    exec 7>&-
    rm -f "$STATE/failed-trial.json"
    echo "$TRIED" >"$STATE/started/server"
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
