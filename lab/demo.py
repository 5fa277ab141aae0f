"""The demo: the example event from its file to people at work and its end, all on this computer."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePath
from zipfile import ZipFile

from lab.aws import LabAws
from lab.destroy import LabDestroy
from lab.directory import Directory
from lab.doctor_check import examine_in_lab, summary_of
from lab.fake_participant import FakeParticipant, Refused
from lab.github import LabGitHub
from lab.github_state import LOOPBACK
from lab.hub import LabHub, require_free_port
from lab.inventory import take_inventory
from lab.site import LabSite
from lab.steps import Steps
from lab.venvs import ensure_venv
from lab.wait import Answer, wait_until
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.this_machine import moment
from pophub.organizer.deploy import hub_secrets, toolchain
from pophub.organizer.destroy.destroy_event import END_ZIP, RETROSPECTIVE
from pophub.organizer.event.event_file import load_event
from pophub.organizer.leftovers.render import as_text
from pophub.organizer.paths import DOT_POPHUB, EXAMPLE_EVENT, HUB_CONFIG

GONE_SECONDS = 30
# the final snapshot of the homes, which `terraform destroy` keeps on purpose
KEPT_KINDS = {"Snapshots"}
# objects that the account bucket keeps on purpose, until an end date
KEPT_OBJECTS = re.compile(r"^[^/]+/(archive|reports)/")
PROVED = "{site.event.name} in {site.event.region}: 0 left, $0.00 a month"


class Demo:
    """One run. `folder` belongs to it alone, and is removed if the run succeeds or is interrupted."""

    def __init__(self, steps: Steps, folder: Path, *, port: int | None) -> None:
        self.steps = steps
        self._folder = folder
        # report a port in use now, not after minutes of deploying
        self._port = None if port is None else require_free_port(port)

    def drive(self) -> None:
        """Play everybody: the organizer, a member, a non-member; then end the event and look for what is left."""
        with self._deployed(self._end) as (site, hub):
            self._no_drift(site)
            self._began = moment()
            self._people_at_work(hub, site)

    def show(self) -> None:
        """Leave the hub to people who open it in a browser, until Ctrl-C."""
        with self._deployed(lambda site, aws: self._destroy(site)) as (site, hub):
            self._say_how_to_sign_in(hub, site)
            _wait_for_interrupt()

    @contextmanager
    def _deployed(self, end: Callable[[LabSite, LabAws], object]) -> Iterator[tuple[LabSite, LabHub]]:
        with ExitStack() as stack:
            site, aws, github = self._start_the_lab(stack)
            with self.steps.step("deploy account") as step:
                site.app.deploy("account")
                step.result = "the bucket is made"
            before = take_inventory(aws, site.event.region)
            try:
                self._deploy_event(site)
                with self._hub(site, github) as hub:
                    yield site, hub
                end(site, aws)
            except BaseException:
                self._destroy(site)
                raise
            self._nothing_left(before, aws, site)

    def _start_the_lab(self, stack: ExitStack) -> tuple[LabSite, LabAws, LabGitHub]:
        with self.steps.step("doctor") as step:
            event = load_event(EXAMPLE_EVENT)
            aws = stack.enter_context(LabAws(self._folder))
            # the hub's address here, and its address on AWS
            hosts = [*LOOPBACK, event.domain]
            people = Directory.for_event(event)
            github = stack.enter_context(LabGitHub(people, self._folder, callback_hosts=hosts))
            values = dict(zip(hub_secrets.names(event), (github.client_id, github.client_secret), strict=True))
            site = LabSite(self._folder, EXAMPLE_EVENT, aws, values, self.steps.talk)
            step.result = summary_of(examine_in_lab(site, aws, github, self._folder / "git"))
        with self.steps.step("set up") as step:
            version = toolchain.check_terraform()
            ensure_venv(HUB_CONFIG / "requirements-hub.txt")
            ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt")
            provider = "a mirror" if toolchain.find_provider_mirror() else "the registry"
            step.result = (
                f"Terraform {version}, AWS provider from {provider}, an AWS at {aws.url}, a GitHub at {github.url}"
            )
        return site, aws, github

    def _deploy_event(self, site: LabSite) -> None:
        with self.steps.step(f"deploy {site.event.name}") as step:
            site.app.deploy(site.event.name)
            deployed = site.deployment()
            step.result = f"{deployed.hub_url} is {deployed.instance_id} at {deployed.public_ip}"

    def _no_drift(self, site: LabSite) -> None:
        for stack in ("account", site.event.name):
            with self.steps.step(f"no drift in {stack}") as step:
                if site.app.has_drifted(stack):
                    raise PophubError("a second deploy would change something", code=ExitCode.REFUSED)
                step.result = "terraform plan: no changes"

    @contextmanager
    def _hub(self, site: LabSite, github: LabGitHub) -> Iterator[LabHub]:
        with self.steps.step("fetch the bundle") as step:
            step.result = f"sha256 {site.fetch_bundle(self._folder / 'bundle')[:12]}… as deployed"
        with ExitStack() as stack:
            with self.steps.step("start the hub") as step:
                hub = stack.enter_context(LabHub(self._folder / "bundle", github, port=self._port))
                kind = "containers" if hub.servers == "docker" else "local processes (no Docker engine has the image)"
                step.result = f"{hub.url}, servers as {kind}"
            yield hub

    def _people_at_work(self, hub: LabHub, site: LabSite) -> None:
        ada, mallory = FakeParticipant(hub.url, "ada"), FakeParticipant(hub.url, "mallory")
        with self.steps.step("a member signs in") as step:
            ada.sign_in()
            step.result = "ada, through the whole OAuth exchange"
        with self.steps.step("a non-member is refused") as step:
            step.result = f"mallory: {_refusal(mallory)}"
        with self.steps.step("a server starts") as step:
            ada.start_server()
            step.result = ada.server_url
        with self.steps.step("a cell runs") as step:
            step.result = f"6 * 7 is {_expect(ada.execute('print(6 * 7)').strip(), '42')}"
            ada.write_file("notes.txt", "kept")
        with self.steps.step("logging out stops the server") as step:
            ada.sign_out()
            wait_until(lambda: not ada.server_is_running(), GONE_SECONDS, "the server is gone")
            step.result = "gone"
        with self.steps.step("sign in again") as step:
            again = FakeParticipant(hub.url, "ada")
            again.sign_in()
            again.start_server()
            step.result = f"the file is {_expect(again.read_file('notes.txt'), 'kept')}"

    def _destroy(self, site: LabSite) -> None:
        with self.steps.step(f"destroy {site.event.name}") as step:
            site.app.destroy(site.event.name)
            step.result = "destroyed"

    def _end(self, site: LabSite, aws: LabAws) -> None:
        bundle = self._folder / "bundle"
        lab_destroy = LabDestroy(site, aws, self.steps, bundle, bundle / "state" / "homes")
        lab_destroy.note("ada", self._began, moment())
        ended = lab_destroy.run(self._folder)
        with self.steps.step("the proof") as step:
            step.result = _expect(as_text(ended.findings).splitlines()[-1], PROVED.format(site=site))
        with self.steps.step("the report") as step:
            page = (self._folder / f"{site.event.name}-{RETROSPECTIVE}").read_text()
            step.result = next(line.strip("- ").replace("**", "") for line in page.splitlines() if "**people**" in line)
        with self.steps.step("the organizer's zip file") as step:
            file = self._folder / f"{site.event.name}-{END_ZIP}"
            with ZipFile(file) as kept:
                inside = [PurePath(name).name for name in kept.namelist()]
            step.result = f"{file.name}, here and in the bucket: {', '.join(inside)}"

    def _nothing_left(self, before: frozenset[tuple[str, str]], aws: LabAws, site: LabSite) -> None:
        with self.steps.step("nothing is left") as step:
            left = sorted(take_inventory(aws, site.event.region) - before)
            snapshots = [name for kind, name in left if kind in KEPT_KINDS]
            stored = [name for kind, name in left if kind == "Objects" and KEPT_OBJECTS.search(name)]
            if len(snapshots) > 1 or len(left) > len(snapshots) + len(stored):
                raise PophubError(f"left behind: {left}", code=ExitCode.REFUSED)
            kept = [f"the home volume's final snapshot, {name}" for name in snapshots]
            kept += [f"{len(stored)} objects of archive and reports in the bucket"] if stored else []
            step.result = f"nothing but {' and '.join(kept) or 'the bucket'}"

    def _say_how_to_sign_in(self, hub: LabHub, site: LabSite) -> None:
        say = self.steps.console.print
        say(
            f"\n[bold]{site.event.title}[/] is ready at [bold]{hub.url}[/] (on AWS: https://{site.event.domain})",
            soft_wrap=True,
        )
        say("Sign in with the lab's GitHub; who you are there is your choice:")
        directory = Directory.for_event(site.event)
        for person in directory.people:
            helper = ", a helper" if person in site.event.login.admins else ""
            say(f"  {person}: {directory.describe(person)}{helper}")
        say("Ctrl-C destroys the event and cleans up.\n")


def _refusal(participant: FakeParticipant) -> str:
    try:
        participant.sign_in()
    except Refused as refused:
        return f"{_expect(refused.status, 403)}, and a page that says what to do"
    raise PophubError("the hub let somebody in who is no member", code=ExitCode.REFUSED)


def _expect(found: Answer, wanted: Answer) -> Answer:
    if found != wanted:
        raise PophubError(f"expected {wanted!r}, found {found!r}", code=ExitCode.REFUSED)
    return found


def _wait_for_interrupt() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        return


@contextmanager
def run_folder() -> Iterator[Path]:
    """A new folder for this run; it is kept, with its logs, if the run fails."""
    runs = DOT_POPHUB / "runs"
    number = 1
    while True:
        folder = runs / str(number)
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            number += 1
    try:
        yield folder
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except BaseException:
        # an empty folder has no logs to read
        with suppress(OSError):
            folder.rmdir()
        raise
    shutil.rmtree(folder, ignore_errors=True)
