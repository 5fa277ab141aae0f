"""The memory and disk that a person's server uses, at /pophub/usage of the server; JupyterLab's status bar shows it.

jupyter_server loads this module by NAME (ServerApp.extra_services), because the image does not have it as a package:
https://jupyter-server.readthedocs.io/en/stable/other/full-config.html
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

NAME = "pophub_usage"
# hub-config/jupyter/labextensions/pophub-stop-notice/notice.js requests it, which does not count as work (work.py)
PLACE = r"/pophub/usage"
# the container's own files, with cgroups version 2: https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
CGROUP = Path("/sys/fs/cgroup")


def usage(home: Path, cgroup: Path = CGROUP, limit_bytes: str = "") -> dict[str, Any]:
    """The used bytes and the limit of memory and of the home; None if that is not known."""
    return {"memory": _memory(cgroup, limit_bytes), "home": _home(home)}


def _memory(cgroup: Path, limit_bytes: str) -> dict[str, int] | None:
    """The memory in use, without file pages that Linux can drop at once."""
    try:
        current = int((cgroup / "memory.current").read_text())
        stat = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
        return {"used": current - int(stat["inactive_file"]), "limit": int(limit_bytes)}
    except (OSError, ValueError, KeyError):
        return None


def _home(home: Path) -> dict[str, int] | None:
    """The disk space in use; with a quota, XFS reports that of the home alone."""
    try:
        disk = os.statvfs(home)
    except OSError:
        return None
    size = disk.f_blocks * disk.f_frsize
    return {"used": size - disk.f_bfree * disk.f_frsize, "limit": size}


def __getattr__(name: str) -> Any:
    """Make `default_handlers` when jupyter_server asks for it, because the import of its modules takes long."""
    if name != "default_handlers":
        raise AttributeError(name)
    from jupyter_server.base.handlers import APIHandler  # type: ignore[import-untyped]  # noqa: PLC0415
    from tornado.web import authenticated  # noqa: PLC0415

    class Usage(APIHandler):  # type: ignore[misc]
        @authenticated
        def get(self) -> None:
            self.finish(usage(Path.home(), limit_bytes=os.environ.get("MEM_LIMIT", "")))

    return [(PLACE, Usage)]
