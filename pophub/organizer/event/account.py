"""The settings of the AWS account that all its events share (hub-config/account.yaml). It makes no request to AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from pophub.core.errors import PophubError
from pophub.core.problem import Problem
from pophub.organizer.event import lined_yaml
from pophub.organizer.event.checks import Strict, formed, wrong
from pophub.organizer.event.fields import Region
from pophub.organizer.event.problems import problems_of

# bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# no dots, because the TLS certificate of S3 does not cover a bucket name with dots
Bucket = Annotated[
    str,
    Field(strict=True),
    formed(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "the name of a bucket: small letters, digits and hyphens, 3 to 63"),
]
# a policy of AWS itself can be a boundary too:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
PolicyArn = Annotated[
    str,
    Field(strict=True, max_length=2048),
    formed(
        r"arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
        "the ARN of a policy, as arn:aws:iam::123456789012:policy/our-boundary",
    ),
]


class Account(Strict):
    """One AWS account; `bucket` is the account bucket, the bucket that outlives events."""

    region: Region = Field(
        examples=["us-west-2"], description="AWS region of the account bucket; events may run in other regions."
    )
    bucket: Bucket | None = Field(
        default=None,
        examples=["our-lab-bucket"],
        description="Name of the account bucket; null is `pophub-` and the number of the AWS account.",
    )
    state: Literal["local", "bucket"] = Field(
        default="local",
        examples=["local"],
        description="Where the state of Terraform is: `local` is a file here, `bucket` is the account bucket, which then "
        "needs a name in `bucket`.",
    )
    permissions_boundary: PolicyArn | None = Field(
        default=None,
        examples=["arn:aws:iam::123456789012:policy/our-boundary"],
        description="ARN of the policy that this account demands as the permissions boundary of every role; null is none.",
    )
    activate_cost_tag: Annotated[bool, Field(strict=True)] = Field(
        default=True,
        examples=["true"],
        description="Whether a deploy activates the cost allocation tag `pophub:event`. If another account pays, only that "
        "account can.",
    )

    @field_validator("state")
    @classmethod
    def _state_has_a_name(cls, state: str, info: ValidationInfo) -> str:
        # a bucket name with a mistake of its own is missing here
        if state == "bucket" and "bucket" in info.data and info.data["bucket"] is None:
            raise wrong("Terraform must know the bucket's name before it knows the account", "set `bucket` to a name")
        return state


def load_account(path: Path) -> Account:
    """Read the account file.

    Raises:
        PophubError: the file is not valid; `problems` holds every problem.
    """
    try:
        lined = lined_yaml.read(path.read_bytes())
    except OSError as error:
        remedy = "`git checkout hub-config/account.yaml` brings the shipped one back"
        problem = Problem(str(path), 0, "file", f"cannot be read: {error.strerror}", remedy)
        raise _refused([problem]) from error
    except lined_yaml.UnreadableYaml as error:
        raise _refused([Problem(str(path), error.line, "file", error.problem, error.remedy)]) from error
    if not isinstance(lined.data, dict):
        raise _refused([Problem(str(path), 1, "file", "no settings stand in this file", "start with `region`")])
    try:
        return Account.model_validate(lined.data)
    except ValidationError as error:
        raise _refused(problems_of(str(path), lined, error, Account)) from error


def _refused(problems: list[Problem]) -> PophubError:
    hint = "the comments of hub-config/account.yaml say what may stand there"
    return PophubError("\n".join(map(str, problems)), hint=hint, problems=problems)
