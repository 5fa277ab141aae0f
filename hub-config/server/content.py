"""The event's content in a participant's home, fetched with nbgitpuller: changes of the participant stay.

It runs as a separate program, so that nobody waits for a slow git host: `python3 content.py URL BRANCH HOME`.
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
from typing import TYPE_CHECKING, Any

# the server only starts this program, and every import there would delay somebody's click
if TYPE_CHECKING or __name__ == "__main__":
    import checkout
    import conflicts
    import notes
    import submodules

# the seconds that a click in a new home waits at most, for the git host's answer and for the content: well below http_timeout
ANSWER_SECONDS, FIRST_TIME_SECONDS = 20.0, 120.0
WHOLE_PULL_SECONDS = 3600


@dataclass(frozen=True)
class Content:
    """A git repository for a home; an empty branch means the repository's default branch."""

    url: str
    branch: str
    home: Path

    @classmethod
    def wanted(cls, environment: Mapping[str, str], home: Path) -> Content | None:
        """The event's content; None if it has none."""
        url = environment.get("POPHUB_CONTENT")
        return cls(url, environment.get("POPHUB_CONTENT_BRANCH", ""), home) if url else None

    @property
    def name(self) -> str:
        """The folder's name, chosen as git itself would."""
        return self.url.rstrip("/").rpartition("/")[2].removesuffix(".git")

    @property
    def folder(self) -> Path:
        return self.home / self.name

    @property
    def half(self) -> Path:
        """Where it is while it comes for the first time; sections/content.py looks there."""
        return self.home / f".{self.name}.fetching"

    def start(self) -> subprocess.Popen[bytes]:
        """Pull in the background."""
        command = [sys.executable, "-s", __file__, self.url, self.branch, str(self.home)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def wait_for_the_first_time(self, pulling: subprocess.Popen[bytes]) -> None:
        """Wait in a new home while the content comes, which takes long in a crowd; not for a git host that is silent."""
        begin, waited = time.monotonic(), 0.0
        while not self.folder.exists() and pulling.poll() is None:
            if waited > (FIRST_TIME_SECONDS if self.half.exists() else ANSWER_SECONDS):
                return
            time.sleep(max(0.02, waited / 20))
            waited = time.monotonic() - begin

    def pull(self) -> None:
        """Fetch the content, or what is new in it; a note in the home tells of a problem, or that it is still coming."""
        if not os.path.lexists(self.folder):
            notes.leave_only(self, notes.COMING)
        what, words = "", ""
        try:
            words = self._pull()
            what = notes.LEFT if words else ""
            if not words:
                words = self._complete()
                what = notes.INCOMPLETE if words else ""
        except Exception as error:
            words = str(error) or type(error).__name__
            what = notes.FAILED
            print(f"{self.url}: {words}", file=sys.stderr)  # noqa: T201
        notes.leave_only(self, what, words)

    def _pull(self) -> str:
        """Why the folder was left as it is; empty if it now has what the event wants."""
        if os.path.lexists(self.folder) and not (self.folder / ".git").exists():
            raise RuntimeError(f"{self.folder} is there already and is no git repository: give it another name")
        # of an interrupted clone, which would not be a repository, so that every later pull would fail
        shutil.rmtree(self.half, ignore_errors=True)
        source = checkout.Source.look_up(self.url, self.branch)
        if not self.folder.exists():
            self._clone(source)
            return ""
        mine = checkout.Checkout(self.folder)
        conflicts.remove_stale_locks(mine)
        used = mine.in_use(source)
        if not used:
            conflicts.restore_deleted(mine)
        if mine.is_at(source):
            return ""
        if used:
            return used
        try:
            commit = mine.fetch(source)
            conflicts.make_way(mine, checkout.TAKEN, f"refs/remotes/origin/{source.name}")
            show(puller(source, self.folder).update())
        except BaseException:
            mine.give_up()
            raise
        mine.record(source, commit)
        return ""

    def _clone(self, source: checkout.Source) -> None:
        try:
            show(puller(source, self.half).pull())
            mine = checkout.Checkout(self.half)
            mine.record(source, mine.git("rev-parse", "HEAD"))
            self.half.rename(self.folder)
        finally:
            # perhaps it has filled the home
            shutil.rmtree(self.half, ignore_errors=True)

    def _complete(self) -> str:
        """What is missing in the content; empty if nothing is."""
        mine = checkout.Checkout(self.folder)
        missing = submodules.fetch_submodules(mine)
        large = mine.missing_large_files()
        if large:
            missing.append(f"{notes.POINTERS}\n\n    " + "\n    ".join(large[:5]) + ("\n    …" if large[5:] else ""))
        return "\n\n".join(missing)


def puller(source: checkout.Source, folder: Path) -> Any:
    """Nbgitpuller's merge for a known branch, without its own preparations, which conflicts.py replaces."""

    class Puller(nbgitpuller().GitPuller):  # type: ignore[misc]
        def branch_exists(self, branch: str) -> None:
            pass

        def nothing(self) -> Any:
            return iter(())

        update_remotes = rename_local_untracked = reset_deleted_files = ensure_lock = nothing

    return Puller(source.url, str(folder), branch=source.name)


def nbgitpuller() -> Any:
    """Nbgitpuller's one module that pulls; importing the whole package would import a Jupyter server."""
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
    """Print git's output to the journal; if git fails, its last lines become the error."""
    printed: list[str] = []
    try:
        for line in lines:
            printed.append(line.rstrip())
            print(printed[-1], flush=True)  # noqa: T201
    except subprocess.CalledProcessError as error:
        raise RuntimeError("\n".join([*printed[-5:], str(error)])) from error


def _end_in_time(*_: object) -> None:
    # the parent waits for git, so git must end first
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    raise TimeoutError(f"it took longer than {WHOLE_PULL_SECONDS // 60} minutes")


if __name__ == "__main__":
    # the server itself has priority
    os.nice(10)
    if os.getpgrp() != os.getpid():
        os.setpgrp()
    os.environ.update(checkout.environment(Path(sys.argv[3])))
    signal.signal(signal.SIGALRM, _end_in_time)
    signal.alarm(WHOLE_PULL_SECONDS)
    Content(sys.argv[1], sys.argv[2], Path(sys.argv[3])).pull()
