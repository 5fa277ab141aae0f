"""A folder of content as a git repository: what was taken from where, whether somebody uses git in it, what it follows."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# a ref for the commit that was taken last; the folder's own git configuration has its address and branch
TAKEN = "refs/pophub/taken"
BY_NBGITPULLER = "nbgitpuller@nbgitpuller.link"
# files in git's folder while an operation is unfinished: https://git-scm.com/docs/git-status
UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "sequencer": "a cherry-pick or revert",
    "BISECT_LOG": "a bisect",
}


def git(*arguments: str, folder: Path | None = None, given: str = "") -> str:
    """The output of git, also with names that are not UTF-8; `given` is its input.

    Raises:
        RuntimeError: git failed; the message has its last lines.
    """
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )
    if done.returncode:
        last_lines = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise RuntimeError(last_lines or f"git {arguments[0]} failed with exit code {done.returncode}")
    return done.stdout.rstrip("\n")


@dataclass(frozen=True)
class Source:
    """A branch or a tag at a git host, with its current commit."""

    url: str
    name: str
    ref: str
    commit: str

    @classmethod
    def look_up(cls, url: str, name: str) -> Source:
        """The branch or tag with this name; without a name, the repository's current default branch."""
        wanted = [f"refs/heads/{name}", f"refs/tags/{name}", f"refs/tags/{name}^{{}}"] if name else ["HEAD"]
        lines = git("ls-remote", "--symref", "--", url, *wanted).splitlines()
        found = {ref: value for value, _, ref in (line.partition("\t") for line in reversed(lines))}
        default = next((line.partition("\t")[0][5:] for line in lines if line.startswith("ref: ")), "")
        if not name and default:
            commit = next(line.partition("\t")[0] for line in lines if re.fullmatch(r"[0-9a-f]+\tHEAD", line))
            return cls(url, default.replace("refs/heads/", "", 1), default, commit)
        for ref in wanted[:2]:
            if ref in found:
                return cls(url, name, ref, found.get(f"{ref}^{{}}", found[ref]))
        what = f"no branch or tag {name}" if name else "no default branch: perhaps it is empty"
        raise RuntimeError(f"the repository has {what}")


