"""What an image is completed with: what it lacks, and nothing that it has."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pophub.paths import HUB_CONFIG

LOCKED = """\
# This file was made by a machine
jupyterhub==6.1.1 \\
    --hash=sha256:aa
    # via -r requirements-server.in
nbgitpuller==1.3.0 ; python_version >= '3.9' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
tornado==6.5.2 \\
    --hash=sha256:dd
"""
Install = Callable[[dict[str, str]], str]


@pytest.fixture
def complete() -> ModuleType:
    spec = importlib.util.spec_from_file_location("complete", HUB_CONFIG / "image/complete.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def install(complete: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """What pip is given where some packages are there."""
    given: list[str] = []

    def pip(command: list[str], **_: object) -> None:
        assert {"--require-hashes", "--no-deps"} < set(command)
        given.append(Path(command[-1]).read_text() or "pip had nothing to do")

    def run(there: dict[str, str]) -> str:
        def version(name: str) -> str:
            if name not in there:
                raise importlib.metadata.PackageNotFoundError(name)
            return there[name]

        monkeypatch.setattr(importlib.metadata, "version", version)
        monkeypatch.setattr(subprocess, "run", pip)
        (tmp_path / "locked.txt").write_text(LOCKED)
        complete.add_packages(tmp_path / "locked.txt")
        return "".join(given)

    return run


def test_what_is_there_stays_in_whatever_version(install: Install) -> None:
    asked = install({"jupyterhub": "6.0.0", "tornado": "5.1"})

    assert asked.startswith("nbgitpuller==1.3.0 ; python_version >= '3.9' \\\n    --hash=sha256:bb \\\n")
    assert "jupyterhub==" not in asked
    assert "tornado" not in asked


def test_a_jupyterhub_that_the_hub_cannot_talk_to_is_replaced(install: Install) -> None:
    assert "jupyterhub==6.1.1" in install({"jupyterhub": "4.1.5", "tornado": "6.1", "nbgitpuller": "1.2"})


def test_pip_has_nothing_to_do_where_nothing_is_missing(install: Install) -> None:
    assert install({"jupyterhub": "6.1.1", "tornado": "6.1", "nbgitpuller": "1.2"}) == ""


def test_the_real_list_is_read_whole(complete: ModuleType) -> None:
    text = (HUB_CONFIG / "image/requirements-server.txt").read_text()
    entries = complete.entries(text)

    assert len(entries) > 80
    assert sum(entry.count("--hash=") for entry in entries) == text.count("--hash=")
