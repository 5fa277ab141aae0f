"""What an institution's organization denies, and how a region answers that is not enabled."""

from __future__ import annotations

from typing import Any

from lab.account_kinds import ACCOUNT_ID, ORGANIZER, this_account
from lab.policies import matches
from lab.wire.call import Call
from lab.wire.needs import needs_of
from lab.wire.permission import action_of
from lab.wire.refusal import Refusal

_DENIED = {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException", "rest-json": "AccessDeniedException"}
# the text: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
BY_THE_ORGANIZATION = "with an explicit deny in a service control policy"
BY_NO_POLICY = "because no identity-based policy allows the {action} action"


def check(call: Call) -> None:
    """Raise a Refusal if the account, in its current state, allows this call to nobody."""
    account = this_account()
    if call.sender.region in account.closed_regions:
        raise _closed(call)
    action = action_of(call)
    if is_denied(action):
        raise _refusal(call, action, BY_THE_ORGANIZATION)
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html (delegating to others)
    given = call.parameters.get("PermissionsBoundary")
    if action == "iam:CreateRole" and account.boundary and given != boundary_arn(account.boundary):
        raise _refusal(call, action, BY_NO_POLICY.format(action=action))


def is_denied(action: str) -> bool:
    """Whether a service control policy denies the action."""
    return any(matches(action.lower(), pattern.lower()) for pattern in this_account().denied)


def boundary_arn(name: str) -> str:
    """The ARN of the policy that every role of this account must have as its boundary."""
    return f"arn:aws:iam::{ACCOUNT_ID}:policy/{name}"


def _refusal(call: Call, action: str, why: str) -> Refusal:
    resource = next(iter(needs_of(call, ACCOUNT_ID))).resource
    if call.operation == "CreateRole":
        resource = f"arn:aws:iam::{ACCOUNT_ID}:role/{call.parameters['RoleName']}"
    message = f"User: {ORGANIZER} is not authorized to perform: {action} on resource: {resource} {why}"
    if call.sender.protocol == "ec2":
        message = f"You are not authorized to perform this operation. {message}"
    return Refusal(_DENIED.get(call.sender.protocol, "AccessDenied"), message, 403)


def _closed(call: Call) -> Refusal:
    """The error of a region that is not enabled, which does not know the keys.

    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    EC2: https://github.com/turbot/steampipe-plugin-aws/issues/75
    JSON: https://github.com/epsagon/clear-lambda-storage/issues/9,
    its status: https://github.com/logstash-plugins/logstash-input-kinesis/issues/24
    the others: https://github.com/segmentio/aws-okta/issues/225
    """
    if call.sender.protocol == "ec2":
        return Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    code: Any = "UnrecognizedClientException" if "json" in call.sender.protocol else "InvalidClientTokenId"
    status = 400 if call.sender.protocol == "json" else 403
    return Refusal(code, "The security token included in the request is invalid.", status)
