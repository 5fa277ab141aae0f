"""Cost Explorer: cost-allocation tags, which moto's does not have."""

from __future__ import annotations

import json

from moto.ce.responses import CostExplorerResponse

_status: dict[str, str] = {}


def update_cost_allocation_tags_status(self: CostExplorerResponse) -> str:
    """Activate or deactivate tags; here billing has always seen them."""
    for entry in self._get_param("CostAllocationTagsStatus"):
        _status[entry["TagKey"]] = entry["Status"]
    return json.dumps({"Errors": []})


def list_cost_allocation_tags(self: CostExplorerResponse) -> str:
    """The tags that were ever set, or those of them that are asked for."""
    wanted = self._get_param("TagKeys")
    tags = [
        {"TagKey": key, "Type": "UserDefined", "Status": status}
        for key, status in _status.items()
        if not wanted or key in wanted
    ]
    return json.dumps({"CostAllocationTags": tags})


def close_gaps() -> None:
    """Put the calls on moto's class."""
    for call in (update_cost_allocation_tags_status, list_cost_allocation_tags):
        setattr(CostExplorerResponse, call.__name__, call)
