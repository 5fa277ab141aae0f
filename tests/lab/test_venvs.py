"""The lab's virtualenvs, of empty requirements files: nothing is fetched."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab import shared_cache, venvs
from lab.venvs import ensure_venv
from pophub.core.errors import PophubError


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shared_cache, "SHARED_CACHE", tmp_path / "cache")
    path = tmp_path / "requirements.txt"
    path.write_text("# nothing\n")
    return path


def answers(venv: Path) -> bool:
    return subprocess.run([venv / "bin" / "python", "-c", ""], check=False).returncode == 0


def test_a_virtualenv_is_made_and_kept(requirements: Path) -> None:
    venv = ensure_venv(requirements)
    (venv / "kept").touch()

    assert answers(venv)
    assert ensure_venv(requirements) == venv
    assert (venv / "kept").exists()


def test_other_requirements_are_another_virtualenv(requirements: Path) -> None:
    venv = ensure_venv(requirements)
    requirements.write_text("# other\n")

    assert ensure_venv(requirements) != venv


def test_a_half_made_virtualenv_is_made_anew(requirements: Path) -> None:
    venv = ensure_venv(requirements)
    (venv / venvs.COMPLETE).unlink()
    (venv / "left over").touch()
    ensure_venv(requirements)

    assert answers(venv)
    assert not (venv / "left over").exists()


def test_a_virtualenv_whose_python_is_gone_is_made_anew(requirements: Path) -> None:
    python = ensure_venv(requirements) / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")

    assert answers(ensure_venv(requirements))


def test_two_at_once_make_one(requirements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    make = venvs._make

    def counted(venv: Path, pins: Path) -> None:
        made.append(venv)
        make(venv, pins)

    monkeypatch.setattr(venvs, "_make", counted)
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(ensure_venv, [requirements, requirements]))

    assert made == [both[0]]
    assert both[0] == both[1]


def test_a_package_without_a_hash_is_not_installed(requirements: Path) -> None:
    requirements.write_text("six==1.17.0\n")

    with pytest.raises(PophubError, match=r"pip install failed: .*hash"):
        ensure_venv(requirements)


def test_without_uv_the_remedy_is_said(requirements: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("lab.venvs.sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", "")

    with pytest.raises(PophubError, match="uv is not installed"):
        ensure_venv(requirements)
