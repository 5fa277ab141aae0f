"""Reads jupyterhub-singleuser without what a server never uses: of 2.5 seconds of processor time, 0.7 are left.

Whatever another version of a package does differently, the server starts; only not as fast.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# jsonschema takes it where it is there, and its grammar takes a second to build; a server checks no such address
GRAMMAR = "rfc3987_syntax"
# the hub's database, which jupyterhub.log draws in, only to know a health check when it sees one
DATABASE = ("sqlalchemy", "sqlalchemy.exc", "sqlalchemy.orm", "jupyterhub.orm")
HANDLERS = ("jupyterhub.handlers", "jupyterhub.handlers.pages")


class Absent(ModuleType):
    """A module that is not read; each name in it is an exception that nobody raises."""

    __path__: list[str] = []  # noqa: RUF012 - as of a package, which is what the import system asks

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


def singleuser() -> Callable[[], None]:
    """What jupyterhub-singleuser runs."""
    # nothing of what is read here is ever thrown away
    gc.disable()
    try:
        return _import_lean()
    finally:
        gc.freeze()
        gc.enable()


def _import_lean() -> Callable[[], None]:
    try:
        with absent(*DATABASE, *HANDLERS), refused(GRAMMAR):
            _without_yarn()
            main = importlib.import_module("jupyterhub.singleuser").main
    except Exception as error:
        print(f"jupyterhub-singleuser needs more than was given: {error!r}", file=sys.stderr)  # noqa: T201
        for name in [name for name in sys.modules if name.partition(".")[0] in ("jupyterhub", "jupyter_server")]:
            del sys.modules[name]
        main = importlib.import_module("jupyterhub.singleuser").main
    return main  # type: ignore[no-any-return]


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Meanwhile these modules are empty; afterwards who asks for one gets the real one."""
    stand_ins = {name: Absent(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


@contextmanager
def refused(name: str) -> Iterator[None]:
    """Meanwhile this module cannot be had, as where it is not installed."""
    before = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


def _without_yarn() -> None:
    """JupyterLab starts Node.js at each start where there is one, to learn a setting that only its building needs."""
    try:
        commands = importlib.import_module("jupyterlab.commands")
    except ImportError:
        return
    if hasattr(commands, "_yarn_config"):
        commands._yarn_config = lambda logger: {"yarn config": {}, "npm config": {}}
