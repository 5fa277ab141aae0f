"""The modules of hub-config/server/, as the participants' Python finds them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from pophub.paths import HUB_CONFIG

Module = Callable[[str], ModuleType]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Module]:
    monkeypatch.syspath_prepend(str(HUB_CONFIG / "server"))
    before = set(sys.modules)
    yield importlib.import_module
    for name in ("activity", "checkout", "content", "home", "kernels", "lean", "memory"):
        if name not in before:
            sys.modules.pop(name, None)
