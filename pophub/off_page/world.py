"""The function's calls to AWS with its own role: one parameter, one prefix of the account bucket, one instance."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from pophub.core.contract import REPORTS, STARTED_FILE, WAKE_SECRET, WAKES, WATCH_REPORT_FILE, parameter_path

# short, because a person waits for the page
LIMITS = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
# the machine is in the same region; a stopped machine does not answer at all
LISTENS_SECONDS = 0.5
# another request was faster: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")
# boto3's errors: AWS refuses, or does not answer
FAILURES = (ClientError, BotoCoreError)


def code_of(failure: Exception) -> str:
    """AWS's error code; without one, the error's class."""
    return str(failure.response["Error"]["Code"]) if isinstance(failure, ClientError) else type(failure).__name__


@dataclass(frozen=True)
class World:
    """Its settings come from the function's environment, which stacks/off_page.py writes."""

    event: str
    region: str
    bucket: str
    bucket_region: str
    instance: str
    # the machine's IP address
    address: str
    https_port: int = 443
    session: boto3.session.Session = field(default_factory=boto3.session.Session)
    limits: Config = LIMITS

    @classmethod
    def of(cls, event: str, environ: Mapping[str, str]) -> World:
        """The world of the function itself; Lambda sets AWS_REGION."""
        return cls(
            event,
            region=environ["AWS_REGION"],
            bucket=environ["BUCKET"],
            bucket_region=environ["BUCKET_REGION"],
            instance=environ["INSTANCE_ID"],
            address=environ["HUB_ADDRESS"],
        )

    def moment(self) -> datetime:
        return datetime.now(UTC)

    def listens(self) -> bool:
        """Whether the machine answers at its https port."""
        try:
            with socket.create_connection((self.address, self.https_port), LISTENS_SECONDS):
                return True
        except OSError:
            return False

    def key(self) -> str:
        """The key of the cookies."""
        name = f"{parameter_path(self.event)}/{WAKE_SECRET}"
        return str(self._ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def report(self) -> dict[str, Any]:
        """Cost-watch's last report, which the machine copies to the account bucket."""
        answer = self._s3.get_object(Bucket=self.bucket, Key=self._key(WATCH_REPORT_FILE))
        return dict(json.loads(answer["Body"].read()))

    def wakes(self, day: date) -> dict[int, datetime]:
        """The starts from this page on one day, by their numbers."""
        prefix = self._key(f"{WAKES}/{day}/")
        # one page is enough, because the starts a day are limited
        found = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {int(it["Key"].removeprefix(prefix)): it["LastModified"] for it in found}

    def claim(self, day: date, number: int, content: Mapping[str, str]) -> bool:
        """Take a number for a start; False if another request has just taken it."""
        try:
            self._put(f"{WAKES}/{day}/{number}", content, IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) in TAKEN:
                return False
            raise
        return True

    def give_back(self, day: date, number: int) -> None:
        """Release the number of a start that AWS refused."""
        self._s3.delete_object(Bucket=self.bucket, Key=self._key(f"{WAKES}/{day}/{number}"))

    def tell_cost_watch(self, content: Mapping[str, Any]) -> None:
        """Record the start as `pophub start` does, so that cost-watch keeps the machine on while people sign in.

        pophub/hub/watch/woken.py copies `wake` into the meter.
        """
        self._put(STARTED_FILE, content)

    def start(self) -> None:
        """Start the machine; this does nothing if it runs."""
        self._ec2.start_instances(InstanceIds=[self.instance])

    def _put(self, name: str, content: Mapping[str, Any], **condition: str) -> None:
        body = json.dumps(content).encode()
        self._s3.put_object(Bucket=self.bucket, Key=self._key(name), Body=body, **condition)

    def _key(self, name: str) -> str:
        return f"{REPORTS}/{self.event}/{name}"

    @cached_property
    def _s3(self) -> Any:
        return self.session.client("s3", region_name=self.bucket_region, config=self.limits)

    @cached_property
    def _ssm(self) -> Any:
        return self.session.client("ssm", region_name=self.region, config=self.limits)

    @cached_property
    def _ec2(self) -> Any:
        return self.session.client("ec2", region_name=self.region, config=self.limits)
