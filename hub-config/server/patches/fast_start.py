"""Import jupyterhub-singleuser without modules that a server never uses: 0.7 instead of 2.5 seconds of processor time.

If another version of a package differs, the server still starts, only more slowly.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# jsonschema imports it if it is installed, and building its grammar takes a second; a server never checks such
# addresses
GRAMMAR = "rfc3987_syntax"
# the hub's database, which jupyterhub.log imports only to recognize a health check
DATABASE = ("sqlalchemy", "sqlalchemy.exc", "sqlalchemy.orm", "jupyterhub.orm")
HANDLERS = ("jupyterhub.handlers", "jupyterhub.handlers.pages")


class Absent(ModuleType):
    """A stand-in for a module that is not imported; each name in it is an exception that is never raised."""

    __path__: list[str] = []  # noqa: RUF012 - as of a package, which is what the import system asks

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


def singleuser() -> Callable[[], None]:
    """The function that jupyterhub-singleuser runs."""
    # nothing that is imported here is ever freed
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
    """Replace these modules by stand-ins for a while; later imports get the real modules."""
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
    """Make this module look as if it were not installed, for a while."""
    before = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


def _without_yarn() -> None:
    """If Node.js is installed, JupyterLab runs it at each start to read a setting that only its build needs."""
    try:
        commands = importlib.import_module("jupyterlab.commands")
    except ImportError:
        return
    if hasattr(commands, "_yarn_config"):
        commands._yarn_config = lambda logger: {"yarn config": {}, "npm config": {}}
