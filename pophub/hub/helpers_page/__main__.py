"""The unit pophub-helpers.service: `python -m pophub.hub.helpers_page`, with HELPERS_TOKEN in the environment."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from pophub.core import contract
from pophub.core.look import brand_of_bundle
from pophub.hub.helpers_page.actions import Actions
from pophub.hub.helpers_page.handlers import routes
from pophub.hub.helpers_page.machine import Machine
from pophub.hub.helpers_page.snapshot import Snapshots
from pophub.hub.hub_service import Service, serve


def main() -> None:
    """Answer until this process is ended."""
    here = Machine()
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=Path, default=here.settings)
    parser.add_argument("--hub", type=Path, default=here.hub)
    parser.add_argument("--run", type=Path, default=here.run)
    parser.add_argument("--homes", type=Path, default=here.homes)
    parser.add_argument("--port", type=int, default=contract.HELPERS_PORT)
    parser.add_argument("--hub-url", default=contract.PROXY_URL)
    given = parser.parse_args()
    machine = Machine(homes=given.homes, hub=given.hub, run=given.run, settings=given.settings)
    token = os.environ.pop(contract.HELPERS_TOKEN)
    service = Service(contract.HELPERS, token, given.port, given.hub_url, brand_of_bundle(given.settings))
    asyncio.run(serve(service, routes(Snapshots(machine), Actions(machine), given.hub_url)))


if __name__ == "__main__":
    main()
