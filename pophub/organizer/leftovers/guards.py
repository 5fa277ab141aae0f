"""What watches and controls an event from outside its machine: budget, schedules, alarms, topics, logs."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.core.contract import parameter_path, resource_name
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.thing import FREE, Kind, Scope, Thing, is_untagged, tag_map

# AWS Budgets answers only in this region
BUDGETS_REGION = "us-east-1"
ALARMS = ("recovery", "refused", "not-running")
EVENT_RULES = ("not-running",)


def _budgets(scope: Scope) -> Iterator[Thing]:
    account = scope.account_id
    budgets = scope.aws.pages("budgets", BUDGETS_REGION, "describe_budgets", "Budgets[]", AccountId=account)
    for name in [entry["BudgetName"] for entry in budgets]:
        if not name.startswith(scope.name):
            continue
        arn = f"arn:aws:budgets::{account}:budget/{name}"
        answer = scope.aws.call("budgets", BUDGETS_REGION, "list_tags_for_resource", ResourceARN=arn)
        tags = tag_map(answer.get("ResourceTags"))
        if scope.is_ours(tags, named=name == scope.name):
            yield Thing("budget", name, FREE, doubtful=is_untagged(tags))


def _delete_budget(scope: Scope, thing: Thing) -> None:
    scope.aws.call("budgets", BUDGETS_REGION, "delete_budget", AccountId=scope.account_id, BudgetName=thing.id)


def _budget_actions(scope: Scope) -> Iterator[Thing]:
    """A budget action belongs to the event of its budget, even if that budget is deleted."""
    operation = "describe_budget_actions_for_account"
    actions = list(scope.aws.pages("budgets", BUDGETS_REGION, operation, "Actions[]", AccountId=scope.account_id))
    cost = costs.of_budget_with_actions(len({action["BudgetName"] for action in actions}), scope.region)
    # if the budget is deleted, only its name is known
    doubtful = {scope.name: True} | {thing.id: thing.doubtful for thing in _budgets(scope)}
    for action in actions:
        if (budget := action["BudgetName"]) in doubtful:
            yield Thing(
                "budget action", action["ActionId"], cost, f"of {budget}", doubtful=doubtful[budget], entry=action
            )


def _delete_budget_action(scope: Scope, thing: Thing) -> None:
    names = {"AccountId": scope.account_id, "BudgetName": thing.entry["BudgetName"], "ActionId": thing.id}
    scope.aws.call("budgets", BUDGETS_REGION, "delete_budget_action", **names)


def _schedule_groups(scope: Scope) -> Iterator[Thing]:
    found = scope.all("scheduler", "list_schedule_groups", "ScheduleGroups[]", NamePrefix=scope.name)
    for group in [entry for entry in found if entry["State"] != "DELETING"]:
        tags = tag_map(scope.call("scheduler", "list_tags_for_resource", ResourceArn=group["Arn"]).get("Tags"))
        if scope.is_ours(tags, named=group["Name"] == scope.name):
            yield Thing("schedule group", group["Name"], FREE, doubtful=is_untagged(tags))


def _delete_schedule_group(scope: Scope, thing: Thing) -> None:
    scope.call("scheduler", "delete_schedule_group", Name=thing.id)


def _schedules(scope: Scope) -> Iterator[Thing]:
    for group in _schedule_groups(scope):
        for entry in scope.all("scheduler", "list_schedules", "Schedules[]", GroupName=group.id):
            yield Thing("schedule", entry["Name"], FREE, f"in {group.id}", doubtful=group.doubtful, entry=entry)


def _delete_schedule(scope: Scope, thing: Thing) -> None:
    scope.call("scheduler", "delete_schedule", Name=thing.id, GroupName=thing.entry["GroupName"])


def _alarms(scope: Scope) -> Iterator[Thing]:
    exact = {resource_name(scope.event, part) for part in ALARMS}
    for entry in scope.all("cloudwatch", "describe_alarms", "MetricAlarms[]", AlarmNamePrefix=scope.name):
        answer = scope.call("cloudwatch", "list_tags_for_resource", ResourceARN=entry["AlarmArn"])
        tags = tag_map(answer.get("Tags"))
        if scope.is_ours(tags, named=entry["AlarmName"] in exact):
            yield Thing("alarm", entry["AlarmName"], costs.of_alarm(scope.region), doubtful=is_untagged(tags))


def _delete_alarm(scope: Scope, thing: Thing) -> None:
    scope.call("cloudwatch", "delete_alarms", AlarmNames=[thing.id])


def _event_rules(scope: Scope) -> Iterator[Thing]:
    exact = {resource_name(scope.event, part) for part in EVENT_RULES}
    for entry in list(scope.all("events", "list_rules", "Rules[]", NamePrefix=scope.name)):
        tags = tag_map(scope.call("events", "list_tags_for_resource", ResourceARN=entry["Arn"]).get("Tags"))
        if scope.is_ours(tags, named=entry["Name"] in exact):
            # events from AWS's own services are free: https://aws.amazon.com/eventbridge/pricing/
            yield Thing("event rule", entry["Name"], FREE, doubtful=is_untagged(tags))


def _delete_event_rule(scope: Scope, thing: Thing) -> None:
    """Remove its targets first: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html."""
    targets = [entry["Id"] for entry in scope.call("events", "list_targets_by_rule", Rule=thing.id)["Targets"]]
    if targets:
        scope.call("events", "remove_targets", Rule=thing.id, Ids=targets)
    scope.call("events", "delete_rule", Name=thing.id)


def _topics(scope: Scope) -> Iterator[Thing]:
    for arn in [entry["TopicArn"] for entry in scope.all("sns", "list_topics", "Topics[]")]:
        name = arn.rpartition(":")[2]
        if not name.startswith(scope.name):
            continue
        tags = tag_map(scope.call("sns", "list_tags_for_resource", ResourceArn=arn).get("Tags"))
        if scope.is_ours(tags, named=name == resource_name(scope.event, "alerts")):
            yield Thing("topic", arn, FREE, doubtful=is_untagged(tags))


def _delete_topic(scope: Scope, thing: Thing) -> None:
    scope.call("sns", "delete_topic", TopicArn=thing.id)


def _log_groups(scope: Scope) -> Iterator[Thing]:
    path = parameter_path(scope.event)
    for entry in scope.all("logs", "describe_log_groups", "logGroups[]", logGroupNamePrefix=path):
        name, stored = entry["logGroupName"], entry.get("storedBytes", 0)
        if name != path and not name.startswith(f"{path}/"):
            continue
        # the listing's ARN ends with `:*`, which list_tags_for_resource does not accept
        answer = scope.call("logs", "list_tags_for_resource", resourceArn=entry["arn"].removesuffix(":*"))
        tags = answer.get("tags", {})
        if scope.is_ours(tags, named=True):
            cost = costs.of_logs(stored, scope.region)
            yield Thing("log group", name, cost, f"{stored / 10**6:.1f} MB", doubtful=is_untagged(tags))


def _delete_log_group(scope: Scope, thing: Thing) -> None:
    scope.call("logs", "delete_log_group", logGroupName=thing.id)


# schedules and budget actions could start or stop the machine, so they are removed first
GUARDS = (
    Kind("schedule", _schedules, _delete_schedule),
    Kind("schedule group", _schedule_groups, _delete_schedule_group),
    Kind("budget action", _budget_actions, _delete_budget_action),
    Kind("budget", _budgets, _delete_budget),
    Kind("event rule", _event_rules, _delete_event_rule),
    Kind("alarm", _alarms, _delete_alarm),
)
TELLERS = (Kind("topic", _topics, _delete_topic), Kind("log group", _log_groups, _delete_log_group))
