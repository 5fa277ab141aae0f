"""The modules of hub-config/server/, as the participants' Python finds them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from pophub.organizer.paths import HUB_CONFIG

Module = Callable[[str], ModuleType]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Module]:
    monkeypatch.syspath_prepend(str(HUB_CONFIG / "server"))
    before = set(sys.modules)
    yield importlib.import_module
    ours = {file.stem for file in (HUB_CONFIG / "server").glob("*.py")} | {"patches"}
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ours:
            del sys.modules[name]
