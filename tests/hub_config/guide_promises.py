"""What keeps each promise of the participant guide, by the promise's key: settings as JupyterHub reads them, or a test."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from traitlets.config import Config

from lab.plans import plan_of
from pophub.core.contract import SERVER_HOME
from pophub.hub.watch.announce import FIRST_WARNING, LAST_WARNING
from pophub.hub.watch.terms import SHORTEST_IDLE, TIGHTEN
from pophub.organizer.deploy.watch_settings import watch_settings
from pophub.organizer.event.event import Event
from pophub.organizer.paths import ROOT
from pophub.organizer.plan.schedule import schedule, windows

GIB = 1024**3


@dataclass(frozen=True)
class Said:
    """A sentence, the event it is said of, and that event's hub."""

    text: str
    event: Event
    config: Config

    @property
    def spawner(self) -> Any:
        """Of somebody who has an account here, which not every way of signing in asks for."""
        name = pwd.getpwuid(os.getuid()).pw_name
        person = SimpleNamespace(name=name, url=f"/user/{name}/", admin=False, roles=[])
        return self.config.JupyterHub.spawner_class(config=self.config, user=person)

    @property
    def authenticator(self) -> Any:
        return self.config.JupyterHub.authenticator_class(config=self.config)

    @property
    def culler(self) -> dict[str, float]:
        """Its options."""
        (service,) = [it for it in self.config.JupyterHub.services if it["name"] == "idle-culler"]
        return {name: float(value) for name, value in re.findall(r"--([\w-]+)=([\d.]+)", " ".join(service["command"]))}

    @property
    def watch(self) -> dict[str, Any]:
        """What the event's watch goes by, in seconds."""
        return dict(watch_settings(plan_of(self.event))["policy"])

    @property
    def local(self) -> ZoneInfo:
        return ZoneInfo(self.event.timezone)

    def number_before(self, unit: str) -> float:
        (number,) = re.findall(rf"([\d.]+) {unit}", self.text)
        return float(number)


Proof = Callable[[Said], None]
PROMISES: dict[str, Proof] = {}


def keeps(*keys: str) -> Callable[[Proof], Proof]:
    def note(proof: Proof) -> Proof:
        for key in keys:
            assert key not in PROMISES
            PROMISES[key] = proof
        return proof

    return note


@cache
def source(file: str) -> str:
    return (ROOT / file).read_text()


def shown_by(*tests: str) -> Proof:
    """These tests show it; here they only must be there."""

    def proof(_: Said) -> None:
        for test in tests:
            file, _, name = test.partition("::")
            assert f"\ndef {name}(" in source(f"tests/{file}"), test

    return proof


def advice(_: Said) -> None:
    """Nothing of it is the hub's to keep."""


for key in ("github_account", "google_account", "password_from_organizers", "account_from_organizers"):
    keeps(key)(advice)

A_DAY = "browser/test_day.py::test_somebody_works_logs_out_and_finds_the_work_again"
A_START = "browser/test_pages.py::test_a_server_is_waited_for_fails_runs_and_is_stopped"
keeps("github_refusal")(
    shown_by(
        "hub_config/test_hub_github.py::test_who_is_refused_learns_what_is_missing",
        "hub_config/test_templates.py::test_a_refused_person_learns_what_to_do",
    )
)
keeps("memory")(
    shown_by(
        "cloud_init/one_machine/test_isolation.py::test_a_memory_hog_ends_only_itself",
        "machine/test_home_volume.py::test_a_program_that_is_ended_for_its_memory_is_told_in_jupyterlab",
        "browser/test_notice.py::test_a_program_that_was_ended_for_its_memory_is_told_beside_a_stop",
    )
)
keeps("public_buckets")(
    shown_by(
        "cloud_init/one_machine/test_isolation.py::test_the_machine_reaches_what_a_container_does_not",
        "cloud_init/one_machine/test_isolation.py::test_programs_see_the_processors_and_no_metadata_service",
    )
)
keeps("private")(
    shown_by(
        "cloud_init/one_machine/test_isolation.py::test_there_is_no_docker_socket_no_hub_database_and_nobody_elses_home",
        "cloud_init/one_machine/test_isolation.py::test_nobody_opens_another_participants_server_through_the_hub",
        "lab/test_fake_participant.py::test_another_participant_reaches_neither_my_server_nor_my_files",
    )
)
keeps("stuck_notebook")(shown_by(A_DAY))
keeps("stuck_start")(shown_by(A_START))


