"""Paths in a checkout. Only this module names the folders that cannot be imported."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HUB_CONFIG = ROOT / "hub-config"
CLOUD_INIT = ROOT / "cloud-init"
EXAMPLE_EVENT = HUB_CONFIG / "example-event.yaml"
WORKERS_EXAMPLE = HUB_CONFIG / "workers-example.yaml"
EVENT_SCHEMA = HUB_CONFIG / "event.schema.json"
ACCOUNT_FILE = HUB_CONFIG / "account.yaml"
MAIN = ROOT / "main.py"
LAZY_BINDINGS = ROOT / "stacks" / "lazy_bindings.cjs"
PRICE_TABLES = ROOT / "pophub" / "organizer" / "plan" / "data"
NODE_BIN = ROOT / "node_modules" / ".bin"
# logs and locks of deploys, and what the lab leaves; safe to delete while nothing runs
DOT_POPHUB = ROOT / ".pophub"
# the file name suffixes of an event file
SUFFIXES = (".yaml", ".yml")


def events_dir() -> Path:
    """The folder of event files: the environment variable `POPHUB_EVENTS`, or hub-config/events."""
    return Path(os.environ.get("POPHUB_EVENTS") or HUB_CONFIG / "events")


def account_file() -> Path:
    """The settings that a stack is made with: the environment variable `POPHUB_ACCOUNT`, or hub-config/account.yaml."""
    return Path(os.environ.get("POPHUB_ACCOUNT") or ACCOUNT_FILE)


def event_names() -> list[str]:
    """The events that have a file."""
    return sorted(path.stem for path in events_dir().glob("*.yaml"))


def event_file(name_or_path: str) -> Path:
    """The path of an event file, found by the event's name, the file's name or a path.

    The path is relative to the current folder if the file is below that folder.
    """
    if os.sep in name_or_path or (Path(name_or_path).suffix in SUFFIXES and Path(name_or_path).exists()):
        return Path(name_or_path)
    name = name_or_path if Path(name_or_path).suffix in SUFFIXES else f"{name_or_path}.yaml"
    file = events_dir() / name
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
