"""The event's content in a participant's home, by nbgitpuller: what the participant changed stays.

A program of its own, so that a slow git host keeps nobody waiting: `python3 content.py URL BRANCH HOME`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# the first time, a click waits no longer than this for what it is to show
FIRST_TIME_SECONDS = 2.0
WHOLE_PULL_SECONDS = 600
# git asks nobody, and gives up on a host that says nothing
QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
    "GIT_HTTP_LOW_SPEED_TIME": "30",
}


@dataclass(frozen=True)
class Content:
    """A git repository for a home; without a branch it is the repository's own default."""

    url: str
    branch: str
    home: Path

    @classmethod
    def wanted(cls, environment: Mapping[str, str], home: Path) -> Content | None:
        """What the event brings, if anything."""
        url = environment.get("POPHUB_CONTENT")
        return cls(url, environment.get("POPHUB_CONTENT_BRANCH", ""), home) if url else None

    @property
    def name(self) -> str:
        """The folder's, as git itself would call it."""
        return self.url.rstrip("/").rpartition("/")[2].removesuffix(".git")

    @property
    def folder(self) -> Path:
        """Where it is for the participant."""
        return self.home / self.name

    @property
    def note(self) -> Path:
        """What tells of a failure, where the participant sees it."""
        return self.home / f"{self.name} could not be fetched.txt"

    def start(self) -> subprocess.Popen[bytes]:
        """Pull in the background."""
        command = [sys.executable, "-s", __file__, self.url, self.branch, str(self.home)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def wait_for_the_first_time(self, pulling: subprocess.Popen[bytes]) -> None:
        """A new home shows its content at once, if the git host is quick."""
        end = time.monotonic() + FIRST_TIME_SECONDS
        while not self.folder.exists() and pulling.poll() is None and time.monotonic() < end:
            time.sleep(0.02)

    def pull(self) -> None:
        """Fetch it, or what is new in it; what goes wrong is told in a note."""
        try:
            self._pull()
        except Exception as error:
            words = getattr(error, "stderr", "") or str(error) or type(error).__name__
            print(f"{self.url}: {words}", file=sys.stderr)  # noqa: T201
            self.note.write_text(NOTE.format(self=self, branch=self.branch or "the default one", words=words.strip()))
        else:
            self.note.unlink(missing_ok=True)

    def _pull(self) -> None:
        puller = nbgitpuller().GitPuller
        if self.folder.exists():
            # or git would take a repository further up for it
            if not (self.folder / ".git").exists():
                raise RuntimeError(f"{self.folder} is there already and is no git repository: give it another name")
            show(puller(self.url, str(self.folder), branch=self.branch or None).pull())
            return
        # what was interrupted half way is no repository, and would fail ever after
        half = self.home / f".{self.name}.fetching"
        shutil.rmtree(half, ignore_errors=True)
        show(puller(self.url, str(half), branch=self.branch or None).pull())
        half.rename(self.folder)


NOTE = """\
The event's content could not be fetched when your server started. Nothing of your work is lost.

    from:   {self.url}
    branch: {branch}
    to:     {self.folder}

What was said:

{words}

It is tried again whenever your server starts: File > Hub Control Panel > Stop My Server, then Start My Server. If it
goes on, show this file to the helpers. It disappears by itself once the content is there.
"""


def nbgitpuller() -> Any:
    """Its one module that pulls; the package around it draws in a whole Jupyter server."""
    package = importlib.util.find_spec("nbgitpuller")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("the image has no nbgitpuller")
    try:
        file = Path(package.submodule_search_locations[0]) / "pull.py"
        spec = importlib.util.spec_from_file_location("nbgitpuller_pull", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault("nbgitpuller", type(sys)("nbgitpuller")).__path__ = [str(file.parent)]
        spec.loader.exec_module(module)
    except ImportError:
        sys.modules.pop("nbgitpuller", None)
        return importlib.import_module("nbgitpuller.pull")
    return module


def show(lines: Any) -> None:
    """What git says, for the journal; its last words are a failure's reason."""
    said: list[str] = []
    try:
        for line in lines:
            said.append(line.rstrip())
            print(said[-1], flush=True)  # noqa: T201
    except subprocess.CalledProcessError as error:
        raise RuntimeError("\n".join(said[-5:])) from error


def _end_in_time(*_: object) -> None:
    raise TimeoutError(f"it took longer than {WHOLE_PULL_SECONDS // 60} minutes")


if __name__ == "__main__":
    # the server itself comes first
    os.nice(10)
    os.environ.update(QUIET)
    signal.signal(signal.SIGALRM, _end_in_time)
    signal.alarm(WHOLE_PULL_SECONDS)
    Content(sys.argv[1], sys.argv[2], Path(sys.argv[3])).pull()
