"""An event with workers on machines of this computer: deployed into the lab's AWS, played by three people, and ended."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab.demo.deployed import deployed
from lab.demo.ending import end_event
from lab.demo.workers_day import WorkersDay, crew_of
from lab.destroy import LabDestroy
from lab.machine.container import ContainerMachine
from lab.machine.instance import Instance
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.machine.missing import what_is_missing
from lab.machine.ssm_agent import bring_up
from lab.machine.swarm import words_kept
from lab.machine.worker_group import WorkerGroup
from lab.site import LabSite
from lab.steps import Steps
from lab.wait import wait_until
from pophub.core.errors import PophubError
from pophub.organizer.deploy import toolchain
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.event.event import Event

IMAGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class WorkersDemo:
    """One run. `folder` belongs to it alone, and is removed if the run succeeds or is interrupted."""

    steps: Steps
    file: Path
    event: Event
    folder: Path

    def __post_init__(self) -> None:
        # report obstacles now, not after minutes of deploying
        require_machines(self.event)

    def drive(self) -> None:
        """Play the day of an event with workers, from its deployment to its end."""
        with ExitStack() as stack:
            lab, site = self._start_the_lab(stack)
            deployment = stack.enter_context(deployed(self.steps, site, lab.aws))
            with ExitStack() as machines:
                hub = self._start_the_hub(machines, lab, deployment)
                day = WorkersDay(self.steps, lab, hub, WorkerGroup(lab.aws, self.event), machines)
                with on_the_internet(hub), words_kept(hub, self.folder / "hub.txt"):
                    day.play()
                bring_up(hub, lab.aws, deployment.instance_id)
                end_event(self.steps, LabDestroy(site, lab.aws, self.steps), site, self.folder)

    def _start_the_lab(self, stack: ExitStack) -> tuple[MachineLab, LabSite]:
        with self.steps.step("set up") as step:
            version = toolchain.check_terraform()
            lab = stack.enter_context(MachineLab(self.event, self.folder, stocked=False, people=crew_of(self.event)))
            site = LabSite(self.folder, self.file, lab.aws, lab.secrets, self.steps.talk, keeps_app=True)
            step.result = f"Terraform {version}, an AWS at {lab.aws.url}, a GitHub at {lab.github.url}"
        return lab, site

    def _start_the_hub(self, machines: ExitStack, lab: MachineLab, deployment: Deployment) -> ContainerMachine:
        with self.steps.step("start the hub") as step:
            lab.bucket = (deployment.bucket, deployment.bucket_region)
            instance = Instance.described(lab.aws, self.event.region, deployment.instance_id)
            hub = machines.enter_context(lab.machine(instance))
            seconds = hub.await_open()
            wait_until(lambda: "is ready" in hub.journal("pophub-install"), IMAGE_SECONDS, "the hub gives its image")
            step.result = f"{hub.url} is open {seconds:.0f} s after its machine was switched on; it runs no servers"
        return hub


def require_machines(event: Event) -> None:
    """Refuse an event with workers that this computer cannot play.

    Raises:
        PophubError: it cannot boot machines, or has no stand-in for the way to sign in.
    """
    hint = "in a copy of the event file, leave `workers` out: that shows it with one machine, as a process"
    if missing := what_is_missing():
        raise PophubError(
            f"`workers` are played on machines of this computer: {missing[0]}", hint=f"{missing[1]}; or {hint}"
        )
    if event.login.github is None:
        raise PophubError(f"`workers` are played with people of GitHub, not with `{event.login.kind}`", hint=hint)
    processors, here = event.server.cpus, os.cpu_count() or 1
    if processors > here:
        # https://github.com/moby/moby/blob/v26.1.5/daemon/daemon_unix.go refuses such a container
        raise PophubError(
            f"a server has {processors} processors (`server.cpus`), and this computer has {here}", hint=hint
        )
    crew_of(event)
