"""Virtualenvs of the lab, one for each requirements file, in the shared cache. They are never changed, only created again."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from lab import coverage_hook, shared_cache
from lab.shared_cache import exclusive_lock
from pophub.core.errors import PophubError

# written last: a virtualenv without this file is not complete
COMPLETE = "pophub-complete"


def ensure_venv(requirements: Path) -> Path:
    """The virtualenv with exactly the packages of a hash-locked requirements file; created at first use.

    Raises:
        PophubError: uv is missing or failed; the error has its last lines.
    """
    pins = requirements.read_bytes()
    cache = coverage_hook.asked() or shared_cache.SHARED_CACHE
    venv = cache / "venvs" / hashlib.sha256(sys.version.encode() + pins).hexdigest()[:16]
    venv.parent.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(venv.with_suffix(".lock")):
        # an upgrade of Python leaves a virtualenv whose link to Python leads nowhere
        if not (venv / COMPLETE).exists() or not (venv / "bin" / "python").exists():
            _make(venv, requirements)
    return venv


def _make(venv: Path, requirements: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    uv = _uv()
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)])
    python = str(venv / "bin" / "python")
    # the list is complete, but for what it leaves out on purpose
    wanted = ["--no-deps", "--require-hashes", "-r", str(requirements)]
    _run([uv, "pip", "install", "--quiet", "--python", python, *wanted])
    coverage_hook.equip_venv(venv)
    (venv / COMPLETE).touch()


def _uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        raise PophubError("uv is not installed", hint="pip install -r requirements-dev.txt")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last_words = " / ".join(done.stderr.strip().splitlines()[-3:])
        raise PophubError(f"{' '.join(command[1:3])} failed: {last_words}", hint="is the package index reachable?")
