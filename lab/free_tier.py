"""AWS's Free Tier service, which moto does not have: a WSGI application in front of moto's answers its one request.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_freetier_GetAccountPlanState.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from lab.account_kinds import AccountKind

TARGET = "AWSFreeTierService.GetAccountPlanState"
ACCOUNT_ID = "123456789012"


class FreeTier:
    """A layer in front of another application."""

    def __init__(self, application: Callable[..., Any], account: AccountKind) -> None:
        self._application, self._account = application, account

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET") != TARGET:
            answer: Iterable[bytes] = self._application(environ, start_response)
            return answer
        plan = "FREE" if self._account.free_plan else "PAID"
        state = {"accountId": ACCOUNT_ID, "accountPlanType": plan, "accountPlanStatus": "ACTIVE"}
        start_response("200 OK", [("Content-Type", "application/x-amz-json-1.0")])
        return [json.dumps(state).encode()]
