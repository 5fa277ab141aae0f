"""/pophub/status.json at the event's address, over http and https; the waiting page and `pophub deploy` read it.

fetch_bundle.py writes the first versions. After each boot it is missing until the first step.
  state       preparing, failed (it is tried again automatically), or ready
  step, of    the current step, from 1 to `of`; 0 before there is a bundle; `of` when ready
  doing       that step in words
  failed      why the step failed and what to do, in one line; empty unless the state is failed
  refused     why the newest bundle was refused while the previous one goes on; empty if it was not
  bundle      sha256 of the bundle in use; empty before there is one, and outside EC2
  title, contact   the event's; empty before there is a bundle
  log         the log file on the machine
  at          when this was written, in UTC
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pophub.core.contract import POINTER_FILE, STATUS_FILE


def status(settings: Mapping[str, Any], progress: Sequence[str], *, bundle: Path, refusal: Path) -> dict[str, Any]:
    """`progress` is STATE STEP OF DOING FAILED LOG."""
    state, step, of, doing, failed, log = progress
    sha256 = ""
    with suppress(OSError, ValueError):
        sha256 = json.loads((bundle / POINTER_FILE).read_text()).get("sha256", "")
    return {
        "state": state,
        "step": int(step),
        "of": int(of),
        "doing": doing,
        "failed": failed,
        "refused": refusal.read_text().strip() if refusal.exists() else "",
        "bundle": sha256,
        "title": settings.get("title"),
        "contact": settings.get("contact") or [],
        "log": log,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def write_status(content: Mapping[str, Any], folder: Path) -> None:
    """All at once, so that no reader sees half of it."""
    new = folder / f".{STATUS_FILE}.new"
    new.write_text(json.dumps(content, ensure_ascii=False))
    new.chmod(0o644)
    new.replace(folder / STATUS_FILE)
