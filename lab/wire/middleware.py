"""In front of the lab AWS: every signed request is read and recorded, then checked against its service's model."""

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

# the key of the WSGI environment under which later layers find the call
CALL = "pophub.call"
# the error code for a value that violates its model, from "Errors" in each service's API reference
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
# by protocol; for forms: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, for JSON: Smithy's
_INVALID_HERE = {"query": "ValidationError"}
_UNKNOWN = {"query": "InvalidQueryParameter", "rest-xml": "MalformedXML", "ec2": "UnknownParameter"}
_NO_OPERATION = {"query": "InvalidAction", "ec2": "InvalidAction", "rest-xml": "MethodNotAllowed"}


class Middleware:
    """A WSGI application in front of another one; `rules` may raise a Refusal for a well-formed call."""

    def __init__(self, application: Callable[..., Any], rules: Iterable[Callable[[Call], None]] = ()) -> None:
        self._application, self._rules = application, tuple(rules)
        # open until the process ends; unbuffered, so that each line is whole beside those of other threads
        self._heard = Path(os.environ.get(HEARD, os.devnull)).open("ab", buffering=0)  # noqa: SIM115

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer of the application behind this one, or an error."""
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
        self._heard.write(f"{sender.access_key} {action_of(call)}\n".encode())
        return call


def check(call: Call) -> None:
    """Check a call against its model.

    Raises:
        Refusal: a part of it violates the model.
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
        raise Refusal(code, "".join(_sentences(wrong)))


def _ec2(problem: Problem) -> Refusal:
    name = problem.path[:1].upper() + problem.path[1:]
    if problem.kind == "required":
        return Refusal("MissingParameter", f"The request must contain the parameter {name}")
    return Refusal("InvalidParameterValue", f"Value ({problem.value}) for parameter {name} is invalid. {problem.rule}")


def _sentences(wrong: list[Problem]) -> Iterator[str]:
    """The form of AWS's JSON services: https://github.com/Nordstrom/serverless-artillery/pull/148."""
    yield f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: "
    yield "; ".join(map(str, wrong))
