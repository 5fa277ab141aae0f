"""Terraform's state of a stack, looked at before a command that could lose resources."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import state_key
from pophub.core.errors import PophubError
from pophub.organizer.event.account import load_account
from pophub.organizer.paths import ACCOUNT_FILE


def require_region(stack: str, region: str, folder: Path, aws: Callable[[], Aws] | None = Aws) -> None:
    """Check that a stack's resources are in the region in which Terraform will look for them.

    `folder` holds the state if it is not in the account bucket. Without `aws`, only a state in `folder` is checked.

    Terraform treats resources that it does not find in the new region as deleted and forgets them; they would continue
    to cost money. https://developer.hashicorp.com/terraform/cli/commands/refresh

    Raises:
        PophubError: the resources are in another region, or the state in the account bucket cannot be read.
    """
    state = _state(stack, folder, aws) or {}
    there = state.get("outputs", {}).get("region", {}).get("value", region)
    if state.get("resources") and there != region:
        raise PophubError(
            f"{stack} is deployed in {there}, and its event's file says {region}",
            hint=f"set `region: {there}` back; to move it, destroy it there first: pophub destroy {stack}",
            field="region",
        )


def restore_state(stack: str, folder: Path) -> bool:
    """Bring the state before the last run back if that run was killed while it wrote the state; whether it was so.

    Terraform writes a state in place, and takes one that is empty for none. Its copy of the state before the run lists
    what the run has removed meanwhile, which Terraform's refresh notices.
    https://github.com/hashicorp/terraform/issues/34266
    """
    file = folder / f"terraform.{stack}.tfstate"
    copy = file.with_name(f"{file.name}.backup")
    if not file.exists() or _is_whole(file) or not _is_whole(copy):
        return False
    new = file.with_name(f"{file.name}.new")
    shutil.copy(copy, new)
    new.replace(file)
    return True


def _is_whole(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def _state(stack: str, folder: Path, aws: Callable[[], Aws] | None) -> dict[str, Any] | None:
    account = load_account(ACCOUNT_FILE)
    if account.state == "bucket" and account.bucket:
        if aws is None:
            return None
        prefix, _, name = state_key(stack).partition("/")
        return BucketPrefix(aws(), account.bucket, account.region, prefix).look_up(name)
    try:
        return dict(json.loads((folder / f"terraform.{stack}.tfstate").read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        # no state exists, or it is damaged; then Terraform itself reports what is wrong
        return None
