# shellcheck shell=bash
# Caddy, and its certificate, which outlives the machine.

https() {
    local mode
    mode=$(setting tls.mode)
    case $mode in
    acme | staging)
        if on_ec2; then
            take_certificate
            if ! has_certificate "$mode" && ! [ -e "$(asked)" ]; then
                serve "$mode" later
                systemctl start --no-block pophub-name.service
                return
            fi
            ask_again "$mode"
        fi
        ;;
    files) certificate_files ;;
    esac
    serve "$mode"
}

# Whether Caddy has a certificate that has not expired, so that it can answer at once: has_certificate MODE
has_certificate() {
    local domain authority=acme-v02
    domain=$(setting domain)
    if [ "$1" = staging ]; then authority=acme-staging-v02; fi
    openssl x509 -noout -checkend 0 >/dev/null 2>&1 -in \
        "$HUB_FOLDER/caddy/certificates/$authority.api.letsencrypt.org-directory/$domain/$domain.crt"
}

# A file that is there once Caddy has been let ask for a certificate of this name, until the next boot. It has the reason
# if that was before the name led here.
asked() {
    echo "$RUN/asked-for-$(setting domain)"
}

# Let Caddy ask for a certificate once the name leads here. While the machine is off it leads to the off page, and back
# only some 30 seconds after port 443 is open (stacks/dns.py). Let's Encrypt looks at the machine to which the name leads
# (https://letsencrypt.org/docs/challenge-types/): if that is another one, Caddy asks again only after 1, 3, 5 and 10
# minutes (https://github.com/caddyserver/certmagic/blob/master/async.go), and after five failures within an hour
# Let's Encrypt refuses (https://letsencrypt.org/docs/failed-validation-limit/).
# A renewal does not wait: the certificate before it is still good for weeks, and Caddy's second try finds the name here.
ask_certificate() {
    local file elsewhere
    file=$(asked)
    if [ -e "$file" ]; then return; fi
    elsewhere=$(hub_install await-name 300)
    if [ -n "$elsewhere" ]; then echo "$elsewhere: the certificate is asked for all the same"; fi
    echo "$elsewhere" >"$WORK/asked"
    put "$WORK/asked" "$file"
    serve "$(setting tls.mode)"
}

# The authority has looked elsewhere in vain. Once the name leads here, Caddy need not wait until it tries again by itself:
# ask_again MODE
ask_again() {
    local file elsewhere
    file=$(asked)
    if [ -z "$(cat "$file" 2>/dev/null)" ] || has_certificate "$1"; then return; fi
    elsewhere=$(hub_install await-name 0)
    if [ -n "$elsewhere" ]; then return; fi
    echo >"$file"
    # the start of Caddy is what makes it ask
    rm -f "$STATE/started/caddy.service"
}

# Reuse the certificate of an earlier machine: Let's Encrypt issues five a week for one name.
take_certificate() {
    local folder=$HUB_FOLDER/caddy
    if [ -n "$(ls -A "$folder")" ]; then return; fi
    hub_install fetch-certificate "$WORK"
    if [ ! -e "$WORK/$CERTIFICATE_FILE" ]; then return; fi
    echo "taking the certificate that lies in the bucket"
    rm -rf "$folder.new"
    install -d -m 700 "$folder.new"
    tar -xzf "$WORK/$CERTIFICATE_FILE" -C "$folder.new" --no-same-owner
    chown -R caddy:caddy "$folder.new"
    # all at once: at the next boot an incomplete folder would be taken for a complete one
    mv -T "$folder.new" "$folder"
}

# The organizer's own certificate: on EC2 from Parameter Store, elsewhere from files that the organizer has written.
certificate_files() {
    local certificate key
    certificate=$(setting tls.certificate)
    key=$(setting tls.key)
    if on_ec2; then
        (
            umask 077
            hub_install own-certificate "$WORK/certificate" "$WORK/key"
        )
        put "$WORK/certificate" "$certificate"
        put "$WORK/key" "$key" 600
        chgrp caddy "$key"
        chmod 640 "$key"
    fi
    check_certificate "$certificate" "$key"
}

# Find a problem before Caddy fails: check_certificate CERTIFICATE KEY
check_certificate() {
    local file
    for file in "$1" "$2"; do
        [ -e "$file" ] || fail "$file is not there; the event file's tls section names it"
        runuser -u caddy -- test -r "$file" ||
            fail "Caddy may not read $file: chgrp caddy, chmod 640, and its folders chmod a+x"
    done
    openssl x509 -noout -in "$1" 2>/dev/null || fail "$1 is no certificate in PEM form"
    [ "$(openssl x509 -noout -pubkey -in "$1")" = "$(openssl pkey -pubout -in "$2" 2>/dev/null)" ] ||
        fail "$2 is not the key of the certificate $1"
    openssl x509 -noout -checkend 0 -in "$1" >/dev/null || fail "the certificate $1 has expired"
    openssl x509 -noout -checkhost "$(setting domain)" -in "$1" | grep -q 'does match' ||
        fail "the certificate $1 is not for $(setting domain)"
}

# Run Caddy with cloud-init/Caddyfile, and with the certificate settings of tls/MODE.caddy: serve MODE [later]
serve() {
    hub_install caddy-environment "$1" "$PAGE" "${2:-}" >"$WORK/caddy.env"
    put "$WORK/caddy.env" "$OWN/caddy.env"
    put "$HERE/Caddyfile" "$OWN/Caddyfile"
    local file
    for file in "$HERE"/tls/*.caddy; do put "$file" "$OWN/tls/$(basename "$file")"; done
    put_unit caddy.service.d/pophub.conf caddy.conf
    local files=()
    if [ "$1" = files ]; then files=("$(setting tls.certificate)" "$(setting tls.key)"); fi
    apply_unit caddy.service restart "$OWN/caddy.env" "$OWN/Caddyfile" "$OWN/tls" /etc/systemd/system/caddy.service.d \
        "${files[@]}"
}

# Copy Caddy's certificate and account to the account bucket if they have changed. A timer calls this too. A caller that
# uses `||` disables `set -e` here, hence the explicit returns.
keep_certificate() {
    local folder=$HUB_FOLDER/caddy now then=$STATE/started/certificate
    if ! on_ec2 || ! [ -d "$folder/certificates" ]; then return; fi
    now=$(find "$folder/certificates" "$folder/acme" -type f -print0 | sort -z | xargs -0 sha256sum)
    if [ -e "$then" ] && [ "$now" = "$(cat "$then")" ]; then return; fi
    (
        umask 077
        tar -czf "$WORK/$CERTIFICATE_FILE" -C "$folder" certificates acme
    ) || return
    hub_install put "$CERTIFICATES" "$CERTIFICATE_FILE" "$WORK/$CERTIFICATE_FILE" || return
    echo "$now" >"$then"
}
