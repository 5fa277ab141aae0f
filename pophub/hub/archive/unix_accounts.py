"""Homes of Unix accounts that are not in the homes folder, for example of accounts older than the hub."""

from __future__ import annotations

import pwd
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pophub.core.contract import FIRST_PERSON
from pophub.core.errors import PophubError
from pophub.hub.archive.homes import Home

NOBODY = "nobody"
# accounts of services, like our proxy, which libnss-systemd may list: https://systemd.io/UIDS-GIDS/
OF_SERVICES = range(61184, 65520)


def uses_accounts(settings: Mapping[str, Any]) -> bool:
    """Whether the event's people are Unix accounts of the machine, created by the hub or not."""
    ((kind, login),) = settings["login"].items()
    return kind == "system" or bool(login.get("create_users"))


def homes_elsewhere(homes: Path, accounts: Iterable[pwd.struct_passwd] | None = None) -> dict[Home, Path]:
    """The path of each such home, only for accounts that the hub accepts as a person's and whose home exists.

    Raises:
        PophubError: somebody shares a home or has two.
    """
    found: dict[Home, Path] = {}
    for account in pwd.getpwall() if accounts is None else accounts:
        path = Path(account.pw_dir)
        is_person = account.pw_uid >= FIRST_PERSON and account.pw_uid not in OF_SERVICES and account.pw_name != NOBODY
        if is_person and path.is_symlink() and not path.exists():
            raise _unclear(account.pw_name, f"{path} leads to {path.readlink()}, and nothing is there")
        if not is_person or path.parent == homes or not path.is_dir():
            continue
        if homes.is_relative_to(path) or path in found.values():
            raise _unclear(account.pw_name, f"{path} is not theirs alone")
        home = Home(account.pw_name, account=True)
        if (homes / home.folder).is_dir():
            raise _unclear(account.pw_name, f"there is one in {path} and one in {homes / home.folder}")
        found[home] = path
    return found


def _unclear(name: str, why: str) -> PophubError:
    return PophubError(
        f"the home of the account {name} cannot be archived: {why}",
        hint=f"on the machine: usermod --home {{a folder of their own}} --move-home {name}; then this again",
    )
