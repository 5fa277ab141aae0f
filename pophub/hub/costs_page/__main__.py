"""The unit pophub-costs.service: `python -m pophub.hub.costs_page`, with COSTS_TOKEN in the environment."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from pophub.core import contract
from pophub.core.look import brand_of_bundle
from pophub.hub.costs_page.handlers import routes
from pophub.hub.costs_page.kept import Kept
from pophub.hub.hub_service import Service, serve
from pophub.hub.this_machine import moment

SETTINGS = Path(contract.BUNDLE_FOLDER, "hub-config", contract.WATCH_SETTINGS_FILE)
METER = Path(contract.HUB_FOLDER, contract.METER_FILE)


def main() -> None:
    """Answer until this process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    parser.add_argument("--meter", type=Path, default=METER)
    parser.add_argument("--port", type=int, default=contract.COSTS_PORT)
    parser.add_argument("--hub-url", default=contract.PROXY_URL)
    given = parser.parse_args()
    token = os.environ.pop(contract.COSTS_TOKEN)
    brand = brand_of_bundle(given.settings.parent)
    service = Service(contract.COSTS, token, given.port, given.hub_url, brand)
    asyncio.run(serve(service, routes(Kept(given.settings, given.meter, moment, brand))))


if __name__ == "__main__":
    main()
