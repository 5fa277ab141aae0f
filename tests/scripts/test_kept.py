"""What scripts/kept.sh keeps for the next checkout of the same user: node_modules, compiled Python, and what mypy has checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from pophub.organizer.paths import ROOT
from tests.scripts.test_setup import ALL, Checkout

WITHOUT_NPM = [step for step in ALL if step not in ("npm", "node require")]
LINTERS = ("ruff", "shellcheck", "yamllint")
MYPY = """#!/bin/sh
cat .mypy_cache/checked 2>/dev/null >>"$HOME/known"
mkdir -p .mypy_cache && echo "$CHECKED" >.mypy_cache/checked
exit "$FOUND"
"""


class Home:
    """A user with several checkouts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = folder / ".cache" / "pophub" / "kept"

    def checkout(self, name: str) -> Checkout:
        return Checkout(self.folder / name)

    def set_up(self, name: str, *arguments: str, **changes: str) -> tuple[Checkout, list[str]]:
        """A checkout, and what its set-up did."""
        made = self.checkout(name)
        ran = made.set_up(*arguments, HOME=str(self.folder), **changes)
        assert ran.returncode == 0, ran.stderr
        return made, made.done()

    def archive(self, kind: str) -> Path:
        """The only one of its kind."""
        (found,) = self.kept.glob(f"{kind}-*.tar")
        return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "Zoë's home")


def test_a_second_checkout_asks_npm_for_nothing(home: Home) -> None:
    first, done = home.set_up("first")
    assert done == ALL
    second, done = home.set_up("second")

    assert done == [*WITHOUT_NPM[:5], "node require", *WITHOUT_NPM[5:]]
    assert (second.folder / "node_modules" / "pophub-complete").read_text().endswith(f"{second.folder}\n")
    assert second.set_up(HOME=str(home.folder)).stderr == ""
    # what one of them changes, the other one does not see
    (second.folder / "node_modules" / "pophub-complete").write_text("changed")
    assert first.set_up(HOME=str(home.folder)).stderr == ""


@pytest.mark.parametrize("changes", [{"NODE_VERSION": "v22.1.0"}, {"ARCHITECTURE": "arm64"}])
def test_another_node_gets_modules_of_its_own(home: Home, changes: dict[str, str]) -> None:
    home.set_up("first")

    assert home.set_up("second", **changes)[1] == ALL


def test_another_lock_gets_modules_of_its_own(home: Home) -> None:
    home.set_up("first")
    second = home.checkout("second")
    (second.folder / "package-lock.json").write_text("changed")
    second.set_up(HOME=str(home.folder))

    assert second.done() == ALL


@pytest.mark.parametrize("left", [0, 700, 1500])
def test_a_broken_archive_is_made_again(home: Home, left: int) -> None:
    home.set_up("first")
    archive = home.archive("node_modules")
    os.truncate(archive, left)

    assert home.set_up("second")[1] == ALL
    with tarfile.open(home.archive("node_modules")) as whole:
        assert whole.getnames() == ["node_modules"]
    assert "npm" not in home.set_up("third")[1]


def test_modules_that_do_not_run_are_made_again(home: Home) -> None:
    home.set_up("first")
    broken = home.checkout("second")
    # the first time it asks
    once = '[ "$2" != \'require("cdktf"); require("configurable-http-proxy")\' ] || [ -e asked ] || { : >asked; exit 1; }\n'
    node = (broken.fakes / "node").read_text()
    (broken.fakes / "node").write_text(node.replace("case", once + "case", 1))
    ran = broken.set_up(HOME=str(home.folder))

    assert (ran.returncode, broken.done()) == (0, ALL)


def test_what_was_killed_while_it_was_kept_is_never_used_and_goes(home: Home) -> None:
    home.set_up("first")
    half = home.kept / "new.killed"
    home.archive("node_modules").rename(half)
    assert home.set_up("second")[1] == ALL
    assert half.exists()

    old = time.time() - 7200
    os.utime(half, (old, old))
    home.archive("node_modules").unlink()
    home.set_up("third")
    assert not half.exists()


