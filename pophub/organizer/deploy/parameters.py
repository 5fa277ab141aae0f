"""Compares the given secrets with those in Parameter Store. It neither writes nor prints a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pophub.aws.client import Aws
from pophub.core.contract import bundle_parameter, parameter_path
from pophub.organizer.deploy.given_secrets import variable

VERSION = variable("secrets_version")
# stands for each secret in a dry run, which writes none
UNCHANGED = "unchanged"


def with_version(
    variables: Mapping[str, str], aws: Aws, region: str, event: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """Terraform's variables for the secrets, and for the version that makes Terraform write changed ones.

    A TF_VAR_secrets_version in the environment takes precedence.
    """
    result = dict(variables)
    if variables and VERSION not in environ:
        secrets = {name.removeprefix(variable("")): value for name, value in variables.items()}
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
    pointer = bundle_parameter(event)
    names = {f"{parameter_path(event)}/{name}": value for name, value in secrets.items()}
    answer = aws.call("ssm", region, "get_parameters", Names=[pointer, *sorted(names)], WithDecryption=True)
    stored = {each["Name"]: each["Value"] for each in answer["Parameters"]}
    last = int(json.loads(stored.pop(pointer, "{}")).get("secrets", 1))
    same = all(value in (UNCHANGED, stored.get(name)) for name, value in names.items())
    return last if same or not stored else last + 1
