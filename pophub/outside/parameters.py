"""A hub's secrets in Parameter Store: whether the ones at hand are already there. It writes and prints none of them."""

from __future__ import annotations

from collections.abc import Mapping

from pophub.given_secrets import variable
from pophub.naming import parameter_path
from pophub.outside.aws import Aws, AwsRefusal

VERSION = variable("secrets_version")
# in place of a secret in a dry run, which writes none
UNCHANGED = "unchanged"


def with_version(
    variables: Mapping[str, str], aws: Aws, region: str, event: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """Terraform's variables of the secrets, and the version that makes it write those that differ from what is stored.

    A TF_VAR_secrets_version of the organizer's own wins.
    """
    result = dict(variables)
    if variables and VERSION not in environ:
        secrets = {name.removeprefix(variable("")): value for name, value in variables.items()}
        result[VERSION] = str(secrets_version(aws, region, event, secrets))
    return result


def secrets_version(aws: Aws, region: str, event: str, secrets: Mapping[str, str]) -> int:
    """The version under which Terraform has to write these secrets (name → value).

    Terraform writes them again only when this number changes, because it keeps no secret to compare with. Parameter
    Store counts the same number up with each write: it stays if every stored value is the one given, else it is one more.
    1 if nothing is stored yet or these credentials may not read it.
    """
    names = {f"{parameter_path(event)}/{name}": value for name, value in secrets.items()}
    if not names:
        return 1
    try:
        answer = aws.call("ssm", region, "get_parameters", Names=sorted(names), WithDecryption=True)
    except AwsRefusal:
        return 1
    stored = {each["Name"]: each for each in answer["Parameters"]}
    if not stored:
        return 1
    newest = max(int(each["Version"]) for each in stored.values())
    same = all(value == UNCHANGED or stored.get(name, {}).get("Value") == value for name, value in names.items())
    return newest if same else newest + 1
