"""The lab AWS with resources planted in it: an event's own of each type, other events', and untagged look-alikes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from lab.account_kinds import RAISED
from lab.aws import ACCOUNT_ID, LabAws
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import ARCHIVE, ENDS_TAG, EVENT_TAG, KEEP_TAG, ROLE_TAG, WORKER_ROLE, bucket_name
from pophub.organizer.deploy.iam import trust
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.resource import tag_map

REGION = "us-west-2"
NOW = datetime(2027, 3, 12, 18, tzinfo=UTC)
BUCKET = bucket_name(ACCOUNT_ID)
ZONE = "example.org"
ROLE = {"Key": ROLE_TAG, "Value": WORKER_ROLE}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*"}]}
)


@pytest.fixture(scope="session")
def lab_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("aws"), RAISED) as aws:
        aws.client("s3", REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        aws.add_zone(ZONE)
        yield aws


@cache
def _aws_at(url: str) -> Aws:
    """One for all tests of a lab: a test has more work with new clients than with their calls."""
    return Aws()


@pytest.fixture
def aws(lab_aws: LabAws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """As a command has it: nothing but the environment leads to the lab."""
    for name, value in lab_aws.environment.items():
        monkeypatch.setenv(name, value)
    # the lab's own session would look for it in files that it has read before
    monkeypatch.delenv("AWS_PROFILE")
    return _aws_at(lab_aws.url)


class Forbidden(Aws):
    """An identity to which AWS answers these operations with a refusal, as botocore delivers one."""

    def __init__(self, *operations: str, code: str = "AccessDenied") -> None:
        super().__init__()
        self._operations, self._code = operations, code

    def _client(self, service: str, region: str) -> Any:
        client = super()._client(service, region)
        client.meta.events.register("before-call", self._refuse)
        return client

    def _refuse(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]] | None:
        if model.name not in self._operations:
            return None
        return SimpleNamespace(status_code=403), {"Error": {"Code": self._code, "Message": f"not {model.name}"}}


def event_context(aws: Aws, event: str) -> EventContext:
    return EventContext(
        aws,
        ACCOUNT_ID,
        event,
        REGION,
        bucket=BUCKET,
        bucket_region=REGION,
        archive_days=90,
        domain=f"{event}.{ZONE}",
        zone=ZONE,
        accounts=False,
    )


class Garden:
    """Plants resources for one event; `owner` is what their tag says, None: they carry none."""

    def __init__(self, lab: LabAws, event: str, owner: str | None, *, name: str = "") -> None:
        self._lab, self._event, self._owner = lab, event, owner
        self.name = name or f"pophub-{event}"
        self.planted: set[tuple[str, str]] = set()

    def client(self, service: str) -> Any:
        return self._lab.client(service, "us-east-1" if service == "budgets" else REGION)

    @property
    def tags(self) -> list[dict[str, str]]:
        owned = [] if self._owner is None else [{"Key": EVENT_TAG, "Value": self._owner}]
        return [*owned, {"Key": ENDS_TAG, "Value": "2027-03-12"}, {"Key": "Name", "Value": self.name}]

    def _note(self, type_: str, id_: str) -> str:
        self.planted.add((type_, id_))
        return id_

    def _spec(self, *types: str) -> list[dict[str, Any]]:
        return [{"ResourceType": type_, "Tags": self.tags} for type_ in types]

    def everything(self) -> Garden:
        self.network()
        self.workers()
        self.disks()
        self.guards()
        self.access()
        self.record(checked=True)
        self.off_page()
        return self

    def network(self) -> None:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/24", TagSpecifications=self._spec("vpc"))["Vpc"]["VpcId"]
        # without a zone AWS takes any, and not every zone has every type of machine
        subnet = ec2.create_subnet(
            VpcId=vpc,
            CidrBlock="10.20.0.0/24",
            AvailabilityZone=f"{REGION}a",
            TagSpecifications=self._spec("subnet"),
        )
        subnet_id = subnet["Subnet"]["SubnetId"]
        self.vpc, self.subnet = vpc, subnet_id
        gateway = ec2.create_internet_gateway(TagSpecifications=self._spec("internet-gateway"))
        gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=self._spec("route-table"))["RouteTable"]
        ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet_id)
        group = ec2.create_security_group(
            GroupName=f"{self.name}-web", Description="d", VpcId=vpc, TagSpecifications=self._spec("security-group")
        )["GroupId"]
        self.group = group
        interface = ec2.create_network_interface(
            SubnetId=subnet_id, Groups=[group], TagSpecifications=self._spec("network-interface")
        )["NetworkInterface"]["NetworkInterfaceId"]
        address = ec2.allocate_address(Domain="vpc", TagSpecifications=self._spec("elastic-ip"))
        ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=interface)
        self.public_ip = address["PublicIp"]
        image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
        instance = ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, InstanceType="m7i.large", TagSpecifications=self._spec("instance"),
            NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}],
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 40, "DeleteOnTermination": True}}],
        )["Instances"][0]["InstanceId"]  # fmt: skip
        template = ec2.create_launch_template(
            LaunchTemplateName=self.name,
            LaunchTemplateData={"ImageId": image},
            TagSpecifications=self._spec("launch-template"),
        )["LaunchTemplate"]["LaunchTemplateId"]
        for type_, id_ in {
            "VPC": vpc,
            "subnet": subnet_id,
            "internet gateway": gateway_id,
            "route table": table["RouteTableId"],
            "security group": group,
            "interface": interface,
            "address": address["AllocationId"],
            "instance": instance,
            "launch template": template,
        }.items():
            self._note(type_, id_)

    def workers(self) -> None:
        """A group with one worker, which the hub protects, and a spot request of somebody's own."""
        ec2, scaling, name = self.client("ec2"), self.client("autoscaling"), f"{self.name}-workers"
        group = ec2.create_security_group(GroupName=f"{name}-of", Description="d", VpcId=self.vpc)["GroupId"]
        web = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": self.group}]}]
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=web)
        ec2.create_tags(Resources=[group], Tags=self.tags)
        interface = {"DeviceIndex": 0, "Groups": [group], "DeleteOnTermination": True}
        data = {
            "ImageId": ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"],
            "InstanceType": "m7i.large",
            "NetworkInterfaces": [interface],
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [*self.tags, ROLE]}],
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}}],
        }
        template = ec2.create_launch_template(
            LaunchTemplateName=name, LaunchTemplateData=data, TagSpecifications=self._spec("launch-template")
        )["LaunchTemplate"]["LaunchTemplateId"]
        own = [
            {**tag, "PropagateAtLaunch": False, "ResourceId": name, "ResourceType": "auto-scaling-group"}
            for tag in self.tags
        ]
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=0, MaxSize=2, DesiredCapacity=1, VPCZoneIdentifier=self.subnet, Tags=own,
            LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"}, NewInstancesProtectedFromScaleIn=True,
        )  # fmt: skip
        [found] = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        request = ec2.request_spot_instances(
            LaunchSpecification={"ImageId": data["ImageId"], "InstanceType": "m7i.large", "SubnetId": self.subnet},
            TagSpecifications=self._spec("spot-instances-request", "instance"),
        )["SpotInstanceRequests"][0]
        for type_, id_ in (
            ("security group", group),
            ("launch template", template),
            ("Auto Scaling group", name),
            ("instance", found["Instances"][0]["InstanceId"]),
            ("instance", request["InstanceId"]),
            ("spot request", request["SpotInstanceRequestId"]),
        ):
            self._note(type_, id_)

    def disks(self) -> None:
        ec2 = self.client("ec2")
        volume = ec2.create_volume(
            Size=100, AvailabilityZone=f"{REGION}a", VolumeType="gp3", TagSpecifications=self._spec("volume")
        )["VolumeId"]
        self._note("volume", volume)
        snapshot = ec2.create_snapshot(VolumeId=volume, TagSpecifications=self._spec("snapshot"))["SnapshotId"]
        self._note("snapshot", snapshot)

    def guards(self) -> None:
        scheduler = self.client("scheduler")
        group = scheduler.create_schedule_group(Name=self.name, Tags=self.tags)["ScheduleGroupArn"].rpartition("/")[2]
        self._note("schedule group", group)
        scheduler.create_schedule(
            Name="start-1", GroupName=self.name, ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:scheduler:::aws-sdk:ec2:startInstances", "RoleArn": "arn:aws:iam::123456789012:role/r"},
        )  # fmt: skip
        self._note("schedule", "start-1")
        budget = {"BudgetName": self.name, "BudgetType": "COST", "TimeUnit": "ANNUALLY"}
        limit = {"BudgetLimit": {"Amount": "1", "Unit": "USD"}}
        budgets = self.client("budgets")
        budgets.create_budget(AccountId=ACCOUNT_ID, Budget=budget | limit, ResourceTags=self.tags)
        self._note("budget", self.name)
        action = budgets.create_budget_action(
            AccountId=ACCOUNT_ID, BudgetName=self.name, NotificationType="ACTUAL", ActionType="RUN_SSM_DOCUMENTS",
            ActionThreshold={"ActionThresholdValue": 100, "ActionThresholdType": "PERCENTAGE"},
            Definition={
                "SsmActionDefinition": {
                    "ActionSubType": "STOP_EC2_INSTANCES", "Region": REGION, "InstanceIds": ["i-12345678"]
                }
            },
            ExecutionRoleArn="arn:aws:iam::123456789012:role/stop-it", ApprovalModel="AUTOMATIC",
            Subscribers=[{"SubscriptionType": "SNS", "Address": "a"}],
        )["ActionId"]  # fmt: skip
        self._note("budget action", action)
        alarm = f"{self.name}-recovery"
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=alarm, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="m",
            Namespace="n", Period=60, Statistic="Maximum", Threshold=0, Tags=self.tags,
        )  # fmt: skip
        self._note("alarm", alarm)
        rule = f"{self.name}-not-running"
        events = self.client("events")
        events.put_rule(Name=rule, EventPattern='{"source": ["aws.cloudwatch"]}', Tags=self.tags)
        events.put_targets(Rule=rule, Targets=[{"Id": "mail", "Arn": f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:a"}])
        self._note("event rule", rule)
        topic = self.client("sns").create_topic(Name=f"{self.name}-alerts", Tags=self.tags)["TopicArn"]
        self._note("topic", topic)

    def access(self, path: str = "") -> None:
        path = path or f"/pophub/{self._event}"
        for secret in ("github_client_secret", "deeper/one"):
            self.client("ssm").put_parameter(Name=f"{path}/{secret}", Type="SecureString", Value="v", Tags=self.tags)
            self._note("parameter", f"{path}/{secret}")
        self.client("logs").create_log_group(logGroupName=f"{path}/hub", tags=tag_map(self.tags))
        self._note("log group", f"{path}/hub")
        iam = self.client("iam")
        for part in ("hub", "schedule", "budget"):
            role = self._note("role", f"{self.name}-{part}")
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST, Tags=self.tags)
            iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=POLICY)
        policy = self._note("policy", f"{self.name}-no-start")
        arn = iam.create_policy(PolicyName=policy, PolicyDocument=POLICY, Tags=self.tags)["Policy"]["Arn"]
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY, SetAsDefault=True)
        for part in ("schedule", "budget"):
            iam.attach_role_policy(RoleName=f"{self.name}-{part}", PolicyArn=arn)
        profile = self._note("instance profile", f"{self.name}-hub")
        iam.create_instance_profile(InstanceProfileName=profile, Tags=self.tags)
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=f"{self.name}-hub")

    def record(
        self, *, seconds: int = 60, domain: str = "", to: str = "", also: str = "", checked: bool = False
    ) -> None:
        route53 = self.client("route53")
        zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
        name = f"{domain or f'{self._event}.{ZONE}'}."
        values = [{"Value": address} for address in (to or self.public_ip, also) if address]
        record = {"Name": name, "Type": "A", "TTL": seconds, "ResourceRecords": values}
        if checked:
            record |= {"SetIdentifier": "hub", "Failover": "PRIMARY"}
        route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )
        self._note("record", name)

    def off_page(self) -> None:
        """The function with its log, the address in API Gateway with its certificate, the check, and two more records."""
        domain, page, route53 = f"{self._event}.{ZONE}", f"{self.name}-off-page", self.client("route53")
        zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
        acm, gateway = self.client("acm"), self.client("apigatewayv2")
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{page}", tags=tag_map(self.tags))
        role = self.client("iam").create_role(
            RoleName=f"{page}-400", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"), Tags=self.tags
        )["Role"]
        self.client("lambda").create_function(
            FunctionName=page, Role=role["Arn"], Runtime="python3.13", Handler="h",
            Code={"ZipFile": b"PK"}, Tags=tag_map(self.tags),
        )  # fmt: skip
        certificate = acm.request_certificate(DomainName=domain, ValidationMethod="DNS", Tags=self.tags)[
            "CertificateArn"
        ]
        [option] = acm.describe_certificate(CertificateArn=certificate)["Certificate"]["DomainValidationOptions"]
        proof = option["ResourceRecord"]
        check = route53.create_health_check(
            CallerReference=page, HealthCheckConfig={"Type": "TCP", "IPAddress": self.public_ip, "Port": 443}
        )["HealthCheck"]["Id"]
        route53.change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, AddTags=self.tags)
        records = [
            {"Name": proof["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": proof["Value"]}]},
            {
                "Name": f"{domain}.",
                "Type": "A",
                "SetIdentifier": "off-page",
                "Failover": "SECONDARY",
                "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "d-1.aws", "EvaluateTargetHealth": False},
            },
        ]
        changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": each} for each in records]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
        acm.describe_certificate(CertificateArn=certificate)
        settings = {"CertificateArn": certificate, "EndpointType": "REGIONAL"}
        gateway.create_domain_name(DomainName=domain, DomainNameConfigurations=[settings], Tags=tag_map(self.tags))
        api = gateway.create_api(Name=page, ProtocolType="HTTP", Tags=tag_map(self.tags))["ApiId"]
        for type_, id_ in (
            ("log group", f"/aws/lambda/{page}"),
            ("role", role["RoleName"]),
            ("function", page),
            ("certificate", certificate),
            ("health check", check),
            ("record", proof["Name"]),
            ("API domain", domain),
            ("API", api),
        ):
            self._note(type_, id_)

    def one(self, type_: str, number: int) -> None:
        """One more of a kind of which there can be many."""
        name, path = f"{self.name}-{number}", f"/pophub/{self._event}/{number}"
        if type_ == "parameter":
            self.client("ssm").put_parameter(Name=path, Type="String", Value="v", Tags=self.tags)
        elif type_ == "log group":
            self.client("logs").create_log_group(logGroupName=path, tags=tag_map(self.tags))
        elif type_ == "topic":
            path = self.client("sns").create_topic(Name=name, Tags=self.tags)["TopicArn"]
        elif type_ == "role":
            path = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=self.tags)[
                "Role"
            ]["RoleName"]
        self._note(type_, path)


@pytest.fixture
def bucket(aws: Aws, request: pytest.FixtureRequest) -> BucketPrefix:
    """A place of the test's own on the lab's bucket."""
    return BucketPrefix(aws, BUCKET, REGION, f"{ARCHIVE}/{request.node.name}", {KEEP_TAG: "90"})
