"""A fake hub: it answers as JupyterHub's REST API over HTTP, with people who come and go by a given clock.

It answers only what cost-watch asks: the list of users, page by page, and the start of a server.
https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html
"""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lab.running import Running
from pophub.core.contract import BUNDLE_FOLDER

LARGEST_PAGE = 200


@dataclass
class _Person:
    """A participant; `started` is when their server was started, None if it does not run."""

    last_activity: datetime | None = None
    started: datetime | None = None


@dataclass
class _People:
    now: datetime
    all: dict[str, _Person] = field(default_factory=dict)


class FakeHub(Running):
    """A context manager. `proc` is the folder in which servers appear as processes; none of them uses the processor."""

    def __init__(self, proc: Path, now: datetime) -> None:
        self._people, self._proc = _People(now), proc
        start = self._start
        people = self._people

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                _answer(self, 200, _page(people, int(asked["offset"][0]), int(asked["limit"][0])))

            def do_POST(self) -> None:
                start(urlsplit(self.path).path.split("/")[-2])
                _answer(self, 201, None)

            def log_message(self, *_: object) -> None:
                """No log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def servers(self) -> list[str]:
        """The users whose servers run."""
        return sorted(name for name, it in self._people.all.items() if it.started)

    def at(self, now: datetime) -> None:
        """Set the clock."""
        self._people.now = now

    def work(self, user: str) -> None:
        """Let a user be active now; their server is started if it does not run."""
        self._start(user)
        self._people.all[user].last_activity = self._people.now

    def power_off(self) -> None:
        """End all servers; the hub keeps its list of users."""
        for name, person in self._people.all.items():
            person.started = None
            shutil.rmtree(self._proc / _pid(name), ignore_errors=True)

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def _start(self, user: str) -> None:
        person = self._people.all.setdefault(user, _Person())
        if person.started is None:
            person.started = self._people.now
            process = self._proc / _pid(user)
            process.mkdir(parents=True, exist_ok=True)
            (process / "stat").write_text(f"{_pid(user)} (python3) S 1 " + "0 " * 40)
            (process / "cmdline").write_text(f"python3\0{BUNDLE_FOLDER}/hub-config/server\0")
            (process / "environ").write_text(f"JUPYTERHUB_USER={user}\0")


def _page(people: _People, offset: int, limit: int) -> dict[str, Any]:
    everybody = [_user_model(name, it) for name, it in sorted(people.all.items())]
    end = offset + min(limit, LARGEST_PAGE)
    following = {"offset": end, "limit": limit} if end < len(everybody) else None
    return {
        "items": everybody[offset:end],
        "_pagination": {"offset": offset, "limit": limit, "total": len(everybody), "next": following},
    }


def _user_model(name: str, person: _Person) -> dict[str, Any]:
    active = person.last_activity and person.last_activity.isoformat()
    servers = {}
    if person.started:
        latest = max(person.started, person.last_activity or person.started)
        servers[""] = {
            "name": "", "ready": True, "pending": None,
            "started": person.started.isoformat(), "last_activity": latest.isoformat(),
        }  # fmt: skip
    return {"name": name, "last_activity": active, "servers": servers}


def _pid(user: str) -> str:
    return str(1000 + sum(ord(letter) * 131**index for index, letter in enumerate(user)) % 10**9)


def _answer(request: BaseHTTPRequestHandler, status: int, content: object) -> None:
    body = b"" if content is None else json.dumps(content).encode()
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
