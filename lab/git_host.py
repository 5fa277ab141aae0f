"""A git host on this computer: repositories by git's own smart HTTP. It accepts neither pushes over HTTP nor passwords.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from lab.running import Running

AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")


class LabGitHost(Running):
    """A context manager; the repositories are in `folder`. While it is stalled, it accepts requests but does not answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answers = threading.Event()
        self._answers.set()
        handler = type("Handler", (_Handler,), {"folder": folder / "bare", "answers": self._answers})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port

    def url(self, repository: str) -> str:
        """The address of a repository for a git on this computer."""
        return f"http://127.0.0.1:{self.port}/{repository}"

    def push(self, repository: str, files: Mapping[str, str], *, branch: str = "main") -> None:
        """Make a commit with these files; a repository or branch that does not exist is created."""
        bare, work = self._folder / "bare" / repository, self._folder / "work" / repository
        if not bare.exists():
            _git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
            _git("init", "--quiet", "--initial-branch=main", str(work))
        known = (bare / "refs" / "heads" / branch).exists()
        _git("-C", str(work), "checkout", "--quiet", *([] if known else ["-B"]), branch)
        for name, text in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        _git("-C", str(work), "add", ".")
        _git(*AUTHOR, "-C", str(work), "commit", "--quiet", "--message", "content")
        _git("-C", str(work), "push", "--quiet", str(bare), branch)

    def stall(self, *, stalled: bool = True) -> None:
        """Let requests wait from now on, or no longer."""
        (self._answers.clear if stalled else self._answers.set)()

    def stop(self) -> None:
        """End it."""
        self._answers.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    folder: Path
    answers: threading.Event

    def do_GET(self) -> None:
        self.answers.wait()
        asked = urlsplit(self.path)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": asked.path,
            "QUERY_STRING": asked.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
        ).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200").split(" ", 1)[0]))
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        """No log: git's own messages are enough."""


def _git(*arguments: str) -> None:
    git = shutil.which("git") or "git"
    subprocess.run([git, *arguments], check=True, capture_output=True)
