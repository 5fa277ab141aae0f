"""What an instance is told through Systems Manager runs inside its machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.agent import Agent
from lab.machine.ssm_agent import bring_up
from pophub.core.contract import BUNDLE_FOLDER


class Machine:
    """In place of entering it, the command is shown."""

    def entering(self, *command: str) -> list[str]:
        return ["echo", "inside:", *command]


class Aws:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def machine(self, instance_id: str) -> Path:
        return self._folder / instance_id


def test_a_command_runs_inside_with_the_labs_authority(tmp_path: Path) -> None:
    machine: Any = Machine()
    aws: Any = Aws(tmp_path)
    agent = Agent(tmp_path / "i-1")
    assert not agent.is_online
    bring_up(machine, aws, "i-1")
    done = agent.run(["cloud-init/archive.sh close 'a b'"], BUNDLE_FOLDER, 10)

    assert agent.is_online
    assert done.output.startswith("inside: env AWS_CA_BUNDLE=")
    assert done.output.endswith(f" {BUNDLE_FOLDER}/cloud-init/archive.sh close a b\n")
