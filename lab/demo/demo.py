"""One event on this computer, with its hub as a process: deployed into the lab's AWS, shown or played, and ended."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from lab.account_kinds import RAISED
from lab.aws import LabAws
from lab.demo.deployed import deployed, no_drift
from lab.demo.ending import end_event
from lab.demo.people import DemoSignIn, people_at_work
from lab.demo.sign_in import require_stand_in, sign_in_of
from lab.demo.stand_ins import StandIns, put_content, stand_ins_for
from lab.destroy import LabDestroy
from lab.doctor_check import examine_in_lab, summary_of
from lab.git_host import LabGitHost
from lab.hub import LabHub, require_free_port
from lab.site import LabSite
from lab.steps import Steps
from lab.venvs import ensure_venv
from pophub.core.cost.records import Moment
from pophub.hub.this_machine import moment
from pophub.organizer.deploy import hub_secrets, toolchain
from pophub.organizer.event.event import Event
from pophub.organizer.outside.web import Web
from pophub.organizer.paths import EXAMPLE_EVENT, HUB_CONFIG


@dataclass(frozen=True, slots=True)
class Lab:
    """Everything that stands in for the world of one event."""

    site: LabSite
    aws: LabAws
    sign_in: DemoSignIn
    git: LabGitHost


class Demo:
    """One run. `folder` belongs to it alone, and is removed if the run succeeds or is interrupted."""

    def __init__(self, steps: Steps, file: Path, event: Event, folder: Path, *, port: int | None = None) -> None:
        self.steps = steps
        self._file, self._event, self._folder = file, event, folder
        # report obstacles now, not after minutes of deploying
        require_stand_in(self._event)
        self._port = None if port is None else require_free_port(port)

    def drive(self) -> None:
        """Play everybody: the organizer, a member, a non-member; then end the event and look for what is left."""
        with self._deployed() as lab:
            no_drift(self.steps, lab.site)
            began = moment()
            with self._hub(lab) as (hub, stand_ins):
                people = [people_at_work(self.steps, hub.url, self._event, lab.sign_in, stand_ins)]
            self._end(lab, people, began)

    def show(self) -> None:
        """Leave the hub to people who open it in a browser, until Ctrl-C."""
        with self._deployed() as lab:
            began = moment()
            with self._hub(lab) as (hub, _):
                self._say_how_to_sign_in(hub, lab.sign_in)
                _wait_for_interrupt()
            self._end(lab, sorted(path.name for path in self._homes.iterdir()), began)

    @property
    def _homes(self) -> Path:
        return self._folder / "bundle" / "state" / "homes"

    @contextmanager
    def _deployed(self) -> Iterator[Lab]:
        with ExitStack() as stack:
            lab = self._start_the_lab(stack)
            stack.enter_context(deployed(self.steps, lab.site, lab.aws))
            yield lab

    def _start_the_lab(self, stack: ExitStack) -> Lab:
        event, folder = self._event, self._folder
        with self.steps.step("doctor") as step:
            aws = stack.enter_context(LabAws(folder, RAISED))
            sign_in = sign_in_of(event, folder, stack)
            git = stack.enter_context(LabGitHost(folder / "git"))
            if event.server.content:
                put_content(event, git)
            made_up = {**dict.fromkeys(hub_secrets.names(event), "made up"), **sign_in.secrets}
            site = LabSite(folder, self._file, aws, made_up, self.steps.talk, keeps_app=True)
            findings = examine_in_lab(site, aws, sign_in.provider.environment, git)
            step.result = summary_of(findings, is_example=self._file == EXAMPLE_EVENT)
        with self.steps.step("set up") as step:
            version = toolchain.check_terraform()
            ensure_venv(HUB_CONFIG / "requirements-hub.txt")
            ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt")
            provider = "a mirror" if toolchain.find_provider_mirror() else "the registry"
            step.result = f"Terraform {version}, AWS provider from {provider}, an AWS at {aws.url}, {sign_in.place}"
        return Lab(site, aws, sign_in, git)

    @contextmanager
    def _hub(self, lab: Lab) -> Iterator[tuple[LabHub, StandIns]]:
        bundle = self._folder / "bundle"
        with self.steps.step("fetch the bundle") as step:
            step.result = f"sha256 {lab.site.fetch_bundle(bundle)[:12]}… as deployed"
        with self.steps.step("stand-ins") as step:
            stand_ins = stand_ins_for(self._event, lab.git, Web())
            stand_ins.change(bundle)
            step.result = "; ".join(stand_ins.words) or "none: image and content are the event's own"
        with ExitStack() as stack:
            with self.steps.step("start the hub") as step:
                hub = LabHub(bundle, lab.sign_in.provider, port=self._port, servers=stand_ins.servers)
                stack.enter_context(hub)
                kind = "containers" if hub.servers == "docker" else "local processes"
                step.result = f"{hub.url}, servers as {kind}"
            yield hub, stand_ins

    def _end(self, lab: Lab, people: list[str], began: Moment) -> None:
        lab_destroy = LabDestroy(lab.site, lab.aws, self.steps)
        lab_destroy.stand_in_for_the_machine(self._folder / "bundle", self._homes)
        lab_destroy.note(people, began, moment())
        end_event(self.steps, lab_destroy, lab.site, self._folder, empty=not people)

    def _say_how_to_sign_in(self, hub: LabHub, sign_in: DemoSignIn) -> None:
        title, domain = escape(self._event.title), self._event.domain
        lines = (
            f"\n[bold]{title}[/] is ready at [bold]{hub.url}[/] (on AWS: https://{domain})",
            *map(escape, sign_in.people),
            "Ctrl-C ends the event as `pophub destroy` does, and cleans up.\n",
        )
        for line in lines:
            self.steps.console.print(line, soft_wrap=True, highlight=False)


def _wait_for_interrupt() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        return
