# shellcheck shell=bash
# The daemon that asks for workers and ends them (pophub/hub/workers), in an environment of its own.

workers_daemon() {
    make_python "$WORKERS_ENVIRONMENT" "$CONFIG/requirements-workers.txt"
    # reports of workers that are gone
    find "$WORKERS_FOLDER" -name '*.json' -mmin +60 -delete
    put_unit pophub-workers.service
    put_unit pophub-stop.service.d/workers.conf pophub-stop-workers.conf
    enable_units pophub-workers.service
    apply_unit pophub-workers.service restart /etc/systemd/system/pophub-workers.service "$(readlink -f "$CONFIG")" \
        "$WORKERS_ENVIRONMENT/requirements.txt"
}
