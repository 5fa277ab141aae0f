"""Reading a package without what it draws in for nothing."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Module = Callable[[str], ModuleType]


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`light` draws in `heavy`, and needs none of it."""
    (tmp_path / "light.py").write_text("from heavy import Thing\nimport heavy\nkinds = (ValueError, Thing)\n")
    (tmp_path / "heavy.py").write_text("real = True\nclass Thing: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("light", "heavy"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_what_is_absent_is_not_read_and_catches_nothing(module: Module) -> None:
    with module("patches.fast_start").absent("heavy"):
        light = importlib.import_module("light")

    assert not issubclass(KeyError, light.kinds)
    assert issubclass(UnicodeError, light.kinds)


def test_who_asks_afterwards_gets_the_real_one(module: Module) -> None:
    with module("patches.fast_start").absent("heavy"):
        importlib.import_module("light")

    assert importlib.import_module("heavy").real is True


def test_what_is_read_already_stays(module: Module) -> None:
    heavy = importlib.import_module("heavy")
    with module("patches.fast_start").absent("heavy"):
        assert importlib.import_module("heavy") is heavy
    assert sys.modules["heavy"] is heavy


def test_what_is_refused_is_as_if_it_were_not_installed(module: Module) -> None:
    with module("patches.fast_start").refused("heavy"), pytest.raises(ImportError):
        importlib.import_module("light")
    sys.modules.pop("light", None)

    assert importlib.import_module("light").kinds


def test_another_version_that_needs_more_starts_all_the_same(
    module: Module, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "jupyterhub"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "orm.py").write_text("base = 6\n")
    (folder / "utils.py").write_text("from .orm import base\n")
    (folder / "singleuser.py").write_text("from .utils import base\nbase + 1\nmain = lambda: 'served'\n")
    for name in [name for name in sys.modules if name.partition(".")[0] == "jupyterhub"]:
        monkeypatch.delitem(sys.modules, name)

    assert module("patches.fast_start").singleuser()() == "served"
    assert "needs more than was given" in capsys.readouterr().err
    for name in [name for name in sys.modules if name.partition(".")[0] == "jupyterhub"]:
        del sys.modules[name]
