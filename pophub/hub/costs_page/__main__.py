"""The service that JupyterHub starts: `python -m pophub.hub.costs_page SETTINGS METER SCOPE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pophub.hub.costs_page.kept import Kept
from pophub.hub.hub_service import serve
from pophub.hub.this_machine import moment


def main(settings: str, meter: str, everything: str) -> None:
    """Answer until the hub ends this process; people with the scope `everything` see everything."""
    asyncio.run(serve(Kept(Path(settings), Path(meter), moment), everything))


if __name__ == "__main__":
    main(*sys.argv[1:])
