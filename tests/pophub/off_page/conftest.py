"""The function of an event in the lab AWS, with the rights of its role and no others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.client import Config

from lab.aws import ACCOUNT_ID, LabAws
from lab.aws_server import IMAGE_IDS
from pophub.core.contract import REPORTS, WATCH_REPORT_FILE
from pophub.core.wake_cookie import NAME, sign
from pophub.off_page.handler import OffPage
from pophub.off_page.world import World
from pophub.organizer.deploy import iam
from pophub.organizer.deploy.off_page import key_arn, permissions
from tests.pophub.off_page.events import EVENING, make_facts
from tests.pophub.planted import BUCKET, REGION

KEY = "0f" * 32
ROLE = "pophub-evening-off-page"
# fifty at once wait for the lab's one process
PATIENT = Config(read_timeout=60, max_pool_connections=50)
MakeEvent = Callable[..., Any]
numbers = count()


class Evening(World):
    """The world on Monday evening, or later."""

    later = timedelta()
    answers = False

    def moment(self) -> datetime:
        return EVENING + type(self).later

    def listens(self) -> bool:
        return type(self).answers

    def wakes(self, day: date) -> dict[int, datetime]:
        """By the evening's clock; the lab's S3 has the computer's."""
        return dict.fromkeys(super().wakes(day), EVENING)


@dataclass
class Deployed:
    """One event's function, and what it leads to."""

    lab: LabAws
    event: str
    instance: str
    page: OffPage

    def get(self, path: str = "/hub/user/ada/lab", *, cookie: str = "", **headers: str) -> dict[str, Any]:
        return self.page.answer(request("GET", path, cookie, headers={"accept": "text/html,*/*;q=0.8", **headers}))

    def wake(self, cookie: str = "", body: str = "next=%2Fhub%2Fuser%2Fada%2Flab") -> dict[str, Any]:
        return self.page.answer(request("POST", "/pophub/wake", cookie, headers={}, body=body))

    def cookie(self, person: str = "ada", *, event: str = "", key: str = KEY, days: int = 30) -> str:
        return sign(event or self.event, person, key, until=EVENING + timedelta(days=days))

    def spend(self, usd: str) -> None:
        body = json.dumps({"at": EVENING.isoformat(), "spent_usd": usd}).encode()
        self.lab.client("s3", REGION).put_object(
            Bucket=BUCKET, Key=f"{REPORTS}/{self.event}/{WATCH_REPORT_FILE}", Body=body
        )

    @property
    def state(self) -> str:
        found = self.lab.client("ec2", REGION).describe_instances(InstanceIds=[self.instance])
        return str(found["Reservations"][0]["Instances"][0]["State"]["Name"])

    def written(self) -> dict[str, Any]:
        """The objects of the event, without cost-watch's report."""
        s3, prefix = self.lab.client("s3", REGION), f"{REPORTS}/{self.event}/"
        keys = [it["Key"] for it in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]
        bodies = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}
        return {
            name: json.loads(body)
            for key, body in bodies.items()
            if (name := key.removeprefix(prefix)) != WATCH_REPORT_FILE
        }


def request(method: str, path: str, cookie: str, *, headers: dict[str, str], body: str = "") -> dict[str, Any]:
    """As API Gateway sends it, in format 2.0."""
    cookies = {"cookies": ["_ga=1", f"{NAME}={cookie}"]} if cookie else {}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {"http": {"method": method, "path": path}},
        "body": body,
        "isBase64Encoded": False,
        **cookies,
    }


@pytest.fixture(scope="package")
def session(lab_aws: LabAws) -> boto3.session.Session:
    """The keys of the function's role; each test gives the role its policy."""
    client = lab_aws.client("iam", "us-east-1")
    client.create_role(RoleName=ROLE, AssumeRolePolicyDocument=iam.trust("lambda.amazonaws.com"))
    keys = lab_aws.assume(ROLE)
    return boto3.session.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


@pytest.fixture
def deploy(
    lab_aws: LabAws,
    make_event: MakeEvent,
    session: boto3.session.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Deployed]:
    """Make an event's machine, which is off, its parameter, and its function with its rights but the forbidden ones."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", lab_aws.url)
    monkeypatch.setattr(Evening, "later", timedelta())
    monkeypatch.setattr(Evening, "answers", False)

    def make(*forbidden: str, spent: str = "20", **facts: Any) -> Deployed:
        # another one for each test
        event = f"evening-{next(numbers)}"
        ec2, ssm = lab_aws.client("ec2", REGION), lab_aws.client("ssm", REGION)
        [made] = ec2.run_instances(ImageId=IMAGE_IDS["x86_64"], MinCount=1, MaxCount=1)["Instances"]
        ec2.stop_instances(InstanceIds=[made["InstanceId"]])
        ssm.put_parameter(Name=f"/pophub/{event}/wake_key", Value=KEY, Type="SecureString")
        policy = json.loads(
            permissions(
                make_event(name=event),
                bucket=BUCKET,
                key_arn=key_arn(event, REGION, ACCOUNT_ID),
                instance=f"arn:aws:ec2:{REGION}:{ACCOUNT_ID}:instance/{made['InstanceId']}",
                disk_keys=[f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/of-the-disks"],
                log_group=f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:of-the-page",
            )
        )
        policy["Statement"] += [iam.denial([action], ["*"]) for action in forbidden]
        lab_aws.client("iam", "us-east-1").put_role_policy(
            RoleName=ROLE, PolicyName="off-page", PolicyDocument=json.dumps(policy)
        )
        world = Evening(event, REGION, BUCKET, REGION, made["InstanceId"], "192.0.2.1", session=session, limits=PATIENT)
        page = OffPage(make_facts(name=event, **facts), world, seconds=100)
        deployed = Deployed(lab_aws, event, made["InstanceId"], page)
        deployed.spend(spent)
        return deployed

    return make
