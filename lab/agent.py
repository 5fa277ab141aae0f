"""An instance's SSM agent: it runs shell scripts as AWS-RunShellScript does, in a folder that represents the machine.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html
MOST_CHARACTERS = 24_000
# variables for what is in other places than on a real machine; the agent counts as registered once this file exists
VARIABLES = "variables.json"
# first folder of the PATH: replacements for programs that the lab's machine lacks, such as systemctl
PROGRAMS = "bin"


@dataclass(frozen=True, slots=True)
class Done:
    """How a script ended, and the first characters of its output."""

    status: str
    code: int
    output: str
    errors: str


class Agent:
    """The agent of the machine whose files are in `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def is_online(self) -> bool:
        """Whether it accepts commands."""
        return (self._root / VARIABLES).exists()

    def run(self, commands: Sequence[str], folder: str, seconds: int) -> Done:
        """Run one script until it ends or `seconds` have passed."""
        environment = {**os.environ, **json.loads((self._root / VARIABLES).read_text())}
        environment["PATH"] = f"{self._root / PROGRAMS}:{environment['PATH']}"
        with subprocess.Popen(
            ["sh", "-c", "\n".join(commands)],
            cwd=self._root / folder.lstrip("/"),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process:
            try:
                output, errors = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                output, errors = process.communicate()
                return Done("TimedOut", -1, output[:MOST_CHARACTERS], errors[:MOST_CHARACTERS])
        status = "Failed" if process.returncode else "Success"
        return Done(status, process.returncode, output[:MOST_CHARACTERS], errors[:MOST_CHARACTERS])


def register(root: Path, **variables: str) -> None:
    """Let the machine accept commands from now on, with these variables."""
    root.mkdir(parents=True, exist_ok=True)
    new = root / f".{VARIABLES}"
    new.write_text(json.dumps(variables))
    new.replace(root / VARIABLES)
