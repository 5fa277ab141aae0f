# shellcheck shell=bash
# Caddy, and its certificate, which outlives the machine.

https() {
    local mode
    mode=$(setting .tls.mode)
    case $mode in
    acme | staging) if on_ec2; then take_certificate; fi ;;
    files) certificate_files ;;
    esac
    serve "$mode"
}

# Reuse the certificate of an earlier machine: Let's Encrypt issues five a week for one name.
take_certificate() {
    local folder=$HUB_FOLDER/caddy code
    if [ -n "$(ls -A "$folder")" ]; then return; fi
    code=$(bucket -o "$work/$CERTIFICATE_FILE" --write-out '%{http_code}') || true
    # if the object is missing, S3 answers 403 to a role that may not list the bucket
    if [[ $code =~ ^40[34]$ ]]; then return; fi
    [ "$code" = 200 ] || fail "whether the bucket has this address's certificate is not known, and Let's Encrypt gives" \
        "five a week: the bucket answers ${code:-nothing}"
    echo "taking the certificate that lies in the bucket"
    rm -rf "$folder.new"
    install -d -m 700 "$folder.new"
    tar -xzf "$work/$CERTIFICATE_FILE" -C "$folder.new" --no-same-owner
    chown -R caddy:caddy "$folder.new"
    # all at once: at the next boot an incomplete folder would be taken for a complete one
    mv -T "$folder.new" "$folder"
}

# The organizer's own certificate: on EC2 from Parameter Store, elsewhere from files that the organizer has written.
certificate_files() {
    local certificate key
    certificate=$(setting .tls.certificate)
    key=$(setting .tls.key)
    if on_ec2; then
        secret_values "${CERTIFICATE_SECRETS[@]}" >"$work/tls.json"
        jq -r --arg name "${CERTIFICATE_SECRETS[0]}" '.[] | select(.name == $name).value' "$work/tls.json" >"$work/certificate"
        (
            umask 077
            jq -r --arg name "${CERTIFICATE_SECRETS[1]}" '.[] | select(.name == $name).value' "$work/tls.json" >"$work/key"
        )
        put "$work/certificate" "$certificate"
        put "$work/key" "$key" 600
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
    openssl x509 -noout -checkhost "$(setting .domain)" -in "$1" | grep -q 'does match' ||
        fail "the certificate $1 is not for $(setting .domain)"
}

# Run Caddy with cloud-init/Caddyfile, and with the certificate settings of tls/MODE.caddy: serve MODE
serve() {
    {
        echo "POPHUB_DOMAIN=$(setting .domain)"
        # a whole line of the Caddyfile, because without a contact the line must be missing
        echo "POPHUB_EMAIL=$(setting '.contact[0] // "" | if . == "" then "" else "email \(.)" end')"
        echo "POPHUB_TLS=tls/$1"
        echo "POPHUB_RUN=$RUN_FOLDER"
        echo "POPHUB_STATUS=$STATUS_FILE"
        echo "POPHUB_PAGE=$PAGE"
        echo "POPHUB_STORAGE=$HUB_FOLDER/caddy"
        echo "POPHUB_PROXY=127.0.0.1:$PROXY_PORT"
        echo "POPHUB_HUB=$(hub_address):$HUB_PORT"
        echo "POPHUB_CERTIFICATE=$(setting '.tls.certificate // ""')"
        echo "POPHUB_KEY=$(setting '.tls.key // ""')"
    } >"$work/caddy.env"
    put "$work/caddy.env" "$OWN/caddy.env"
    put "$HERE/Caddyfile" "$OWN/Caddyfile"
    local file
    for file in "$HERE"/tls/*.caddy; do put "$file" "$OWN/tls/$(basename "$file")"; done
    put_unit caddy.service.d/pophub.conf caddy.conf
    local files=()
    if [ "$1" = files ]; then files=("$(setting .tls.certificate)" "$(setting .tls.key)"); fi
    apply_unit caddy.service restart "$OWN/caddy.env" "$OWN/Caddyfile" "$OWN/tls" /etc/systemd/system/caddy.service.d \
        "${files[@]}"
}

# The object with the certificates of the event's address: bucket CURL-ARGUMENTS…
bucket() {
    local pointer=$HERE/../$POINTER_FILE event
    # shellcheck source=cloud-init/aws.sh
    . "$HERE/aws.sh"
    event=$(from_metadata "tags/instance/$EVENT_TAG") || return
    s3 "$(jq -er .region "$pointer")" "$(jq -er .bucket "$pointer")/$CERTIFICATES/$event/$CERTIFICATE_FILE" "$@"
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
        tar -czf "$work/$CERTIFICATE_FILE" -C "$folder" certificates acme
    ) || return
    bucket --fail --upload-file "$work/$CERTIFICATE_FILE" || return
    echo "$now" >"$then"
}
