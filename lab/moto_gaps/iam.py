"""IAM's policy simulator, and a user name for the organizer, whose keys were never created in IAM."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException, ValidationError
from moto.iam.responses import IamResponse
from moto.sts.models import STSBackend

from lab.account_kinds import ORGANIZER, this_account
from lab.aws_rules.organization import boundary_arn, is_denied

_moto_identity = STSBackend.get_caller_identity


def get_caller_identity(self: STSBackend, access_key_id: str, region: str) -> tuple[str, str, str]:
    """As in moto, with the organizer instead of moto's user, which IAM does not have."""
    user_id, arn, account = _moto_identity(self, access_key_id, region)
    return user_id, ORGANIZER if arn.endswith(":user/moto") else arn, account


def simulate_principal_policy(self: IamResponse) -> ActionResult:
    """Simulate for the organizer, who may do everything that the organization does not deny.

    No wildcards in action names: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    if self._get_param("PolicySourceArn") != ORGANIZER:
        raise NotFoundException(f"The entity {self._get_param('PolicySourceArn')} cannot be found.")
    actions = self._get_param("ActionNames", [])
    if wild := [action for action in actions if "*" in action or ":" not in action]:
        raise ValidationError(f"Invalid Action name: {wild[0]}")
    resources = self._get_param("ResourceArns") or ["*"]
    context = {each["ContextKeyName"]: each["ContextKeyValues"] for each in self._get_param("ContextEntries", [])}
    results = [_decide(action, resource, context) for action in actions for resource in resources]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _decide(action: str, resource: str, context: dict[str, Any]) -> dict[str, Any]:
    denied, boundary = is_denied(action), this_account().boundary
    needs_boundary = action == "iam:CreateRole" and boundary is not None
    bounded = not needs_boundary or boundary_arn(str(boundary)) in context.get("iam:PermissionsBoundary", ())
    decision = "explicitDeny" if denied else "allowed" if bounded else "implicitDeny"
    missing = ["iam:PermissionsBoundary"] if needs_boundary and not context else []
    return {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": decision,
        "MatchedStatements": [],
        "MissingContextValues": missing,
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": not denied},
    }


def close_gaps() -> None:
    """Add the calls to moto's classes."""
    setattr(STSBackend, get_caller_identity.__name__, get_caller_identity)
    setattr(IamResponse, simulate_principal_policy.__name__, simulate_principal_policy)
