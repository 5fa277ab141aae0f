"""One event's stack: how its parts are connected, and which outputs the commands read. Other modules create the resources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cdktf import AssetType, ITerraformDependable, TerraformAsset
from constructs import Construct

from pophub.core.contract import ENDS_TAG, EVENT_TAG, off_page_name, resource_name
from pophub.organizer.deploy import hub_role, hub_secrets, worker_role
from pophub.organizer.deploy.bundle import Bundle, build_bundle
from pophub.organizer.event.account import Account
from pophub.organizer.event.event import Event
from pophub.organizer.plan.plan import Plan
from pophub.organizer.plan.schedule import Rule, still_to_come, workers_rules
from stacks.alarms import Alarms
from stacks.base import PophubStack, user_data_base64
from stacks.budget import Budget
from stacks.budget_actions import BudgetActions
from stacks.bundle_in_bucket import BundleInBucket
from stacks.dns import Dns
from stacks.gateway import Gateway
from stacks.home import Home
from stacks.hub import Hub
from stacks.instance_role import InstanceRole
from stacks.network import Network, WorkerGroups
from stacks.off_page import OffPage
from stacks.outputs import write_outputs
from stacks.pinned_plan import PinnedPlan
from stacks.scheduler import Schedule
from stacks.secrets import Secrets
from stacks.starts import Starts
from stacks.workers import Workers


class EventStack(PophubStack):
    """All of one event's AWS resources. The bundle is written to `scratch`; synth copies it from there."""

    def __init__(
        self, scope: Construct, id_: str, *, plan: Plan, account: Account, scratch: Path, now: datetime
    ) -> None:
        # everything that can refuse the event runs before the stack exists: deploying half a stack would destroy the
        # other half
        event, bundle_content = plan.event, build_bundle(plan)
        # EventBridge may refuse a rule that never fires again
        rules = still_to_come((*plan.timetable.rules, *plan.timetable.start_checks, *workers_rules(plan)), now)
        self.tags = {EVENT_TAG: event.name, ENDS_TAG: event.ends.isoformat()}
        super().__init__(scope, id_, account=account, region=event.region, tags=self.tags)
        name = resource_name(event.name)
        secrets = Secrets(self, "secrets", event=event.name, names=hub_secrets.stored_names(event))
        bundle = self._bundle(event, bundle_content, account, scratch, secrets)
        alarms = Alarms(self, "alarms", name=name, account_id=self.account_id, contact=event.contact)
        budget = self._budget(plan, name, alarms)
        # the machine is created only after its budget
        before = [*secrets.parameters, bundle.stored, budget.budget]
        hub = self._machine(plan, account, name, create_after=before)
        PinnedPlan(self, "plan", plan=plan, caller=self.caller, hub=hub)
        home = Home(self, "home", name=name, event=event.name, size_gib=event.disk_gib, hub=hub)
        bundle.publish_after(home.volume)
        page = self._off_page(plan, account, scratch, hub=hub, home=home)
        alarms.recover(hub, plan.instance_type, event.region)
        workers = self._workers(plan, account, name, hub)
        starts = Starts(self, "starts", name=name, event=event.name, hub=hub, topic=alarms.topic)
        self._guards(
            account,
            rules,
            name,
            hub=hub,
            home=home,
            budget=budget,
            alarms=alarms,
            starts=starts,
            workers=workers,
            page=page,
        )
        write_outputs(self, event, account, hub=hub, home=home, bundle=bundle, alarms=alarms)

    def _machine(self, plan: Plan, account: Account, name: str, *, create_after: Sequence[ITerraformDependable]) -> Hub:
        event = plan.event
        network = Network(
            self,
            "network",
            name=name,
            region=event.region,
            instance_type=plan.instance_type,
            zone=event.host.availability_zone,
            worker_type=plan.workers.machine.name if plan.workers else None,
        )
        groups = WorkerGroups(self, "worker_groups", name=name, network=network) if plan.workers else None
        role = InstanceRole(
            self,
            "role",
            name=name,
            part="hub",
            description="The hub's machine: its own parameters and bucket prefixes, Session Manager",
            policy=hub_role.permissions(
                event.name,
                region=event.region,
                account_id=self.account_id,
                bucket=self.bucket_name,
                workers=plan.workers is not None,
            ),
            boundary=account.permissions_boundary,
        )
        return Hub(
            self,
            "hub",
            name=name,
            instance_type=plan.instance_type,
            architecture=event.host.architecture,
            user_data_base64=user_data_base64(),
            network=network,
            role=role,
            tags=self.tags | {"Name": name},
            groups=groups,
            create_after=create_after,
        )

    def _workers(self, plan: Plan, account: Account, name: str, hub: Hub) -> Workers | None:
        if plan.workers is None or hub.groups is None:
            return None
        role = InstanceRole(
            self,
            "worker_role",
            name=name,
            part="worker",
            description="A worker: its bundle, its token for the swarm, and its own end",
            policy=worker_role.permissions(
                plan.event.name, region=plan.event.region, account_id=self.account_id, bucket=self.bucket_name
            ),
            boundary=account.permissions_boundary,
        )
        return Workers(
            self,
            "workers",
            event=plan.event.name,
            plan=plan.workers,
            user_data_base64=user_data_base64(),
            hub=hub,
            groups=hub.groups,
            role=role,
            tags=self.tags,
        )

    def _off_page(self, plan: Plan, account: Account, scratch: Path, *, hub: Hub, home: Home) -> OffPage | None:
        """The hub's name, and the page to which it leads while the hub is off."""
        event, name = plan.event, off_page_name(plan.event.name)
        dns = Dns(self, "dns", domain=event.domain, zone=event.zone, hub=hub, checked=event.has_off_page)
        if not event.has_off_page:
            return None
        page = OffPage(
            self,
            "off_page",
            name=name,
            plan=plan,
            scratch=scratch,
            hub=hub,
            home=home,
            bucket=self.bucket_name,
            bucket_region=account.region,
            account_id=self.account_id,
            boundary=account.permissions_boundary,
        )
        dns.otherwise(Gateway(self, "gateway", name=name, dns=dns, function=page.function).domain)
        return page

    def _budget(self, plan: Plan, name: str, alarms: Alarms) -> Budget:
        return Budget(
            self,
            "budget",
            name=name,
            event=plan.event.name,
            limit_usd=plan.event.budget_usd,
            contact=plan.event.contact,
            alarms=alarms,
            starts_on=plan.timetable.budget_starts_on,
        )

    def _guards(
        self,
        account: Account,
        rules: Sequence[Rule],
        name: str,
        *,
        hub: Hub,
        home: Home,
        budget: Budget,
        alarms: Alarms,
        starts: Starts,
        workers: Workers | None,
        page: OffPage | None,
    ) -> None:
        schedule = Schedule(
            self,
            "schedule",
            name=name,
            rules=rules,
            hub=hub,
            home=home,
            starts=starts,
            budget=budget,
            workers=workers,
            account_id=self.account_id,
            boundary=account.permissions_boundary,
        )
        BudgetActions(
            self,
            "budget_actions",
            name=name,
            budget=budget,
            topic=alarms.topic,
            hub=hub,
            schedule=schedule,
            off_page=page,
            region=self.region,
            account_id=self.account_id,
            boundary=account.permissions_boundary,
        )

    def _bundle(
        self, event: Event, bundle: Bundle, account: Account, scratch: Path, secrets: Secrets
    ) -> BundleInBucket:
        file = scratch / f"{event.name}.tar.gz"
        file.write_bytes(bundle.content)
        return BundleInBucket(
            self,
            "bundle",
            event=event.name,
            bundle=bundle,
            file=TerraformAsset(self, "bundle_file", path=str(file), type=AssetType.FILE).path,
            bucket=self.bucket_name,
            bucket_region=account.region,
            # each one is a process of its own
            bucket_provider=None
            if account.region == event.region
            else self.provider_for("aws_bucket", account.region, self.tags, alias="bucket"),
            secrets=secrets,
        )
