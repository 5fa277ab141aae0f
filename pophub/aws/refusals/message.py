"""A refusal's own words taken apart: which call of which service was refused, with which code and message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pophub.aws.refusals.catalogue import known_codes

# Terraform's provider (AWS SDK for Go v2): https://github.com/aws/smithy-go/blob/main/errors.go and
# https://github.com/aws/aws-sdk-go-v2/blob/main/aws/transport/http/response_error.go; an error that the service's model
# names comes without the words "api error"
GO_V2 = re.compile(
    r"(?:operation error (?P<service>[\w .-]+?): (?P<operation>\w+),(?:(?!operation error).)*?)?"
    r"https response error StatusCode: (?P<status>\d+), RequestID: [^,]*,"
    r"(?: HostID: [^,]*,)?(?: api error)? (?P<code>[A-Za-z][\w.]*): ?(?P<message>.*)"
)
# https://github.com/boto/botocore/blob/develop/botocore/exceptions.py, ClientError
BOTO = re.compile(
    r"An error occurred \((?P<code>[^()\s]+)\) when calling the (?P<operation>\w+) operation(?: \([^)]*\))?: ?(?P<message>.*)"
)
# pophub.aws.client.AwsRefusal
OURS = re.compile(
    r"(?:^|[(\s])(?P<service>[a-z][a-z0-9-]+) (?P<operation>[a-z]+(?:_[a-z0-9]+)+): (?P<code>[A-Za-z0-9][\w.]*): "
    r"(?P<message>.*)"
)
# AWS SDK for Go v1, which Terraform's S3 backend used and older logs show
GO_V1 = re.compile(
    r"(?P<code>[A-Z][a-z]+(?:[A-Z.][A-Za-z0-9]*)+): (?P<message>.*?) status code: (?P<status>\d{3}), request id:"
)
XML = re.compile(r"<Code>(?P<code>[\w.]+)</Code>\s*<Message>(?P<message>.*?)</Message>")
# why a machine did not start, from its state reason:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
STATE_REASON = re.compile(r"\b(?P<code>(?:Client|Server)\.[A-Z]\w+)(?:: ?(?P<message>.*))?")
FORMS = (GO_V2, BOTO, OURS, GO_V1, XML, STATE_REASON)
# where in the code it stands, as Terraform says it in the middle of its diagnostics
PLACE = re.compile(r"^ *(?:with [\w.\[\]\"/-]+(?: \(.*\))?,|on \S+ line \d+.*|\d+: .*)$", re.MULTILINE)
SERVICES = {
    "costexplorer": "ce",
    "elasticcomputecloud": "ec2",
    "eventbridgescheduler": "scheduler",
    "simplestorageservice": "s3",
    "simplenotificationservice": "sns",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer of AWS; what the text does not say is empty, or 0."""

    code: str
    message: str = ""
    service: str = ""
    operation: str = ""
    status: int = 0

    @property
    def call(self) -> str:
        """As in `ec2 RunInstances`; empty if nobody says which it was."""
        return " ".join(filter(None, (self.service, self.operation)))


def one_line(text: str) -> str:
    """Without line breaks, which Terraform puts anywhere."""
    return " ".join(text.split())


def refusals_in(text: str) -> tuple[Refusal, ...]:
    """Every answer of AWS that the text quotes."""
    lines = [one_line(PLACE.sub("", paragraph)) for paragraph in re.split(r"\n\s*\n", text)]
    found = tuple(refusal for line in lines for form in FORMS for refusal in _quoted(form, line))
    return found or tuple(refusal for line in lines for refusal in _bare(line))


def normal(service: str) -> str:
    """Terraform's and boto's names of a service are one."""
    name = re.sub(r"[^a-z0-9]", "", service.lower())
    return SERVICES.get(name, name)


def same_operation(one: str, other: str) -> bool:
    """RunInstances is boto's run_instances."""
    return one.replace("_", "").lower() == other.replace("_", "").lower()


def _quoted(form: re.Pattern[str], text: str) -> Iterator[Refusal]:
    for found in form.finditer(text):
        groups = found.groupdict()
        yield Refusal(
            groups["code"],
            (groups.get("message") or "").strip(),
            normal(groups.get("service") or ""),
            groups.get("operation") or "",
            int(groups.get("status") or 0),
        )


def _bare(text: str) -> Iterator[Refusal]:
    for found in _known_code().finditer(text):
        yield Refusal(found["code"], (found["message"] or "").strip())


@cache
def _known_code() -> re.Pattern[str]:
    """A code as an answer and not in passing."""
    codes = "|".join(re.escape(code) for code in sorted(known_codes(), key=len, reverse=True) if not code.isdigit())
    return re.compile(rf"(?<![\w.])(?P<code>{codes})(?:: (?P<message>.*)|(?=\s*$)|(?=\)))")


def with_plain_code(refusal: Refusal) -> Refusal:
    """`Server.InsufficientInstanceCapacity` is what a call would have answered without the prefix."""
    return replace(refusal, code=refusal.code.removeprefix("Client.").removeprefix("Server."))
