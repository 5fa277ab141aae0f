"""Parse an error message of AWS: which call of which service was refused, with which code and text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pophub.aws.refusals.catalogue import known_codes

# Terraform's provider (AWS SDK for Go v2): https://github.com/aws/smithy-go/blob/main/errors.go and
# https://github.com/aws/aws-sdk-go-v2/blob/main/aws/transport/http/response_error.go; an error that the service's model
# defines comes without the words "api error"
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
# AWS SDK for Go v1, which Terraform's S3 backend used to use; older logs contain it
GO_V1 = re.compile(
    r"(?P<code>[A-Z][a-z]+(?:[A-Z.][A-Za-z0-9]*)+): (?P<message>.*?) status code: (?P<status>\d{3}), request id:"
)
XML = re.compile(r"<Code>(?P<code>[\w.]+)</Code>\s*<Message>(?P<message>.*?)</Message>")
# the reason in an instance's state, if it did not start:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
STATE_REASON = re.compile(r"\b(?P<code>(?:Client|Server)\.[A-Z]\w+)(?:: ?(?P<message>.*))?")
FORMS = (GO_V2, BOTO, OURS, GO_V1, XML, STATE_REASON)
# the place in the Terraform code, which Terraform writes into the middle of its diagnostics
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
    """One refusal of AWS; what the text does not contain is empty, or 0."""

    code: str
    message: str = ""
    service: str = ""
    operation: str = ""
    status: int = 0

    @property
    def call(self) -> str:
        """The call as in `ec2 RunInstances`; empty if it is not known."""
        return " ".join(filter(None, (self.service, self.operation)))


def one_line(text: str) -> str:
    """The text without line breaks, which Terraform adds anywhere."""
    return " ".join(text.split())


def refusals_in(text: str) -> tuple[Refusal, ...]:
    """Every refusal of AWS that the text quotes."""
    lines = [one_line(PLACE.sub("", paragraph)) for paragraph in re.split(r"\n\s*\n", text)]
    found = tuple(refusal for line in lines for form in FORMS for refusal in _quoted(form, line))
    return found or tuple(refusal for line in lines for refusal in _bare(line))


def normal(service: str) -> str:
    """One name for a service, from Terraform's or from boto3's name."""
    name = re.sub(r"[^a-z0-9]", "", service.lower())
    return SERVICES.get(name, name)


def same_operation(one: str, other: str) -> bool:
    """Whether two names are the same operation: RunInstances is boto3's run_instances."""
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
    """A pattern for known codes in the form of an answer, not in running text."""
    codes = "|".join(re.escape(code) for code in sorted(known_codes(), key=len, reverse=True) if not code.isdigit())
    return re.compile(rf"(?<![\w.])(?P<code>{codes})(?:: (?P<message>.*)|(?=\s*$)|(?=\)))")


def with_plain_code(refusal: Refusal) -> Refusal:
    """The refusal with the code that a call returns: the code of a state reason has the prefix "Server." or "Client."."""
    return replace(refusal, code=refusal.code.removeprefix("Client.").removeprefix("Server."))
