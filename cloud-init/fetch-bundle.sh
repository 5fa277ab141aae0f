#!/bin/sh
# Fetch this hub's bundle: pophub/hub/install/fetch_bundle.py, which the user data and steps/waiting_page.sh write here.
PYTHONPATH=/usr/local/lib/pophub exec python3 -BP -m pophub.hub.install.fetch_bundle "$@"