@keeps("warned")
def _warned(said: Said) -> None:
    assert timedelta(minutes=said.number_before("minutes and again")) == FIRST_WARNING
    assert timedelta(minutes=said.number_before("minutes before")) == LAST_WARNING
    shown_by(
        "browser/test_notice.py::test_it_comes_and_goes_by_itself_and_asks_once_a_minute",
        "browser/test_notice.py::test_who_put_the_first_warning_away_sees_the_last_one",
        "browser/test_notice.py::test_a_click_keeps_the_hub_for_an_hour_and_says_so",
    )(said)


@keeps("address")
def _address(said: Said) -> None:
    assert f" {said.config.JupyterHub.public_url}. " in said.text


@keeps("session")
def _session(said: Said) -> None:
    """Each is within a stretch of time in which the hub is up."""
    hours = [(it.start.astimezone(said.local), it.end.astimezone(said.local)) for it in windows(said.event)]
    told = [
        f"{start:%A} {start.day} {start:%B %Y}" in said.text and f"from {start:%H:%M} to {end:%H:%M}" in said.text
        for start, end in hours
    ]
    assert any(told)


@keeps("timezone")
def _timezone(said: Said) -> None:
    assert {rule.timezone for rule in schedule(said.event)} == {said.text.removesuffix(".").split()[-1]}


@keeps("opens")
def _opens(said: Said) -> None:
    starts = {at for rule in plan_of(said.event).timetable.rules if rule.action == "start" for at in rule.firings()}
    lead = timedelta(minutes=said.number_before("minutes before a session"))
    assert starts == {window.start - lead for window in windows(said.event)}


@keeps("github_invitation")
def _invitation(said: Said) -> None:
    """Membership is what is asked for, and it is seen when it is private."""
    allowed = said.authenticator.allowed_organizations
    assert allowed
    assert all(entry.partition(":")[0] in said.text for entry in allowed)
    assert "read:org" in said.authenticator.scope


@keeps("github_button")
def _github_button(said: Said) -> None:
    shown_by(A_DAY)(said)
    assert f" {said.config.JupyterHub.public_url} " in said.text


@keeps("github_scope")
def _scope(said: Said) -> None:
    """https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""
    assert said.authenticator.scope == ["read:org"]


@keeps("google_button")
def _google_button(said: Said) -> None:
    shown_by("hub_config/test_templates.py::test_the_login_page_leads_to_google_with_an_account_of_the_domains")(said)
    assert said.authenticator.extra_authorize_params["prompt"] == "select_account"


@keeps("own_name", "guessable_name")
def _own_name(said: Said) -> None:
    """Any name is taken with the one password, so that whoever knows a name is that person."""
    assert said.authenticator.get_authenticated_user
    assert "EventPassword" in said.config
    shown_by("hub_config/test_login.py::test_a_helpers_name_takes_the_helpers_password_only")(said)


@keeps("system_password")
def _system_password(said: Said) -> None:
    assert "PAMAuthenticator" in {it.__name__ for it in said.config.JupyterHub.authenticator_class.__mro__}


@keeps("choices")
def _choices(said: Said) -> None:
    offered = re.findall(r'<option value="([^"]*)">', said.spawner.options_form)
    assert offered
    assert all(name in said.text for name in offered)
    standard = re.search(r"standard \(([\d.]+) GiB of memory and ([\d.]+) processor", said.text)
    assert standard is not None
    assert float(standard[1]) * GIB == said.spawner.mem_limit
    assert float(standard[2]) == said.spawner.cpu_limit


@keeps("waiting")
def _waiting(said: Said) -> None:
    """The page comes at once, and a crowd has minutes."""
    assert said.config.JupyterHub.tornado_settings["slow_spawn_timeout"] == 0
    assert said.spawner.start_timeout >= 300
    shown_by(A_DAY, A_START)(said)


@keeps("size")
def _size(said: Said) -> None:
    spawner = said.spawner
    assert said.number_before("GiB of memory") * GIB == spawner.mem_limit
    assert said.number_before("processor") == spawner.cpu_limit


@keeps("home")
def _home(said: Said) -> None:
    """JupyterLab's list begins where the server runs: in the image's home, on which the participant's own is mounted."""
    assert SERVER_HOME in _written(said)
    assert said.spawner.notebook_dir == ""
    shown_by("cloud_init/one_machine/test_people.py::test_somebody_works_in_a_container_and_leaves_only_files")(said)


