"""Measure our deploy and destroy in the lab AWS, compared with plain Terraform on the same JSON."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench.figures import Figures
from lab.aws import LabAws
from lab.site import LabSite
from pophub.core.errors import PophubError
from pophub.organizer.deploy import hub_secrets, toolchain
from pophub.organizer.deploy.terraform.attempt import Talk
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT, MAIN


def measure(folder: Path, talk: Talk) -> list[Figures]:
    """Deploy and destroy the example event with our driver, then the same stack with Terraform alone; takes minutes."""
    secrets = dict.fromkeys(hub_secrets.names(load_event(EXAMPLE_EVENT)), "lab")
    with LabAws(folder) as aws:
        site = LabSite(folder, EXAMPLE_EVENT, aws, secrets, talk, keeps_provider=False)
        by_main = Plain(folder, folder, aws.environment | {"POPHUB_EVENTS": str(site.file.parent)}, talk)
        synth = (_seconds(site.app.synth), _seconds(lambda: by_main.run(sys.executable, str(MAIN))))
        site.app.deploy("account")
        event = site.event.name
        ours = [_seconds(partial(step, event)) for step in (site.app.deploy, site.app.deploy, site.app.destroy)]
        # remove what our `terraform init` has left
        shutil.rmtree(site.app.stacks_dir / event / ".terraform")
        variables = {f"TF_VAR_{name}": value for name, value in secrets.items()}
        plain = Plain(site.app.stacks_dir / event, folder, aws.environment | variables, talk)
        alone = [_seconds(step) for step in (plain.init_and_apply, plain.apply, plain.destroy)]
    what = ("synth (plain: python main.py)", "deploy", "deploy again, nothing to change", "destroy")
    both = [synth, *zip(ours, alone, strict=True)]
    rows = [(name, f"{pophub:.1f}", f"{plain:.1f}") for name, (pophub, plain) in zip(what, both, strict=True)]
    return [Figures("the lab AWS", ("seconds", "pophub", "plain Terraform"), tuple(rows))]


class Plain:
    """Terraform alone, in a stack's folder, with the same local provider as our driver."""

    def __init__(self, directory: Path, folder: Path, environment: Mapping[str, str], talk: Talk) -> None:
        self._directory = directory
        self._environment = toolchain.environment(folder) | dict(environment)
        self._talk = talk

    def init_and_apply(self) -> None:
        """The part of a deploy after its synth."""
        self.run("terraform", "init", "-input=false")
        self.apply()

    def apply(self) -> None:
        self.run("terraform", "apply", "-auto-approve", "-input=false")

    def destroy(self) -> None:
        self.run("terraform", "destroy", "-auto-approve", "-input=false")

    def run(self, *command: str) -> None:
        """Run a command to its end.

        Raises:
            PophubError: it failed; the message has its last lines.
        """
        self._talk(" ".join(command[:2]))
        done = subprocess.run(
            command, cwd=self._directory, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PophubError(f"{' '.join(command[:2])} failed: {' / '.join(done.stderr.strip().splitlines()[-3:])}")


def _seconds(step: Callable[[], object]) -> float:
    start = time.monotonic()
    step()
    return time.monotonic() - start
