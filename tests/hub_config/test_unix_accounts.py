"""Unix accounts as settings: whose they may be, how one is made, and what a server that runs as one is told."""

from __future__ import annotations

import asyncio
import pwd
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker import APIClient  # type: ignore[import-untyped]
from jupyterhub.objects import Hub  # type: ignore[import-untyped]
from jupyterhub.orm import Spawner as SpawnerRow  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

from pophub.core.contract import HOMES_FOLDER, SERVER_HOME

Load = Callable[..., Config]
WAYS: dict[str, dict[str, Any]] = {
    "github": {"allow": ["geohackweek"], "create_users": True, "admins": []},
    "google": {"hosted_domain": ["uni.example"], "create_users": True, "admins": []},
    "system": {"create_users": True, "admins": []},
}


def account(name: str, uid: int, home: str) -> pwd.struct_passwd:
    return pwd.struct_passwd((name, "x", uid, uid, "", home, "/bin/bash"))


ACCOUNTS = [
    account("root", 0, "/root"),
    account("daemon", 1, "/usr/sbin"),
    # what Debian's image for EC2 has
    account("admin", 1000, "/home/admin"),
    account("ada", 1001, f"{HOMES_FOLDER}/ada"),
    account("nobody", 65534, "/nonexistent"),
]


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {each.pw_name: each for each in ACCOUNTS}
    monkeypatch.setattr(pwd, "getpwnam", lambda name: known[name])


def loaded(load: Load, kind: str, **changes: Any) -> Config:
    return load(lambda event: event.update(login={kind: {**WAYS[kind], **changes}}))


def authenticator(config: Config) -> Any:
    return config.JupyterHub.authenticator_class(config=config)


AUTH_MODEL = {"auth_state": {"google_user": {"email": "x@uni.example", "verified_email": True, "hd": "uni.example"}}}


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("name", ["root", "daemon", "nobody"])
def test_nobody_is_an_account_of_the_machine_itself(load: Load, kind: str, name: str) -> None:
    with pytest.raises(HTTPError) as refusal:
        authenticator(loaded(load, kind)).check_blocked_users(name, AUTH_MODEL)

    assert refusal.value.status_code == 403


@pytest.mark.parametrize("name", ["a" * 33, "grace@elsewhere.example"])
def test_a_name_that_debian_gives_no_account_is_refused_in_words(load: Load, name: str) -> None:
    there = authenticator(loaded(load, "google"))
    with pytest.raises(HTTPError, match="cannot be the name of an account") as refusal:
        there.check_blocked_users(name, AUTH_MODEL)

    assert refusal.value.status_code == 403
    assert there.check_blocked_users("a" * 32, AUTH_MODEL)
    assert authenticator(loaded(load, "google", create_users=False)).check_blocked_users(name, AUTH_MODEL)


@pytest.mark.parametrize("kind", ["github", "google"])
def test_a_name_elsewhere_is_no_claim_to_an_account_that_the_hub_has_not_made(load: Load, kind: str) -> None:
    there = authenticator(loaded(load, kind))

    with pytest.raises(HTTPError):
        there.check_blocked_users("admin", AUTH_MODEL)
    assert there.check_blocked_users("ada", AUTH_MODEL)
    assert there.check_blocked_users("new", AUTH_MODEL)


def test_with_unix_passwords_every_persons_account_will_do_and_no_other_name(load: Load) -> None:
    there = authenticator(loaded(load, "system"))

    assert there.check_blocked_users("admin")
    assert asyncio.run(there.check_allowed("admin", {"name": "admin"}))
    assert not asyncio.run(there.check_allowed("new", {"name": "new"}))


def test_accounts_are_made_only_where_the_event_file_says_so(load: Load) -> None:
    assert not authenticator(loaded(load, "system", create_users=False)).create_system_users
    assert not hasattr(authenticator(loaded(load, "github", create_users=False)), "create_system_users")
    assert authenticator(loaded(load, "github")).create_system_users


def test_on_a_new_machine_a_home_keeps_its_owner(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = loaded(load, "github")
    there = authenticator(config)
    monkeypatch.setattr("sections.unix_accounts.HOMES", tmp_path)
    (tmp_path / "grace").mkdir()
    there.add_user_cmd = ["true"]
    there.add_system_user(SimpleNamespace(name="grace"))
    there.add_system_user(SimpleNamespace(name="new"))

    assert there.uids == {"grace": (tmp_path / "grace").stat().st_uid}


def test_a_server_runs_as_its_participants_account_with_its_home_and_no_privilege(load: Load) -> None:
    config = loaded(load, "github")

    class Told(config.JupyterHub.spawner_class):  # type: ignore[misc,name-defined]
        """What Docker would be told; there is none here."""

        @property
        def client(self) -> Any:
            return APIClient(version="1.45")

        async def docker(self, method: str, *args: Any, **kwargs: Any) -> Any:
            return kwargs

    user = SimpleNamespace(name="ada", url="/user/ada/", admin=False, roles=(), id=1)
    spawner = Told(config=config, user=user, hub=Hub(), orm_spawner=SpawnerRow(name=""))
    spawner.get_env = lambda: {}
    spawner.extra_create_kwargs["user"] = "1001:1001"
    told = asyncio.run(spawner.create_object())

    assert (spawner.user_id, spawner.group_id) == (1001, 1001)
    assert [bind for bind in told["host_config"]["Binds"] if bind.endswith(f":{SERVER_HOME}:rw")] == [
        f"{HOMES_FOLDER}/ada:{SERVER_HOME}:rw"
    ]
    assert told["host_config"]["UsernsMode"] == "host"
    assert told["host_config"]["CapDrop"] == ["ALL"]


def test_the_home_of_an_account_is_found_for_its_quota(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    config = loaded(load, "github")
    user = SimpleNamespace(name="ada", url="/user/ada/", admin=False, roles=())
    spawner = config.JupyterHub.spawner_class(config=config, user=user, hub=Hub(), orm_spawner=SpawnerRow(name=""))
    limited: list[Path] = []
    monkeypatch.setattr("sections.homes.give_project", limited.append)
    asyncio.run(spawner.pre_spawn_hook(spawner))

    assert limited == [Path(f"{HOMES_FOLDER}/ada")]


@pytest.mark.parametrize("helper", [True, False])
def test_a_helpers_account_may_write_what_everybody_reads(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, helper: bool
) -> None:
    config = loaded(load, "github")
    monkeypatch.setattr("sections.unix_accounts.DATA", str(tmp_path))
    user = SimpleNamespace(name="octocat", admin=helper, roles=())
    spawner = SimpleNamespace(user=user, mem_guarantee=None, mem_limit=2**31, cpu_guarantee=None)
    told = config.SystemUserSpawner.extra_host_config(spawner)

    assert told["group_add"] == ([str(tmp_path.stat().st_gid)] if helper else [])
