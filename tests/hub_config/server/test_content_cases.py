"""What becomes of the content whatever a lead and a participant do: each case of content_cases/ with real git and nbgitpuller.

`person` works in the home's folder after the first start and `between` after the second; `lead` changes the repository
before the second start and `then` before the third. What is there afterwards is also there after one start more.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lab.venvs import ensure_venv
from pophub.organizer.paths import HUB_CONFIG

pytestmark = pytest.mark.hub
CASES = sorted(Path(__file__).with_name("content_cases").glob("*.yaml"))
NOTES = ("could not be fetched", "was left as it is", "is incomplete")


class World:
    """A git host of files, a lead's clone, a participant's home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.leads = folder, folder / "home", folder / "lead-tutorials"

    def make(self) -> None:
        """After the first start, before anybody has done anything; with a copy of it each case begins."""
        self.home.mkdir()
        for name in ("Lead", "Person"):
            settings = (
                f"[user]\nname={name}\nemail={name}@example.org\n[protocol.file]\nallow=always\n[core]\neditor=true\n"
            )
            (self.folder / f"{name}.gitconfig").write_text(settings)
        for name, files in {"lecture": {"slides.txt": "slides"}, "tutorials": TUTORIALS}.items():
            begin = f"git init -q --bare -b main {name}; git clone -q {name} lead-{name}"
            ready = f"git -C {name} config receive.denyDeleteCurrent ignore; git -C lead-{name} remote set-url origin ../{name}"
            self.run("Lead", self.folder, f"{begin}; {ready}")
            for file, text in files.items():
                (self.folder / f"lead-{name}" / file).write_text(f"{text}\n")
            self.lead("", self.folder / f"lead-{name}")
        self.start("tutorials", "")

    def move_in(self, begin: Path) -> None:
        """The copied home has its content from the host that was copied with it."""
        settings = self.content / ".git" / "config"
        settings.write_text(settings.read_text().replace(str(begin), str(self.folder)))
        self.run("Person", self.content, "git update-index -q --refresh")

    @property
    def content(self) -> Path:
        return self.home / "tutorials"

    def run(self, who: str, where: Path, script: str) -> str:
        """A shell script of somebody."""
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": str(self.folder / f"{who}.gitconfig"),
            "WORLD": str(self.folder),
        }
        done = subprocess.run(
            ["bash", "-euc", script], cwd=where, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def lead(self, script: str, where: Path | None = None) -> None:
        """The lead does this, and publishes it."""
        publish = (
            "git add -A; git diff --cached --quiet || git commit -qm change; git push -q origin HEAD --follow-tags"
        )
        self.run("Lead", where or self.leads, f"({script or ':'}\n); {publish}")

    def start(self, repository: str, branch: str) -> None:
        """What a server's start does."""
        python = ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt") / "bin" / "python"
        program, url = HUB_CONFIG / "server/content.py", f"file://{self.folder}/{repository}"
        self.run("Person", self.home, shlex.join([str(python), "-s", str(program), url, branch, str(self.home)]))


TUTORIALS = {"one.txt": "one", "two.txt": "two", "long.txt": "\n".join(["a long text", *"abcdefghijklmnopqrstuvwxyz"])}


@pytest.fixture(scope="module")
def begin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World(tmp_path_factory.mktemp("begin"))
    world.make()
    return world.folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_content(begin: Path, tmp_path: Path, case: Path) -> None:
    told: dict[str, Any] = YAML(typ="safe").load(case)
    assert set(told) <= {
        "lead",
        "person",
        "between",
        "then",
        "branch",
        "repository",
        "files",
        "gone",
        "git",
        "note",
        "says",
    }
    world = World(shutil.copytree(begin, tmp_path, dirs_exist_ok=True, symlinks=True))
    world.move_in(begin)
    wanted = (told.get("repository", "tutorials"), told.get("branch", ""))
    world.run("Person", world.content, told.get("person", ":"))
    world.lead(told.get("lead", ":"))
    if "then" in told:
        world.start(*wanted)
        world.run("Person", world.content, told.get("between", ":"))
        world.lead(told["then"])
    for _ in range(2):
        world.start(*wanted)
        look(world, told)


def look(world: World, told: dict[str, Any]) -> None:
    """Everything that the case says is so."""
    notes = {name: world.home / f"tutorials {name}.txt" for name in NOTES}
    there = {name: file.read_text() for name, file in notes.items() if file.exists()}
    assert list(there) == ([told["note"]] if "note" in told else []), there
    for words in told.get("says", []):
        assert words in there[told["note"]]
    for name, text in told.get("files", {}).items():
        (file,) = world.content.glob(name)
        assert text in file.read_text(), name
    assert not [name for name in told.get("gone", []) if [*world.content.glob(name)]]
    for command, answer in told.get("git", {}).items():
        said = set(world.run("Person", world.content, f"git {command}").splitlines())
        assert said == ({answer} - {""}) if answer != "*" else said, command
    assert not (world.home / ".tutorials.fetching").exists()
