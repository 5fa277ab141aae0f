# shellcheck shell=bash
# The servers' image, for workers.

# Served by pophub-image.service; a worker compares its id.
publish() {
    local id file
    id=$(docker image inspect --format '{{.Id}}' "$SERVER_IMAGE")
    file=${id#sha256:}.tar.zst
    if [ ! -e "$IMAGE_FOLDER/$file" ]; then
        install -d -m 755 "$IMAGE_FOLDER"
        docker save "$SERVER_IMAGE" | nice zstd --quiet -1 --threads=0 --force -o "$IMAGE_FOLDER/new"
        mv "$IMAGE_FOLDER/new" "$IMAGE_FOLDER/$file"
    fi
    if [ "$(jq -r .id "$IMAGE_FOLDER/$IMAGE_FILE" 2>/dev/null)" != "$id" ]; then
        sha256sum "$IMAGE_FOLDER/$file" | jq -R --arg id "$id" --arg file "$file" \
            '{id: $id, file: $file, sha256: split(" ")[0]}' >"$work/$IMAGE_FILE"
        put "$work/$IMAGE_FILE" "$IMAGE_FOLDER/$IMAGE_FILE"
        find "$IMAGE_FOLDER" -name '*.tar.zst' ! -name "$file" -delete
    fi
    put_unit pophub-image.service
    enable_units pophub-image.service
    apply_unit pophub-image.service restart /etc/systemd/system/pophub-image.service
}
