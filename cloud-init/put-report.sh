#!/usr/bin/env bash
# Fetch from the shelf until when the organizer wants the hub kept, where there is such a wish, and put files of this hub
# there, below the event's reports: put-report.sh WISH-FILE NAME=FILE…
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=cloud-init/aws.sh
. "$HERE/aws.sh"

pointer=$(dirname "$HERE")/.pointer.json
bucket=$(jq -er .bucket "$pointer")
region=$(jq -er .region "$pointer")
# bundles/EVENT/SHA256.tar.gz
event=$(jq -er '.key | split("/")[1]' "$pointer")
wish=$1
shift
if s3 "$region" "$bucket/reports/$event/keep.json" --max-time 10 --output "$wish.new" 2>/dev/null; then
    mv "$wish.new" "$wish"
fi
for named in "$@"; do
    file=${named#*=}
    if [ ! -e "$file" ]; then continue; fi
    s3 "$region" "$bucket/reports/$event/${named%%=*}" --max-time 10 --output /dev/null --upload-file "$file"
done
