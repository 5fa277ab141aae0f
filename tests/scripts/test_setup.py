"""scripts/setup.sh with programs that only pretend: what is missing is told, and a half-made folder is never believed in."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pophub.paths import ROOT

# `python -m venv` that makes a Python, a pip that makes a uv, and a uv that notes what it is asked
PYTHON = """#!/bin/sh
case "$1" in
--version) echo "Python $VERSION" ;;
-c) [ "$VERSION" != 3.10.1 ] ;;
-m) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$FAKES/pip" "$3/bin/pip" ;;
esac
"""
PIP = '#!/bin/sh\necho pip >>"$LOG"\ncp "$FAKES/uv" .venv/bin/uv\n'
UV = '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "uv $2" >>"$LOG"\nif [ "$2" = "$BROKEN" ]; then exit 1; fi\n'
NODE = '#!/bin/sh\necho "$NODE_VERSION"\n'
NPM = '#!/bin/sh\necho npm >>"$LOG"\nmkdir -p node_modules\nif [ npm = "$BROKEN" ]; then exit 1; fi\n'


class Checkout:
    """A checkout with nothing in it but what the set-up reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        fakes = folder / "fakes"
        fakes.mkdir(parents=True)
        for name, text in {"python3": PYTHON, "pip": PIP, "uv": UV, "node": NODE, "npm": NPM}.items():
            (fakes / name).write_text(text)
            (fakes / name).chmod(0o755)
        (folder / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "setup.sh", folder / "scripts")
        (folder / "requirements-dev.txt").write_text("uv==1 \\\n    --hash=sha256:0\n    # via nothing\nzope==1\n")
        for name in ("pyproject.toml", "package.json", "package-lock.json"):
            (folder / name).write_text(name)

    def set_up(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.folder}/fakes{os.pathsep}{os.environ['PATH']}",
            "FAKES": f"{self.folder}/fakes",
            "LOG": f"{self.folder}/log",
            "VERSION": "3.11.2",
            "NODE_VERSION": "v20.1.0",
            "BROKEN": "",
            **changes,
        }
        command = [str(self.folder / "scripts" / "setup.sh"), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def done(self) -> list[str]:
        """What was installed since this was asked last."""
        log = self.folder / "log"
        lines = log.read_text().split("\n")[:-1] if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_a_second_run_does_nothing(checkout: Checkout) -> None:
    assert checkout.set_up().returncode == 0
    assert checkout.done() == ["pip", "uv sync", "uv install", "npm"]

    assert checkout.set_up().returncode == 0
    assert checkout.done() == []


def test_the_installer_itself_is_the_locked_one(checkout: Checkout) -> None:
    checkout.set_up()

    assert (checkout.folder / ".venv" / "uv.txt").read_text() == "uv==1 \\\n    --hash=sha256:0\n"


@pytest.mark.parametrize(
    ("file", "done"),
    [
        ("requirements-dev.txt", ["uv sync", "uv install"]),
        ("pyproject.toml", ["uv sync", "uv install"]),
        ("package.json", ["npm"]),
        ("package-lock.json", ["npm"]),
    ],
)
def test_a_changed_lock_is_installed_again(checkout: Checkout, file: str, done: list[str]) -> None:
    checkout.set_up()
    checkout.done()
    (checkout.folder / file).write_text("uv==2 \\\n    --hash=sha256:1\n")
    checkout.set_up()

    assert checkout.done() == done


@pytest.mark.parametrize("broken", ["sync", "install", "npm"])
def test_a_step_that_failed_is_done_again(checkout: Checkout, broken: str) -> None:
    failed = checkout.set_up(BROKEN=broken)
    checkout.done()

    assert failed.returncode != 0
    assert failed.stderr.endswith("the set-up is not complete; once the cause is gone, `make setup` goes on\n")
    assert checkout.set_up().returncode == 0
    assert "npm" in checkout.done()


def test_a_checkout_that_was_moved_gets_an_environment_of_its_own(checkout: Checkout, tmp_path: Path) -> None:
    checkout.set_up()
    checkout.done()
    checkout.folder = checkout.folder.rename(tmp_path / "elsewhere")
    checkout.set_up()

    assert checkout.done() == ["pip", "uv sync", "uv install", "npm"]


@pytest.mark.parametrize("version", ["v18.20.0", ""])
def test_an_old_or_missing_node_is_told(checkout: Checkout, version: str) -> None:
    ran = checkout.set_up(NODE_VERSION=version)

    assert (ran.returncode, checkout.done()) == (1, [])
    assert ran.stderr.startswith(f"Node.js 20 or newer is needed, node is {version[1:3] or 'missing'}\nhint: install")


def test_an_old_python_is_told(checkout: Checkout) -> None:
    ran = checkout.set_up(VERSION="3.10.1")

    assert (ran.returncode, checkout.done()) == (1, [])
    assert ran.stderr.startswith(
        "Python 3.11 or newer is needed, python3 is Python 3.10.1\nhint: install one and name it"
    )


def test_another_python_can_be_named(checkout: Checkout) -> None:
    (checkout.folder / "fakes" / "python3").rename(checkout.folder / "fakes" / "python3.12")

    assert checkout.set_up(PYTHON="python3.12").returncode == 0


def test_a_server_s_set_up_needs_no_node_and_makes_nothing_of_it(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)

    assert checkout.set_up("python", NODE_VERSION="").returncode == 0
    assert "npm" not in checkout.done()
    assert (tmp_path / ".venv" / "pophub-complete").exists()
