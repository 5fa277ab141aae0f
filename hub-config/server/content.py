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
from typing import TYPE_CHECKING, Any

# a server only starts this program, and a click waits for what it reads
if TYPE_CHECKING or __name__ == "__main__":
    import checkout
    import obstacles
    import submodules

# the first time, a click waits no longer than this for what it is to show
FIRST_TIME_SECONDS = 2.0
WHOLE_PULL_SECONDS = 3600


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

    def note(self, what: str) -> Path:
        """A file that tells of it where the participant sees it."""
        return self.home / f"{self.name} {what}.txt"

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
        what, words = "", ""
        try:
            words = self._pull()
            what = LEFT if words else ""
            if not words:
                words = self._complete()
                what = INCOMPLETE if words else ""
        except Exception as error:
            words = str(error) or type(error).__name__
            what = FAILED
            print(f"{self.url}: {words}", file=sys.stderr)  # noqa: T201
        try:
            for each in NOTES:
                if each != what:
                    self.note(each).unlink(missing_ok=True)
            if what:
                text = NOTES[what].format(self=self, branch=self.branch or "the default one", words=words.strip())
                self.note(what).write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            # in a full home the note is empty, and its name says enough
            print(f"the note of it could not be written: {error}", file=sys.stderr)  # noqa: T201

    def _pull(self) -> str:
        """Why it was left as it is; empty if it is what the event wants."""
        if os.path.lexists(self.folder) and not (self.folder / ".git").exists():
            raise RuntimeError(f"{self.folder} is there already and is no git repository: give it another name")
        source = checkout.Source.look_up(self.url, self.branch)
        if not self.folder.exists():
            self._clone(source)
            return ""
        mine = checkout.Checkout(self.folder)
        obstacles.remove_stale_locks(mine)
        used = mine.in_use(source)
        if not used:
            obstacles.restore_deleted(mine)
        if mine.is_at(source):
            return ""
        if used:
            return used
        try:
            commit = mine.fetch(source)
            obstacles.make_way(mine, checkout.TAKEN, f"refs/remotes/origin/{source.name}")
            show(puller(source, self.folder).update())
        except BaseException:
            mine.give_up()
            raise
        mine.record(source, commit)
        return ""

    def _clone(self, source: checkout.Source) -> None:
        # what was interrupted half way is no repository, and would fail ever after
        half = self.home / f".{self.name}.fetching"
        shutil.rmtree(half, ignore_errors=True)
        try:
            show(puller(source, half).pull())
            mine = checkout.Checkout(half)
            mine.record(source, mine.git("rev-parse", "HEAD"))
            half.rename(self.folder)
        finally:
            # it may be what has filled the home
            shutil.rmtree(half, ignore_errors=True)

    def _complete(self) -> str:
        """What is missing in it."""
        mine = checkout.Checkout(self.folder)
        missing = submodules.fetch_submodules(mine)
        large = mine.missing_large_files()
        if large:
            missing.append(f"{POINTERS}\n\n    " + "\n    ".join(large[:5]) + ("\n    …" if large[5:] else ""))
        return "\n\n".join(missing)


FAILED, LEFT, INCOMPLETE = "could not be fetched", "was left as it is", "is incomplete"
POINTERS = """\
Some of its files are kept in Git LFS, and what you see of them is only a pointer. If `git lfs version` works in a terminal,
`git lfs install` and then `git lfs pull` in the folder fetch them; if it does not, ask the helpers for the data:"""
FROM = """\
    from:   {self.url}
    branch: {branch}
    to:     {self.folder}
"""
NOTES = {
    FAILED: f"""\
The event's content could not be fetched when your server started. Nothing of your work is lost.

{FROM}
What was said:

{{words}}

It is tried again whenever your server starts: File > Hub Control Panel > Stop my server, then Start my server. If it
goes on, show this file to the helpers, or rename the folder if there is one: the next start fetches a new one beside it.
This file disappears by itself once the content is there.
""",
    LEFT: f"""\
The event's content has something new, and your folder was left as it is, because you use git in it. {{words}}

{FROM}
To have what is new: finish what is under way and commit it, then `git fetch origin` and `git merge` what you want of it.
Or rename the folder: the next start of your server fetches a new one beside it, and this file disappears.
""",
    INCOMPLETE: f"""\
The event's content is there, but not all of it.

{FROM}
{{words}}

It is looked at again whenever your server starts. This file disappears by itself once nothing is missing.
""",
}


def puller(source: checkout.Source, folder: Path) -> Any:
    """Nbgitpuller's merge, for a branch that is known, and for a folder that has fetched it and that nothing stands in."""

    class Puller(nbgitpuller().GitPuller):  # type: ignore[misc]
        def branch_exists(self, branch: str) -> None:
            pass

        def nothing(self) -> Any:
            return iter(())

        update_remotes = rename_local_untracked = reset_deleted_files = ensure_lock = nothing

    return Puller(source.url, str(folder), branch=source.name)


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
        raise RuntimeError("\n".join([*said[-5:], str(error)])) from error


def _end_in_time(*_: object) -> None:
    # git is waited for, so it has to end first
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    raise TimeoutError(f"it took longer than {WHOLE_PULL_SECONDS // 60} minutes")


if __name__ == "__main__":
    # the server itself comes first
    os.nice(10)
    if os.getpgrp() != os.getpid():
        os.setpgrp()
    os.environ.update(checkout.environment(Path(sys.argv[3])))
    signal.signal(signal.SIGALRM, _end_in_time)
    signal.alarm(WHOLE_PULL_SECONDS)
    Content(sys.argv[1], sys.argv[2], Path(sys.argv[3])).pull()
