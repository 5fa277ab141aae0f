"""Count the lines that run in the lab's other Pythons: those of a hub, a participant's server or a machine.

scripts/coverage.sh switches it on with the variable that coverage.py itself reads in the checkout's Python:
https://coverage.readthedocs.io/en/latest/subprocess.html. Without the variable, the lab changes no Python.
"""

from __future__ import annotations

import os
from pathlib import Path

from pophub.organizer import paths

SETTINGS = "COVERAGE_PROCESS_START"
ON_MACHINE = "/opt/lab-coverage"


def asked() -> Path | None:
    """The folder with coverage.py for each version of Python, its settings and its data; None if coverage is off."""
    settings = os.environ.get(SETTINGS)
    return Path(settings).parent if settings else None


def hook(folder: str) -> str:
    """The line that a Python runs when it starts, in a .pth file or as sitecustomize.py.

    `folder` is that of `asked`, as that Python sees it.
    """
    return (
        f"import os, sys; sys.path.append('{folder}/%d.%d/site-packages' % sys.version_info[:2]); "
        f"os.environ.update({SETTINGS}='{folder}/pyproject.toml', COVERAGE_FILE='{folder}/data/lines'); "
        "import coverage; coverage.process_startup()\n"
    )


def equip_venv(venv: Path) -> None:
    """If coverage is on, count what runs in a virtualenv."""
    if folder := asked():
        for packages in venv.glob("lib/python*/site-packages"):
            (packages / "lab_coverage.pth").write_text(hook(str(folder)))


def equip_machine(base: Path, upper: Path) -> list[str]:
    """If coverage is on, count what runs in a machine's own Python and in each virtualenv made with it.

    `base` is its root file system, `upper` the changes to it. Returns options for systemd-nspawn.
    """
    folder = asked()
    if folder is None:
        return []
    # Debian's own link to it is on the path of each virtualenv too
    for settings in base.glob("etc/python3.*"):
        own = upper / settings.relative_to(base)
        own.mkdir(parents=True, exist_ok=True)
        (own / "sitecustomize.py").write_text(hook(ON_MACHINE))
    # not for every unit: this gives a unit mounts of its own, and what it mounts then is nobody else's
    for unit in (paths.CLOUD_INIT / "systemd").glob("*.service"):
        if "ProtectSystem=strict" in unit.read_text():
            more = upper / "etc/systemd/system" / f"{unit.name}.d"
            more.mkdir(parents=True, exist_ok=True)
            (more / "lab-coverage.conf").write_text(f"[Service]\nReadWritePaths={ON_MACHINE}\n")
    return [f"--bind={folder}:{ON_MACHINE}"]
