"""In front of the lab AWS: every signed request is read and noted, then held to its service's model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from lab.account_kinds import HEARD
from lab.wire.call import Call, NotRead, Sender, read_call, sender_of
from lab.wire.check import Problem, problems
from lab.wire.permission import action_of
from lab.wire.refusal import Refusal, answer

# where the WSGI environment carries the call for those behind us
CALL = "pophub.call"
# the code for a value that breaks its model, as each service's API reference lists it under "Errors"
_INVALID = {
    "budgets": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "pricing": "InvalidParameterException",
    "resourcegroupstaggingapi": "InvalidParameterException",
    "service-quotas": "IllegalArgumentException",
    "route53": "InvalidInput",
    "s3": "InvalidArgument",
    "sns": "InvalidParameter",
}
# by protocol: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html for the forms, and Smithy's for JSON
_INVALID_HERE = {"query": "ValidationError"}
_UNKNOWN = {"query": "InvalidQueryParameter", "rest-xml": "MalformedXML", "ec2": "UnknownParameter"}
_NO_OPERATION = {"query": "InvalidAction", "ec2": "InvalidAction", "rest-xml": "MethodNotAllowed"}


class Front:
    """A WSGI application in front of another one; `rules` may raise a Refusal for a call that is well formed."""

    def __init__(self, application: Callable[..., Any], rules: Iterable[Callable[[Call], None]] = ()) -> None:
        self._application, self._rules = application, tuple(rules)
        self._heard = Path(os.environ.get(HEARD, os.devnull))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer of the application behind, or a refusal."""
        sender = sender_of(environ)
        if sender is None:
            return self._application(environ, start_response)  # type: ignore[no-any-return]
        try:
            environ[CALL] = call = self._hear(environ, sender)
            for rule in self._rules:
                rule(call)
            check(call)
        except Refusal as refusal:
            print(f"refused: {refusal.code}: {refusal.message}", file=sys.stderr, flush=True)
            return answer(refusal, sender, start_response)
        return self._application(environ, start_response)  # type: ignore[no-any-return]

    def _hear(self, environ: dict[str, Any], sender: Sender) -> Call:
        try:
            call = read_call(environ, sender)
        except NotRead as error:
            raise Refusal(_NO_OPERATION.get(sender.protocol, "UnknownOperationException"), str(error)) from error
        with self._heard.open("a") as heard:
            heard.write(f"{sender.access_key} {action_of(call)}\n")
        return call


def check(call: Call) -> None:
    """Hold a call to its model.

    Raises:
        Refusal: something in it is not as the model says.
    """
    protocol = call.sender.protocol
    if call.unknown:
        code = _UNKNOWN.get(protocol, "SerializationException")
        message = f"The parameter {call.unknown[0]} is not recognized"
        raise Refusal("InvalidInput" if call.service == "route53" else code, message)
    wrong = list(problems(call.model.input_shape, call.parameters, service=call.service))
    if wrong and protocol == "ec2":
        raise _ec2(wrong[0])
    if wrong:
        code = _INVALID.get(call.service) or _INVALID_HERE.get(protocol, "ValidationException")
        raise Refusal(code, "".join(_told(wrong)))


def _ec2(problem: Problem) -> Refusal:
    name = problem.path[:1].upper() + problem.path[1:]
    if problem.kind == "required":
        return Refusal("MissingParameter", f"The request must contain the parameter {name}")
    return Refusal("InvalidParameterValue", f"Value ({problem.value}) for parameter {name} is invalid. {problem.rule}")


def _told(wrong: list[Problem]) -> Iterator[str]:
    """As AWS's JSON services write it: https://github.com/Nordstrom/serverless-artillery/pull/148."""
    yield f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: "
    yield "; ".join(map(str, wrong))
