"""What both kinds of stack have in common: provider, versions, state, and the shelf's name."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import S3Backend, TerraformDataSource, TerraformElement, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from pophub.core.contract import bucket_name, state_key
from pophub.organizer.event.account import Account

# write-only arguments came with 1.11: https://developer.hashicorp.com/terraform/language/v1.11.x/upgrade-guides
TERRAFORM_VERSION = ">= 1.11.0"
# The provider tries a refused call again with growing pauses, by default 25 times: where a zone has no machine free, which
# AWS tells with a 500, that takes 50 minutes. https://github.com/hashicorp/terraform-provider-aws/issues/43193
# Six times take a minute or two.
MOST_RETRIES = 6


def address(element: TerraformElement) -> str:
    """Terraform's own word for a resource or data source, for expressions that are written out.

    cdktf puts each reference into `${…}`, which Terraform refuses inside another one and in a list of addresses.
    """
    kind = getattr(element, "terraform_resource_type")  # noqa: B009 - resources and data sources share no class with it
    data = "data." if isinstance(element, TerraformDataSource) else ""
    return f"{data}{kind}.{element.friendly_unique_id}"


class PophubStack(TerraformStack):
    """A stack whose every taggable resource carries the event's tags."""

    def __init__(self, scope: Construct, id_: str, *, account: Account, region: str, tags: Mapping[str, str]) -> None:
        super().__init__(scope, id_)
        self.region = region
        self.add_override("terraform.required_version", TERRAFORM_VERSION)
        AwsProvider(
            self,
            "aws",
            region=region,
            default_tags=[AwsProviderDefaultTags(tags=dict(tags))],
            # S3 serves both kinds of address; this one needs no wildcard name at the endpoint
            s3_use_path_style=True,
            max_retries=MOST_RETRIES,
        )
        self.caller = DataAwsCallerIdentity(self, "caller")
        self.account_id = self.caller.account_id
        self.shelf_name = account.shelf or bucket_name(self.account_id)
        if account.state == "shelf" and account.shelf:
            S3Backend(
                self,
                bucket=account.shelf,
                key=state_key(id_),
                region=account.region,
                encrypt=True,
            )
            # newer than the binding: https://developer.hashicorp.com/terraform/language/v1.11.x/backend/s3
            self.add_override("terraform.backend.s3.use_lockfile", True)
