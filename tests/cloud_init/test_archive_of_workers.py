"""archive.sh, most of it on a hub with workers, with commands in place of Docker, systemd and the hub's environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from pophub.core import contract

LINE = '#!/bin/sh\necho "$(basename "$0") $*" >>"$COMMANDS"\n'


class Machine:
    """A bundle and its commands; each command notes how it was called."""

    def __init__(self, bundle: Path, folder: Path) -> None:
        self.bundle, self.folder = bundle, folder
        self.commands = folder / "commands"
        for name in ("bin", "workers/bin", "run", "memory"):
            (folder / name).mkdir(parents=True)
        for name in ("bin/systemctl", "bin/docker", "bin/sleep", "workers/bin/python"):
            self.command(name, "")
        file = bundle / "cloud-init" / "contract.env"
        file.write_text(file.read_text().replace(contract.WORKERS_ENVIRONMENT, str(folder / "workers")))

    def command(self, name: str, does: str) -> None:
        (self.folder / name).write_text(LINE + does)
        (self.folder / name).chmod(0o755)

    def has_workers(self) -> None:
        file = self.bundle / "hub-config" / contract.EVENT_FILE
        file.write_text(json.dumps(json.loads(file.read_text()) | {"workers": {"slots": 15}}))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "COMMANDS": str(self.commands),
            "RUN": str(self.folder / "run"), "MEMORY": str(self.folder / "memory"),
        }  # fmt: skip
        script = self.bundle / "cloud-init" / "archive.sh"
        return subprocess.run([str(script), *arguments], env=environment, capture_output=True, text=True, check=False)

    @property
    def called(self) -> list[str]:
        return self.commands.read_text().splitlines()


@pytest.fixture
def machine(hackweek_bundle: Path, tmp_path: Path) -> Machine:
    return Machine(hackweek_bundle, tmp_path / "machine")


IS_ACTIVE = '[ "$1" != is-active ]\n'


def test_the_hub_closes_after_its_workers_have_ended(machine: Machine) -> None:
    machine.command("bin/systemctl", IS_ACTIVE)
    machine.has_workers()
    done = machine.run("close", "disk-1")

    assert done.returncode == 0, done.stderr
    assert "closed" in json.loads(done.stdout)
    order = [it.partition(" ")[0] for it in machine.called if not it.startswith("docker ps")]
    assert order.index("systemctl") < order.index("python") < order.index("docker")
    assert "python -B -m pophub.hub.workers end" in machine.called


def test_workers_that_do_not_end_keep_the_archive_from_being_made(machine: Machine) -> None:
    machine.command("bin/systemctl", IS_ACTIVE)
    machine.command("workers/bin/python", "echo there are still 2 workers\nexit 3\n")
    machine.has_workers()
    done = machine.run("close", "disk-1")

    assert done.returncode != 0
    assert "there are still 2 workers" in done.stderr


def test_a_hub_whose_servers_run_again_is_not_closed(machine: Machine) -> None:
    machine.command("bin/systemctl", IS_ACTIVE)
    machine.command("bin/docker", '[ "$1" != service ] || echo 4711\n')
    machine.has_workers()

    assert "there are containers that run" in machine.run("close", "disk-1").stderr


def test_one_machine_has_no_workers_to_end(machine: Machine) -> None:
    machine.command("bin/systemctl", IS_ACTIVE)
    assert machine.run("close", "disk-1").returncode == 0
    assert not [it for it in machine.called if it.startswith(("python", "docker service"))]


def test_a_container_that_docker_lists_a_moment_longer_has_stopped(machine: Machine) -> None:
    machine.command("bin/systemctl", IS_ACTIVE)
    machine.command("bin/docker", '[ "$1" != ps ] || [ "$(grep -c "docker ps" "$COMMANDS")" -gt 3 ] || echo 4711\n')

    assert machine.run("close", "disk-1").returncode == 0
    assert machine.called.count("sleep 1") == 2
