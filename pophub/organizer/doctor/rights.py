"""The question about rights: IAM simulates every action of the organizer's policies for the caller. Nothing is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.aws.refusals import Kind
from pophub.aws.refusals.denied import SENTENCE
from pophub.organizer.doctor.account import HOME_REGION, signed_in
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Colour, Verdict, counted, green, red, unknown, yellow
from pophub.organizer.paths import ROOT

POLICY = ROOT / "docs" / "organizer-policy.json"
# what an event with workers needs besides: both together are too long for one managed policy
WORKERS_POLICY = ROOT / "docs" / "organizer-policy-workers.json"
# what an event with an off page needs besides
OFF_PAGE_POLICY = ROOT / "docs" / "organizer-policy-off-page.json"
# statements without which a deploy may work: they are for questions, and for disks with the account's own key
OPTIONAL = ("DiskKeys", "Questions", "QuestionsAboutWorkers", "QuestionsAboutTheOffPage")
# a deploy works without these two; wildcards of the policy include them
ONLY_ASKED = ("ec2:DescribeRegions", "ec2:GetEbsDefaultKmsKeyId")
SHOWN = 6
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
BOUNDARY = "iam:PermissionsBoundary"
ALLOWED = "allowed"
REMEDY = (
    f"ask the people who run your AWS account for the rights of {POLICY.relative_to(ROOT)} and {OFF_PAGE_POLICY.name}"
)
FOR_WORKERS = f"{REMEDY} and {WORKERS_POLICY.name}"


@dataclass(frozen=True, slots=True)
class Right:
    """One action. `missing_context` has the condition keys of the policies that only a real call has a value for."""

    action: str
    needed: bool
    allowed: bool
    missing_context: frozenset[str] = frozenset()


def rights(case: Case) -> Verdict:
    """IAM's answer to every action that a deploy and a destroy need."""
    found = signed_in(case)
    source = principal(str(found["Arn"]))
    if source is None:
        return _without_simulation(str(found["Arn"]))
    whole, account = _whole(case, source), str(found["Account"])
    has_workers = case.planned is not None and case.planned.workers is not None
    needed = _statements(
        POLICY,
        *([OFF_PAGE_POLICY] if case.event.has_off_page else []),
        *([WORKERS_POLICY] if has_workers else []),
    )
    try:
        asked = [right for statement in needed for right in _simulate(case, whole, account, statement)]
    except AwsRefusal as refusal:
        return unknown(f"IAM does not simulate them: {refusal.problem}", refusal.hint)
    return judge_rights(asked, FOR_WORKERS if has_workers else REMEDY)


def judge_rights(asked: Sequence[Right], remedy: str = REMEDY) -> Verdict:
    """Red if an action is denied that a deploy or a destroy needs."""
    denied = [right for right in asked if not right.allowed]
    if any(BOUNDARY.lower() in right.missing_context for right in denied):
        return red(
            "roles may be made only with a permissions boundary, and the account file names none",
            "ask the people who run your AWS account for the boundary's ARN: `permissions_boundary` in hub-config/account.yaml",
        )
    if missing := [right.action for right in denied if right.needed and not right.missing_context]:
        return red(f"{counted(len(missing), 'right')} of {len(asked)} missing: {_listed(missing)}", remedy)
    if doubtful := [right.action for right in denied if right.needed]:
        return yellow(f"IAM does not say for certain, because of conditions: {_listed(doubtful)}", remedy)
    if denied:
        return yellow(
            f"no right to what only some deploys and commands need: {_listed([right.action for right in denied])}",
            remedy,
        )
    return green(f"all {len(asked)} rights that a deploy and a destroy need")


def denied_right(refusal: AwsRefusal) -> str:
    """The action, for example `ec2:DescribeVpcs`, if AWS denies one that a deploy needs; else empty."""
    if refusal.explanation.kind is not Kind.DENIED:
        return ""
    # older error messages of EC2 do not name the action
    service, _, operation = refusal.call.partition(" ")
    sentence = SENTENCE.search(refusal.problem)
    action = sentence["action"] if sentence else f"{service}:{operation.title().replace('_', '')}"
    needed = [
        pattern
        for each in _statements(POLICY, OFF_PAGE_POLICY, WORKERS_POLICY)
        if each["Sid"] not in OPTIONAL
        for pattern in each["Action"]
    ]
    return action if action not in ONLY_ASKED and any(fnmatchcase(action, pattern) for pattern in needed) else ""


