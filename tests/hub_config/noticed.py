"""A hub of the lab at which a stop can be announced: the watch's files lie in its folder, and all activity is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lab.github import LabGitHub
from lab.hub import LabHub
from pophub.core.contract import ASKED_FILE, BANNER_FILE
from pophub.organizer.event.event import Event
from tests.conftest import unpacked

SETTINGS = """
from pathlib import Path
from sections import notice
notice.BANNER, notice.ASKED = Path({banner!r}), Path({asked!r})
c.JupyterHub.activity_resolution = 0
"""


@dataclass(frozen=True)
class Noticed:
    """The hub and its watch's files."""

    hub: LabHub
    folder: Path

    @property
    def banner(self) -> Path:
        return self.folder / BANNER_FILE

    @property
    def asked(self) -> Path:
        return self.folder / ASKED_FILE

    @property
    def address(self) -> str:
        return f"{self.hub.url}/hub/api/stop-notice"

    def announce(self, *, seconds: float = 600, keep: bool = True) -> dict[str, Any]:
        """A stop as the watch announces it, with an hour on offer."""
        now = datetime.now(UTC)
        until = {"until": (now + timedelta(hours=1)).isoformat(), "clock": "18:30", "minutes": 60}
        notice = {
            "stop_at": (now + timedelta(seconds=seconds)).isoformat(timespec="seconds"),
            "clock": "17:40",
            "reason": "no work since 17:00, the limit is 30 minutes: the machine stops at 17:40",
            "keep": until if keep else None,
        }
        new = self.banner.with_suffix(".new")
        new.write_text(json.dumps(notice))
        new.replace(self.banner)
        return notice

    def forget(self) -> None:
        """As before anything was announced."""
        self.banner.unlink(missing_ok=True)
        self.asked.unlink(missing_ok=True)


@contextmanager
def noticed(event: Event, github: LabGitHub, folder: Path) -> Iterator[Noticed]:
    bundle, files = unpacked(event, folder / "bundle"), folder / "files"
    files.mkdir()
    settings = bundle / "hub-config" / "config.d" / "50-notice.py"
    settings.parent.mkdir()
    settings.write_text(SETTINGS.format(banner=str(files / BANNER_FILE), asked=str(files / ASKED_FILE)))
    with LabHub(bundle, github, servers="processes") as hub:
        yield Noticed(hub, files)
