"""AWS Budgets: tags, updates, subscribers and actions, which moto's budgets do not have."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.responses import BudgetsResponse

_tags: dict[str, dict[str, str]] = {}
_actions: dict[str, dict[str, Any]] = {}
_moto_create_budget = BudgetsResponse.create_budget
_NOTIFICATION_KEY = ("NotificationType", "ComparisonOperator", "Threshold")
_ACTION_PARAMETERS = (
    "BudgetName",
    "NotificationType",
    "ActionType",
    "ActionThreshold",
    "Definition",
    "ExecutionRoleArn",
    "ApprovalModel",
    "Subscribers",
)


def _tag_map(self: BudgetsResponse) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}


def create_budget(self: BudgetsResponse) -> str:
    """Create a budget as moto does, and keep its tags."""
    answer = _moto_create_budget(self)
    name = self._get_param("Budget")["BudgetName"]
    _tags[f"arn:aws:budgets::{self._get_param('AccountId')}:budget/{name}"] = _tag_map(self)
    return answer


def update_budget(self: BudgetsResponse) -> str:
    """Change a budget."""
    changed = self._get_param("NewBudget")
    self.backend.budgets[self._get_param("AccountId")][changed["BudgetName"]].budget.update(changed)
    return "{}"


def list_tags_for_resource(self: BudgetsResponse) -> str:
    """The tags of a budget or an action."""
    tags = _tags.get(self._get_param("ResourceARN"), {})
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


def tag_resource(self: BudgetsResponse) -> str:
    """Add tags."""
    _tags.setdefault(self._get_param("ResourceARN"), {}).update(_tag_map(self))
    return "{}"


def untag_resource(self: BudgetsResponse) -> str:
    """Remove tags."""
    for key in self._get_param("ResourceTagKeys"):
        _tags.get(self._get_param("ResourceARN"), {}).pop(key, None)
    return "{}"


def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    """Who is notified at one threshold."""
    wanted = self._get_param("Notification")
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    subscribers = [
        subscriber
        for notification in budget.notifications
        if all(notification.details.get(key) == wanted.get(key) for key in _NOTIFICATION_KEY)
        for subscriber in notification.subscribers
    ]
    return json.dumps({"Subscribers": subscribers})


def create_budget_action(self: BudgetsResponse) -> str:
    """Store an action; lab_budgets.py carries it out."""
    identifier = str(uuid.uuid4())
    account, budget = self._get_param("AccountId"), self._get_param("BudgetName")
    _actions[identifier] = {name: self._get_param(name) for name in _ACTION_PARAMETERS} | {
        "ActionId": identifier,
        "Status": "STANDBY",
    }
    _tags[f"arn:aws:budgets::{account}:budget/{budget}/action/{identifier}"] = _tag_map(self)
    return json.dumps({"AccountId": account, "BudgetName": budget, "ActionId": identifier})


def describe_budget_action(self: BudgetsResponse) -> str:
    """One action."""
    return _answer(self, _action(self))


def update_budget_action(self: BudgetsResponse) -> str:
    """Change an action; as with AWS, the answer has the old and the new one."""
    action = _action(self)
    before = dict(action)
    action.update({name: self._get_param(name) for name in _ACTION_PARAMETERS if self._get_param(name) is not None})
    names = {"AccountId": self._get_param("AccountId"), "BudgetName": action["BudgetName"]}
    return json.dumps(names | {"OldAction": before, "NewAction": action})


def delete_budget_action(self: BudgetsResponse) -> str:
    """Delete an action."""
    action = _action(self)
    del _actions[action["ActionId"]]
    return _answer(self, action)


def describe_budget_actions_for_account(self: BudgetsResponse) -> str:
    """All actions of the account."""
    return json.dumps({"Actions": list(_actions.values())})


def _action(self: BudgetsResponse) -> dict[str, Any]:
    try:
        return _actions[self._get_param("ActionId")]
    except KeyError:
        raise NotFoundException("no such action") from None


def _answer(self: BudgetsResponse, action: dict[str, Any]) -> str:
    names = {"AccountId": self._get_param("AccountId"), "BudgetName": action["BudgetName"]}
    return json.dumps(names | {"Action": action})


def close_gaps() -> None:
    """Add the calls to moto's class."""
    for call in (
        create_budget,
        update_budget,
        list_tags_for_resource,
        tag_resource,
        untag_resource,
        describe_subscribers_for_notification,
        create_budget_action,
        describe_budget_action,
        update_budget_action,
        delete_budget_action,
        describe_budget_actions_for_account,
    ):
        setattr(BudgetsResponse, call.__name__, call)
