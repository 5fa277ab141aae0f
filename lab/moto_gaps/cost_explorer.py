"""Cost Explorer's cost allocation tags, which moto does not have. Billing sees a tag only after `LabAws.bill`."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import JsonRESTError

from lab.account_kinds import this_account
from pophub.core.contract import EVENT_TAG

# this variable names a file with the tag keys that Billing has seen, one per line; absent until the first billing run
BILLED = "POPHUB_LAB_BILLED"
LINKED = "Linked account doesn't have access to cost allocation tags."

_tags: dict[str, dict[str, str]] = {}


def update_cost_allocation_tags_status(self: CostExplorerResponse) -> str:
    """Activate or deactivate tags that Billing has seen."""
    _require_access("update")
    entries = self._get_param("CostAllocationTagsStatus")
    unseen = [entry["TagKey"] for entry in entries if entry["TagKey"] not in _seen()]
    if unseen:
        # text and code:
        # https://github.com/2i2c-org/infrastructure/blob/main/docs/howto/cost-attribution/enable-aws-cost-allocation.md
        message = f"Failed to update Cost Allocation Tag: Tag keys not found: {','.join(unseen)}"
        raise JsonRESTError("ValidationException", message)
    for entry in entries:
        updated = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        _tags[entry["TagKey"]] = {"Status": entry["Status"], "LastUpdatedDate": updated}
    return json.dumps({"Errors": []})


def list_cost_allocation_tags(self: CostExplorerResponse) -> str:
    """The tags that Billing has seen, or the requested ones among them."""
    _require_access("list")
    wanted = self._get_param("TagKeys") or _seen()
    tags = [
        {"TagKey": key, "Type": "UserDefined", "Status": "Inactive"} | _tags.get(key, {})
        for key in _seen()
        if key in wanted
    ]
    return json.dumps({"CostAllocationTags": tags})


def _require_access(verb: str) -> None:
    kind = this_account()
    if not kind.cost_explorer_on:
        # https://github.com/aws-samples/aws-cost-explorer-report/issues/15
        raise JsonRESTError("AccessDeniedException", "User not enabled for cost explorer access")
    if kind.linked:
        # https://github.com/2i2c-org/infrastructure/pull/4932
        raise JsonRESTError("AccessDeniedException", f"Failed to {verb} Cost Allocation Tag: {LINKED}")


def _seen() -> list[str]:
    file = Path(os.environ[BILLED])
    billed = file.read_text().split() if file.exists() else []
    return [EVENT_TAG, *billed] if this_account().cost_tag_seen else billed


def close_gaps() -> None:
    """Add the calls to moto's class."""
    for call in (update_cost_allocation_tags_status, list_cost_allocation_tags):
        setattr(CostExplorerResponse, call.__name__, call)
