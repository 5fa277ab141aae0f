"""The surroundings of a lab machine: AWS with a filled account bucket, GitHub, a git host, a registry with the image.

It fills the bucket as a deployment does, but without Terraform; LabSite does a real deployment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from lab.aws import ACCOUNT_ID, LabAws
from lab.child import Child
from lab.directory import Directory
from lab.git_host import LabGitHost
from lab.github import LabGitHub
from lab.machine import vpc
from lab.machine.container import ContainerMachine
from lab.machine.instance import Instance
from lab.machine.lab_ca import LabCa
from lab.machine.machine import GIT_HOST, GITHUB_HOST, LabMachine
from lab.machine.server_image import server_image
from lab.machine.worker import LabWorker
from lab.machine.worker_group import WorkerGroup
from lab.plans import plan_of
from lab.running import Running
from pophub.core.contract import bundle_key, resource_name
from pophub.organizer.deploy import hub_role, hub_secrets, iam, worker_role
from pophub.organizer.deploy.bundle import Bundle, build_bundle
from pophub.organizer.event.event import Event

Machine = TypeVar("Machine", bound=LabMachine)
WAKE_KEY = "0123456789abcdef" * 4
BUCKET, BUCKET_REGION = "pophub-bucket", "us-east-1"


class MachineLab(Running):
    """A context manager; `machine()` boots a new machine of the event, of the fast kind. If not `stocked`, its AWS is empty."""

    def __init__(self, event: Event, folder: Path, *, stocked: bool = True, people: Directory | None = None) -> None:
        self.event = event
        # the account bucket's name and region
        self.bucket = (BUCKET, BUCKET_REGION)
        self._roots = ""
        with ExitStack() as stack:
            self.aws = stack.enter_context(LabAws(folder))
            known = people or Directory.for_event(event)
            # the event's hub, with TLS and without
            callbacks = [event.domain, f"http://{event.domain}"]
            self.github = stack.enter_context(LabGitHub(known, folder, callback_hosts=callbacks))
            self.git = stack.enter_context(LabGitHost(folder / "git"))
            image = str(server_image(LabCa()))
            self._registry = stack.enter_context(Child("lab.machine.registry", image, log=folder / "registry.log"))
            self.instance = Instance.of(event)
            if stocked:
                self.aws.client("s3", BUCKET_REGION).create_bucket(Bucket=BUCKET)
                hub_may, worker_may = hub_role.permissions, worker_role.permissions
                known_to_both = {"region": event.region, "account_id": ACCOUNT_ID, "bucket": BUCKET}
                self.instance = Instance.of(
                    event, self._keys("hub", hub_may(event.name, **known_to_both, workers=event.workers is not None))
                )
                if event.workers is not None:
                    self._keys("worker", worker_may(event.name, **known_to_both))
                    self.group = WorkerGroup.made(self.aws, event, resource_name(event.name, "worker"))
                    # as Terraform creates it, before the hub writes it
                    self.write_parameters({"worker-token": "written by the hub"}, kind="SecureString")
                self.write_secrets()
                self.put_in_bucket(build_bundle(plan_of(event)))
            self._stack = stack.pop_all()

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets in the environment of the person who deploys: those of the lab's GitHub, or none."""
        names, values = hub_secrets.names(self.event), (self.github.client_id, self.github.client_secret)
        given = dict(zip(names, values, strict=True)) if names else {}
        return given | dict.fromkeys(hub_secrets.made_names(self.event), WAKE_KEY)

    def _keys(self, part: str, may: str) -> dict[str, str]:
        """The keys of a role that a deployment creates, with its permissions and its profile."""
        iam_, role = self.aws.client("iam", "us-east-1"), resource_name(self.event.name, part)
        iam_.create_role(RoleName=role, AssumeRolePolicyDocument=iam.trust("ec2.amazonaws.com"))
        iam_.put_role_policy(RoleName=role, PolicyName=part, PolicyDocument=may)
        iam_.create_instance_profile(InstanceProfileName=role)
        iam_.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)
        return self.aws.assume(role)

    def put_in_bucket(self, new: Bundle, *, sha256: str | None = None, secrets: str = "") -> None:
        """Let the hub find this bundle at its next check; `sha256` replaces the true checksum, `secrets` is their version."""
        key, (bucket, region) = bundle_key(self.event.name, new.sha256), self.bucket
        self.aws.client("s3", region).put_object(Bucket=bucket, Key=key, Body=new.content)
        pointer = {"bucket": bucket, "region": region, "key": key, "sha256": sha256 or new.sha256}
        if secrets:
            pointer["secrets"] = secrets
        self.write_parameters({"bundle": json.dumps(pointer)}, kind="String")

    def write_secrets(self) -> None:
        """Write the secrets into Parameter Store."""
        self.write_parameters(self.secrets, kind="SecureString")

    def write_parameters(self, values: Mapping[str, str], *, kind: str) -> None:
        """Write the event's parameters into Parameter Store."""
        store = self.aws.client("ssm", self.event.region)
        for name, value in values.items():
            store.put_parameter(Name=f"/pophub/{self.event.name}/{name}", Type=kind, Value=value, Overwrite=True)

    def machine(self, instance: Instance | None = None, *, baked: bool = True, off_page: int = 0) -> ContainerMachine:
        """A machine as the event's stack describes it; it boots at once. `off_page` is the port of its off page."""
        backends = self.backends | ({self.event.domain: off_page} if off_page else {})
        return self.equip(ContainerMachine(self.event, instance or self.instance, backends, baked=baked))

    def worker(self, hub: ContainerMachine, number: int, *, launched: str = "", **kind: Any) -> LabWorker:
        """The event's worker of this number, from 0 on, beside its hub; it boots at once. `kind` is as for LabWorker.

        `launched` is its instance if the event's group has launched it already.
        """
        instance = Instance.described(self.aws, self.event.region, launched or self.group.launch())
        return LabWorker(hub, instance, vpc.WORKERS[number], **kind)

    @property
    def backends(self) -> dict[str, int]:
        """The servers that a machine calls."""
        registry = self.event.server.image.partition("/")[0]
        bucket, region = self.bucket
        return {
            f"ssm.{self.event.region}.amazonaws.com": _port(self.aws.url),
            # what the hub asks about its workers
            **{
                f"{service}.{self.event.region}.amazonaws.com": _port(self.aws.url)
                for service in ("autoscaling", "ec2")
            },
            **{f"s3.{each}.amazonaws.com": _port(self.aws.url) for each in {region, self.event.region}},
            # the host name that boto3 uses: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
            f"{bucket}.s3.amazonaws.com": _port(self.aws.url),
            f"{bucket}.s3.{region}.amazonaws.com": _port(self.aws.url),
            GITHUB_HOST: _port(self.github.url),
            GIT_HOST: self.git.port,
            registry: self._registry.port,
        }

    def equip(self, machine: Machine) -> Machine:
        """Let a new machine's participants trust the authorities of earlier machines too."""
        machine.trust(self._roots)
        self._roots += machine.acme.root.read_text()
        return machine

    def stop(self) -> None:
        """End it; its machines are ended separately."""
        self._stack.close()


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])
