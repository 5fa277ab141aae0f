"""A server that is not EC2's: what is written there, for whom, and what is refused before anything is."""

from __future__ import annotations

import stat
from collections.abc import Callable, Container
from pathlib import Path

import pytest

from lab.plans import plan_of
from pophub.core.contract import EVENT_FILE, SECRETS_FILE
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy.own_server import (
    INSTALL,
    Installation,
    install,
    kept_secrets,
    place_bundle,
    plan_installation,
    write_bundle,
)
from pophub.organizer.event.event import Event

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n'
SECRETS = {"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": 'a"b\\c'}


def plan(
    event: Event, *, root: bool = True, os_release: str = DEBIAN, kept: Container[str] = (), **environ: str
) -> Installation:
    return plan_installation(plan_of(event), environ=environ, root=root, os_release=os_release, kept=kept)


def test_the_bundle_lies_there_as_on_any_hub_and_replaces_the_one_before(
    make_event: Callable[..., Event], tmp_path: Path
) -> None:
    folder = tmp_path / "build" / "geo"
    write_bundle(plan_of(make_event()), folder)
    (folder / "left-over").touch()
    write_bundle(plan_of(make_event(title="Another title")), folder)
    assert sorted(entry.name for entry in folder.iterdir()) == ["cloud-init", "hub-config", "pophub"]
    assert "Another title" in (folder / "hub-config" / EVENT_FILE).read_text()
    assert (folder / INSTALL).stat().st_mode & 0o111
    assert [entry.name for entry in folder.parent.iterdir()] == ["geo"]


def test_where_a_hub_runs_from_it_the_one_before_stays_for_those_who_read_from_it(
    make_event: Callable[..., Event], tmp_path: Path
) -> None:
    link = place_bundle(plan_of(make_event()), tmp_path / "opt" / "bundle")
    before = link.resolve()
    place_bundle(plan_of(make_event(title="Another title")), link)
    assert "Another title" in (link / "hub-config" / EVENT_FILE).read_text()
    assert "Another title" not in (before / "hub-config" / EVENT_FILE).read_text()
    assert not link.readlink().is_absolute()
    place_bundle(plan_of(make_event()), link)
    assert link.resolve() == before
    assert sorted(entry.name for entry in link.parent.iterdir()) == ["bundle", "bundles"]


@pytest.mark.parametrize(
    ("os_release", "told"),
    [
        (
            DEBIAN.replace("13", "12"),
            "this machine is Debian GNU/Linux 12 (trixie), and a hub needs Debian 13 or newer",
        ),
        ("ID=ubuntu\nVERSION_ID=26.04\n", "this machine is ubuntu, and"),
        ("", "this machine is unknown, and"),
    ],
)
def test_another_system_is_refused(make_event: Callable[..., Event], os_release: str, told: str) -> None:
    with pytest.raises(PophubError) as refused:
        plan(make_event(), os_release=os_release, **SECRETS)
    assert refused.value.problem.startswith(told)


def test_workers_are_refused(make_event: Callable[..., Event]) -> None:
    with pytest.raises(PophubError, match="a server of your own has none") as refused:
        plan(make_event(workers={}), **SECRETS)
    assert (refused.value.field, refused.value.hint) == ("workers", "leave `workers` out of the event file")


def test_only_root_installs(make_event: Callable[..., Event]) -> None:
    with pytest.raises(PophubError, match="only root") as refused:
        plan(make_event(), root=False, **SECRETS)
    assert refused.value.hint == "sudo --preserve-env make install_jupyterhub EVENT=geo-hackweek"


def test_missing_secrets_are_named_unless_the_machine_has_them(make_event: Callable[..., Event]) -> None:
    with pytest.raises(PophubError, match="GITHUB_CLIENT_SECRET is not set"):
        plan(make_event(), GITHUB_CLIENT_ID="id")
    assert plan(make_event(), kept=SECRETS).secrets == {}
    with pytest.raises(PophubError, match="GITHUB_CLIENT_SECRET is not set"):
        plan(make_event(), kept=SECRETS, GITHUB_CLIENT_ID="id")


def test_what_the_machine_has_of_another_way_to_sign_in_does_not_do(make_event: Callable[..., Event]) -> None:
    way = {"shared_password": {"admins": ["lise"]}}
    with pytest.raises(PophubError, match="SHARED_PASSWORD") as refused:
        plan(make_event(login=way), kept=SECRETS)
    assert "ADMIN_PASSWORD" in refused.value.problem


def test_the_names_of_kept_secrets_are_those_with_a_value(tmp_path: Path) -> None:
    file = tmp_path / SECRETS_FILE
    assert kept_secrets(file) == set()
    file.write_text('# by hand\nGITHUB_CLIENT_ID="id"\nGITHUB_CLIENT_SECRET=\nDATABASE_URL=postgresql://x\n')
    assert kept_secrets(file) == {"GITHUB_CLIENT_ID", "DATABASE_URL"}


def test_an_own_certificate_is_a_file_of_the_machine_and_no_secret(make_event: Callable[..., Event]) -> None:
    own = {"mode": "files", "certificate": "/etc/ssl/certs/hub.pem", "key": "/etc/ssl/private/hub.key"}
    assert set(plan(make_event(tls=own), **SECRETS).secrets) == set(SECRETS)


def test_secrets_are_in_no_argument_and_for_their_owner_alone(make_event: Callable[..., Event], tmp_path: Path) -> None:
    planned = plan(make_event(), **SECRETS)
    here = Installation(planned.plan, planned.secrets, tmp_path / "bundle", tmp_path / "etc" / SECRETS_FILE)
    ran: list[list[str]] = []
    assert install(here, lambda command: ran.append(command) or 0).startswith("geo-hackweek is open")
    assert ran == [[str(tmp_path / "bundle" / INSTALL)]]
    assert here.secrets_file.read_text() == 'GITHUB_CLIENT_ID="id"\nGITHUB_CLIENT_SECRET="a\\"b\\\\c"\n'
    assert stat.S_IMODE(here.secrets_file.stat().st_mode) == 0o600
    assert 'a"b' not in repr(here) + str(here.rows)


def test_a_failed_installation_is_no_success(make_event: Callable[..., Event], tmp_path: Path) -> None:
    here = Installation(plan_of(make_event()), {}, tmp_path / "bundle", tmp_path / SECRETS_FILE)
    with pytest.raises(PophubError, match="exit code 7") as failed:
        install(here, lambda command: 7)
    assert failed.value.code == ExitCode.REFUSED
    assert not here.secrets_file.exists()
