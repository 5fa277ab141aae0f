# shellcheck shell=bash
# What people see until the hub is open.

waiting_page() {
    install_packages caddy jq
    tell_page 1 "this page"
    put "$HERE/page/waiting.html" "$PAGE/waiting.html"
    # later runs leave Caddy as the first one has made it
    if [ ! -e "$OWN/caddy.env" ]; then serve waiting; fi
    if on_ec2; then keep_up; fi
}

# On EC2 a way in for the organizer, and what looks for the bundle, both also while the other steps fail.
keep_up() {
    local file
    for file in aws.sh clock.sh; do put "$HERE/$file" "/usr/local/lib/pophub/$file"; done
    put "$HERE/fetch-bundle.sh" /usr/local/sbin/pophub-fetch-bundle 755
    for file in pophub-install.service pophub-refresh.service pophub-refresh.timer pophub-session-manager.service; do
        put_unit "$file"
    done
    switch_on --now pophub-refresh.timer
    dpkg-query --status amazon-ssm-agent >/dev/null 2>&1 || systemctl start --no-block pophub-session-manager.service
}
