"""What both kinds of stack share: provider, versions, state, and the account bucket's name."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from cdktf import S3Backend, TerraformDataSource, TerraformElement, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from pophub.core.contract import bucket_name, state_key
from pophub.organizer.deploy.bundle import user_data
from pophub.organizer.event.account import Account

# the first version with write-only arguments: https://developer.hashicorp.com/terraform/language/v1.11.x/upgrade-guides
TERRAFORM_VERSION = ">= 1.11.0"
# By default the provider repeats a refused call 25 times, with growing pauses. AWS answers with status 500 when a zone
# has no free machine, and then that takes 50 minutes: https://github.com/hashicorp/terraform-provider-aws/issues/43193
# Six retries take a minute or two.
MAX_RETRIES = 6


def address(element: TerraformElement) -> str:
    """The Terraform address of a resource or data source, for expressions that are written as text.

    cdktf wraps each reference in `${…}`, which Terraform refuses inside another `${…}` and in a list of addresses.
    """
    kind = getattr(element, "terraform_resource_type")  # noqa: B009 - resources and data sources share no class with it
    data = "data." if isinstance(element, TerraformDataSource) else ""
    return f"{data}{kind}.{element.friendly_unique_id}"


def user_data_base64() -> str:
    """In base64, because Terraform would evaluate every ${…} in a script."""
    return base64.b64encode(user_data().encode()).decode()


class PophubStack(TerraformStack):
    """A stack in which every taggable resource has the event's tags."""

    def __init__(self, scope: Construct, id_: str, *, account: Account, region: str, tags: Mapping[str, str]) -> None:
        super().__init__(scope, id_)
        self.region = region
        self.add_override("terraform.required_version", TERRAFORM_VERSION)
        self.provider_for("aws", region, tags)
        self.caller = DataAwsCallerIdentity(self, "caller")
        self.account_id = self.caller.account_id
        self.bucket_name = account.bucket or bucket_name(self.account_id)
        if account.state == "bucket" and account.bucket:
            S3Backend(
                self,
                bucket=account.bucket,
                key=state_key(id_),
                region=account.region,
                encrypt=True,
            )
            # the binding does not know this argument yet:
            # https://developer.hashicorp.com/terraform/language/v1.11.x/backend/s3
            self.add_override("terraform.backend.s3.use_lockfile", True)

    def provider_for(self, id_: str, region: str, tags: Mapping[str, str], alias: str | None = None) -> AwsProvider:
        """A provider for one region; the stack's own one has no alias."""
        return AwsProvider(
            self,
            id_,
            alias=alias,
            region=region,
            default_tags=[AwsProviderDefaultTags(tags=dict(tags))],
            # S3 accepts both forms of address; this form needs no wildcard DNS name at the endpoint
            s3_use_path_style=True,
            max_retries=MAX_RETRIES,
        )