def _written(said: Said) -> set[str]:
    """The places in a container that can be changed and outlive it."""
    return {mount["bind"] for mount in said.spawner.volume_binds.values() if mount.get("mode", "rw") == "rw"}


@keeps("helpers_open", "helpers_restart")
def _helpers(said: Said) -> None:
    """`admin` is the only role with access:servers; what `helper` may is in test_hub_rights.py."""
    roles = {role["name"]: role for role in said.config.JupyterHub.load_roles}
    can_open = "can open your server" in said.text
    named = re.search(r"\(([^)]*)\)", said.text)
    assert named is not None
    assert roles["admin" if can_open else "helper"]["users"] == sorted(named[1].lower().split(", "))
    assert bool(roles["admin"]["users"]) is can_open
    assert "access:servers" not in roles["helper"]["scopes"]
    shown_by("hub_config/test_hub_rights.py::test_a_helper_stops_and_starts_a_server_and_cannot_open_it")(said)


@keeps("quota")
def _quota(said: Said) -> None:
    """The disk has room for all of them, and who fills it can start a server."""
    assert said.number_before("GiB") == said.event.server.home_gib
    assert "limits=$(hub_install home-limits)" in source("cloud-init/steps/homes.sh")
    assert said.event.disk_gib > said.event.server.home_gib * said.event.participants
    full_home = "machine/test_home_volume.py::test_the_owner_of_a_full_home_starts_the_server_and_makes_room"
    shown_by(full_home)(said)


@keeps("elsewhere")
def _elsewhere(said: Said) -> None:
    assert said.spawner.remove
    assert _written(said) == {SERVER_HOME}


keeps("environment")(
    shown_by(
        "hub_config/server/test_kernels.py::test_a_kernel_that_somebody_has_installed_is_offered_and_runs_where_it_was_made"
    )
)


@keeps("content")
def _content(said: Said) -> None:
    assert f" {said.spawner.environment['POPHUB_CONTENT']} " in said.text


keeps("content_changed")(
    shown_by(
        "hub_config/server/test_content.py::test_what_a_participant_wrote_stays_whatever_comes",
        "hub_config/server/test_content.py::test_a_failure_is_told_in_the_home_until_it_is_mended",
        "hub_config/server/test_content_cases.py::test_content",
    )
)
keeps("shared_data")(
    shown_by(
        "hub_config/server/test_home.py::test_a_new_home_gets_the_welcome_and_sees_the_shared_data",
        "hub_config/test_servers.py::test_what_everybody_reads_only_the_helpers_write",
    )
)


@keeps("logout")
def _logout(said: Said) -> None:
    assert said.config.JupyterHub.shutdown_on_logout
    shown_by(A_DAY)(said)


keeps("kept")(
    shown_by(A_DAY, "cloud_init/one_machine/test_people.py::test_somebody_works_in_a_container_and_leaves_only_files")
)


@keeps("closed_tab")
def _closed_tab(said: Said) -> None:
    """Whichever comes first: the culler, or the hub's own end, which no session prevents."""
    alone, in_a_session = (int(it) * 60 for it in re.findall(r"\d+", said.text))
    assert in_a_session == said.culler["timeout"]
    assert alone == min(in_a_session, said.watch["hub_idle"])


