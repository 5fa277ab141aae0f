"""The floor of a hub's start: what a bare machine is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.floor import Floor, measure_floor, programs
from bench.people import bench_event
from lab.machine.instance import Instance


def test_an_image_boots_and_a_bare_machine_fetches_what_a_hub_has(tmp_path: Path) -> None:
    event, asked, kinds = bench_event(), [], []
    answers = iter(["starting\n", "running\n", "starting\n", "starting\n", "degraded\n"])
    (tmp_path / "root").mkdir()

    class Machine:
        seconds, root = 0.0, tmp_path

        def run(self, *command: str, **_: object) -> str:
            asked.append(command)
            self.seconds += 5
            return next(answers) if command[0] == "systemctl" else ""

    @contextmanager
    def boot(instance: Instance, *, baked: bool = True) -> Iterator[Any]:
        assert instance.user_data.strip() == "#cloud-config\n{}"
        kinds.append(baked)
        yield Machine()

    lab: Any = SimpleNamespace(instance=Instance.of(event), event=event, machine=boot)

    assert measure_floor(lab, lambda line: None) == Floor(booted=10, fetched=20)
    # a start from an image is compared with a boot of the same image
    assert kinds == [True, False]
    assert {event.server.image, "caddy", "docker.io", "nodejs"} <= set(asked[-1])
    assert "jupyterhub" in (tmp_path / "root" / "requirements-hub.txt").read_text()


def test_the_programs_are_those_that_the_hub_installs() -> None:
    assert {"caddy", "docker.io", "python3-venv"} <= set(programs())
