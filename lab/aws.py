"""An AWS on this computer: moto's server on a free port of 127.0.0.1. It keeps nothing after it has stopped."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import boto3
from botocore.config import Config

from lab.account_kinds import ACCOUNT_ID, HEARD, ORDINARY, VARIABLE, AccountKind
from lab.child import Child
from lab.forks import Forks
from lab.kept_provider import KeptProvider, find_program
from lab.running import Running
from pophub.aws.client import Aws
from pophub.organizer.deploy import iam

__all__ = ["ACCOUNT_ID", "LabAws"]
Kept = TypeVar("Kept", bound=Running)


class LabAws(Running):
    """A context manager; `environment` has all the variables that Terraform, boto3 and the scripts need to use it."""

    # a program that starts many of them, as the tests do, sets this
    forks: ClassVar[Forks | None] = None

    def __init__(self, workspace: Path, kind: AccountKind = ORDINARY) -> None:
        workspace.mkdir(parents=True, exist_ok=True)
        self.kind, self._account = kind, workspace / "account.json"
        kind.write(self._account)
        self._machines = workspace / "machines"
        self._billed, self._heard = workspace / "billed-tags", workspace / "heard"
        settings = {
            "POPHUB_LAB_MACHINES": str(self._machines),
            "POPHUB_LAB_BILLED": str(self._billed),
            HEARD: str(self._heard),
            VARIABLE: str(self._account),
        }
        self._workspace = workspace
        self._provider: KeptProvider | None = None
        self._kept: list[Running] = []
        self._child = Child("lab.aws_server", log=workspace / "aws.log", environment=settings, forks=self.forks)
        self.url = f"http://127.0.0.1:{self._child.port}"
        self._session: Any = boto3.session.Session(aws_access_key_id="lab", aws_secret_access_key="lab")
        self.client = cache(self._client)
        # the lab must neither use nor change this user's own AWS profile
        profile = workspace / "aws.ini"
        profile.write_text("[default]\naws_access_key_id = lab\naws_secret_access_key = lab\n")
        if kind.boundary:
            everything = iam.document(iam.statement(["*"], ["*"]))
            self.client("iam", "us-east-1").create_policy(PolicyName=kind.boundary, PolicyDocument=everything)
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(profile),
            "AWS_SHARED_CREDENTIALS_FILE": str(profile),
            "AWS_PROFILE": "default",
            "AWS_SESSION_TOKEN": "",
            "AWS_MAX_ATTEMPTS": "2",
        }

    def kept_provider(self, stack: Path) -> dict[str, str]:
        """The variable with which Terraform uses a provider that is kept until `stop`, in the folder of a stack.

        Empty if there is no provider on this computer; lab/kept_provider.py says what it can do.
        """
        if self._provider is None and (program := find_program()):
            self._provider = self.keep(KeptProvider(program, self._workspace, self.environment))
        return self._provider.environment(stack) if self._provider else {}

    def keep(self, running: Kept) -> Kept:
        """Stop it before this ends."""
        self._kept.append(running)
        return running

    def change(self, **fields: Any) -> None:
        """Change the account while it is in use: for example a zone has no capacity, or Billing sees the tag."""
        self.kind = replace(self.kind, **fields)
        self.kind.write(self._account)

    def _client(self, service: str, region: str) -> Any:
        """A boto3 client of the lab AWS; each is made once, which takes longer than most calls."""
        return self._session.client(service, region_name=region, endpoint_url=self.url)

    def as_scripts_see_it(self) -> Aws:
        """The lab AWS as an `Aws`, the class of the shipped code, independent of the environment."""
        return Aws(self._session, endpoint_url=self.url)

    def as_role(self, role_arn: str, service: str, region: str) -> Any:
        """A boto3 client with a role's keys; it may do only what the role may do."""
        keys = self.assume(role_arn.rpartition("/")[2])
        session: Any = boto3.session.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        once = Config(retries={"total_max_attempts": 1})
        return session.client(service, region_name=region, endpoint_url=self.url, config=once)

    def machine(self, instance_id: str) -> Path:
        """The folder that represents an instance's machine for SSM Run Command once its agent registers: see lab.agent."""
        return self._machines / instance_id

    def bill(self, *tag_keys: str) -> None:
        """Let Billing see these tags, as it does within a day of a charge with the tag."""
        with self._billed.open("a") as seen:
            seen.writelines(f"{key}\n" for key in tag_keys)

    def assume(self, role: str) -> dict[str, str]:
        """A role's keys, as a machine gets them; calls with them may do what the role may do: see role_guard."""
        arn = f"arn:aws:iam::{ACCOUNT_ID}:role/{role}"
        answer = self.client("sts", "us-east-1").assume_role(RoleArn=arn, RoleSessionName="lab")
        keys = answer["Credentials"]
        return {name: keys[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")}

    def heard(self) -> frozenset[str]:
        """The IAM actions that the organizer's calls have needed so far."""
        lines = self._heard.read_text().splitlines()
        return frozenset(action for key, action in map(str.split, lines) if key == "lab")

    def add_zone(self, name: str) -> str:
        """Create the public zone that an organizer has before the first event; returns its id. Names need not be unique."""
        answer = self.client("route53", "us-east-1").create_hosted_zone(Name=name, CallerReference=str(uuid4()))
        return str(answer["HostedZone"]["Id"]).removeprefix("/hostedzone/")

    def name_servers(self, zone: str) -> list[str]:
        """The name servers of a zone, which its owner gives to the administrators of the parent domain."""
        route53 = self.client("route53", "us-east-1")
        [found] = route53.list_hosted_zones_by_name(DNSName=zone, MaxItems="1")["HostedZones"]
        return [f"{each}." for each in route53.get_hosted_zone(Id=found["Id"])["DelegationSet"]["NameServers"]]

    def stop(self) -> None:
        """End it with everything in it; a second call does nothing."""
        for each in self._kept:
            each.stop()
        self._child.stop()
