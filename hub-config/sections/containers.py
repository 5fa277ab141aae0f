"""The spawner: one container a participant, and a hub that notices at once when the server in it answers."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from dockerspawner import DockerSpawner  # type: ignore[import-untyped]

# a server that takes longer is left to JupyterHub's own way of asking
WATCH_SECONDS = 120


class Watched:
    """For a spawner: JupyterHub alone asks a new server at intervals that grow to five seconds."""

    async def start(self) -> Any:
        place = await super().start()  # type: ignore[misc]
        await self._listening(*place)
        return place

    async def _listening(self, address: str, port: int) -> None:
        """Until somebody listens there, or the container has ended, or it took too long."""
        begin = asked = time.monotonic()
        while (waited := time.monotonic() - begin) < WATCH_SECONDS:
            try:
                _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), 1)
            except (OSError, TimeoutError):
                # a tenth late at most, so that asking does not slow down a crowd's servers
                await asyncio.sleep(max(0.05, waited / 10))
            else:
                writer.close()
                return
            if time.monotonic() - asked > 1:
                asked = time.monotonic()
                if await self.poll() is not None:  # type: ignore[attr-defined]
                    return


class Container(Watched, DockerSpawner):  # type: ignore[misc]
    """One container a participant."""
