"""The resource types of the stacks in plain words, and how long Terraform usually takes for each: data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_suffix(".json")
# for a type that the table does not have
SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A Terraform resource type: its seconds, and the provider's own limits, by create, update and delete.

    The seconds were measured in the lab on 2026-11-29 and are the provider's own waiting. AWS takes longer for some;
    the progress corrects for that while it runs. The limits: "Timeouts" in
    https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/subnet and the other resources' pages.
    """

    one: str
    many: str
    seconds: dict[str, float] = field(default_factory=dict)
    at_most_seconds: dict[str, int] = field(default_factory=dict)

    def typical(self, action: str) -> float:
        """How long the action usually takes, in seconds."""
        return self.seconds.get(action, SECONDS)

    def counted(self, number: int) -> str:
        """The number with the type's name."""
        return f"{number} {self.one if number == 1 else self.many}"


def kind_of(resource_type: str) -> Kind:
    """The words for a resource type; for a type that the table does not have, Terraform's own name."""
    plain = resource_type.removeprefix("aws_").replace("_", " ")
    return _table().get(resource_type, Kind(plain, f"{plain} (several)"))


@cache
def _table() -> dict[str, Kind]:
    return {name: Kind(**entry) for name, entry in json.loads(TABLE.read_text()).items()}
