"""What watches and controls an event from outside its machine: budget, schedules, alarms, topics, logs."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.core.contract import off_page_log, parameter_path, resource_name
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers import costs
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_untagged, removed_by, tag_map

# AWS Budgets answers only in this region
BUDGETS_REGION = "us-east-1"
ALARMS = ("recovery", "refused", "not-running")
EVENT_RULES = ("not-running",)


def _budgets(context: EventContext) -> Iterator[Resource]:
    account = context.account_id
    budgets = context.aws.pages("budgets", BUDGETS_REGION, "describe_budgets", "Budgets[]", AccountId=account)
    for name in [entry["BudgetName"] for entry in budgets]:
        if not name.startswith(context.name):
            continue
        arn = f"arn:aws:budgets::{account}:budget/{name}"
        answer = context.aws.call("budgets", BUDGETS_REGION, "list_tags_for_resource", ResourceARN=arn)
        tags = tag_map(answer.get("ResourceTags"))
        if context.is_ours(tags, named=name == context.name):
            yield Resource("budget", name, FREE, doubtful=is_untagged(tags))


def _delete_budget(context: EventContext, resource: Resource) -> None:
    context.aws.call("budgets", BUDGETS_REGION, "delete_budget", AccountId=context.account_id, BudgetName=resource.id)


def _budget_actions(context: EventContext) -> Iterator[Resource]:
    """A budget action belongs to the event of its budget, even if that budget is deleted."""
    operation = "describe_budget_actions_for_account"
    actions = list(context.aws.pages("budgets", BUDGETS_REGION, operation, "Actions[]", AccountId=context.account_id))
    cost = costs.of_budget_with_actions(len({action["BudgetName"] for action in actions}), context.region)
    # if the budget is deleted, only its name is known
    doubtful = {context.name: True} | {resource.id: resource.doubtful for resource in _budgets(context)}
    for action in actions:
        if (budget := action["BudgetName"]) in doubtful:
            yield Resource(
                "budget action", action["ActionId"], cost, f"of {budget}", doubtful=doubtful[budget], entry=action
            )


def _delete_budget_action(context: EventContext, resource: Resource) -> None:
    names = {"AccountId": context.account_id, "BudgetName": resource.entry["BudgetName"], "ActionId": resource.id}
    context.aws.call("budgets", BUDGETS_REGION, "delete_budget_action", **names)


def _schedule_groups(context: EventContext) -> Iterator[Resource]:
    found = context.all("scheduler", "list_schedule_groups", "ScheduleGroups[]", NamePrefix=context.name)
    for group in [entry for entry in found if entry["State"] != "DELETING"]:
        tags = tag_map(context.call("scheduler", "list_tags_for_resource", ResourceArn=group["Arn"]).get("Tags"))
        if context.is_ours(tags, named=group["Name"] == context.name):
            yield Resource("schedule group", group["Name"], FREE, doubtful=is_untagged(tags))


def _schedules(context: EventContext) -> Iterator[Resource]:
    for group in _schedule_groups(context):
        for entry in context.all("scheduler", "list_schedules", "Schedules[]", GroupName=group.id):
            yield Resource("schedule", entry["Name"], FREE, f"in {group.id}", doubtful=group.doubtful, entry=entry)


def _delete_schedule(context: EventContext, resource: Resource) -> None:
    context.call("scheduler", "delete_schedule", Name=resource.id, GroupName=resource.entry["GroupName"])


def _alarms(context: EventContext) -> Iterator[Resource]:
    exact = {resource_name(context.event, part) for part in ALARMS}
    for entry in context.all("cloudwatch", "describe_alarms", "MetricAlarms[]", AlarmNamePrefix=context.name):
        answer = context.call("cloudwatch", "list_tags_for_resource", ResourceARN=entry["AlarmArn"])
        tags = tag_map(answer.get("Tags"))
        if context.is_ours(tags, named=entry["AlarmName"] in exact):
            yield Resource("alarm", entry["AlarmName"], costs.of_alarm(context.region), doubtful=is_untagged(tags))


def _delete_alarm(context: EventContext, resource: Resource) -> None:
    context.call("cloudwatch", "delete_alarms", AlarmNames=[resource.id])


def _event_rules(context: EventContext) -> Iterator[Resource]:
    exact = {resource_name(context.event, part) for part in EVENT_RULES}
    for entry in list(context.all("events", "list_rules", "Rules[]", NamePrefix=context.name)):
        tags = tag_map(context.call("events", "list_tags_for_resource", ResourceARN=entry["Arn"]).get("Tags"))
        if context.is_ours(tags, named=entry["Name"] in exact):
            # events from AWS's own services are free: https://aws.amazon.com/eventbridge/pricing/
            yield Resource("event rule", entry["Name"], FREE, doubtful=is_untagged(tags))


def _delete_event_rule(context: EventContext, resource: Resource) -> None:
    """Remove its targets first: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html."""
    targets = [entry["Id"] for entry in context.call("events", "list_targets_by_rule", Rule=resource.id)["Targets"]]
    if targets:
        context.call("events", "remove_targets", Rule=resource.id, Ids=targets)
    context.call("events", "delete_rule", Name=resource.id)


def _topics(context: EventContext) -> Iterator[Resource]:
    for arn in [entry["TopicArn"] for entry in context.all("sns", "list_topics", "Topics[]")]:
        name = arn.rpartition(":")[2]
        if not name.startswith(context.name):
            continue
        tags = tag_map(context.call("sns", "list_tags_for_resource", ResourceArn=arn).get("Tags"))
        if context.is_ours(tags, named=name == resource_name(context.event, "alerts")):
            yield Resource("topic", arn, FREE, doubtful=is_untagged(tags))


def _log_groups(context: EventContext) -> Iterator[Resource]:
    path, of_function = parameter_path(context.event), off_page_log(context.event)
    found = [
        entry
        for prefix in (path, of_function)
        for entry in context.all("logs", "describe_log_groups", "logGroups[]", logGroupNamePrefix=prefix)
    ]
    for entry in found:
        name, stored = entry["logGroupName"], entry.get("storedBytes", 0)
        if name not in (path, of_function) and not name.startswith(f"{path}/"):
            continue
        # the listing's ARN ends with `:*`, which list_tags_for_resource does not accept
        answer = context.call("logs", "list_tags_for_resource", resourceArn=entry["arn"].removesuffix(":*"))
        tags = answer.get("tags", {})
        if context.is_ours(tags, named=True):
            cost = costs.of_logs(stored, context.region)
            yield Resource("log group", name, cost, f"{stored / 10**6:.1f} MB", doubtful=is_untagged(tags))


# schedules and budget actions could start or stop the machine, so they are removed first
MONITORING = (
    ResourceType("schedule", _schedules, _delete_schedule),
    ResourceType("schedule group", _schedule_groups, removed_by("scheduler", "delete_schedule_group", "Name")),
    ResourceType("budget action", _budget_actions, _delete_budget_action),
    ResourceType("budget", _budgets, _delete_budget),
    ResourceType("event rule", _event_rules, _delete_event_rule),
    ResourceType("alarm", _alarms, _delete_alarm),
)
TELLERS = (
    ResourceType("topic", _topics, removed_by("sns", "delete_topic", "TopicArn")),
    ResourceType("log group", _log_groups, removed_by("logs", "delete_log_group", "logGroupName")),
)
