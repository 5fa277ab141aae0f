"""The secrets that this event needs: from Parameter Store on EC2, elsewhere from the file that the organizer wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pophub.core.contract import EVENT_TAG, WAKE_SECRET, parameter_path
from pophub.core.errors import PophubError
from pophub.hub.install.aws import metadata, parameter_store


def stored_names(event: Mapping[str, Any]) -> list[str]:
    """The hub's secrets in Parameter Store: also the key of the off page's cookies, if people can start the hub there."""
    can_be_woken = event["tls"]["mode"] != "none" and "wake" in event
    return [*event["secrets"], *([WAKE_SECRET] if can_be_woken else [])]


def secret_values(names: Sequence[str]) -> dict[str, str]:
    """Some of the event's SecureStrings, by name.

    Raises:
        PophubError: Parameter Store lacks one.
    """
    if not names:
        return {}
    path = parameter_path(metadata(f"tags/instance/{EVENT_TAG}"))
    request = {"Names": [f"{path}/{name}" for name in names], "WithDecryption": True}
    answer = parameter_store(metadata("placement/region"), "GetParameters", request)
    if absent := answer.get("InvalidParameters"):
        raise PophubError(f"Parameter Store has no {', '.join(absent)}: deploy again")
    return {it["Name"].rpartition("/")[2]: it["Value"] for it in answer["Parameters"]}


def environment(values: Mapping[str, str]) -> str:
    """The secrets as lines for systemd, escaped as inside double quotes."""
    return "".join(f"{name.upper()}={json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())


def own_environment(event: Mapping[str, Any], file: Path) -> str:
    """The text of the file that the organizer wrote.

    Raises:
        PophubError: it lacks secrets.
    """
    text = file.read_text() if file.exists() else ""
    variables = [name.upper() for name in event["secrets"]]
    absent = [name for name in variables if not re.search(f"^{name}=.", text, re.MULTILINE)]
    if absent:
        raise PophubError(f"{file} has no {' '.join(absent)}: write NAME=value lines for them")
    return text
