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
    if [ "$(hub_install fact "$IMAGE_FOLDER/$IMAGE_FILE" id)" != "$id" ]; then
        hub_install image-facts "$id" "$IMAGE_FOLDER/$file" >"$WORK/$IMAGE_FILE"
        put "$WORK/$IMAGE_FILE" "$IMAGE_FOLDER/$IMAGE_FILE"
        find "$IMAGE_FOLDER" -name '*.tar.zst' ! -name "$file" -delete
    fi
    put_unit pophub-image.service
    enable_units pophub-image.service
    apply_unit pophub-image.service restart /etc/systemd/system/pophub-image.service
}
