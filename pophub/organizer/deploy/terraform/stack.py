"""A synthesized stack: its folder, the references between its resources, and their names in our code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

LOCK = ".terraform.lock.hcl"


@dataclass(frozen=True)
class Stack:
    """The folder of a stack, as cdktf wrote it."""

    folder: Path

    @cached_property
    def _document(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "cdk.tf.json").read_text()))

    @cached_property
    def _resources(self) -> dict[str, dict[str, Any]]:
        return {
            f"{kind}.{name}": body
            for kind, bodies in self._document.get("resource", {}).items()
            for name, body in bodies.items()
        }

    def references(self) -> dict[str, frozenset[str]]:
        """Address → the addresses of the resources that it refers to."""
        names = self._resources.keys()
        return {
            address: frozenset(re.findall(r"\baws_\w+\.\w+", json.dumps(body))) & names - {address}
            for address, body in self._resources.items()
        }

    def path(self, address: str) -> str:
        """The construct that a resource comes from, for example `hub/instance`; its address if the stack no longer has it."""
        body = self._resources.get(address, {})
        return str(body.get("//", {}).get("metadata", {}).get("path", f"/{address}")).partition("/")[2]

    def wants_another_provider(self) -> bool:
        """Whether the lock file has another version of a provider than the stack asks for."""
        lock = self.folder / LOCK
        if not lock.is_file():
            return False
        wanted = [each["version"] for each in self._document["terraform"]["required_providers"].values()]
        return not all(f'"{version}"' in lock.read_text() for version in wanted)
