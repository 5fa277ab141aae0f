"""Unix accounts of the machine, which servers run as. It sets no passwords."""

from __future__ import annotations

import pwd
import re
from pathlib import Path
from typing import Any

from dockerspawner import SystemUserSpawner  # type: ignore[import-untyped]
from jupyterhub import orm  # type: ignore[import-untyped]
from jupyterhub.auth import LocalAuthenticator  # type: ignore[import-untyped]
from traitlets.config import Config

from pophub.core.contract import FIRST_PERSON, SERVER_HOME
from sections.containers import Watched
from sections.event import HOMES, Event
from sections.homes import limit_home
from sections.people import NotAdmitted
from sections.roles import is_helper
from sections.servers import DATA

# the names that `adduser --allow-bad-names` of Debian 13 accepts
ACCOUNT_NAME = re.compile(r"[a-z0-9_.][a-z0-9_.-]{0,31}")


class Accounts(LocalAuthenticator):  # type: ignore[misc]
    """Refuses root and system accounts, even if the name belongs to somebody at the login provider."""

    def is_persons(self, account: pwd.struct_passwd) -> bool:
        """Whether the account may belong to a person at the hub."""
        return account.pw_uid >= FIRST_PERSON and account.pw_name != "nobody"

    def check_blocked_users(self, username: str, authentication: Any = None) -> bool:
        account = account_of(username)
        if account is not None and not self.is_persons(account):
            raise NotAdmitted(username, "is an account of the machine itself", reserved=True)
        if account is None and self.create_system_users and not ACCOUNT_NAME.fullmatch(username):
            raise NotAdmitted(username, "cannot be the name of an account", reserved=True, no_name=True)
        return bool(super().check_blocked_users(username, authentication))

    def add_system_user(self, user: Any) -> None:
        """On a new machine with old homes, everybody gets the user id that owns their home."""
        home = HOMES / user.name
        if home.is_dir():
            self.uids[user.name] = home.stat().st_uid
        super().add_system_user(user)

    async def add_user(self, user: Any) -> None:
        try:
            await super().add_user(user)
        except (KeyError, RuntimeError) as error:
            # the hub must also start if the account of a known user cannot be created
            if not isinstance(user, orm.User):
                raise
            self.log.warning("%s has no account: %s", user.name, error)


class OwnAccounts(Accounts):
    """Only accounts that the hub has created: a name at a login provider gives no right to another account here."""

    def is_persons(self, account: pwd.struct_passwd) -> bool:
        return super().is_persons(account) and Path(account.pw_dir) == HOMES / account.pw_name


class AccountContainer(Watched, SystemUserSpawner):  # type: ignore[misc]
    """A container that runs as its participant's Unix account."""

    @property
    def volume_binds(self) -> dict[str, dict[str, str]]:
        """The home in the same form as all other mounts, with a mode."""
        mounts = super().volume_binds
        mounts[self.host_homedir] = {"bind": self.homedir, "mode": "rw"}
        return dict(mounts)


def account_of(name: str) -> pwd.struct_passwd | None:
    """The account; None if there is none."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def accounts(c: Config, event: Event) -> None:
    """If people are Unix accounts: how an account is made, and that servers run as them."""
    ((kind, settings),) = event["login"].items()
    create = settings.get("create_users", False)
    if kind != "system" and not create:
        return
    c.LocalAuthenticator.create_system_users = create
    # GitHub names may begin with a digit; an account has no valid password until root sets one
    c.LocalAuthenticator.add_user_cmd = [
        *("adduser", "--quiet", "--gecos", "", "--disabled-password", "--allow-bad-names"),
        *("--home", f"{HOMES}/USERNAME"),
    ]
    c.JupyterHub.spawner_class = AccountContainer
    # the home that the account names
    c.SystemUserSpawner.host_homedir_format_string = ""
    c.SystemUserSpawner.image_homedir_format_string = SERVER_HOME
    c.SystemUserSpawner.volumes = {}
    # adduser has created the home
    c.SystemUserSpawner.pre_spawn_hook = limit_home
    settings_of_all = c.DockerSpawner.extra_host_config
    c.SystemUserSpawner.extra_host_config = lambda spawner: {
        **settings_of_all(spawner),
        # ids inside the container are those of the machine
        "userns_mode": "host",
        "group_add": groups(spawner),
    }


def groups(spawner: Any) -> list[str]:
    """A server's additional groups: helpers get the group that may write to the shared folder."""
    data = Path(DATA)
    return [str(data.stat().st_gid)] if is_helper(spawner.user) and data.is_dir() else []
