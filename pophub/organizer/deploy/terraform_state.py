"""Terraform's state of a stack, read before a command that would forget what it holds. It changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pophub.aws.client import Aws
from pophub.aws.shelf import ShelfPrefix
from pophub.core.contract import state_key
from pophub.core.errors import PophubError
from pophub.organizer.event.account import load_account
from pophub.organizer.paths import ACCOUNT_FILE


def require_region(stack: str, region: str, folder: Path, aws: Callable[[], Aws] | None = Aws) -> None:
    """See that a stack's things are in the region where they are going to be looked for.

    `folder` is where a state lies that is not on the shelf; without `aws` only such a one is looked at.

    Terraform takes whatever another region does not have for deleted, and forgets it: it would go on costing money.
    https://developer.hashicorp.com/terraform/cli/commands/refresh

    Raises:
        PophubError: they are in another one, or the state on the shelf cannot be read.
    """
    state = _state(stack, folder, aws) or {}
    there = state.get("outputs", {}).get("region", {}).get("value", region)
    if state.get("resources") and there != region:
        raise PophubError(
            f"{stack} is deployed in {there}, and its event's file says {region}",
            hint=f"set `region: {there}` back; to move it, destroy it there first: pophub destroy {stack}",
            field="region",
        )


def _state(stack: str, folder: Path, aws: Callable[[], Aws] | None) -> dict[str, Any] | None:
    account = load_account(ACCOUNT_FILE)
    if account.state == "shelf" and account.shelf:
        if aws is None:
            return None
        prefix, _, name = state_key(stack).partition("/")
        return ShelfPrefix(aws(), account.shelf, account.region, prefix).look_up(name)
    try:
        return dict(json.loads((folder / f"terraform.{stack}.tfstate").read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        # there is none, or Terraform says what is wrong with it
        return None
