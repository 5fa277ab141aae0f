"""Terraform is started by python-terraform's command line, in the environment that it is given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.organizer.deploy.terraform.process import FLAG, Terraform, start

PutProgram = Callable[[str, str], Path]


def test_a_command_runs_in_its_folder_with_its_environment_alone(only_program: PutProgram, tmp_path: Path) -> None:
    only_program("terraform", 'echo "$@ in $PWD with $WORD"; echo "to stderr" >&2')
    environment = {"PATH": os.environ["PATH"], "WORD": "a word"}
    process = Terraform(tmp_path, environment).start("apply", json=FLAG, auto_approve=FLAG, input=False, lock=False)
    said = process.communicate()[0]

    assert said == f"apply -json -auto-approve -input=false -lock=false in {tmp_path} with a word\nto stderr\n"


@pytest.mark.parametrize("command", ["echo $(ps -o sid= -p $$)", ["/bin/sh", "-c", "echo $(ps -o sid= -p $$)"]])
def test_a_terminal_s_interrupt_does_not_reach_it(command: str | list[str], tmp_path: Path) -> None:
    process = start(command, tmp_path, os.environ)

    assert int(process.communicate()[0]) == process.pid


def test_what_is_no_utf_8_stops_nothing(tmp_path: Path) -> None:
    assert start(r"printf 'a\377b\n'", tmp_path, os.environ).communicate()[0] == "a\N{REPLACEMENT CHARACTER}b\n"
