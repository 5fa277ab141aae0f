"""Terraform as a process in a session of its own, with its output readable line by line."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import python_terraform

FLAG = python_terraform.IsFlagged


def start(command: str | Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a program, or a shell command line, with stderr redirected into stdout.

    It gets its own session: a terminal sends Ctrl-C to all processes of ours, but changes that have begun must end in
    order.
    """
    return subprocess.Popen(
        command,
        shell=isinstance(command, str),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


class Terraform(python_terraform.Terraform):  # type: ignore[misc]
    """python-terraform's Terraform, in a given environment and without waiting for the process.

    Its released versions accept `synchronous=False`, but pass it on to Terraform, which refuses it
    (https://github.com/beelit94/python-terraform/issues/81). They also accept neither an environment nor a session.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        super().__init__(working_dir=str(folder))
        self._folder, self._environment = folder, environment

    def start(self, command: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command; options are named as for `cmd`."""
        line = self.generate_cmd_string(command, *arguments, **options)
        return start(line, self._folder, self._environment)
