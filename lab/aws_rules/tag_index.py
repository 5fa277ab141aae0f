"""The Resource Groups Tagging API answers from an index that lags behind the resources.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/overview.html. It lists deleted resources for a
while: https://github.com/aws/aws-cli/issues/4173, https://github.com/boto/boto3/issues/3341
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from lab.account_kinds import this_account
from lab.aws_rules.moto_patch import replace

_seen: dict[str, list[list[Any]]] = defaultdict(list)


def enforce() -> None:
    """Let moto return the results of an earlier request."""
    original = ResourceGroupsTaggingAPIBackend._get_resources_generator

    def _get_resources_generator(self: Any, **asked: Any) -> Any:
        history = _seen[f"{self.region_name} {asked}"]
        history.append(list(original(self, **asked)))
        lag = this_account().tag_index_lag
        yield from history[max(0, len(history) - 1 - lag)]

    replace(ResourceGroupsTaggingAPIBackend, _get_resources_generator)
