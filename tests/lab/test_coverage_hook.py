"""What a Python of the lab counts when coverage is asked for, and that it is left as it is when nobody asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import coverage
import pytest

from lab import coverage_hook, shared_cache
from lab.coverage_hook import ON_MACHINE, SETTINGS, equip_machine
from lab.venvs import ensure_venv
from pophub.organizer.paths import ROOT


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as scripts/coverage.sh makes it."""
    folder = tmp_path / "coverage"
    packages = folder / f"{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "coverage").symlink_to(Path(coverage.__file__).parent)
    (folder / "data").mkdir()
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    monkeypatch.setenv(SETTINGS, str(folder / "pyproject.toml"))
    return folder


def bundle(folder: Path) -> Path:
    """A folder like an unpacked bundle, with a module of ours that has a line that is not run."""
    module = folder / "pophub" / "core" / "errors.py"
    module.parent.mkdir(parents=True)
    module.write_text("import os\nif not os:\n    os = None\n")
    return folder


def counted(folder: Path) -> dict[str, list[int]]:
    """The lines that were counted, by the end of the file's path."""
    found = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"), data_file=folder / "lines")
    found.combine([str(folder / "data")])
    data = found.get_data()
    return {name.removeprefix(f"{ROOT}/"): sorted(data.lines(name) or []) for name in data.measured_files()}


@pytest.mark.parametrize(
    "ending",
    ["", "; import os; os._exit(0)", "; import os, signal; os.kill(os.getpid(), signal.SIGTERM)"],
    ids=["at its end", "at once", "by a signal"],
)
def test_a_line_that_a_virtualenv_runs_from_a_bundle_counts_for_the_file_of_the_checkout(
    ending: str, asked: Path, tmp_path: Path
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    python = ensure_venv(requirements) / "bin" / "python"
    # a service of JupyterHub gets no variable of ours
    command = [python, "-P", "-c", f"import sys; sys.path.insert(0, sys.argv[1]); import pophub.core.errors{ending}"]
    subprocess.run([*command, bundle(tmp_path / "bundle")], env={}, check=False, cwd="/")

    assert counted(asked) == {"pophub/core/errors.py": [1, 2]}


def test_without_it_a_virtualenv_is_kept_where_all_are_and_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SETTINGS, raising=False)
    monkeypatch.setattr(shared_cache, "SHARED_CACHE", tmp_path / "cache")
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    venv = ensure_venv(requirements)

    assert venv.is_relative_to(tmp_path / "cache")
    assert list(venv.rglob("lab_coverage.pth")) == []


def test_a_machine_counts_with_its_own_python_and_in_units_that_may_write_nowhere(asked: Path, tmp_path: Path) -> None:
    base, upper = tmp_path / "base", tmp_path / "upper"
    (base / "etc" / "python3.13").mkdir(parents=True)

    assert equip_machine(base, upper) == [f"--bind={asked}:{ON_MACHINE}"]
    assert (upper / "etc/python3.13/sitecustomize.py").read_text() == coverage_hook.hook(ON_MACHINE)
    units = upper / "etc/systemd/system"
    assert (units / "pophub-watch.service.d/lab-coverage.conf").read_text() == (
        f"[Service]\nReadWritePaths={ON_MACHINE}\n"
    )
    # it mounts the volume of the homes, for all
    assert not (units / "pophub-install.service.d").exists()


def test_without_it_a_machine_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTINGS, raising=False)
    (tmp_path / "base" / "etc" / "python3.13").mkdir(parents=True)

    assert equip_machine(tmp_path / "base", tmp_path / "upper") == []
    assert not (tmp_path / "upper").exists()