def judge_denied(actions: Sequence[str], simulated: Verdict | None) -> Verdict:
    """`actions` were denied to questions; `simulated` is IAM's verdict on all rights, which a real denial overrides."""
    answer = f"AWS denies what a deploy needs: {_listed(actions)}"
    if simulated is None or simulated.colour is not Colour.RED:
        return red(answer, REMEDY)
    return red(f"{simulated.answer}; {answer}", simulated.next_step)


def principal(arn: str) -> str | None:
    """The user or assumed role whose policies apply to a caller. None if IAM has no policies for this caller.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    if re.fullmatch(r"arn:[\w-]+:iam::\d+:user/.+", arn):
        return arn
    role = re.fullmatch(r"(arn:[\w-]+):sts::(\d+):assumed-role/([^/]+)/.+", arn)
    return f"{role[1]}:iam::{role[2]}:role/{role[3]}" if role else None


def resources(patterns: str | Sequence[str], *, account: str, region: str, event: str) -> list[str]:
    """ARNs of resources that do not exist yet, made from the patterns of a policy; `*` alone stays."""
    made: list[str] = []
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if pattern == "*":
            return [pattern]
        parts = pattern.split(":", 5)
        parts[3], parts[4] = parts[3].replace("*", region), parts[4].replace("*", account)
        name = ":".join(parts).replace("*", event)
        made += [name, f"{name}/archive"] if parts[2] == "s3" else [name]
    return made


def _statements(*policies: Path) -> list[dict[str, Any]]:
    return [statement for policy in policies for statement in json.loads(policy.read_text())["Statement"]]


def _without_simulation(arn: str) -> Verdict:
    if arn.endswith(":root"):
        return green("the root user has every right that the organization leaves to the account")
    return unknown(f"IAM simulates no policies of {arn}", REMEDY)


def _whole(case: Case, source: str) -> str:
    """A role's ARN with its path. An assumed role's ARN lacks the path, and all roles of IAM Identity Center have one."""
    if ":role/" not in source:
        return source
    try:
        role = case.aws.call("iam", HOME_REGION, "get_role", RoleName=source.rpartition("/")[2])
    except AwsRefusal:
        return source
    return str(role["Role"]["Arn"])


def _simulate(case: Case, source: str, account: str, statement: Mapping[str, Any]) -> Iterator[Right]:
    # IAM cannot simulate a name with an asterisk
    actions = [action for action in statement["Action"] if "*" not in action]
    event = case.planned.event.name if case.planned else "event"
    conditions = {key: value for operator in statement.get("Condition", {}).values() for key, value in operator.items()}
    if case.account.permissions_boundary:
        conditions[BOUNDARY] = case.account.permissions_boundary
    results = case.aws.pages(
        "iam", HOME_REGION, "simulate_principal_policy", "EvaluationResults[]",
        PolicySourceArn=source, ActionNames=actions,
        ResourceArns=resources(statement["Resource"], account=account, region=case.region, event=event),
        ContextEntries=[_context(key, values, case.region) for key, values in conditions.items()],
    )  # fmt: skip
    decisions: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        each = result.get("ResourceSpecificResults") or [result]
        decisions.setdefault(str(result["EvalActionName"]), []).extend(each)
    for action, found in decisions.items():
        # each action works on resources of one type, while the statement lists resources of several
        allowed = any(one.get("EvalResourceDecision", one.get("EvalDecision")) == ALLOWED for one in found)
        missing = frozenset(key.lower() for one in found for key in one.get("MissingContextValues", ()))
        yield Right(action, statement["Sid"] not in OPTIONAL, allowed, missing)


def _context(key: str, values: str | list[str], region: str) -> dict[str, Any]:
    """A value that fulfils the condition; an asterisk stands for the region, as in ec2.*.amazonaws.com."""
    value = values if isinstance(values, str) else values[0]
    return {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value.replace("*", region)]}


def _listed(actions: Sequence[str]) -> str:
    more = f" and {len(actions) - SHOWN} more" if len(actions) > SHOWN else ""
    return ", ".join(sorted(actions)[:SHOWN]) + more
