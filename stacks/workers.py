"""The workers: an Auto Scaling group in the hub's subnet, and what its machines are made of. The hub sets its size."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroup,
    AutoscalingGroupMixedInstancesPolicy,
    AutoscalingGroupMixedInstancesPolicyInstancesDistribution,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplate,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride,
    AutoscalingGroupTag,
)
from cdktf_cdktf_provider_aws.instance import InstanceMetadataOptions
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateIamInstanceProfile,
    LaunchTemplateMetadataOptions,
    LaunchTemplateNetworkInterfaces,
    LaunchTemplateTagSpecifications,
)
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from pophub.core.contract import ROLE_TAG, WORKER_ROLE, worker_parameter, workers_name
from pophub.core.cost.tariff import ROOT_DISK_GIB
from pophub.organizer.plan.workers import WorkerPlan
from stacks.base import address
from stacks.hub import METADATA_OPTIONS, Hub
from stacks.instance_role import InstanceRole
from stacks.network import Network, WorkerGroups
from stacks.secrets import UNSET

# a launch template tags only these; Auto Scaling tags no disk and no interface by itself:
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
TAGGED = ("instance", "volume", "network-interface")
# there is one zone; and a worker that AWS took away, or that ended itself, is replaced only if the hub asks for it
SUSPENDED = ["AZRebalance", "ReplaceUnhealthy"]


class Workers(Construct):
    """The group, its launch template, and the parameter with which a worker joins the swarm.

    New workers are not protected from scale-in: a size of zero does not end a protected worker, so one that never joins
    would run for ever. The hub protects a worker when it joins.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        event: str,
        plan: WorkerPlan,
        user_data_base64: str,
        hub: Hub,
        groups: WorkerGroups,
        role: InstanceRole,
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        # AWS refuses a size above the group's largest
        self.warm = min(plan.count, plan.most)
        self._name, self._tags = workers_name(event), dict(tags)
        self.token = self._token(event)
        template = self._template(plan, user_data_base64, hub, groups, role)
        self.group = self._group(plan, template, hub, role)

    def _token(self, event: str) -> SsmParameter:
        """Terraform writes it once, without a value; the hub writes the token into it."""
        return SsmParameter(
            self, "token", name=worker_parameter(event), type="SecureString", value_wo=UNSET, value_wo_version=1
        )

    def _template(
        self, plan: WorkerPlan, user_data_base64: str, hub: Hub, groups: WorkerGroups, role: InstanceRole
    ) -> LaunchTemplate:
        tags = self._tags | {"Name": self._name, ROLE_TAG: WORKER_ROLE}
        return LaunchTemplate(
            self,
            "template",
            name=self._name,
            description="A worker of the event",
            image_id=str(hub.image.id),
            instance_type=plan.machine.name,
            iam_instance_profile=LaunchTemplateIamInstanceProfile(name=role.profile.name),
            user_data=user_data_base64,
            # a worker keeps nothing, so a power-off from inside ends it
            instance_initiated_shutdown_behavior="terminate",
            ebs_optimized="true",
            metadata_options=_as_the_hub_s(METADATA_OPTIONS),
            block_device_mappings=[
                LaunchTemplateBlockDeviceMappings(
                    device_name=hub.image.root_device_name,
                    ebs=LaunchTemplateBlockDeviceMappingsEbs(
                        volume_size=ROOT_DISK_GIB, volume_type="gp3", encrypted="true", delete_on_termination="true"
                    ),
                )
            ],
            network_interfaces=[
                LaunchTemplateNetworkInterfaces(
                    device_index=0,
                    # the public address is for packages: a NAT gateway costs more
                    associate_public_ip_address="true",
                    delete_on_termination="true",
                    security_groups=[groups.workers.id],
                )
            ],
            tag_specifications=[LaunchTemplateTagSpecifications(resource_type=it, tags=tags) for it in TAGGED],
            update_default_version=True,
            tags={"Name": self._name},
        )

    def _group(self, plan: WorkerPlan, template: LaunchTemplate, hub: Hub, role: InstanceRole) -> AutoscalingGroup:
        return AutoscalingGroup(
            self,
            "group",
            name=self._name,
            min_size=0,
            max_size=plan.most,
            vpc_zone_identifier=[hub.network.subnet.id],
            mixed_instances_policy=_mixed(plan, template),
            capacity_rebalance=False,
            protect_from_scale_in=False,
            suspended_processes=SUSPENDED,
            # a destroy does not wait for workers that the hub protects
            force_delete=True,
            # the group begins with no worker
            wait_for_capacity_timeout="0",
            tag=[
                AutoscalingGroupTag(key=key, value=value, propagate_at_launch=False)
                for key, value in (self._tags | {"Name": self._name}).items()
            ],
            # workers need the hub's address, the way to the internet and their role
            depends_on=[hub.instance, hub.network.route, role.permissions, self.token],
            lifecycle=TerraformResourceLifecycle(
                # the schedule and the hub set it
                ignore_changes=["desired_capacity"],
                precondition=[_type_in_zone(plan, hub.network)],
            ),
        )


def _as_the_hub_s(options: InstanceMetadataOptions) -> LaunchTemplateMetadataOptions:
    return LaunchTemplateMetadataOptions(
        http_endpoint=options.http_endpoint,
        http_tokens=options.http_tokens,
        http_put_response_hop_limit=options.http_put_response_hop_limit,
        instance_metadata_tags=options.instance_metadata_tags,
    )


def _mixed(plan: WorkerPlan, template: LaunchTemplate) -> AutoscalingGroupMixedInstancesPolicy:
    return AutoscalingGroupMixedInstancesPolicy(
        instances_distribution=AutoscalingGroupMixedInstancesPolicyInstancesDistribution(
            # in the order of the plan: a sibling is taken if AWS has no machine of the chosen type
            on_demand_allocation_strategy="prioritized",
            on_demand_percentage_above_base_capacity=0 if plan.spot else 100,
            spot_allocation_strategy="price-capacity-optimized",
        ),
        launch_template=AutoscalingGroupMixedInstancesPolicyLaunchTemplate(
            launch_template_specification=AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification(
                launch_template_id=template.id, version="$Latest"
            ),
            override=[
                AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride(instance_type=it.name) for it in plan.types
            ],
        ),
    )


def _type_in_zone(plan: WorkerPlan, network: Network) -> Precondition:
    """Refuse a type that the zone of the homes does not have; NFS between zones is slow and costs."""
    zone = f"{address(network.subnet)}.availability_zone"
    return Precondition(
        condition=f"${{contains({network.offers_of_workers}, {zone})}}",
        error_message=f"${{{zone}}}, where the event is, has no {plan.machine.name}. "
        "Set another `workers.type` in the event file.",
    )
