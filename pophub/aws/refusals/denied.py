"""Parse AWS's messages about missing permissions: who may not do what, on which resource, and because of which policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html describes their form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pophub.aws.refusals.catalogue import policies

SENTENCE = re.compile(
    r"(?:(?:User|Principal): ?)?(?P<who>\S+) is not authorized to perform:? ?(?P<action>[\w-]+:[\w*]+)"
    r"(?: on (?:the )?resource:? ?\"?(?P<resource>.+?)\"?(?= because| with an explicit|[.,]? User:|\.? Encoded|\.?\s*$))?"
)
EXPLICIT = re.compile(
    r"with an explicit deny(?: in (?:an?|the) (?P<policy>.+? (?:policy|boundary)(?: transitively through an? .+? policy)?)"
    r"(?:: ?(?P<arn>arn:\S+))?)?",
    re.I,
)
IMPLICIT = re.compile(r"because no (?P<policy>.+? (?:policy|boundary)) allows", re.I)
ENCODED = re.compile(r"Encoded authorization failure message: ?(?P<encoded>\S*)")
NO_POLICY_NAMED = (
    "AWS does not say which policy",
    "give your administrator docs/organizer-policy.json, which lists the permissions that pophub needs; if you have them, a "
    "policy of your organization forbids it, and only its administrators can change that",
)
DECODE = "; `aws sts decode-authorization-message --encoded-message …` with the message's encoded text says which policy it was"
# for these services a permission is not enough: the account's owner must also give IAM identities access to Billing
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/control-access-billing.html
BILLING = re.compile(r"^(?:budgets|ce|cur|billing|aws-portal):", re.I)
BILLING_STEP = (
    "; for billing the account's owner must also switch on IAM access (signed in as root: Account → IAM user and role access "
    "to Billing information)"
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
ROLES = re.compile(r"^iam:(?:CreateRole|PutRolePolicy|AttachRolePolicy|PutRolePermissionsBoundary)$", re.I)
ROLES_STEP = (
    "; some organizations allow a role only with their permissions boundary: ask for its ARN and set "
    "`permissions_boundary` in hub-config/account.yaml"
)


def denial_in(message: str, call: str) -> Mapping[str, str]:
    """The facts for the texts of the class `denied`: action, on_what, who, by_policy and whom_to_ask."""
    sentence = SENTENCE.search(message)
    action = sentence["action"] if sentence else call or "the call"
    resource = (sentence["resource"] or "") if sentence else ""
    meaning, step = _policy_in(message)
    if ENCODED.search(message):
        step += DECODE
    if BILLING.match(action):
        step += BILLING_STEP
    if ROLES.match(action):
        step += ROLES_STEP
    return {
        "action": action,
        "on_what": f" on {resource}" if resource and resource != "*" else "",
        "who": f" to {_short(sentence['who'])}" if sentence else "",
        "by_policy": meaning,
        "whom_to_ask": step,
    }


def _policy_in(message: str) -> tuple[str, str]:
    explicit, implicit = EXPLICIT.search(message), IMPLICIT.search(message)
    found = explicit or implicit
    name = (found["policy"] or "") if found else ""
    known = next((policy for policy in policies() if name and policy.pattern.search(name)), None)
    if known is None:
        forbids = "a policy forbids it, and " if explicit else ""
        return f"{forbids}{NO_POLICY_NAMED[0]}", NO_POLICY_NAMED[1]
    verb = "forbids it" if explicit else "does not allow it"
    arn = f" ({explicit['arn'].rstrip('.')})" if explicit and explicit["arn"] else ""
    return f"{known.meaning}{arn} {verb}", known.next_step


def _short(who: str) -> str:
    """The name in an ARN, as in `user/ada`."""
    return who.rsplit(":", 1)[-1] or who
