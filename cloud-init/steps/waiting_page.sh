# shellcheck shell=bash
# The page that people see until the hub is open.

waiting_page() {
    # an image has Docker already; the step `network` waits for it and reports its errors
    if systemctl is-active --quiet docker.service; then make_network >/dev/null 2>&1 & fi
    if ! command -v python3 >/dev/null; then
        install_packages python3
        write_status preparing 1 "this page"
    fi
    install_packages caddy
    hub_install waiting-page >"$WORK/waiting.html"
    put "$WORK/waiting.html" "$PAGE/waiting.html"
    # the first run has set up Caddy, and later runs leave it
    if [ ! -e "$OWN/caddy.env" ]; then serve waiting; fi
    if docker_waits; then
        docker_engine
        begin_image
    fi
    if on_ec2; then
        # the step `secrets` waits for them and reports errors
        wanted_secrets >/dev/null 2>&1 &
        keep_up
    fi
}

# On EC2: two ways in for the organizer, and the search for new bundles. All three work even if later steps fail.
keep_up() {
    look_for_bundles
    enable_units --now pophub-requests.timer
    systemctl start --no-block pophub-session-manager.service
}

look_for_bundles() {
    local file
    put "$HERE/apt.sh" /usr/local/lib/pophub/apt.sh
    for file in pophub/hub/install/{aws,clock,fetch_bundle}.py; do put "$HERE/../$file" "/usr/local/lib/pophub/$file"; done
    put "$HERE/fetch-bundle.sh" /usr/local/sbin/pophub-fetch-bundle 755
    for file in pophub-install.service pophub-refresh.{service,timer}; do put_unit "$file"; done
    enable_units --now pophub-refresh.timer
}