def test_the_three_that_were_used_last_are_kept(home: Home) -> None:
    for age, version in enumerate(("v20.1.0", "v21.1.0", "v22.1.0"), start=1):
        home.set_up(f"first-{version}", NODE_VERSION=version)
        newest = max(home.kept.glob("node_modules-*"), key=lambda file: file.stat().st_mtime)
        used = time.time() - 1000 + 100 * age
        os.utime(newest, (used, used))
    assert "npm" not in home.set_up("second", NODE_VERSION="v20.1.0")[1]
    home.set_up("third", NODE_VERSION="v23.1.0")

    assert len([*home.kept.glob("node_modules-*")]) == 3
    assert "npm" not in home.set_up("fourth", NODE_VERSION="v20.1.0")[1]
    assert "npm" in home.set_up("fifth", NODE_VERSION="v21.1.0")[1]


COMPILED = ".venv/lib/python3/site-packages/zope.pyc"


def compiled(checkout: Checkout) -> Path:
    return checkout.folder / COMPILED


def test_what_was_compiled_is_there_in_the_next_checkout(home: Home) -> None:
    first, _ = home.set_up("first")
    compiled(first).write_text("compiled")
    first.set_up("keep", HOME=str(home.folder))
    assert first.done() == []
    second, done = home.set_up("second")

    assert compiled(second).read_text() == "compiled"
    assert "uv sync" in done
    # by another Python: nothing
    assert not compiled(home.set_up("third", VERSION="3.12.1")[0]).exists()


def test_of_a_broken_archive_nothing_compiled_is_left(home: Home) -> None:
    first, _ = home.set_up("first")
    compiled(first).write_text("compiled" * 1000)
    first.set_up("keep", HOME=str(home.folder))
    os.truncate(home.archive("compiled"), 4000)
    second, _ = home.set_up("second")

    assert not compiled(second).exists()
    assert not [*home.kept.glob("compiled-*")]


def test_of_what_was_half_unpacked_nothing_compiled_is_left(home: Home) -> None:
    first, _ = home.set_up("first")
    compiled(first).write_text("compiled")
    first.set_up("keep", HOME=str(home.folder))
    second = home.checkout("second")
    # a disk that is full
    (second.fakes / "tar").unlink()
    second.program("tar", f"#!/bin/bash\ncase $2 in */compiled-*) echo half >{COMPILED} ;; esac; exit 2\n")
    ran = second.set_up(HOME=str(home.folder))

    assert (ran.returncode, second.done()) == (0, ALL)
    assert not compiled(second).exists()


def lint(home: Home, name: str, *, checked: str, found: int = 0) -> int:
    """Lint in a checkout, where mypy notes what it knew and then knows `checked`."""
    folder = home.folder / name
    if not folder.exists():
        for place in ("scripts", ".venv/bin", ".ci", "cloud-init", "hub-config", "pophub", "lab"):
            (folder / place).mkdir(parents=True)
        for script in ("lint.sh", "kept.sh"):
            shutil.copy(ROOT / "scripts" / script, folder / "scripts")
        for file in ("requirements-dev.txt", "pyproject.toml"):
            (folder / file).write_text(file)
        for program in LINTERS:
            (folder / ".venv" / "bin" / program).symlink_to("/bin/true")
        (folder / ".venv" / "bin" / "mypy").write_text(MYPY)
        (folder / ".venv" / "bin" / "mypy").chmod(0o755)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home.folder), "CHECKED": checked, "FOUND": str(found)}
    return subprocess.run(
        [folder / "scripts" / "lint.sh"], env=environment, capture_output=True, check=False
    ).returncode


def test_mypy_knows_what_it_has_checked_in_another_checkout(home: Home) -> None:
    assert lint(home, "first", checked="all") == 0
    # not what was not clean
    assert lint(home, "second", checked="half", found=1) == 1
    assert lint(home, "third", checked="more") == 0

    assert (home.folder / "known").read_text() == "all\nall\n"


def test_mypy_begins_anew_if_what_is_kept_is_broken(home: Home) -> None:
    lint(home, "first", checked="all" * 1000)
    os.truncate(home.archive("mypy"), 2000)

    assert lint(home, "second", checked="more") == 0
    assert (home.folder / "known").read_text() == ""