class Checkout:
    """A git repository in a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str, given: str = "") -> str:
        """The output of git in this folder."""
        return git(*arguments, folder=self.folder, given=given)

    def names(self, *arguments: str) -> list[str]:
        """The names in git's output with -z."""
        return [name for name in self.git(*arguments).split("\0") if name]

    def ask(self, *arguments: str) -> str:
        """Like `git`, but empty if git fails."""
        try:
            return self.git(*arguments)
        except RuntimeError:
            return ""

    @cached_property
    def state(self) -> Path:
        """The folder with git's own data."""
        return Path(self.git("rev-parse", "--absolute-git-dir"))

    @property
    def branch(self) -> str:
        """The current branch; empty if HEAD is detached."""
        return self.ask("symbolic-ref", "--quiet", "--short", "HEAD")

    @property
    def followed(self) -> str:
        """The branch or tag that was taken last; a clone of depth 1 has it in its own configuration."""
        known = self.ask("config", "pophub.source")
        return known or self.ask("config", "remote.origin.fetch").rpartition("/")[2].replace("*", "")

    @property
    def taken(self) -> str:
        """The commit that was taken last; empty if that is not known."""
        return self.ask("rev-parse", "--verify", "--quiet", f"{TAKEN}^{{commit}}") or self.ask(
            "rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{self.followed}^{{commit}}"
        )

    def is_at(self, source: Source) -> bool:
        """Whether there is nothing new to fetch."""
        return (self.ask("config", "remote.origin.url"), self.followed, self.taken) == (
            source.url,
            source.name,
            source.commit,
        )

    def in_use(self, source: Source) -> str:
        """A sentence about how somebody uses git in this folder; empty if nobody does."""
        for name, what in UNDER_WAY.items():
            if (self.state / name).exists():
                return f"In it {what} is under way."
        known = self.ask("config", "pophub.url")
        ours = self.ask("config", "pophub.branch") if known else self.followed
        if self.branch not in (ours, source.name):
            return f"You are on a branch of your own, {self.branch}." if self.branch else "HEAD is detached."
        if self.ask("diff", "--cached", "--name-only"):
            return "You have staged changes in it (git add)."
        if known and known != self.ask("config", "remote.origin.url"):
            return "You have given its remote origin another address."
        not_theirs = ("--not", "--remotes=origin", *([TAKEN] if self.ask("rev-parse", "--verify", TAKEN) else []))
        people = set(self.git("log", "--format=%ce", "HEAD", *not_theirs).split())
        return "You have commits of your own in it." if people - {BY_NBGITPULLER} else ""

    def fetch(self, source: Source) -> str:
        """Fetch the host's commit as origin/NAME and return it.

        After a force push or a change of branch, that commit does not descend from the one that was taken. In a merge,
        what the author has removed would then look like the participant's own work. In this case origin/NAME becomes a
        new commit with the same content that descends from both.
        """
        same = self.followed == source.name and self.ask("config", "remote.origin.url") == source.url
        self.git("update-ref", TAKEN, self.taken or "HEAD")
        for key, value in {
            "remote.origin.url": source.url,
            "pophub.url": source.url,
            "pophub.branch": self.branch,
        }.items():
            self.git("config", key, value)
        if not same:
            # git cannot have a branch a/b beside a branch a
            self.ask("update-ref", "-d", f"refs/remotes/origin/{self.followed}")
        there = f"refs/remotes/origin/{source.name}"
        refspec = f"+{source.ref}:{there}"
        self.git("config", "--replace-all", "remote.origin.fetch", refspec)
        self.git("fetch", "--no-tags", *([] if same else ["--depth", "1"]), "origin", refspec)
        commit = self.git("rev-parse", f"{there}^{{commit}}")
        if self.ask("merge-base", TAKEN, there) != self.git("rev-parse", TAKEN):
            who = ("-c", "user.name=nbgitpuller", "-c", f"user.email={BY_NBGITPULLER}")
            descends = (f"{commit}^{{tree}}", "-p", TAKEN, "-p", commit, "-m", f"Follow {source.name}")
            self.git("update-ref", there, self.git(*who, "commit-tree", *descends))
        return commit

    def record(self, source: Source, commit: str) -> None:
        """Record what was taken. A participant without changes gets exactly the host's commit."""
        there = f"refs/remotes/origin/{source.name}"
        if self.ask("rev-parse", "HEAD") == self.ask("rev-parse", there):
            self.git("update-ref", "HEAD", commit)
        self.git("update-ref", there, commit)
        self.git("update-ref", TAKEN, commit)
        if source.ref.startswith("refs/heads/") and self.branch not in ("", source.name):
            # if somebody already has a branch with this name, the old name stays
            self.ask("branch", "--move", self.branch, source.name)
            self.ask("branch", f"--set-upstream-to=origin/{source.name}")
        for key, value in {"url": source.url, "source": source.name, "branch": self.branch}.items():
            self.git("config", f"pophub.{key}", value)

    def give_up(self) -> None:
        """Undo a failed merge."""
        if self.ask("rev-parse", "--verify", "MERGE_HEAD"):
            self.ask("merge", "--abort")

    def missing_large_files(self) -> list[str]:
        """Files that are only pointers of Git LFS: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md."""
        return [name for name in self.names("ls-files", "-z", ":(attr:filter=lfs)") if _is_pointer(self.folder / name)]


def _is_pointer(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(40).startswith(b"version https://git-lfs.github.com/")
    except OSError:
        return False


def environment(home: Path) -> dict[str, str]:
    """Environment for git: no questions, a limit for hosts that do not answer, and none of the participant's own settings."""
    settings = {
        # commits in a submodule are not changes of the content
        "diff.ignoreSubmodules": "all",
        "merge.renames": "true",
        "color.ui": "false",
        "core.hooksPath": os.devnull,
        "commit.gpgSign": "false",
        "merge.ff": "true",
        "submodule.recurse": "false",
        "fetch.recurseSubmodules": "false",
        # submodules are often listed with an address that needs an ssh key
        "url.https://github.com/.insteadOf": "git@github.com:",
        "url.https://gitlab.com/.insteadOf": "git@gitlab.com:",
    }
    numbered = enumerate(settings.items())
    given = {f"GIT_CONFIG_{what}_{i}": value for i, it in numbered for what, value in zip(("KEY", "VALUE"), it)}  # noqa: B905
    return {
        **given,
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": "30",
        # otherwise git would use a repository in a parent folder if this one is broken
        "GIT_CEILING_DIRECTORIES": str(home),
        "LC_ALL": "C.UTF-8",
    }