@keeps("idle_server")
def _idle_server(said: Said) -> None:
    """What the server itself says counts, so neither a tab nor its closing does anything."""
    server, hub = (int(it) * 60 for it in re.findall(r"(\d+) minutes", said.text))
    assert (server, hub) == (said.culler["timeout"], said.watch["hub_idle"])
    assert server == said.watch["server_idle"]
    assert said.config.JupyterHub.last_activity_interval == 0
    shown_by(
        "hub_config/test_hub_culling.py::test_a_server_is_culled_whose_tab_is_forgotten_or_whose_terminal_only_prints"
    )(said)


@keeps("protected")
def _protected(said: Said) -> None:
    assert said.number_before("hours") * 3600 == said.watch["protected"]
    shown_by(
        "hub_config/test_watch.py::test_the_culler_goes_by_the_watchs_time_and_spares_who_computes",
        "hub_config/server/test_activity.py::test_a_cell_counts_when_it_begins_and_ends_and_not_while_it_prints",
        "hub_config/test_hub_watch.py::test_what_a_cell_prints_makes_nobody_active",
    )(said)


@keeps("short_of_money")
def _short_of_money(said: Said) -> None:
    assert said.number_before("%") == TIGHTEN
    assert said.text.endswith(f"than after {SHORTEST_IDLE // timedelta(minutes=1)}.")
    shown_by("pophub/hub/watch/test_act.py::test_the_terms_say_the_idle_time_the_door_and_who_is_protected")(said)


@keeps("idle_kernel")
def _idle_kernel(said: Said) -> None:
    arguments = " ".join(said.config.Spawner.args)
    (seconds,) = re.findall(r"cull_idle_timeout=(\d+)", arguments)
    assert said.number_before("minutes") * 60 == int(seconds)
    # JupyterLab ends no kernel that is busy unless it is told to
    assert "cull_busy" not in arguments


@keeps("kept_kernel")
def _kept_kernel(said: Said) -> None:
    # 0: never
    assert "--MappingKernelManager.cull_idle_timeout=0" in said.config.Spawner.args


keeps("old_page")(shown_by("hub_config/test_stopped.py::test_a_save_to_a_stopped_server_is_told_to_reload"))


@keeps("oldest_server")
def _oldest(said: Said) -> None:
    assert said.number_before("hours") * 3600 == said.culler["max-age"]


@keeps("spot")
def _spot(said: Said) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html: two minutes."""
    workers = plan_of(said.event).workers
    assert workers is not None
    assert workers.spot
    assert "two minutes' notice" in said.text


@keeps("off_between")
def _off_between(said: Said) -> None:
    ends = {window.end for window in windows(said.event)}
    guard = timedelta(hours=said.number_before("hours after a session's end"))
    stops = [at for rule in schedule(said.event) if rule.action == "stop" for at in rule.firings()]
    assert len(stops) > 1
    assert {stop - guard for stop in stops} & ends


@keeps("last_day")
def _last_day(said: Said) -> None:
    """The machine stops for good in the last minute of that day."""
    (last,) = [rule for rule in schedule(said.event) if rule.id == "last-stop"]
    (at,) = last.firings()
    end = at.astimezone(said.local)
    assert said.text.startswith(f"{end:%A} {end.day} {end:%B %Y} ")
    assert end + timedelta(minutes=1) == datetime.combine(
        end.date() + timedelta(days=1), datetime.min.time(), said.local
    )
    shown_by(A_DAY)(said)


@keeps("archive")
def _archive(said: Said) -> None:
    assert said.number_before("days") == said.event.archive_days
    shown_by(
        "pophub/hub/archive/test_archive.py::test_every_home_is_archived_and_read_back",
        "pophub/organizer/destroy/test_end_steps.py::test_nothing_is_destroyed_when_a_home_could_not_be_archived",
        "stacks/test_account_bucket.py::test_an_archive_goes_when_its_days_are_over",
    )(said)


@keeps("stuck_server")
def _stuck_server(said: Said) -> None:
    assert f" {said.config.JupyterHub.public_url}/hub/home, " in said.text
    shown_by(A_START)(said)


@keeps("help")
def _help(said: Said) -> None:
    assert all(address in said.text for address in said.event.contact) or "ask the organizers" in said.text
