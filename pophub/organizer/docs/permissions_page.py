"""docs/permissions.md: what the organizer's policies allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pophub.organizer.doctor.rights import OFF_PAGE_POLICY, OPTIONAL, POLICY, WORKERS_POLICY

# by policy: `Sid` of a statement → what a deploy or a destroy does with its actions
FOR = {
    POLICY: {
        "Machine": "Makes, changes and removes the network, the machine, its address and its disks.",
        "Roles": "Makes and removes the roles of the machine, of the schedule, of the budget and of the off page.",
        "RolesForAws": "Gives these roles to the machine, the schedule, the budget and the function, and to no other service.",
        "RecoveryAlarm": "Lets AWS make the role with which an alarm moves the machine off a failing host.",
        "Bucket": "Makes the account bucket, and reads and writes what is in it.",
        "Parameters": "Writes the secrets of an event, its kept plan, and which bundle its hub takes.",
        "Archive": "Tells the machine of an event to archive the homes.",
        "Schedule": "Makes and removes the schedule that starts and stops the machine.",
        "Alerts": "Makes and removes the alarms, and the topic through which mail is sent to `contact`.",
        "Budget": "Makes and removes the budget, and its action that stops the machine.",
        "Names": "Writes and removes the hub's record in the zone of Route 53.",
        "DiskKeys": "Encrypts the disks, if the account's default key is its own.",
        "Questions": "Asks, without changing anything of the event, for prices, quotas, costs and what is left. It also "
        "activates the cost tag, cancels a command that runs too long, and removes a log group that is left.",
    },
    OFF_PAGE_POLICY: {
        "Function": "Makes, changes and removes the function that shows the off page.",
        "Gateway": "Makes, changes and removes the https address at which it answers.",
        "RoleOfGateway": "Lets AWS make the role with which API Gateway uses a certificate.",
        "Certificate": "Makes and removes the certificate of that address.",
        "HealthCheck": "Makes and removes the check whether the machine answers.",
        "LogOfFunction": "Makes and removes the function's log.",
        "QuestionsAboutTheOffPage": "Asks which functions are left.",
    },
    WORKERS_POLICY: {
        "Workers": "Makes, changes and removes the Auto Scaling group of an event, and sets its size.",
        "LaunchTemplates": "Makes, changes and removes what workers are made of, and cancels what is left of spot instances.",
        "RolesOfAutoScaling": "Lets AWS make the roles with which Auto Scaling starts machines on demand and on the spot market.",
        "QuestionsAboutWorkers": "Asks why a worker did not start, and whether the account has those roles.",
    },
}
HEAD = f"""# Permissions

An organizer needs the permissions of this policy: [{POLICY.name}]({POLICY.name}). An administrator of the AWS account has them.
Otherwise give the file to your administrator, who makes a role with it. `pophub doctor` asks AWS whether you have them.

A deploy may work without those that are marked with "may be missing".

The page that the hub's address shows while the hub is off needs [{OFF_PAGE_POLICY.name}]({OFF_PAGE_POLICY.name}) as well; only an
event with `tls: {{mode: none}}` has no such page. An event with `workers` also needs
[{WORKERS_POLICY.name}]({WORKERS_POLICY.name}). They are separate policies, because one policy may have at most
[6,144 characters](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html); a role can have all of them.

This page is made from the policies (`make generated`)."""


def page() -> str:
    """The whole page in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    for policy, sentences in FOR.items():
        for statement in json.loads(policy.read_text())["Statement"]:
            yield from _statement(statement, sentences[statement["Sid"]])
    yield ""


def _statement(statement: dict[str, Any], sentence: str) -> Iterator[str]:
    name = statement["Sid"]
    yield f"\n## {name}{' (may be missing)' if name in OPTIONAL else ''}\n"
    yield sentence
    yield f"\n- Actions: {', '.join(f'`{action}`' for action in statement['Action'])}"
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    yield f"- Resources: {'all' if resources == ['*'] else ', '.join(f'`{resource}`' for resource in resources)}"
    if "Condition" in statement:
        yield f"- Only if: `{json.dumps(statement['Condition'])}`"
