"""What a program of the bundle loads, as on a hub."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import importlib, sys
importlib.import_module({module!r})
print("\\n".join(sorted({{name.partition(".")[0] for name in sys.modules}} - sys.stdlib_module_names)))
"""
NOT_ON_THE_HUB = {"boto3", "botocore", "pydantic", "requests", "rich", "ruamel", "typer"}


def packages_of(module: str, bundle: Path) -> set[str]:
    """The packages, beside Python's own, that a module of this bundle imports."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(bundle)}
    command = [sys.executable, "-P", "-B", "-c", PROGRAM.format(module=module)]
    return set(
        subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=True).stdout.split()
    )
