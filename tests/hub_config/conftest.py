"""The hub's settings as JupyterHub itself reads them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyterhub.app import JupyterHub  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core.contract import EVENT_FILE

Change = Callable[[dict[str, Any]], None]
Load = Callable[..., Config]


@pytest.fixture
def hub_folder(hackweek_bundle: Path) -> Path:
    return hackweek_bundle / "hub-config"


@pytest.fixture
def load(hub_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Read the settings; `change` may change event.json before that."""
    return lambda change=None: settings_of(hub_folder, monkeypatch, change)


def settings_of(hub_folder: Path, monkeypatch: pytest.MonkeyPatch, change: Change | None = None) -> Config:
    """The settings of a bundle's hub-config."""
    event_json = hub_folder / EVENT_FILE
    event = json.loads(event_json.read_text())
    if change is not None:
        change(event)
    event_json.write_text(json.dumps(event))
    # import this bundle's sections again, not those of an earlier test
    for module in [name for name in sys.modules if name.partition(".")[0] == "sections"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "path", list(sys.path))
    app = JupyterHub()
    app.load_config_file(str(hub_folder / "jupyterhub_config.py"))
    return Config(app.config)
