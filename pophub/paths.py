"""Where things lie in a checkout; the only module that spells the folder names that cannot be imported."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HUB_CONFIG = ROOT / "hub-config"
CLOUD_INIT = ROOT / "cloud-init"
EXAMPLE_EVENT = HUB_CONFIG / "example-event.yaml"
ACCOUNT_FILE = HUB_CONFIG / "account.yaml"
MAIN = ROOT / "main.py"
PRICE_TABLES = ROOT / "pophub" / "plan" / "data"
NODE_BIN = ROOT / "node_modules" / ".bin"
# what the lab keeps between runs (virtualenvs, images); safe to delete
LAB_CACHE = ROOT / ".lab"


def events_dir() -> Path:
    """The folder of event files: `POPHUB_EVENTS`, or hub-config/events."""
    return Path(os.environ.get("POPHUB_EVENTS") or HUB_CONFIG / "events")


def event_file(name_or_path: str) -> Path:
    """The file of an event given by its name or by a path; below the current folder it is told from there."""
    if name_or_path.endswith((".yaml", ".yml")) or os.sep in name_or_path:
        return Path(name_or_path)
    file = events_dir() / f"{name_or_path}.yaml"
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
