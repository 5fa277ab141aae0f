# shellcheck shell=bash
# Calls to AWS with the permissions of the machine's own role. To be sourced; needs curl and jq.
# Headers and keys go through standard input, so that they appear in no process list and no log.

metadata=http://169.254.169.254/latest
# a connection without data for this many seconds has failed
silence=30

# One value of the instance's metadata: from_metadata PATH
from_metadata() {
    local token
    token=$(curl -fsS --retry 5 --retry-connrefused --connect-timeout 5 --max-time "$silence" -X PUT \
        -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token") || return
    curl -fsS --retry 5 --connect-timeout 5 --max-time "$silence" --config - "$metadata/meta-data/$1" \
        <<<"header = \"X-aws-ec2-metadata-token: $token\""
}

# A request that is signed with the role's keys: aws SERVICE REGION CURL-ARGUMENTS…
aws() {
    local service=$1 in_region=$2 role keys
    shift 2
    role=$(from_metadata iam/security-credentials/) || return
    keys=$(from_metadata "iam/security-credentials/$role") || return
    jq -r --arg scope "aws:amz:$in_region:$service" '
        "aws-sigv4 = \"\($scope)\"",
        "user = \"\(.AccessKeyId):\(.SecretAccessKey)\"",
        "header = \"x-amz-security-token: \(.Token)\""' <<<"$keys" |
        curl -fsS --retry 3 --retry-connrefused --connect-timeout 10 --speed-limit 1 --speed-time "$silence" \
            --config - "$@"
}

# A call of Parameter Store: ssm REGION ACTION REQUEST-AS-JSON
ssm() {
    aws ssm "$1" "https://ssm.$1.amazonaws.com/" \
        -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: AmazonSSM.$2" --data "$3"
}

# An object of the account bucket: s3 REGION BUCKET/KEY CURL-ARGUMENTS…
s3() {
    local in_region=$1 object=$2
    shift 2
    aws s3 "$in_region" -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$@" \
        "https://s3.$in_region.amazonaws.com/$object"
}
