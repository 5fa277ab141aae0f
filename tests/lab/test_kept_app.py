"""The app that is kept for a site does what main.py does as a program of its own, and nothing of one synth is in the next."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.child_process import descendants
from lab.kept_app import KeptApp
from lab.wait import wait_until

# says who runs it, and what it was given; the file `does` says how it ends
APP = """
import os, sys
from pathlib import Path
def main():
    print(os.getpid(), Path.cwd().name, os.environ.get("EVENTS"), os.environ.get("TF_LOG"), flush=True)
    print("a warning", file=sys.stderr)
    sys.stderr.buffer.write("of Node.js: é\\n".encode())
    exec(Path("does").read_text())
if __name__ == "__main__":
    main()
"""


class Site:
    def __init__(self, folder: Path, kept: KeptApp) -> None:
        self.folder, self.kept = folder, kept

    def synth(self, folder: str = "site", does: str = "", **environment: str) -> tuple[int, list[str]]:
        """As TerraformApp starts it: the exit code, and the lines of its output."""
        (self.folder / folder).mkdir(exist_ok=True)
        (self.folder / folder / "does").write_text(does)
        done = subprocess.run(
            self.kept.command, shell=True, cwd=self.folder / folder, env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout.splitlines()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    main = tmp_path / "Zoë's $HOME" / "main.py"
    main.parent.mkdir()
    main.write_text(APP)
    with KeptApp(main, tmp_path / "log") as kept:
        yield Site(tmp_path, kept)


def pid_of(said: tuple[int, list[str]]) -> int:
    code, lines = said
    assert code == 0, lines
    return int(lines[0].split()[0])


def test_one_process_does_all_synths_and_ends_with_it(site: Site) -> None:
    first, second = site.synth(EVENTS="here"), site.synth(EVENTS="here", TF_LOG="on")

    assert first[1] == [f"{pid_of(first)} site here None", "a warning", "of Node.js: é"]
    assert second == first, "Terraform's variables are not for it"
    assert pid_of(first) in descendants(os.getpid())
    site.kept.stop()
    assert pid_of(first) not in descendants(os.getpid())


@pytest.mark.parametrize("other", [{"folder": "another"}, {"EVENTS": "there"}])
def test_another_folder_or_environment_has_a_main_py_of_its_own(site: Site, other: dict[str, str]) -> None:
    kept = pid_of(site.synth(EVENTS="here"))
    apart = site.synth(**{"EVENTS": "here", **other})

    assert pid_of(apart) != kept
    assert apart[1][0].split()[1:] == [other.get("folder", "site"), other.get("EVENTS", "here"), "None"]
    assert pid_of(site.synth(EVENTS="here")) == kept


def test_it_ends_as_main_py_ends_and_serves_the_next(site: Site) -> None:
    code, lines = site.synth(does="sys.exit(3)")
    assert (code, lines[1:]) == (3, ["a warning", "of Node.js: é"])
    code, lines = site.synth(does="raise ValueError('a bug')")
    assert (code, lines[-1]) == (1, "ValueError: a bug")
    assert site.synth()[0] == 0


def test_who_asked_and_was_killed_is_not_in_the_way_of_the_next(site: Site) -> None:
    folder = site.folder / "site"
    folder.mkdir()
    os.mkfifo(folder / "go")
    (folder / "does").write_text("Path('begun').touch(); Path('go').read_text()")
    environment = {"PATH": os.environ["PATH"]}
    with subprocess.Popen(shlex.split(site.kept.command), cwd=folder, env=environment) as asking:
        wait_until((folder / "begun").exists, 60, "the synth has begun")
        asking.kill()
    (folder / "go").write_text("")

    assert site.synth()[0] == 0
