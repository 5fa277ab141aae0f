"""The service as the bundle brings it: all of it is there, and needs no more than the hub's own environment has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOADED = """
import sys
import pophub.hub.helpers_page.__main__
print("\\n".join(sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names)))
"""
NOT_ON_THE_HUB = {"boto3", "botocore", "pydantic", "requests", "rich", "ruamel", "typer"}


def test_the_bundle_brings_all_that_the_service_needs(hackweek_bundle: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(hackweek_bundle)}
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", LOADED], cwd="/", env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())

    assert {"pophub", "tornado", "jupyterhub"} <= loaded
    assert not loaded & NOT_ON_THE_HUB
    folder = hackweek_bundle / "pophub" / "hub" / "helpers_page"
    assert all((folder / name).exists() for name in ("page.html", "page.css", "page.js"))
