"""Compares the given secrets with those in Parameter Store. It neither writes nor prints a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pophub.aws.client import Aws
from pophub.core.contract import bundle_parameter, parameter_path
from pophub.organizer.deploy.given_secrets import variable
from pophub.organizer.deploy.hub_secrets import make_secret

VERSION = variable("secrets_version")
BUNDLE = bundle_parameter("").rpartition("/")[2]
# stands for each secret in a dry run, which writes none
UNCHANGED = "unchanged"
# stands for a secret that pophub makes up, until it is known whether an earlier deploy has done so
MADE_UP = "made-up"


def with_version(
    variables: Mapping[str, str], aws: Aws, region: str, event: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """Terraform's variables for the secrets, and for the version that makes Terraform write changed ones.

    A TF_VAR_secrets_version in the environment takes precedence. A secret that pophub makes up stays what it was.
    """
    secrets = {name.removeprefix(variable("")): value for name, value in variables.items()}
    if MADE_UP in secrets.values():
        stored = _stored(aws, region, event, [name for name, value in secrets.items() if value == MADE_UP])
        secrets = {
            name: (stored.get(name) or make_secret()) if value == MADE_UP else value for name, value in secrets.items()
        }
    result = {variable(name): value for name, value in secrets.items()}
    if variables and VERSION not in environ:
        result[VERSION] = str(secrets_version(aws, region, event, secrets))
    return result


def secrets_version(aws: Aws, region: str, event: str, secrets: Mapping[str, str]) -> int:
    """The version under which Terraform must write these secrets (name → value).

    Terraform stores no secret to compare with; it writes the secrets again when this number changes. The event's bundle
    parameter has the number of the last deploy. The result is that number if every stored value equals the given one,
    else one more; without an earlier deploy it is 1.

    Raises:
        PophubError: these credentials may not read the parameters, or AWS cannot be reached.
    """
    stored = _stored(aws, region, event, [BUNDLE, *sorted(secrets)])
    last = int(json.loads(stored.pop(BUNDLE, "{}")).get("secrets", 1))
    same = all(value in (UNCHANGED, stored.get(name)) for name, value in secrets.items())
    return last if same or not stored else last + 1


def _stored(aws: Aws, region: str, event: str, names: Sequence[str]) -> dict[str, str]:
    """Those of the event's parameters that exist, by their names below its path."""
    path = f"{parameter_path(event)}/"
    wanted = [path + name for name in names]
    answer = aws.call("ssm", region, "get_parameters", Names=wanted, WithDecryption=True)
    return {each["Name"].removeprefix(path): each["Value"] for each in answer["Parameters"]}
